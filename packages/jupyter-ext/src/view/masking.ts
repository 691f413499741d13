import type { Data } from "plotly.js";
import type { DrawingOptions } from "./options.js";

/** A run of masked cells in one row. */
export interface MaskedRun {
  readonly row: number;
  readonly start: number;
  readonly length: number;
}

/** Above this many runs, or below this size of a cell, masked cells are left blank: hatching would be slow or a smear. */
const mostRuns = 600;
const smallestCell = 7;

export function maskedRuns(values: Float32Array, columns: number): MaskedRun[] {
  const runs: MaskedRun[] = [];
  for (let row = 0; row * columns < values.length; row++) {
    for (let column = 0; column < columns; column++) {
      const start = column;
      while (column < columns && Number.isNaN(values[row * columns + column])) column++;
      if (column > start) runs.push({ row, start, length: column - start });
    }
  }
  return runs;
}

/** Hatching over the masked cells: not looked at is something else than weight 0. */
export function maskTrace(
  runs: readonly MaskedRun[],
  cell: { width: number; height: number },
  options: DrawingOptions,
): Data[] {
  if (runs.length === 0 || runs.length > mostRuns || Math.min(cell.width, cell.height) < smallestCell) return [];
  return [
    {
      type: "scatter",
      name: "masked",
      mode: "lines",
      // the corners of a rectangle for each run, with a gap before the next
      x: runs.flatMap(({ start, length }) => {
        const [left, right] = [start - 0.5, start + length - 0.5];
        return [left, right, right, left, left, null];
      }),
      y: runs.flatMap(({ row }) => [row - 0.5, row - 0.5, row + 0.5, row + 0.5, row - 0.5, null]),
      line: { width: 0 },
      fill: "toself",
      fillpattern: {
        shape: "/",
        size: 6,
        solidity: 0.14,
        fgcolor: options.theme.line,
        bgcolor: "rgba(0,0,0,0)",
        fillmode: "replace",
      },
      hoverinfo: "skip",
      showlegend: false,
    },
  ];
}
