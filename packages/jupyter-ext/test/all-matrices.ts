import { matrixCount, readMatrix, type Note } from "heed/note";

/** What is inside a note of each head's weights, row-major. */
export const allMatrices = (note: Note): number[][] =>
  Array.from({ length: matrixCount(note) }, (_, index) => [...readMatrix(note.weights, index).values]);
