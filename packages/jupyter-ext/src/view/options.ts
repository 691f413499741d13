import type { ColourScaleName } from "./colour.js";
import type { MeasureText } from "./labels.js";

/** When the cells show their numbers: `auto` where they fit comfortably, `always` down to the smallest legible size. */
export type Numbers = "auto" | "always" | "never";

/** What a person can set. */
export interface DrawingSettings {
  readonly colourScale: ColourScaleName;
  /** Side of a cell in pixels where there is room for it. */
  readonly cellSize: number;
  readonly numbers: Numbers;
  /** Millimetres that a saved figure may be wide, and points of its text. */
  readonly figureWidth: number;
  readonly figureFontSize: number;
  readonly figureFont: "sans" | "serif";
}

export const defaultSettings: DrawingSettings = {
  colourScale: "blue",
  cellSize: 44,
  numbers: "auto",
  figureWidth: 84,
  figureFontSize: 8,
  figureFont: "sans",
};

/** The page that a figure is drawn on. Colours are CSS colours. */
export interface Theme {
  readonly dark: boolean;
  readonly background: string;
  readonly text: string;
  readonly mutedText: string;
  /** Hatching of masked cells. */
  readonly line: string;
  readonly font: string;
}

/** Translates a fixed phrase; `%1`, `%2` … stand for the values. */
export interface Phrases {
  __(phrase: string, ...values: unknown[]): string;
  _n(one: string, many: string, count: number, ...values: unknown[]): string;
}

/** All that a picture depends on besides its note. */
export interface DrawingOptions extends DrawingSettings {
  /** Pixels that the picture may be wide. */
  readonly width: number;
  readonly theme: Theme;
  readonly measure: MeasureText;
  readonly phrases: Phrases;
  /** Written above the picture when it leaves the page; on the page the title is text of its own. */
  readonly title?: string;
}
