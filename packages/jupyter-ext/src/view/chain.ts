import { decodeMask, type Note } from "heed/note";
import { matrixOf } from "./cells.js";

/** What one key contributes to one query's attention vector. */
export interface ChainLink {
  readonly token: string;
  readonly key?: readonly number[];
  readonly score?: number;
  readonly weight: number;
  readonly masked: boolean;
  readonly value?: readonly number[];
  /** weight × value */
  readonly contribution?: readonly number[];
}

/** One query's way through attention: scores m, weights a = softmax(m), attention vector c = Σ a·v. */
export interface Chain {
  readonly query?: { readonly token: string; readonly vector: readonly number[] };
  readonly links: readonly ChainLink[];
  readonly output?: readonly number[];
  /** True where each key is its own value, as in an encoder's states. */
  readonly keysAreValues: boolean;
}

/** More keys than this are not laid out number by number. */
const mostKeys = 24;

/** The chain behind one row, or undefined where the note does not hold the vectors or there are too many of them. */
export function chainOf(note: Note, head: number, row: number): Chain | undefined {
  const [rows = 0, columns = 0] = note.weights.shape.slice(-2);
  const scores = matrixOf(note.scores, head);
  const keys = vectorsOf(note.keys, head, columns);
  const values = vectorsOf(note.values, head, columns);
  if (columns > mostKeys || !(scores || keys || values)) return undefined;
  const weights = matrixOf(note.weights, head);
  if (!weights) return undefined;
  const masked = maskedOf(note, head);
  const query = vectorsOf(note.query, head, rows)?.[row];
  const output = vectorsOf(note.output, head, rows)?.[row];
  const links = Array.from({ length: columns }, (_, column): ChainLink => {
    const cell = row * columns + column;
    const weight = weights[cell] ?? 0;
    const score = scores?.[cell];
    const [key, value] = [keys?.[column], values?.[column]];
    return {
      token: note.axes.columns.tokens[column] ?? "",
      weight,
      masked: masked?.[cell] === 0,
      ...(key && { key }),
      ...(score !== undefined && { score }),
      ...(value && { value, contribution: value.map((x) => weight * x) }),
    };
  });
  const keysAreValues = keys !== undefined && values !== undefined && sameVectors(keys, values);
  return {
    ...(query && { query: { token: note.axes.rows.tokens[row] ?? "", vector: query } }),
    links,
    ...(output && { output }),
    keysAreValues,
  };
}

function vectorsOf(array: Note["keys"], head: number, count: number): number[][] | undefined {
  const matrix = matrixOf(array, head);
  if (!matrix || count === 0) return undefined;
  const width = matrix.length / count;
  return Array.from({ length: count }, (_, i) => Array.from(matrix.subarray(i * width, (i + 1) * width)));
}

function maskedOf(note: Note, head: number): Uint8Array | undefined {
  return note.mask && decodeMask(note.mask, head);
}

function sameVectors(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): boolean {
  return a.every((vector, i) => vector.length === b[i]?.length && vector.every((x, j) => x === b[i]?.[j]));
}
