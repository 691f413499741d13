import { decodeMask, decodeMatrix, type EncodedArray, type ExternalArray, type Groups, type Note } from "heed/note";
import { hideClosed, openBlocks } from "./open-blocks.js";
import type { TokenPlace } from "./selection.js";
import { loadedAround, loadedHead } from "./side-weights.js";

/**
 * What one head draws: the weights themselves, or – where there are more than can be drawn – the largest and the mean weight of
 * each block of them, so that a single high weight among thousands stays visible.
 */
export interface Cells {
  /** [rows, columns] of the note. */
  readonly size: readonly [number, number];
  /** Weights that one cell stands for along the rows and the columns. */
  readonly block: readonly [number, number];
  /** [rows, columns] of cells. */
  readonly shape: readonly [number, number];
  /** The (largest) weight of each cell, row-major; NaN where all of it is masked. */
  readonly values: Float32Array;
  /** The mean weight of each cell, where a cell is a block. */
  readonly means?: Float32Array;
  /** The scores behind the weights, where a cell is one weight. */
  readonly scores?: Float32Array;
}

/** The cells of head `head` (layer × heads + head), at most `limit` along each axis. */
export function cellsOf(note: Note, head: number, limit: readonly [number, number]): Cells {
  return limitCells(allCells(note, head), limit);
}

/** Every weight of a head; of weights in a file that was not read yet, the blocks of the overview. */
export function allCells(note: Note, head: number): Cells {
  const { weights } = note;
  if (weights.encoding !== "external") return weightCells(note, decodeMatrix(weights, head), head);
  const loaded = loadedHead(weights, head);
  return loaded ? weightCells(note, loaded.slice(), head) : overviewCells(note, weights, head);
}

/** The row or the column of a token of a head in a file, if it was read. */
export function cellsAround(note: Note, array: ExternalArray, head: number, token: TokenPlace): Cells | undefined {
  const read = loadedAround(array, head, token);
  if (!read) return undefined;
  const values = read.slice();
  const [rows = 0, columns = 0] = array.shape.slice(-2);
  const size = [rows, columns] as const;
  const open = openBlocks(note.mask, head, size, [1, 1]);
  const masked = maskedRowsOf(note, head);
  const { axis, index } = token;
  if (axis === "rows") {
    hideClosed(values, open, index * columns);
    if (masked.includes(index)) values.fill(Number.NaN);
    return { size, block: [1, 1], shape: [1, columns], values };
  }
  hideClosed(values, open, index, columns);
  for (const row of masked) values[row] = Number.NaN;
  return { size, block: [1, 1], shape: [rows, 1], values };
}

/** At most `limit` cells along each axis: more are joined to blocks. */
export function limitCells(cells: Cells, limit: readonly [number, number]): Cells {
  const [down = 1, across = 1] = [0, 1].map((axis) => Math.ceil((cells.shape[axis] ?? 0) / Math.max(1, limit[axis] ?? 1)));
  return down <= 1 && across <= 1 ? cells : joinCells(cells, down, across);
}

/**
 * Joins rows (mean) and columns (sum) to groups, as words are joined from subwords; what is in no group is left out. Rows that
 * lose no column still sum to 1. A fully masked row counts in no mean, and a joined cell is masked where all of it is.
 */
export function groupCells(cells: Cells, rows: Groups, columns: Groups): Cells {
  const width = cells.shape[1];
  const shape = [rows.length, columns.length] as const;
  const values = new Float32Array(shape[0] * shape[1]);
  const single = rows.every(({ length }) => length === 1) && columns.every(({ length }) => length === 1);
  const scores = single && cells.scores ? new Float32Array(values.length) : undefined;
  for (const [r, group] of rows.entries()) {
    const open = group.filter((row) => !isMaskedRow(cells, row));
    for (const [c, keys] of columns.entries()) {
      let [sum, seen] = [0, 0];
      for (const row of open) {
        for (const key of keys) {
          const value = cells.values[row * width + key] ?? Number.NaN;
          if (Number.isNaN(value)) continue;
          sum += value;
          seen++;
        }
      }
      values[r * shape[1] + c] = seen === 0 ? Number.NaN : sum / open.length;
      if (scores) scores[r * shape[1] + c] = cells.scores?.[(group[0] ?? 0) * width + (keys[0] ?? 0)] ?? 0;
    }
  }
  return { size: shape, block: [1, 1], shape, values, ...(scores && { scores }) };
}

