import { decodeMatrix } from "./decode.js";
import { cellCount } from "./numbers.js";
import type { EncodedArray, Note } from "./schema.js";

/** One head's weights: what a reader sees of them without any file. */
export interface Matrix {
  /** Which matrix of the note: layer × heads + head. */
  readonly index: number;
  /** Rows and columns of `values`: those of the weights, or blocks of an overview. */
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** How many matrices a note holds: layers × heads. */
export function matrixCount(note: Note): number {
  return cellCount(note.weights.shape.slice(0, -2));
}

/** The weights of one head, or, of weights beside the notebook, the largest weight of each block. */
export function readMatrix(array: EncodedArray, index: number): Matrix {
  const inline = array.encoding === "external" ? array.overview.max : array;
  const [rows = 0, columns = 0] = inline.shape.slice(-2);
  return { index, rows, columns, values: decodeMatrix(inline, index) };
}

/** How many matrices a layer of a note has; one without heads has its layers side by side. */
export function headsOfLayer({ axes }: Note): number {
  return axes.heads?.tokens.length ?? axes.layers?.tokens.length ?? 1;
}

/** The place of a matrix among layers and heads. */
export function placeOfMatrix(note: Note, index: number): { layer?: string; head?: string } {
  const { layers, heads } = note.axes;
  const headCount = heads?.tokens.length ?? 1;
  const layer = layers?.tokens[Math.floor(index / headCount)];
  const head = heads?.tokens[index % headCount];
  return { ...(layer !== undefined && { layer }), ...(head !== undefined && { head }) };
}

/** A matrix among others by its layer and head: "3.5", or the one that it has. */
export function nameOfMatrix(note: Note, index: number): string {
  const { layer, head } = placeOfMatrix(note, index);
  return [layer, head].filter((name) => name !== undefined).join(".") || `${index}`;
}
