import type { NoteView } from "heed/note";
import { extent } from "./cells.js";
import type { Phrases } from "./options.js";

/** What a cell's colour says: its weight, or the weight relative to its row, its logarithm, or its place in its row. */
export type ColourMeaning = NonNullable<NoteView["scale"]>;

/** The values that are coloured, their range, and the words of the legend. */
export interface ColourValues {
  /** Row-major; NaN where masked. */
  readonly values: Float32Array;
  readonly low: number;
  readonly high: number;
  readonly legend: { readonly title: string; readonly low: string; readonly high: string };
}

/** Weights below this share of the largest look alike on a logarithmic scale. */
const logFloor = 1e-4;

/**
 * Turns weights into what is coloured. The weights themselves always go with the picture as well.
 *
 * @param largest the end of the scale, for several pictures on one; where absent, the largest of these weights
 */
export function colourValues(
  weights: Float32Array,
  columns: number,
  meaning: ColourMeaning,
  phrases: Phrases,
  largest?: number,
): ColourValues {
  const { low, high: own } = extent(weights);
  const high = largest ?? own;
  const top = high > low ? high : low + 1;
  switch (meaning) {
    case "global": {
      const title = phrases.__("weight");
      return { values: weights, low, high: top, legend: { title, low: brief(low), high: brief(high) } };
    }
    case "row": {
      const values = byRow(weights, columns, (row) => {
        const largest = row.reduce((most, value) => (value > most ? value : most), 0);
        return (value) => (largest > 0 ? value / largest : value);
      });
      return { values, low: 0, high: 1, legend: { title: phrases.__("weight ÷ the largest of its row"), low: "0", high: "1" } };
    }
    case "log": {
      const floor = Math.log10(top * logFloor);
      const values = weights.map((value) => (Number.isNaN(value) ? value : Math.max(floor, Math.log10(Math.max(value, 0)))));
      const legend = { title: phrases.__("weight, logarithmic"), low: `≤ ${brief(top * logFloor)}`, high: brief(high) };
      return { values, low: floor, high: Math.log10(top), legend };
    }
    case "rank": {
      const values = byRow(weights, columns, (row) => {
        const sorted = Float32Array.from(row.filter((value) => !Number.isNaN(value))).sort();
        const last = Math.max(1, sorted.length - 1);
        return (value) => (Number.isNaN(value) ? value : lastIndexBelow(sorted, value) / last);
      });
      const legend = { title: phrases.__("place in its row"), low: phrases.__("last"), high: phrases.__("first") };
      return { values, low: 0, high: 1, legend };
    }
  }
}

function byRow(
  weights: Float32Array,
  columns: number,
  prepare: (row: Float32Array) => (value: number) => number,
): Float32Array {
  const values = new Float32Array(weights.length);
  for (let start = 0; start < weights.length; start += columns) {
    const row = weights.subarray(start, start + columns);
    const convert = prepare(row);
    for (let i = 0; i < row.length; i++) values[start + i] = convert(row[i] ?? Number.NaN);
  }
  return values;
}

/** Index of the last of the equal values, so that equal weights share the better place. */
function lastIndexBelow(sorted: Float32Array, value: number): number {
  let [start, end] = [0, sorted.length];
  while (start < end) {
    const middle = (start + end) >> 1;
    if ((sorted[middle] ?? 0) <= value) start = middle + 1;
    else end = middle;
  }
  return start - 1;
}

/** A number in as few digits as say it: 0, 0.47, 1, 12.5, 0.0031. */
export function brief(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1000 || size < 0.001) return value.toExponential(1).replace("e+", "e");
  return String(Number(value.toFixed(size >= 10 ? 1 : size >= 0.1 ? 2 : 4)));
}

/** A number for a cell, two decimals wide; a plain 0 is exactly 0. */
export function inCell(value: number): string {
  if (Number.isNaN(value)) return "";
  if (value === 0) return "0";
  return Math.abs(value) < 9.995 ? value.toFixed(2) : Math.abs(value) < 99.95 ? value.toFixed(1) : value.toFixed(0);
}
