import type { ColourValues } from "./colour-value.js";
import type { Look } from "./look.js";
import type { Phrases } from "./options.js";
import type { TokenPlace } from "./selection.js";
import { lineBetween, spaceBetween, type TokenLayout } from "./token-layout.js";
import { share } from "./wording.js";

/** One line between two tokens, by their places. */
export interface Line {
  readonly row: number;
  readonly column: number;
  /** From 0 to 1: where its colour value lies between the lowest and the highest. */
  readonly strength: number;
  readonly opacity: number;
  /** The colour of its head among others; where absent, that of the scale. */
  readonly ink?: string;
  /** Pixels along the tokens between it and where the line of a head alone would run. */
  readonly shift?: number;
}

/** A head whose lines are drawn. */
export interface LinedHead extends Pick<Line, "ink" | "shift"> {
  /** [rows, columns] */
  readonly shape: readonly [number, number];
  /** Of all its weights, see {@link lineStrengths}. */
  readonly strengths: Float32Array;
}

/** The lines to be drawn, the weakest first, so that the strong ones lie on top. */
export interface Lines {
  readonly lines: readonly Line[];
  /** How they are dimmed and what is left out. */
  readonly remarks: readonly string[];
}

/** Pixels: from a hair to a bold stroke. */
export const lineWidth = (strength: number): number => 0.75 + 1.75 * strength;

/** The part of the space between the tokens that all lines together may ink. */
const inkBudget = 0.3;
/** Lines of less strength than this cannot be seen beside the strongest. */
const faintest = 0.02;
/** More lines than this are a veil in which none can be followed. */
const mostLines = 6_000;

/**
 * The lines of whole heads over the same tokens. Were each as opaque as its weight is large, many small weights would add up to black; so
 * all are dimmed by one factor that keeps the ink they lay together within a budget.
 */
export function linesOfHeads(heads: readonly LinedHead[], layout: TokenLayout, phrases: Phrases): Lines {
  const { least, positive } = leastDrawn(heads);
  const size = heads.reduce((most, { strengths }) => Math.max(most, strengths.length), 1);
  const strength = (at: number): number => heads[Math.floor(at / size)]?.strengths[at % size] ?? 0;
  const seen: number[] = [];
  for (let at = 0; at < heads.length * size; at++) if (strength(at) >= least) seen.push(at);
  // of equal weights a part that is spread over the whole head
  if (seen.length > mostLines) seen.sort((a, b) => strength(b) - strength(a) || scatter(a) - scatter(b));
  const drawn = seen.slice(0, mostLines).map((at): Line => {
    const { ink, shift, shape = [0, 1] } = heads[Math.floor(at / size)] ?? {};
    const [row, column] = [Math.floor((at % size) / shape[1]), (at % size) % shape[1]];
    const own = { ...(ink !== undefined && { ink }), ...(shift !== undefined && { shift }) };
    return { row, column, strength: strength(at), opacity: strength(at), ...own };
  });
  const dimmed = Math.min(1, (inkBudget * spaceBetween(layout)) / Math.max(inkOf(drawn, layout), 1e-12));
  const left = positive - drawn.length;
  return {
    lines: drawn.map((line) => ({ ...line, opacity: line.opacity * dimmed })).sort((a, b) => a.strength - b.strength),
    remarks: [
      ...(dimmed < 0.995
        ? [phrases.__("all lines dimmed to %1, so that many even weights do not look strong", share(dimmed))]
        : []),
      ...(left > 0 ? [phrases._n("%1 weaker line not drawn", "%1 weaker lines not drawn", left, left)] : []),
    ],
  };
}

/** A strength that about {@link mostLines} reach, found by counting: sorting the weights of a large head would take long. */
function leastDrawn(heads: readonly LinedHead[]): { readonly least: number; readonly positive: number } {
  const counts = new Uint32Array(1_024);
  let positive = 0;
  for (const { strengths } of heads) {
    for (const strength of strengths) {
      if (!(strength > 0)) continue;
      positive++;
      const bin = Math.min(counts.length - 1, Math.floor(strength * counts.length));
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
  }
  let bin = counts.length - 1;
  for (let sum = counts[bin] ?? 0; bin > 0 && sum < mostLines; sum += counts[bin] ?? 0) bin--;
  return { least: Math.max(faintest, bin / counts.length), positive };
}

/** A number that has nothing to do with the place of its argument (multiplicative hashing, Knuth). */
const scatter = (at: number): number => Math.imul(at, 2_654_435_761) >>> 0;

/** Square pixels that lines blacken: opacity × width × length. */
function inkOf(lines: readonly Line[], layout: TokenLayout): number {
  return lines.reduce((ink, { row, column, strength, opacity }) => {
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = lineBetween(layout, row, column) ?? [];
    return ink + opacity * lineWidth(strength) * Math.hypot(x1 - x0, y1 - y0);
  }, 0);
}

/**
 * The lines of one token, not dimmed: they do not lie upon each other.
 *
 * @param strengths of the whole head, see {@link lineStrengths}
 */
export function linesOfToken({ cells: { shape } }: Look, token: TokenPlace, strengths: Float32Array): Line[] {
  const others = Array.from({ length: shape[token.axis === "rows" ? 1 : 0] }, (_, other) => other);
  const lines = others.map((other): Line => {
    const [row, column] = token.axis === "rows" ? [token.index, other] : [other, token.index];
    const strength = strengths[row * shape[1] + column] ?? 0;
    return { row, column, strength, opacity: strength };
  });
  return lines.filter(({ opacity }) => opacity >= faintest / 2).sort((a, b) => a.strength - b.strength);
}

/** From 0 for the lowest to 1 for the highest that is coloured; NaN where masked. */
export function strengthsOf({ values, low, high }: ColourValues): Float32Array {
  return values.map((value) => (value - low) / (high - low));
}

/** The strengths of lines: a weight of 0 has none, whatever its place in its row. */
export function lineStrengths({ cells }: Look, coloured: ColourValues): Float32Array {
  return strengthsOf(coloured).map((strength, at) => (cells.values[at] === 0 ? 0 : strength));
}
