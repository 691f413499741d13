import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import type { Message } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";
import type { IFigures } from "../figures.js";
import { noteIcon } from "../icons.js";
import { NotebookNotes, type NoteEntry } from "../notes/notebook-notes.js";
import { element } from "../view/element.js";
import { NoteItem } from "./note-item.js";

/** Pause before the list follows a change, so that a running cell does not rebuild it at each line of output. */
const pause = 150;

const example = ["```attention", "query: { h1: [1, 0, 2] }", "keys:  { s1: [1, 1, 0], s2: [0, 1, 1] }", "```"].join("\n");

/** The side panel: every note of the current notebook, in order, by cell. A click or Enter goes to the note. */
export class NotesPanel extends Widget {
  readonly #figures: IFigures;
  readonly #heading = element("h2", "jp-HeedPanel-heading");
  readonly #list = element("ul", "jp-HeedPanel-list");
  readonly #hint = element("div", "jp-HeedPanel-hint");
  readonly #items = new Map<string, NoteItem>();
  readonly #unfollow: () => void;
  #panel: NotebookPanel | null = null;
  #notes: NotebookNotes | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(tracker: INotebookTracker, figures: IFigures) {
    super();
    this.#figures = figures;
    this.id = "jp-heed-panel";
    this.addClass("jp-HeedPanel");
    this.title.icon = noteIcon;
    this.node.setAttribute("role", "region");
    this.node.append(this.#heading, this.#hint, this.#list);
    this.#list.addEventListener("keydown", (event) => this.#press(event));
    tracker.currentChanged.connect((_, panel) => void this.#follow(panel));
    this.#unfollow = figures.onChange(() => this.update());
    void this.#follow(tracker.currentWidget);
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#unfollow();
    clearTimeout(this.#timer);
    this.#notes?.dispose();
    for (const item of this.#items.values()) item.dispose();
    super.dispose();
  }

  /** Marks and focuses the item of a note. */
  reveal(cell: number, place: number): void {
    this.#show();
    const item = [...this.#items.values()].find(({ entry }) => entry.cell === cell && entry.place === place);
    if (!item) return;
    this.#enable(item);
    item.button.focus();
    item.node.scrollIntoView({ block: "nearest" });
  }

  protected override onActivateRequest(): void {
    const [first] = this.#items.values();
    (this.#list.querySelector<HTMLElement>('[tabindex="0"]') ?? first?.button ?? this.node).focus();
  }

  protected override onAfterShow(_: Message): void {
    this.update();
  }

  protected override onUpdateRequest(): void {
    this.#show();
  }

  async #follow(panel: NotebookPanel | null): Promise<void> {
    if (panel === this.#panel) return;
    this.#panel = panel;
    this.#notes?.dispose();
    this.#notes = undefined;
    this.update();
    if (!panel) return;
    await panel.context.ready;
    const model = panel.content.model;
    if (panel !== this.#panel || panel.isDisposed || !model) return;
    this.#notes = new NotebookNotes(model);
    this.#notes.changed.connect(() => this.#wait());
    panel.disposed.connect(() => {
      if (panel === this.#panel) void this.#follow(null);
    });
    this.update();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.update(), pause);
  }

  #show(): void {
    const { phrases } = this.#figures;
    this.title.caption = phrases.__("Attention notes");
    this.node.setAttribute("aria-label", phrases.__("Attention notes"));
    if (!this.isVisible || this.isDisposed) return;
    const entries = this.#notes?.list() ?? [];
    this.#heading.textContent =
      entries.length > 0
        ? phrases._n("%1 attention note", "%1 attention notes", entries.length)
        : phrases.__("Attention notes");
    this.#showHint(entries.length);
    const gone = new Set(this.#items.keys());
    for (const [i, entry] of entries.entries()) {
      gone.delete(entry.id);
      const item = this.#items.get(entry.id) ?? this.#add(entry);
      item.update(entry);
      if (this.#list.children[i] !== item.node) this.#list.insertBefore(item.node, this.#list.children[i] ?? null);
    }
    for (const id of gone) {
      this.#items.get(id)?.dispose();
      this.#items.delete(id);
    }
    const enabled = this.#list.querySelector('[tabindex="0"]');
    const [first] = this.#items.values();
    if (!enabled && first) this.#enable(first);
  }

  #add(entry: NoteEntry): NoteItem {
    const item = new NoteItem(entry, this.#figures);
    item.button.tabIndex = -1;
    item.button.addEventListener("click", () => {
      this.#enable(item);
      void this.#goTo(item.entry);
    });
    this.#items.set(entry.id, item);
    return item;
  }

  #showHint(count: number): void {
    const { phrases } = this.#figures;
    this.#hint.hidden = count > 0;
    if (count > 0) return;
    const text = this.#panel
      ? phrases.__("No notes in this notebook yet. Run a cell that shows attention, or write a note in a Markdown cell:")
      : phrases.__("Open a notebook to see its notes about attention.");
    this.#hint.replaceChildren(element("p", "", text), ...(this.#panel ? [element("pre", "", example)] : []));
  }

  #press(event: KeyboardEvent): void {
    const buttons = [...this.#list.querySelectorAll<HTMLButtonElement>(".jp-HeedPanel-button")];
    const at = buttons.findIndex((button) => button === document.activeElement);
    const targets: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const item = [...this.#items.values()].find(({ button }) => button === buttons[target]);
    if (!item) return;
    this.#enable(item);
    item.button.focus();
  }

  /** Makes an item the one that the Tab key reaches. */
  #enable(chosen: NoteItem): void {
    for (const item of this.#items.values()) item.button.tabIndex = item === chosen ? 0 : -1;
  }

  /** Scrolls to the note, makes its cell the active one and lets the picture light up for a moment. */
  async #goTo({ cell, place }: NoteEntry): Promise<void> {
    const notebook = this.#panel?.content;
    if (!notebook || notebook.isDisposed) return;
    notebook.deselectAll();
    notebook.activeCellIndex = cell;
    await notebook.scrollToItem(cell, "smart");
    const figure = notebook.widgets[cell]?.node.querySelectorAll<HTMLElement>(".jp-HeedFigure, .jp-HeedProblem")[place];
    figure?.scrollIntoView({ block: "nearest" });
    figure?.classList.add("jp-mod-found");
    setTimeout(() => figure?.classList.remove("jp-mod-found"), 1_200);
  }
}
