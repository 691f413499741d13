import type { Box } from "./picture.js";

/** How an image is cut into parts: rows × columns of equal rectangles, numbered from the top left along the rows. */
export type Grid = readonly [rows: number, columns: number];

/**
 * The rectangle that a part stands for, in pixels.
 *
 * @throws RangeError when the grid has no such part
 * @example
 * ```ts
 * import { partBox } from "heed";
 * console.log(partBox(9, [8, 8], 64, 64)); // { left: 8, top: 8, right: 16, bottom: 16 } – second row, second column
 * ```
 */
export function partBox(part: number, [rows, columns]: Grid, width: number, height: number): Box {
  if (!Number.isInteger(part) || part < 0 || part >= rows * columns) {
    throw new RangeError(`partBox: expected a part from 0 to ${rows * columns - 1}; got ${part}`);
  }
  const [row, column] = [Math.floor(part / columns), part % columns];
  return {
    left: (column * width) / columns,
    top: (row * height) / rows,
    right: ((column + 1) * width) / columns,
    bottom: ((row + 1) * height) / rows,
  };
}

/**
 * Whether the middle of a part lies in a box: how the pointing game counts a hit.
 *
 * @see Zhang et al. 2016, "Top-down Neural Attention by Excitation Backprop", §4.2
 * @example
 * ```ts
 * import { pointsAt } from "heed";
 * console.log(pointsAt(9, [8, 8], 64, 64, { left: 10, top: 10, right: 30, bottom: 30 })); // true – its middle is 12, 12
 * ```
 */
export function pointsAt(part: number, grid: Grid, width: number, height: number, box: Box): boolean {
  const { left, top, right, bottom } = partBox(part, grid, width, height);
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  return x >= box.left && x < box.right && y >= box.top && y < box.bottom;
}

/** The share of parts that point at a box: how often a part chosen by chance would. */
export function chanceOfPointing(grid: Grid, width: number, height: number, box: Box): number {
  const parts = grid[0] * grid[1];
  return (
    Array.from({ length: parts }, (_, part) => Number(pointsAt(part, grid, width, height, box))).reduce((a, b) => a + b, 0) /
    parts
  );
}
