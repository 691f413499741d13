import { extent, type Cells } from "./cells.js";
import { colourSteps, type ColourScaleName } from "./colour.js";
import { showPixels } from "./pixel-image.js";
import { colourPixels } from "./pixels.js";

/** Cells of a thumbnail along its longer side; larger heads are drawn as the maxima of blocks. */
export const thumbnailCells = 48;

/** One pixel for each cell, red-green-blue-alpha; masked cells are clear. Colours are relative to the head's largest weight. */
export function thumbnailPixels(cells: Cells, scale: ColourScaleName, dark: boolean): Uint8ClampedArray<ArrayBuffer> {
  const { high } = extent(cells.values);
  return colourPixels(cells.values, (value) => (high > 0 ? value / high : 0), colourSteps(scale, dark));
}

/** Shows a head, one pixel for each cell; CSS makes it as large as it is wanted. */
export function paintThumbnail(image: HTMLImageElement, cells: Cells, scale: ColourScaleName, dark: boolean): void {
  showPixels(image, thumbnailPixels(cells, scale, dark), cells.shape);
}

/** Width and height of a thumbnail that fits a square of `side` pixels without becoming a hairline. */
export function thumbnailSize([rows, columns]: readonly [number, number], side: number): { width: number; height: number } {
  const longer = Math.max(rows, columns, 1);
  const least = side / 5;
  return { width: Math.max(least, (side * columns) / longer), height: Math.max(least, (side * rows) / longer) };
}
