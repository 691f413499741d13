import type { Note } from "../schema.js";
import type { Grid } from "./grid.js";
import type { Coloured, PaperMatrix, PaperPage } from "./paper-page.js";
import { visibleToken } from "../visible-token.js";

/** The weights of a head, NaN where masked. */
export function weightsOf(grid: Grid): Float32Array {
  return Float32Array.from({ length: grid.rows * grid.columns }, (_, i) =>
    grid.masked[i] === 1 ? Number.NaN : (grid.values[i] ?? Number.NaN),
  );
}

/** A head with the labels of its cells: tokens, or the number of the first of each block. */
export function matrixOf({ axes: { rows, columns } }: Note, grid: Grid, shares: Float32Array): PaperMatrix {
  return {
    shape: [grid.rows, grid.columns],
    values: weightsOf(grid),
    shares,
    rows: labelsOf(rows.tokens, grid.rows, grid.block[0]),
    columns: labelsOf(columns.tokens, grid.columns, grid.block[1]),
    names: { rows: rows.name ? visibleToken(rows.name) : "", columns: columns.name ? visibleToken(columns.name) : "" },
  };
}

function labelsOf(tokens: readonly string[], cells: number, block: number): string[] {
  return Array.from({ length: cells }, (_, i) => (block === 1 ? visibleToken(tokens[i] ?? "") : `${i * block + 1}`));
}

/** Colours relative to the largest weight of all, or of each row where the note asks for that. */
export function colouringOf(note: Note, { say }: PaperPage): (weights: Float32Array, columns: number) => Coloured {
  return (weights, columns) => {
    const all = largestIn(weights);
    const byRow = note.view?.scale === "row";
    const shares = new Float32Array(weights.length);
    for (let start = 0; start < weights.length; start += columns) {
      const row = weights.subarray(start, start + columns);
      const most = byRow ? largestIn(row) : all;
      // a masked weight, NaN, stays one
      for (let i = 0; i < row.length; i++) shares[start + i] = Math.max(0, row[i] ?? 0) / (most || 1);
    }
    const legend = byRow
      ? { title: say("weight ÷ the largest of its row", "权重 ÷ 该行最大值"), low: "0", high: "1" }
      : { title: say("weight", "权重"), low: "0", high: `${Number(all.toPrecision(2))}` };
    return { shares, legend };
  };
}

function largestIn(weights: Float32Array): number {
  let most = 0;
  for (const weight of weights) if (weight > most) most = weight;
  return most;
}
