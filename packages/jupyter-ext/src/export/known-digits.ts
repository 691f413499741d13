import { errorOfRow, type Note } from "heed/note";
import type { Look } from "../view/look.js";

/** Smaller errors are those of float32, which has seven digits. */
const exact = 1e-7;

/** How far a number may be off that stands in a row of a head as it is read. */
export type ErrorOf = (row: number, value: number) => number;

/** What storing did to the numbers of a head, times the pieces that a cell sums. */
export function errorsOf({ note, rows, columns, cells }: Look, head: number): ErrorOf {
  const pieces = Math.max(1, ...(columns.groups?.map(({ length }) => length) ?? []));
  const height = note.axes.rows.tokens.length;
  const isBlock = cells.block[0] > 1 || cells.block[1] > 1;
  if (isBlock && note.weights.encoding === "external") {
    const error = note.maxError + note.weights.overview.max.maxError;
    return () => error;
  }
  const errorAt = storageError(note, cells.values);
  return (row, value) => {
    const group = rows.groups?.[row] ?? [row * cells.block[0]];
    return pieces * Math.max(0, ...group.map((token) => errorAt(head * height + token, value)));
  };
}

/** Half precision rounds to so much of a number, and no finer than to so much. */
const halfPrecision = 2 ** -11;
const finestHalf = 2 ** -25;

/** The error of a row's numbers by how they are stored; what is stated where that is more than storing does. */
function storageError({ weights, maxError }: Note, values: Float32Array): (row: number, value: number) => number {
  const stated = (): number => maxError;
  if (maxError > weights.maxError * (1 + 1e-6) || weights.encoding === "f32") return stated;
  if (weights.encoding === "u8") {
    const known = new Map<number, number>();
    return (row) => {
      const error = known.get(row) ?? Math.min(maxError, errorOfRow(weights, row));
      known.set(row, error);
      return error;
    };
  }
  let largest = 1;
  for (const value of values) if (value > largest) largest = value;
  if (maxError > largest * halfPrecision) return stated;
  return (_, value) => Math.min(maxError, Math.abs(value) * halfPrecision + finestHalf);
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
