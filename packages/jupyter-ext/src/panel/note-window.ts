import { MainAreaWidget } from "@jupyterlab/apputils";
import type { NotebookPanel } from "@jupyterlab/notebook";
import { Widget } from "@lumino/widgets";
import type { IFigures } from "../figures.js";
import { noteIcon } from "../icons.js";
import { NotebookNotes, type NoteEntry } from "../notes/notebook-notes.js";
import { problemBox, problemOf, writeProblem } from "../notes/problem.js";
import type { NoteFigure } from "../view/note-figure.js";
import { kindName } from "../view/wording.js";

let count = 0;

/** A note in a place of its own, which follows what its cell makes of it; closing the notebook leaves it as it is. */
export class NoteWindow extends Widget {
  readonly #figures: IFigures;
  readonly #panel: NotebookPanel;
  readonly #figure: NoteFigure;
  readonly #problem = problemBox();
  readonly #id: string;
  #notes: NotebookNotes | undefined;
  #shown = "";

  constructor(entry: NoteEntry, panel: NotebookPanel, figures: IFigures) {
    super();
    this.#figures = figures;
    this.#panel = panel;
    this.#id = entry.id;
    this.#figure = figures.create();
    this.addClass("jp-HeedDocument");
    this.node.tabIndex = -1;
    this.node.append(this.#figure.node);
    const model = panel.content.model;
    if (model) {
      this.#notes = new NotebookNotes(model);
      this.#notes.changed.connect(this.#follow, this);
    }
    panel.disposed.connect(this.#leave, this);
    void this.#read(entry);
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#leave();
    this.#figure.dispose();
    super.dispose();
  }

  protected override onActivateRequest(): void {
    this.node.focus();
  }

  #leave(): void {
    this.#notes?.dispose();
    this.#notes = undefined;
    this.#panel.disposed.disconnect(this.#leave, this);
  }

  #follow(): void {
    const entry = this.#notes?.list().find(({ id }) => id === this.#id);
    if (entry) void this.#read(entry);
  }

  async #read(entry: NoteEntry): Promise<void> {
    if (entry.content === this.#shown) return;
    this.#shown = entry.content;
    const { phrases, language } = this.#figures;
    try {
      const note = await entry.read(language);
      if (this.isDisposed || entry.content !== this.#shown) return;
      this.#problem.remove();
      this.title.label = note.title ?? kindName(note, phrases);
      this.title.caption = `${this.#panel.context.path} · ${phrases.__("Cell %1", entry.cell + 1)}`;
      this.#figure.show(
        note,
        this.#figures.beside(() => Promise.resolve(this.#panel.context.path)),
      );
    } catch (error) {
      if (this.isDisposed || entry.content !== this.#shown) return;
      writeProblem(this.#problem, problemOf(error), phrases);
      this.node.prepend(this.#problem);
    }
  }
}

/** The window of a note, ready to be added to the shell. */
export function noteWindow(entry: NoteEntry, panel: NotebookPanel, figures: IFigures): MainAreaWidget<NoteWindow> {
  const content = new NoteWindow(entry, panel, figures);
  const widget = new MainAreaWidget({ content });
  widget.id = `jp-heed-note-${++count}`;
  // dropped into the shell, it does not get the size of other tabs' icons from it
  widget.title.icon = noteIcon.bindprops({ stylesheet: "mainAreaTab" });
  widget.title.closable = true;
  widget.title.label = figures.phrases.__("Attention note");
  return widget;
}
