import type { Rgb } from "../view/colour.js";

/**
 * Purple through the page's own colour to orange: with and without red–green blindness the two ends differ, and both grow away from the
 * middle in lightness (after PuOr of ColorBrewer, Harrower & Brewer 2003).
 */
const stops: Readonly<Record<"light" | "dark", readonly string[]>> = {
  light: ["2d004b", "542788", "8073ac", "b2abd2", "d8daeb", "f7f7f7", "fee0b6", "fdb863", "e08214", "b35806", "7f3b08"],
  dark: ["e3dcff", "b9a9f5", "9079d6", "66539f", "3d3560", "242424", "573a17", "8c5a16", "c47f20", "f0a844", "ffe0ae"],
};

/** The colour of a difference from −1 (B alone) over 0 (the same) to 1 (A alone). */
export function differenceColour(dark: boolean, position: number): Rgb {
  const colours = stops[dark ? "dark" : "light"];
  const place = ((Math.min(1, Math.max(-1, position)) + 1) / 2) * (colours.length - 1);
  const index = Math.min(Math.floor(place), colours.length - 2);
  const [from, to] = [parse(colours[index] ?? ""), parse(colours[index + 1] ?? "")];
  const mix = (channel: 0 | 1 | 2): number => Math.round(from[channel] + (to[channel] - from[channel]) * (place - index));
  return [mix(0), mix(1), mix(2)];
}

/** The scale as Plotly wants it; 0.5 is no difference. */
export function differenceScale(dark: boolean): [number, string][] {
  const last = stops.light.length - 1;
  return Array.from({ length: last + 1 }, (_, i) => [i / last, `rgb(${differenceColour(dark, (2 * i) / last - 1).join(",")})`]);
}

function parse(hex: string): Rgb {
  const value = Number.parseInt(hex, 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
