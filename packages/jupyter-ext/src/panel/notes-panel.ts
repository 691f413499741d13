import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import type { Message } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";
import type { IStateDB } from "@jupyterlab/statedb";
import type { Note } from "heed/note";
import type { IFigures } from "../figures.js";
import { noteIcon } from "../icons.js";
import { NotebookNotes, type NoteEntry } from "../notes/notebook-notes.js";
import type { KeepWindow } from "../restored.js";
import { element } from "../view/element.js";
import { dragInto } from "./drag-note.js";
import { NoteItem } from "./note-item.js";
import { Pins } from "./pins.js";
import type * as selected from "./selected.js";

/** Pause before the list follows a change, so that a running cell does not rebuild it at each line of output. */
const pause = 150;

const example = ["```attention", "query: { h1: [1, 0, 2] }", "keys:  { s1: [1, 1, 0], s2: [0, 1, 1] }", "```"].join("\n");

/** What the panel needs of JupyterLab. */
export interface NotesPanelOptions {
  readonly tracker: INotebookTracker;
  readonly figures: IFigures;
  /** Keeps pins. */
  readonly state: IStateDB | null;
  /** Adds a window to the shell, beside what is there. */
  readonly addBeside: (window: Widget) => void;
  /** Remembers a window with the layout. */
  readonly keep: KeepWindow;
  readonly openDocument: (note: Note) => Promise<void>;
}

/** The side panel: every note of the current notebook, in order, by cell. A click or Enter goes to the note. */
export class NotesPanel extends Widget {
  readonly #figures: IFigures;
  readonly #heading = element("h2", "jp-HeedPanel-heading");
  readonly #filter = element("input", "jp-HeedPanel-filter");
  readonly #list = element("ul", "jp-HeedPanel-list");
  readonly #options: NotesPanelOptions;
  readonly #pins: Pins;
  readonly #hint = element("div", "jp-HeedPanel-hint");
  readonly #items = new Map<string, NoteItem>();
  readonly #unfollow: () => void;
  #parts: typeof selected | undefined;
  #details: selected.NoteDetails | undefined;
  #panel: NotebookPanel | null = null;
  /** Of the notebook. */
  #path = "";
  #notes: NotebookNotes | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: NotesPanelOptions) {
    const { tracker, figures, state } = options;
    super();
    this.#options = options;
    this.#figures = figures;
    this.id = "jp-heed-panel";
    this.addClass("jp-HeedPanel");
    this.title.icon = noteIcon;
    this.node.setAttribute("role", "region");
    this.#pins = new Pins(state, () => this.update());
    this.#filter.type = "search";
    this.#filter.addEventListener("input", () => this.update());
    this.#filter.addEventListener("keydown", (event) => this.#pressInFilter(event));
    this.node.append(this.#heading, this.#filter, this.#hint, this.#list);
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
    this.#filter.value = "";
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
    this.#panel?.context.pathChanged.disconnect(this.#rename, this);
    this.#panel = panel;
    this.#path = panel?.context.path ?? "";
    panel?.context.pathChanged.connect(this.#rename, this);
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

  #rename(_: unknown, path: string): void {
    this.#pins.move(this.#path, path);
    this.#path = path;
  }

  /** Fetches what a selected note needs, which is not needed to list notes. */
  async #prepare(): Promise<void> {
    if (this.#parts) return;
    this.#parts = await import("./selected.js");
    if (this.isDisposed || this.#details) return;
    const { addBeside, openDocument } = this.#options;
    this.#details = new this.#parts.NoteDetails(this.#figures, {
      togglePin: (entry) => this.#pins.toggle(this.#path, entry.id),
      isPinned: (entry) => this.#pins.has(this.#path, entry.id),
      openBeside: (entry) => {
        const widget = this.#makeWindow(entry);
        if (widget) addBeside(widget);
      },
      openDocument,
    });
    this.node.append(this.#details.node);
  }

  async #select(item: NoteItem): Promise<void> {
    await this.#prepare();
    await this.#details?.show(item.entry);
  }

