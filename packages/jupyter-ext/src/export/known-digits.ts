import { errorOfRow, type Note } from "heed/note";
import type { Look } from "../view/look.js";

/** Smaller errors are those of float32, which has seven digits. */
const exact = 1e-7;

/** How far a number of each row of a head, as it is read, may be off: what storing did, times the pieces that a cell sums. */
export function errorsOf({ note, rows, columns, cells }: Look, head: number): (row: number) => number {
  const pieces = Math.max(1, ...(columns.groups?.map(({ length }) => length) ?? []));
  const height = note.axes.rows.tokens.length;
  const isBlock = cells.block[0] > 1 || cells.block[1] > 1;
  if (isBlock && note.weights.encoding === "external") {
    const error = note.maxError + note.weights.overview.max.maxError;
    return () => error;
  }
  return (row) => {
    const group = rows.groups?.[row] ?? [row * cells.block[0]];
    return pieces * Math.max(0, ...group.map((token) => errorAt(note, head * height + token)));
  };
}

function errorAt({ weights, maxError }: Note, row: number): number {
  // whoever states more than storing did knows of another error
  if (weights.encoding === "external" || maxError > weights.maxError * (1 + 1e-6)) return maxError;
  return Math.min(maxError, errorOfRow(weights, row));
}

/** Decimals up to the first that the error touches; undefined where float32's own digits are all known. */
export function knownDecimals(error: number): number | undefined {
  return error <= exact ? undefined : Math.min(9, Math.max(0, Math.ceil(-Math.log10(error))));
}

/** A number with the digits that are known of it, seven at most. */
export function withKnownDigits(value: number, error: number): string {
  const decimals = knownDecimals(error);
  return decimals === undefined ? String(Number(value.toPrecision(7))) : value.toFixed(decimals);
}
