import { entropyOf, rowOf } from "heed/note";
import type { Look } from "./look.js";
import type { Phrases } from "./options.js";
import type { TokenCell, TokenPlace } from "./selection.js";
import { placeLabel, precise, type CellText } from "./wording.js";

/** The side that a token looks at, or is looked at from. */
export const otherSide = (axis: TokenPlace["axis"]): TokenPlace["axis"] => (axis === "rows" ? "columns" : "rows");

/** The weights between a token and every token of the other side: its row, or its column. NaN where masked. */
export function weightsOf({ cells: { values, shape } }: Look, { axis, index }: TokenPlace): Float32Array {
  if (axis === "rows") return rowOf(values, shape[1], index);
  return Float32Array.from({ length: shape[0] }, (_, row) => values[row * shape[1] + index] ?? Number.NaN);
}

/**
 * The mean weight that each column gets; masked weights count as nothing given. NaN where no row may look at it. Columns of an overview
 * share the mean of their block.
 */
export function meanReceived({ cells: { values, means, shape, block }, columns }: Look): Float32Array {
  const ofBlocks = Float32Array.from({ length: shape[1] }, (_, column) => {
    let [sum, seen] = [0, 0];
    for (let row = 0; row < shape[0]; row++) {
      const at = row * shape[1] + column;
      if (Number.isNaN(values[at] ?? Number.NaN)) continue;
      sum += means?.[at] ?? values[at] ?? 0;
      seen++;
    }
    return seen === 0 ? Number.NaN : sum / shape[0];
  });
  if (block[1] === 1) return ofBlocks;
  return Float32Array.from(columns.tokens, (_, column) => ofBlocks[Math.floor(column / block[1])] ?? Number.NaN);
}

/** The cell between a chosen token and one of the other side. */
export function cellBetween(chosen: TokenPlace, other: TokenPlace): TokenCell | undefined {
  if (chosen.axis === other.axis) return undefined;
  const [row, column] = chosen.axis === "rows" ? [chosen.index, other.index] : [other.index, chosen.index];
  return { row, column };
}

/** Partners of a token that are named. */
const named = 3;

/** What is said of one token: where most of its weight goes, or from where it gets most. */
export function tokenText(look: Look, token: TokenPlace, phrases: Phrases): CellText {
  const from = placeLabel(look[token.axis], token.index, 1);
  const weights = weightsOf(look, token);
  const partners = strongest(weights, named).map(
    (i) => `${placeLabel(look[otherSide(token.axis)], i, 1)} ${precise(weights[i] ?? 0)}`,
  );
  if (partners.length === 0) {
    const isMasked = weights.every((weight) => Number.isNaN(weight));
    const fact = isMasked ? phrases.__("masked: not looked at") : phrases.__("weight %1", "0");
    return { from, to: "", facts: [fact], spoken: `${from}: ${fact}` };
  }
  const list = partners.join(" · ");
  const facts =
    token.axis === "rows"
      ? [phrases.__("looks at %1", list), phrases.__("entropy %1 bits", precise(entropyOf(weights.map((w) => w || 0))))]
      : [phrases.__("is looked at by %1", list)];
  return { from, to: "", facts, spoken: `${from}: ${facts.join(", ")}` };
}

/** Says what pale tokens are, where a token's masked partners are drawn pale. */
export function maskedRemark(look: Look, token: TokenPlace, phrases: Phrases): string[] {
  return weightsOf(look, token).some((weight) => Number.isNaN(weight)) ? [phrases.__("pale: masked")] : [];
}

/** The places of the largest weights, the largest first; none of weight 0. */
export function strongest(weights: Float32Array, count: number): number[] {
  return Array.from(weights.keys())
    .filter((i) => (weights[i] ?? 0) > 0)
    .sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b)
    .slice(0, count);
}
