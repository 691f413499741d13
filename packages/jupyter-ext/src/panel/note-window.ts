import { MainAreaWidget } from "@jupyterlab/apputils";
import type { NotebookPanel } from "@jupyterlab/notebook";
import type { ReadonlyJSONObject, ReadonlyPartialJSONObject } from "@lumino/coreutils";
import { Signal, type ISignal } from "@lumino/signaling";
import { Widget } from "@lumino/widgets";
import type { IFigures } from "../figures.js";
import { noteIcon } from "../icons.js";
import { keepPlace } from "../notes/note-place.js";
import { NotebookNotes, type NoteEntry } from "../notes/notebook-notes.js";
import { problemBox, problemOf, writeProblem } from "../notes/problem.js";
import { headIn, windowIdIn, type Restorable } from "../restored.js";
import type { NoteFigure } from "../view/note-figure.js";
import { isViewName } from "../view/views.js";
import { kindName } from "../view/wording.js";

/** A note in a place of its own, which follows what its cell makes of it; closing the notebook leaves it as it is. */
export class NoteWindow extends Widget implements Restorable {
  readonly #figures: IFigures;
  readonly #panel: NotebookPanel;
  readonly #figure: NoteFigure;
  readonly #problem = problemBox();
  readonly #id: string;
  readonly #argsChanged = new Signal<this, void>(this);
  readonly #unfollow: () => void;
  #notes: NotebookNotes | undefined;
  #shown = "";

  /** @param args the id of the note and, where they are not the note's own, its head and its view */
  constructor({ note, head, view }: ReadonlyPartialJSONObject, panel: NotebookPanel, figures: IFigures) {
    super();
    this.#figures = figures;
    this.#panel = panel;
    this.#id = String(note);
    this.#figure = figures.create();
    this.#figure.select({ head: headIn(head), ...(isViewName(view) && { view }) });
    keepPlace(this.#figure.node, panel, this.#id);
    this.#figure.selected.connect(() => this.#argsChanged.emit());
    this.addClass("jp-HeedDocument");
    this.node.tabIndex = -1;
    this.title.label = figures.phrases.__("Attention note");
    panel.disposed.connect(this.#leave, this);
    panel.context.pathChanged.connect(() => this.#argsChanged.emit(), this);
    this.#unfollow = figures.onChange(() => {
      if (!this.#problem.isConnected) return;
      this.#shown = "";
      this.#follow();
    });
    void this.#start();
  }

  get args(): ReadonlyJSONObject {
    const { head, view } = this.#figure.selection;
    return { path: this.#panel.context.path, note: this.#id, head, ...(view && { view }) };
  }

  get argsChanged(): ISignal<this, void> {
    return this.#argsChanged;
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#unfollow();
    this.#leave();
    this.#figure.dispose();
    super.dispose();
  }

  protected override onActivateRequest(): void {
    this.node.focus();
  }

  async #start(): Promise<void> {
    await this.#panel.context.ready;
    const { model } = this.#panel.content;
    if (this.isDisposed || this.#panel.isDisposed || !model) return;
    this.#notes = new NotebookNotes(model);
    this.#notes.changed.connect(this.#follow, this);
    this.#follow();
  }

  #leave(): void {
    this.#notes?.dispose();
    this.#notes = undefined;
    this.#panel.disposed.disconnect(this.#leave, this);
  }

  #follow(): void {
    const entry = this.#notes?.list().find(({ id }) => id === this.#id);
    if (entry) void this.#read(entry);
    // what was shown before stays; a computed note is gone while its cell runs
    else if (!this.#figure.note)
      this.#fail(new Error(this.#figures.phrases.__("it is not in %1 any more", this.#panel.context.path)));
  }

  async #read(entry: NoteEntry): Promise<void> {
    if (entry.content === this.#shown) return;
    this.#shown = entry.content;
    const { phrases, language } = this.#figures;
    try {
      const note = await entry.read(language);
      if (this.isDisposed || entry.content !== this.#shown) return;
      this.#problem.remove();
      if (!this.node.contains(this.#figure.node)) this.node.append(this.#figure.node);
      this.title.label = note.title ?? kindName(note, phrases);
      this.title.caption = `${this.#panel.context.path} · ${phrases.__("Cell %1", entry.cell + 1)}`;
      this.#figure.show(
        note,
        this.#figures.beside(() => Promise.resolve(this.#panel.context.path)),
      );
    } catch (error) {
      if (this.isDisposed || entry.content !== this.#shown) return;
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    writeProblem(this.#problem, problemOf(error), this.#figures.phrases);
    this.node.prepend(this.#problem);
  }
}

/** The window of a note, ready to be added to the shell. */
export function noteWindow(
  args: ReadonlyPartialJSONObject,
  panel: NotebookPanel,
  figures: IFigures,
): MainAreaWidget<NoteWindow> {
  const widget = new MainAreaWidget({ content: new NoteWindow(args, panel, figures) });
  widget.id = windowIdIn(args["window"]);
  // dropped into the shell, it does not get the size of other tabs' icons from it
  widget.title.icon = noteIcon.bindprops({ stylesheet: "mainAreaTab" });
  widget.title.closable = true;
  return widget;
}
