/**
 * Pictures with one pixel for each cell, as data URLs.
 *
 * Not by way of a canvas: browsers that protect people from being recognised (Tor Browser, LibreWolf, Firefox with
 * `privacy.resistFingerprinting`) give noise to whoever reads one back, and every picture would be random stripes.
 */
import { encode } from "fast-png";

/** Red, green, blue and opacity from 0 to 255. */
export type Rgba = readonly [number, number, number, number];

/** What a clear pixel is; the encoder wants colours that are not opaque first. */
const nothing = [0, 0, 0, 0];

/**
 * @param pixels for each cell, row by row, 0 for none (`clear` of pixels.ts) or the place of its colour in the palette, from 1
 * @param shape [rows, columns]
 */
export function pngUrl(pixels: Uint8Array, [height, width]: readonly [number, number], palette: readonly Rgba[]): string {
  const colours = [nothing, ...palette.map((colour) => [...colour])];
  return `data:image/png;base64,${toBase64(encode({ width, height, data: pixels, channels: 1, palette: colours }))}`;
}

/** Characters that are made of bytes at once: each is an argument of a call. */
const atOnce = 8_192;

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += atOnce) text += String.fromCharCode(...bytes.subarray(at, at + atOnce));
  return btoa(text);
}
