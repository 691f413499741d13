import type { Rgb } from "./colour.js";

/** The pixel of a cell that is not painted. */
export const clear = 0;

/** The step of a scale of `count` colours that a position from 0 to 1 is nearest to; positions outside are drawn in. */
const stepAt = (position: number, count: number): number => Math.round(Math.min(1, Math.max(0, position)) * (count - 1));

/** Colours of pixels, as canvases want them. `position` of a value on the scale is from 0 to 1; NaN stays clear. */
export function colourPixels(
  values: Float32Array,
  position: (value: number) => number,
  colours: readonly Rgb[],
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(values.length * 4);
  const words = new Uint32Array(pixels.buffer);
  // little-endian, as every machine that browsers run on: alpha, blue, green, red
  const table = Uint32Array.from(colours, ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    words[i] = table[stepAt(position(value), table.length)] ?? 0;
  }
  return pixels;
}

/** The same as places in a palette of `count` colours, counted from 1. */
export function palettePixels(
  values: ArrayLike<number | undefined>,
  position: (value: number) => number,
  count: number,
): Uint8Array {
  const pixels = new Uint8Array(values.length).fill(clear);
  for (let i = 0; i < pixels.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isNaN(value)) pixels[i] = stepAt(position(value), count) + 1;
  }
  return pixels;
}
