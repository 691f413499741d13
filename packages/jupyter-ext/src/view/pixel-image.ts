import { colourSteps, type ColourScaleName, type Rgb } from "./colour.js";
import { palettePixels } from "./pixels.js";
import { pngUrl } from "./png.js";

/** Values as colours, one pixel for each. */
export interface ColouredPixels {
  /** Row by row; NaN where clear. */
  readonly values: Float32Array;
  /** The values of the first colour and of the last. */
  readonly low: number;
  readonly high: number;
  readonly colours: readonly Rgb[];
}

/**
 * Shows a pixel for each cell in an image element; CSS makes it as large as it is wanted.
 *
 * Not in a canvas: a browser makes each canvas on the page a layer of its own, and what stands above it another one. With the
 * twelve thumbnails of each of a hundred notes, putting these layers together took most of a frame while a notebook was scrolled.
 */
export function showPixels(
  image: HTMLImageElement,
  { values, low, high, colours }: ColouredPixels,
  shape: readonly [number, number],
): void {
  if (values.length === 0) return;
  const pixels = palettePixels(values, (value) => (value - low) / (high - low), colours.length);
  image.src = pngUrl(
    pixels,
    shape,
    colours.map((colour) => [...colour, 255]),
  );
}

/** Values on the reader's scale. */
export const coloured = (
  { values, low, high }: Omit<ColouredPixels, "colours">,
  scale: ColourScaleName,
  dark: boolean,
): ColouredPixels => ({ values, low, high, colours: colourSteps(scale, dark) });
