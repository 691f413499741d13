/** The pointing game: whether what is looked at lies in what is spoken of. */
import { partBox, type Grid } from "../vision/parts.js";
import type { Box } from "../vision/picture.js";

/**
 * Whether the middle of a part lies in a box: how the pointing game counts a hit.
 *
 * @see Zhang et al. 2016, "Top-down Neural Attention by Excitation Backprop", §4.2
 * @example
 * ```ts
 * import { pointsAt } from "heed/metrics";
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