function isMaskedRow({ values, shape }: Cells, row: number): boolean {
  for (let i = row * shape[1]; i < (row + 1) * shape[1]; i++) if (!Number.isNaN(values[i])) return false;
  return true;
}

function weightCells(note: Note, values: Float32Array, head: number): Cells {
  const [rows = 0, columns = 0] = note.weights.shape.slice(-2);
  if (note.mask) {
    const allowed = decodeMask(note.mask, head);
    for (let i = 0; i < values.length; i++) if (allowed[i] === 0) values[i] = Number.NaN;
  }
  for (const row of maskedRowsOf(note, head)) values.fill(Number.NaN, row * columns, (row + 1) * columns);
  const scores = matrixOf(note.scores, head);
  return { size: [rows, columns], block: [1, 1], shape: [rows, columns], values, ...(scores && { scores }) };
}

/** The fully masked rows of each head, sorted out once a note: thumbnails ask for every head. */
const maskedRows = new WeakMap<Note, Map<number, number[]>>();

function maskedRowsOf(note: Note, head: number): readonly number[] {
  let ofHeads = maskedRows.get(note);
  if (!ofHeads) {
    const rows = note.weights.shape.at(-2) ?? 1;
    ofHeads = Map.groupBy(note.maskedRows ?? [], (flat) => Math.floor(flat / rows));
    for (const [index, flats] of ofHeads)
      ofHeads.set(
        index,
        flats.map((flat) => flat % rows),
      );
    maskedRows.set(note, ofHeads);
  }
  return ofHeads.get(head) ?? [];
}

/** One matrix of an array, if it is there and inside the note. */
export function matrixOf(array: EncodedArray | undefined, head: number): Float32Array | undefined {
  if (!array || array.encoding === "external") return undefined;
  const count = array.shape.slice(0, -2).reduce((product, size) => product * size, 1);
  return decodeMatrix(array, count === 1 ? 0 : head);
}

function overviewCells(note: Note, { shape, overview }: ExternalArray, head: number): Cells {
  const [rows = 0, columns = 0] = shape.slice(-2);
  const [cellRows = 0, cellColumns = 0] = overview.max.shape.slice(-2);
  const values = decodeMatrix(overview.max, head);
  hideClosed(values, openBlocks(note.mask, head, [rows, columns], overview.block));
  return {
    size: [rows, columns],
    block: overview.block,
    shape: [cellRows, cellColumns],
    values,
    means: decodeMatrix(overview.mean, head),
  };
}

/** Joins blocks of `down` × `across` cells. */
export function joinCells(cells: Cells, down: number, across: number): Cells {
  const [rows, columns] = cells.shape;
  const shape: [number, number] = [Math.ceil(rows / down), Math.ceil(columns / across)];
  const values = new Float32Array(shape[0] * shape[1]).fill(Number.NaN);
  const sums = new Float64Array(values.length);
  const counts = new Uint32Array(values.length);
  for (let row = 0; row < rows; row++) {
    const target = Math.floor(row / down) * shape[1];
    for (let column = 0; column < columns; column++) {
      const at = target + Math.floor(column / across);
      const value = cells.values[row * columns + column] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      const largest = values[at] ?? Number.NaN;
      if (!(largest >= value)) values[at] = value;
      sums[at] = (sums[at] ?? 0) + (cells.means?.[row * columns + column] ?? value);
      counts[at] = (counts[at] ?? 0) + 1;
    }
  }
  // not `from` with a function, which would take three times as long as all of the above
  const means = new Float32Array(values.length);
  for (let at = 0; at < means.length; at++) means[at] = (sums[at] ?? 0) / (counts[at] ?? 1);
  return { size: cells.size, block: [cells.block[0] * down, cells.block[1] * across], shape, values, means };
}

/** Smallest (never above 0) and largest value of the cells that are not masked. */
export function extent(values: Float32Array): { low: number; high: number } {
  let [low, high] = [0, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high: Number.isFinite(high) ? high : 0 };
}
