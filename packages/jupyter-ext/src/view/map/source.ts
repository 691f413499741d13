import { joinCells, type Cells } from "../cells.js";
import type { LevelRows, MatrixLevel } from "../levels.js";

/** One head at several sizes, as much of it as is at hand. */
export interface MapSource {
  /** [rows, columns] of the matrix. */
  readonly size: readonly [number, number];
  /** From fine to coarse. */
  readonly levels: readonly MatrixLevel[];
  /** A row of a level, if it is at hand. */
  row(level: number, row: number): LevelRows | undefined;
  /** Asks for rows that are not at hand; the owner of the source is told when they are. */
  want(level: number, start: number, end: number): void;
}

/** The level to draw: the coarsest whose blocks are no larger than a pixel, so that a pixel joins few blocks and hides none. */
export function chooseLevel(levels: readonly MatrixLevel[], cell: { readonly x: number; readonly y: number }): number {
  for (let level = levels.length - 1; level > 0; level--) {
    const [down, across] = levels[level]?.block ?? [1, 1];
    if (down * cell.y <= 1 && across * cell.x <= 1) return level;
  }
  return 0;
}

/** A head that is in memory. Coarser levels are made when they are first drawn. */
export class MemorySource implements MapSource {
  readonly size: readonly [number, number];
  readonly levels: readonly MatrixLevel[];
  readonly #cells: (Cells | undefined)[];

  constructor(cells: Cells) {
    const levels: MatrixLevel[] = [];
    const [rows, columns] = cells.shape;
    for (let factor = 1; factor === 1 || Math.max(rows, columns) > factor; factor *= 2) {
      const block: [number, number] = [cells.block[0] * factor, cells.block[1] * factor];
      levels.push({ block, shape: [Math.ceil(rows / factor), Math.ceil(columns / factor)] });
    }
    this.size = cells.size;
    this.levels = levels;
    this.#cells = [cells];
  }

  row(level: number, row: number): LevelRows {
    const [whole] = this.#cells;
    const cells = (this.#cells[level] ??= whole && joinCells(whole, 2 ** level, 2 ** level));
    if (!cells) return { max: new Float32Array() };
    const { values, means, shape } = cells;
    const [start, end] = [row * shape[1], (row + 1) * shape[1]];
    return { max: values.subarray(start, end), ...(means && { mean: means.subarray(start, end) }) };
  }

  want(): void {
    // everything is at hand
  }
}
