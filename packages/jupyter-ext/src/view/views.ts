import { matrixCount, type Note } from "heed/note";
import { loadPlotly } from "./plotly.js";
import type { Selection } from "./selection.js";
import type { ViewType } from "./view.js";

/** The drawing library is on its way while the view's own code is. */
async function loadPicture(): ReturnType<ViewType["load"]> {
  loadPlotly().catch(() => undefined);
  const { PictureView } = await import("./picture-view.js");
  return (host) => new PictureView(host);
}

/** All ways to see notes, in the order in which they are offered; the first that suits a note is the one it opens with. */
const viewTypes: readonly ViewType[] = [
  {
    name: "image",
    label: (phrases) => phrases.__("Image"),
    suits: (note) => note.kind === "image" && note.weights.encoding !== "external",
    ofOneHead: true,
    load: loadPicture,
  },
  {
    name: "matrix",
    label: (phrases) => phrases.__("Matrix"),
    suits: () => true,
    ofOneHead: true,
    load: loadPicture,
  },
];

/** The ways to see a note; at least one. */
export function viewsOf(note: Note): ViewType[] {
  return viewTypes.filter((type) => type.suits(note));
}

/** The view that is chosen, or else the one that the note opens with. */
export function viewOf(note: Note, { view }: Selection): ViewType | undefined {
  const types = viewsOf(note);
  return types.find(({ name }) => name === view) ?? types[0];
}

/** What is chosen, as far as a note has it. */
export function fitSelection(note: Note, selection: Selection): Selection {
  const [rows, columns] = [note.axes.rows.tokens.length, note.axes.columns.tokens.length];
  const { cell, token } = selection;
  return {
    ...selection,
    head: Math.min(selection.head, matrixCount(note) - 1),
    row: Math.min(selection.row, rows - 1),
    cell: cell && cell.row < rows && cell.column < columns ? cell : undefined,
    token: token && token.index < note.axes[token.axis].tokens.length ? token : undefined,
  };
}
