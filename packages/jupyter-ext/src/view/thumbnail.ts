import { extent, type Cells } from "./cells.js";
import type { ColourScaleName } from "./colour.js";
import { coloured, showPixels } from "./pixel-image.js";

/** Cells of a thumbnail along its longer side; larger heads are drawn as the maxima of blocks. */
export const thumbnailCells = 48;

/** Shows a head, one pixel for each cell, masked ones clear; colours are relative to its largest weight. CSS makes it as large as it is wanted. */
export function paintThumbnail(image: HTMLImageElement, { values, shape }: Cells, scale: ColourScaleName, dark: boolean): void {
  const { high } = extent(values);
  showPixels(image, coloured({ values, low: 0, high: high > 0 ? high : 1 }, scale, dark), shape);
}

/** Width and height of a thumbnail that fits a square of `side` pixels without becoming a hairline. */
export function thumbnailSize([rows, columns]: readonly [number, number], side: number): { width: number; height: number } {
  const longer = Math.max(rows, columns, 1);
  const least = side / 5;
  return { width: Math.max(least, (side * columns) / longer), height: Math.max(least, (side * rows) / longer) };
}
