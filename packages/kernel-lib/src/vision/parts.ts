import type { Box } from "./picture.js";

/** How an image is cut into parts: rows × columns of equal rectangles, numbered from the top left along the rows. */
export type Grid = readonly [rows: number, columns: number];

/**
 * The rectangle that a part stands for, in pixels.
 *
 * @throws RangeError when the grid has no such part
 * @example
 * ```ts
 * import { partBox } from "heed/data";
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
