import { colourSteps, type ColourScaleName } from "./colour.js";
import { inkOn } from "./numbers.js";

/** The background of a token and the ink that can be read on it, as CSS colours. */
export interface Shade {
  readonly background: string;
  readonly ink: string;
}

const made = new Map<string, readonly Shade[]>();

/** The shade of a token at a position on the scale, from 0 to 1. The same object for positions that look alike. */
export function shadeAt(name: ColourScaleName, dark: boolean, position: number): Shade | undefined {
  const key = `${name} ${String(dark)}`;
  const shades =
    made.get(key) ?? colourSteps(name, dark).map((rgb) => ({ background: `rgb(${rgb.join(",")})`, ink: inkOn(rgb) }));
  made.set(key, shades);
  return shades[Math.round(Math.min(1, Math.max(0, position)) * (shades.length - 1))];
}
