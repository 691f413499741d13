import { MarkdownCell } from "@jupyterlab/cells";
import type { INotebookTracker } from "@jupyterlab/notebook";
import { fencesIn, replaceFence } from "./fence-text.js";

/** Changes the text of written notes where they stand: in the Markdown cells of open notebooks. Only ever when a reader asks for it. */
export class NoteWriter {
  readonly #tracker: INotebookTracker;

  constructor(tracker: INotebookTracker) {
    this.#tracker = tracker;
  }

  /** Whether the note that a node shows stands in a cell that may be edited. */
  canWrite(node: Node, text: string): boolean {
    return this.#placeOf(node, text) !== undefined;
  }

  /**
   * Replaces the text of the note that a node shows. The editor's own undo takes it back, too.
   *
   * @returns takes it back, as long as nothing else was changed since; undefined where the note cannot be written to
   */
  write(node: Node, text: string, changed: string): (() => boolean) | undefined {
    const place = this.#placeOf(node, text);
    if (!place) return undefined;
    const { sharedModel } = place.cell.model;
    const before = sharedModel.getSource();
    const after = replaceFence(before, place.fence, changed);
    replaceSource(sharedModel, after);
    return () => {
      if (place.cell.isDisposed || sharedModel.getSource() !== after) return false;
      replaceSource(sharedModel, before);
      return true;
    };
  }

  #placeOf(node: Node, text: string): { cell: MarkdownCell; fence: number } | undefined {
    const panel = this.#tracker.find((one) => one.node.contains(node));
    const cell = panel?.content.widgets.find((one) => one.node.contains(node));
    if (!(cell instanceof MarkdownCell) || cell.readOnly || cell.model.sharedModel.getMetadata("editable") === false)
      return undefined;
    const same = fencesIn(cell.model.sharedModel.getSource()).flatMap((fence, i) =>
      fence.text.replace(/\n+$/, "") === text.replace(/\n+$/, "") ? [i] : [],
    );
    if (same.length < 2) return same[0] === undefined ? undefined : { cell, fence: same[0] };
    // of notes that read the same, the one in the same place
    const shown = [...cell.node.querySelectorAll(".jp-HeedWritten")].findIndex((one) => one.contains(node));
    return { cell, fence: same.includes(shown) ? shown : (same[0] ?? 0) };
  }
}

interface SharedSource {
  getSource(): string;
  updateSource(start: number, end: number, value?: string): void;
}

/** Changes only what differs, so that cursors and other people's selections stay where they are. */
function replaceSource(shared: SharedSource, after: string): void {
  const before = shared.getSource();
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  shared.updateSource(start, before.length - end, after.slice(start, after.length - end));
}
