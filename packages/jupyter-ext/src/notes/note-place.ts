import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import { NotebookNotes } from "./notebook-notes.js";

/** A note by the cell that it is in. */
export interface NotePlace {
  readonly panel: NotebookPanel;
  /** Place of the cell in the notebook, from 0. */
  readonly cell: number;
  /** Place among the notes of the cell, from 0. */
  readonly place: number;
}

/** Figures of notes that are shown elsewhere than in their cell, and the ids of the notes. */
const elsewhere = new WeakMap<Node, { readonly panel: NotebookPanel; readonly id: string }>();

/** Tells which note of a notebook a figure's node shows that is not in its cell. */
export const keepPlace = (figure: Node, panel: NotebookPanel, id: string): void => void elsewhere.set(figure, { panel, id });

/** Where in a notebook the note is that a figure's node shows; undefined where it is in none. */
export function placeOf(figure: Node, tracker: INotebookTracker | null): NotePlace | undefined {
  const away = elsewhere.get(figure);
  if (away) return placeOfId(away.panel, away.id);
  const panel = tracker?.find((one) => one.node.contains(figure));
  const cell = panel?.content.widgets.findIndex(({ node }) => node.contains(figure)) ?? -1;
  const notes = panel?.content.widgets[cell]?.node.querySelectorAll(".jp-HeedWritten, .jp-RenderedHeedNote");
  return panel && notes && { panel, cell, place: [...notes].findIndex((one) => one.contains(figure)) };
}

function placeOfId(panel: NotebookPanel, id: string): NotePlace | undefined {
  const { model } = panel.content;
  if (panel.isDisposed || !model) return undefined;
  const notes = new NotebookNotes(model);
  const found = notes.list().find((entry) => entry.id === id);
  notes.dispose();
  return found && { panel, cell: found.cell, place: found.place };
}
