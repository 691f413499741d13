import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";

/** A note by the cell that it is in. */
export interface NotePlace {
  readonly panel: NotebookPanel;
  /** Place of the cell in the notebook, from 0. */
  readonly cell: number;
  /** Place among the notes of the cell, from 0. */
  readonly place: number;
}

/** Where in a notebook the note is that a figure's node shows; undefined where it is in none. */
export function placeOf(figure: Node, tracker: INotebookTracker | null): NotePlace | undefined {
  const panel = tracker?.find((one) => one.node.contains(figure));
  const cell = panel?.content.widgets.findIndex(({ node }) => node.contains(figure)) ?? -1;
  const notes = panel?.content.widgets[cell]?.node.querySelectorAll(".jp-HeedWritten, .jp-RenderedHeedNote");
  return panel && notes && { panel, cell, place: [...notes].findIndex((one) => one.contains(figure)) };
}
