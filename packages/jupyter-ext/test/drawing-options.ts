import { defaultSettings, type DrawingOptions, type Phrases } from "../src/view/options.js";

const fill = (phrase: string, values: readonly unknown[]): string =>
  phrase.replace(/%(\d+)/g, (_, number: string) => String(values[Number(number) - 1]));

/** English phrases, as JupyterLab fills them in where there is no translation. */
export const english: Phrases = {
  __: (phrase, ...values) => fill(phrase, values),
  _n: (one, many, count, ...values) => fill(count === 1 ? one : many, [count, ...values]),
};

/** Options of a figure whose every character is as wide as 0.6 of its size, and of Chinese as its size. */
export const options = (changes: Partial<DrawingOptions> = {}): DrawingOptions => ({
  ...defaultSettings,
  width: 800,
  theme: { dark: false, background: "#fff", text: "#000", mutedText: "#555", line: "#999", font: "sans-serif" },
  measure: (text, size) => Array.from(text).reduce((width, char) => width + (char > "\u2e80" ? size : size * 0.6), 0),
  phrases: english,
  ...changes,
});
