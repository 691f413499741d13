import { MarkdownCell, type Cell } from "@jupyterlab/cells";
import type { INotebookTracker } from "@jupyterlab/notebook";
import { PanelLayout, Widget } from "@lumino/widgets";
import type { IFigures } from "../figures.js";
import { fencesIn } from "./fence-text.js";
import { WrittenNote } from "./written-note.js";

/** Pause in typing after which the picture follows. */
const pause = 120;

/** While a Markdown cell with notes is being edited, shows their pictures below the editor, following what is typed. */
export function previewWhileTyping(tracker: INotebookTracker, figures: IFigures): void {
  const followed = new WeakSet<Cell>();
  tracker.activeCellChanged.connect((_, cell) => {
    if (!(cell instanceof MarkdownCell) || followed.has(cell)) return;
    followed.add(cell);
    const update = (): void => {
      if (!cell.rendered && !cell.isDisposed) LivePreview.show(cell, figures);
    };
    cell.renderedChanged.connect(update);
    update();
  });
}

/** The pictures below one editor; goes when the cell is rendered. */
class LivePreview extends Widget {
  readonly #cell: MarkdownCell;
  readonly #figures: IFigures;
  #notes: WrittenNote[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Puts a preview below the editor of a cell. */
  static show(cell: MarkdownCell, figures: IFigures): void {
    const { layout } = cell;
    if (!(layout instanceof PanelLayout)) return;
    const editor = layout.widgets.findIndex((widget) => widget.hasClass("jp-Cell-inputWrapper"));
    layout.insertWidget(editor + 1, new LivePreview(cell, figures));
  }

  private constructor(cell: MarkdownCell, figures: IFigures) {
    super();
    this.#cell = cell;
    this.#figures = figures;
    this.addClass("jp-HeedPreview");
    cell.model.contentChanged.connect(this.#wait, this);
    cell.renderedChanged.connect(this.#end, this);
    this.#follow();
  }

  override dispose(): void {
    if (this.isDisposed) return;
    clearTimeout(this.#timer);
    for (const note of this.#notes) note.dispose();
    this.#notes = [];
    super.dispose();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#follow(), pause);
  }

  #end(_: MarkdownCell, rendered: boolean): void {
    if (rendered) this.dispose();
  }

  #follow(): void {
    const texts = fencesIn(this.#cell.model.sharedModel.getSource()).map(({ text }) => text);
    this.setHidden(texts.length === 0);
    while (this.#notes.length > texts.length) this.#notes.pop()?.dispose();
    for (const [i, text] of texts.entries()) {
      const note = this.#notes[i] ?? new WrittenNote(this.#figures);
      if (!this.#notes[i]) {
        this.#notes.push(note);
        this.node.append(note.node);
      }
      note.update(text);
    }
  }
}
