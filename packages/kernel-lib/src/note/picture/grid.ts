import { decodeMask } from "../mask.js";
import { readMatrix } from "../matrices.js";
import { toBlocks } from "../overview.js";
import type { Note } from "../schema.js";
import { blank, levels } from "./colors.js";

/** One head's weights as the picture shows them: each cell the largest weight of its block. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
  readonly values: ArrayLike<number>;
  /** How many [rows, columns] of weights a cell stands for. */
  readonly block: readonly [number, number];
  /** 1 where every weight of the cell is masked. */
  readonly masked: Uint8Array;
}

/** Reads one head of a note, in blocks where it has more than `rows` or `columns`. */
export function readGrid(note: Note, index: number, most: { readonly rows: number; readonly columns: number }): Grid {
  const { rows, columns, values } = readMatrix(note.weights, index);
  const block = [Math.ceil(rows / most.rows), Math.ceil(columns / most.columns)] as const;
  const { max } = toBlocks({ shape: [rows, columns], data: values }, block);
  const [gridRows = 0, gridColumns = 0] = max.shape;
  const outer = note.weights.encoding === "external" ? note.weights.overview.block : [1, 1];
  return {
    rows: gridRows,
    columns: gridColumns,
    values: max.data,
    block: [block[0] * (outer[0] ?? 1), block[1] * (outer[1] ?? 1)],
    masked: readMasked(note, index, rows, columns, block),
  };
}

function readMasked(note: Note, index: number, rows: number, columns: number, block: readonly [number, number]): Uint8Array {
  const size = Math.ceil(rows / block[0]) * Math.ceil(columns / block[1]);
  // of weights in a file only the overview is here, and its blocks are not those of the mask
  if ((!note.mask && !note.maskedRows) || note.weights.encoding === "external") return new Uint8Array(size);
  const allowed = note.mask ? decodeMask(note.mask, index) : new Uint8Array(rows * columns).fill(1);
  const maskedRows = note.maskedRows ?? [];
  for (let i = firstNotBelow(maskedRows, index * rows); i < maskedRows.length; i++) {
    const at = (maskedRows[i] ?? 0) - index * rows;
    if (at >= rows) break;
    allowed.fill(0, at * columns, (at + 1) * columns);
  }
  const { max } = toBlocks({ shape: [rows, columns], data: allowed }, block);
  return Uint8Array.from(max.data, (any) => (any === 0 ? 1 : 0));
}

/** The position of the first number of an ascending list that is not below `least`. */
function firstNotBelow(ascending: readonly number[], least: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The largest weight of all grids: what the darkest colour stands for. */
export function largestOf(grids: readonly Grid[]): number {
  let largest = 0;
  for (const { values } of grids) for (let i = 0; i < values.length; i++) largest = Math.max(largest, values[i] ?? 0);
  return largest;
}

/** The level of each cell: in proportion to the largest of all, or of its row. */
export function levelsOf(grid: Grid, largest: number, scale: "row" | "global"): Uint8Array {
  const cells = new Uint8Array(grid.rows * grid.columns);
  for (let row = 0; row < grid.rows; row++) {
    const start = row * grid.columns;
    let top = largest;
    if (scale === "row") {
      top = 0;
      for (let i = start; i < start + grid.columns; i++) top = Math.max(top, grid.values[i] ?? 0);
    }
    for (let i = start; i < start + grid.columns; i++) {
      const share = top > 0 ? (grid.values[i] ?? 0) / top : 0;
      cells[i] = grid.masked[i] === 1 ? blank : Math.round(share * (levels.length - 1));
    }
  }
  return cells;
}
