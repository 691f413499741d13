import { decodeMask } from "./mask.js";
import { entropyOf, largestIn } from "./measures.js";
import { cellCount, type PlainTensor } from "./numbers.js";
import type { NoteHighlights, NoteMask } from "./schema.js";

/** Over how many keys a row spreads: 2 to the power of its entropy in bits; 1 where all weight is on one key. */
export const spreadOf = (row: ArrayLike<number>): number => 2 ** entropyOf(row);

/** How many keys each row of the weights may look at, where a mask says so: those of all heads, or of one for every head. */
export function keysAllowed(mask: NoteMask | undefined): ((row: number) => number) | undefined {
  if (!mask) return undefined;
  const [rows = 0, columns = 0] = mask.shape.slice(-2);
  const counts = new Uint32Array(cellCount(mask.shape.slice(0, -1)));
  for (let first = 0; first < counts.length; first += rows) {
    const allowed = decodeMask(mask, first / rows);
    for (let i = 0; i < allowed.length; i++) {
      const row = first + Math.floor(i / columns);
      counts[row] = (counts[row] ?? 0) + (allowed[i] ?? 0);
    }
  }
  return (row) => counts[row % counts.length] ?? 0;
}

/** Whether a row has a choice: where it may look at a single key, its weight of 1 says nothing. If no row has one, all count. */
export function choosing(mask: NoteMask | undefined, rows: number): (row: number) => boolean {
  const allowed = keysAllowed(mask);
  if (!allowed) return () => true;
  const any = Array.from({ length: rows }, (_, row) => row).some((row) => allowed(row) > 1);
  return any ? (row) => allowed(row) > 1 : () => true;
}

/** Over how many keys the rows of a matrix spread on average; rows without any weight do not count. */
export function meanSpread(values: Float32Array, columns: number): number {
  let [total, counted] = [0, 0];
  for (let start = 0; start < values.length; start += columns) {
    const row = values.subarray(start, start + columns);
    if (largestIn(row) < 0) continue;
    total += spreadOf(row);
    counted++;
  }
  return counted === 0 ? 0 : total / counted;
}

/** Finds what words name in weights [Q, K], [H, Q, K] or [L, H, Q, K]; how far rows spread only where that is asked for. */
export function findHighlights(
  { shape, data }: PlainTensor,
  mask: NoteMask | undefined,
  { spreads }: { readonly spreads: boolean },
): NoteHighlights {
  const [height = 1, width = 1] = shape.slice(-2);
  const matrices = cellCount(shape.slice(0, -2));
  const chooses = choosing(mask, matrices * height);
  const found = { largest: -1, sharpest: -1, broadest: -1 };
  let [most, least, widest] = [0, Infinity, -1];
  const numbers = data instanceof Float32Array ? data : Float32Array.from(data);
  for (let matrix = 0; matrix < matrices; matrix++) {
    for (let row = matrix * height; row < (matrix + 1) * height; row++) {
      const isChoosing = chooses(row);
      let any = 0;
      for (let i = row * width; i < (row + 1) * width; i++) {
        const weight = numbers[i] ?? 0;
        if (weight > any) any = weight;
        if (isChoosing && weight > most) {
          most = weight;
          found.largest = i;
        }
      }
      if (!spreads || matrices > 1 || any === 0 || !isChoosing) continue;
      const spread = spreadOf(numbers.subarray(row * width, (row + 1) * width));
      if (spread < least) [least, found.sharpest] = [spread, row];
    }
    if (!spreads || matrices === 1) continue;
    const mean = meanSpread(numbers.subarray(matrix * height * width, (matrix + 1) * height * width), width);
    if (mean < least) [least, found.sharpest] = [mean, matrix];
    if (mean > widest) [widest, found.broadest] = [mean, matrix];
  }
  return Object.fromEntries(Object.entries(found).filter(([, at]) => at >= 0));
}
