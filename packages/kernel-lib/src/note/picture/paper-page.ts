import type { Language } from "../wording.js";
import { card, levels } from "./colors.js";
import { textWidth } from "./text-width.js";

/** The colour, as #rrggbb, of a share from 0 to 1. */
export type Ink = (share: number) => string;

/** What the colours of some weights are, row by row, and what a legend says of them. */
export interface Coloured {
  /** From 0, the lightest, to 1; NaN where a cell is masked. */
  readonly shares: Float32Array;
  readonly legend: { readonly title: string; readonly low: string; readonly high: string };
}

/** How a figure looks; lengths in points. */
export interface PaperPage {
  readonly width: number;
  readonly fontSize: number;
  readonly measure: (text: string, fontSize: number) => number;
  readonly colour: Ink;
  readonly say: (english: string, chinese: string) => string;
}

/** One head, ready to be drawn. */
export interface PaperMatrix {
  /** [rows, columns] */
  readonly shape: readonly [number, number];
  /** Weights; NaN where masked. */
  readonly values: Float32Array;
  /** What is coloured, from 0 to 1; NaN where masked. */
  readonly shares: Float32Array;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly names: { readonly rows: string; readonly columns: string };
}

/** How small texts other than labels are set, as a share of the font size. */
export const smallText = 0.85;

export function makePage(
  width: number,
  fontSize: number,
  language: Language,
  given: { readonly colour?: Ink; readonly measure?: PaperPage["measure"] },
): PaperPage {
  return {
    width,
    fontSize,
    measure: given.measure ?? ((content, size) => textWidth(content) * size),
    colour: given.colour ?? ((share) => levels[Math.round(share * (levels.length - 1))] ?? card.ink),
    say: (english, chinese) => (language === "en" ? english : chinese),
  };
}

/** The text if it fits, or as much of its beginning as does, with an ellipsis. */
export function fit(text: string, width: number, fontSize: number, { measure }: PaperPage): string {
  if (measure(text, fontSize) <= width) return text;
  const letters = Array.from(text.slice(0, 500));
  let [least, most] = [0, letters.length];
  while (least < most) {
    const middle = (least + most + 1) >> 1;
    if (measure(`${letters.slice(0, middle).join("")}…`, fontSize) <= width) least = middle;
    else most = middle - 1;
  }
  return `${letters.slice(0, least).join("")}…`;
}

/** Black or white, whichever contrasts more with a colour (WCAG 2.2). */
export function inkOn(colour: string): "#000000" | "#ffffff" {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) ** 2 > 1.05 * 0.05 ? "#000000" : "#ffffff";
}
