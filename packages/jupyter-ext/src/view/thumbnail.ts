import { extent, type Cells } from "./cells.js";
import type { ColourScaleName } from "./colour.js";
import { coloured, showPixels } from "./pixel-image.js";

/** Shows a head, one pixel for each cell, masked ones clear; colours are relative to its largest weight. CSS makes it as large as it is wanted. */
export function paintThumbnail(image: HTMLImageElement, { values, shape }: Cells, scale: ColourScaleName, dark: boolean): void {
  const { high } = extent(values);
  showPixels(image, coloured({ values, low: 0, high: high > 0 ? high : 1 }, scale, dark), shape);
}