  /** A window for a note; dropped before it can be made, nothing is. */
  #makeWindow(entry: NoteEntry): Widget | undefined {
    if (!this.#parts || !this.#panel || this.#panel.isDisposed) return undefined;
    const window = this.#parts.noteWindow({ note: entry.id }, this.#panel, this.#figures);
    void this.#options.keep(window);
    return window;
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
    const all = this.#notes?.list() ?? [];
    const entries = this.#arrange(all);
    this.#heading.textContent =
      all.length > 0 ? phrases._n("%1 attention note", "%1 attention notes", all.length) : phrases.__("Attention notes");
    this.#filter.hidden = all.length === 0;
    this.#filter.placeholder = phrases.__("Filter by title, token, kind…");
    this.#filter.setAttribute("aria-label", this.#filter.placeholder);
    this.#showHint(all.length, entries.length);
    const gone = new Set(this.#items.keys());
    for (const [i, entry] of entries.entries()) {
      gone.delete(entry.id);
      const item = this.#items.get(entry.id) ?? this.#add(entry);
      item.update(entry, this.#pins.has(this.#path, entry.id));
      if (this.#list.children[i] !== item.node) this.#list.insertBefore(item.node, this.#list.children[i] ?? null);
    }
    if (this.#details?.entry) void this.#details.show(all.find(({ id }) => id === this.#details?.entry?.id));
    if (entries.length > 0) void this.#prepare();
    for (const id of gone) {
      this.#items.get(id)?.dispose();
      this.#items.delete(id);
    }
    const enabled = this.#list.querySelector('[tabindex="0"]');
    const [first] = this.#items.values();
    if (!enabled && first) this.#enable(first);
  }

  /** Those that the filter lets through; pinned ones first. */
  #arrange(entries: readonly NoteEntry[]): NoteEntry[] {
    const sought = this.#filter.value
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word);
    const found = entries.filter((entry) => {
      const words = sought.length > 0 ? entry.words() : "";
      return sought.every((word) => words.includes(word));
    });
    const isPinned = ({ id }: NoteEntry): boolean => this.#pins.has(this.#path, id);
    return [...found.filter(isPinned), ...found.filter((entry) => !isPinned(entry))];
  }

  #add(entry: NoteEntry): NoteItem {
    const item = new NoteItem(entry, this.#figures);
    item.button.tabIndex = -1;
    item.button.addEventListener("click", () => {
      this.#enable(item);
      void this.#goTo(item.entry);
    });
    item.button.addEventListener("focus", () => void this.#select(item));
    item.pin.addEventListener("click", () => this.#pins.toggle(this.#path, item.entry.id));
    dragInto(
      item.button,
      () => this.#makeWindow(item.entry),
      () => item.makeDragImage(),
    );
    this.#items.set(entry.id, item);
    return item;
  }

  #showHint(all: number, shown: number): void {
    const { phrases } = this.#figures;
    this.#hint.hidden = shown > 0;
    if (shown > 0) return;
    if (all > 0) return this.#hint.replaceChildren(element("p", "", phrases.__("No note has all of these words.")));
    const text = this.#panel
      ? phrases.__("No notes in this notebook yet. Run a cell that shows attention, or write a note in a Markdown cell:")
      : phrases.__("Open a notebook to see its notes about attention.");
    this.#hint.replaceChildren(element("p", "", text), ...(this.#panel ? [element("pre", "", example)] : []));
  }

  /** From the filter the arrow leads into the list, and Escape shows all again. */
  #pressInFilter(event: KeyboardEvent): void {
    if (event.key === "ArrowDown") this.#list.querySelector<HTMLElement>(".jp-HeedPanel-button")?.focus();
    else if (event.key === "Escape" && this.#filter.value !== "") {
      this.#filter.value = "";
      this.update();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #press(event: KeyboardEvent): void {
    const buttons = [...this.#list.querySelectorAll<HTMLButtonElement>(".jp-HeedPanel-button")];
    const at = buttons.findIndex((button) => button === document.activeElement);
    const targets: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 };
    const target = targets[event.key];
    const current = [...this.#items.values()].find(({ button }) => button === buttons[at]);
    if (current && event.key.toLowerCase() === "p" && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      this.#pins.toggle(this.#path, current.entry.id);
      // moved to another place in the list, it would lose the focus
      this.#show();
      current.button.focus();
      return;
    }
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
