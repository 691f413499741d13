import type { Rgb } from "./colour.js";

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
  const last = table.length - 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    words[i] = table[Math.round(Math.min(1, Math.max(0, position(value))) * last)] ?? 0;
  }
  return pixels;
}
