import { readOptions } from "../checks/read-options.js";
import { bleuTokens, type BleuTokenizer } from "./bleu-tokenizers.js";

export interface BleuOptions {
  /** How sentences become tokens; `13a` unless said. Chinese references need `zh`. */
  readonly tokenize?: BleuTokenizer;
  /** What a precision of 0 becomes: `exp` (unless said) halves it at each order, `floor` and `add-k` add, `none` leaves 0. */
  readonly smoothing?: "exp" | "floor" | "add-k" | "none";
  /** The number added by `floor` (0.1 unless said) and `add-k` (1 unless said). */
  readonly smoothingValue?: number;
  readonly lowercase?: boolean;
  /** The longest n-gram counted; 4 unless said. */
  readonly maxOrder?: number;
  /** Leave out the orders that a short hypothesis cannot have; use it for single sentences. */
  readonly effectiveOrder?: boolean;
}

export interface BleuScore {
  /** 0 … 100 */
  readonly score: number;
  /** The precision of each order, 0 … 100. */
  readonly precisions: readonly number[];
  readonly brevityPenalty: number;
  readonly hypothesisLength: number;
  readonly referenceLength: number;
  /** Matched n-grams of each order, and all n-grams of the hypotheses. */
  readonly matches: readonly number[];
  readonly totals: readonly number[];
}

/**
 * BLEU over a corpus, as sacrebleu 2 defines it:
 *
 *     BLEU = BP · exp( 1/N Σₙ ln pₙ ),   BP = min(1, exp(1 − r / h))
 *
 * with pₙ the clipped n-gram precision, h the length of the hypotheses and r that of the closest references.
 *
 * @param hypotheses one sentence each
 * @param references one sentence each, or several accepted ones
 * @throws RangeError when the numbers of hypotheses and references differ, or there are none
 * @see Papineni et al. 2002, "BLEU: a method for automatic evaluation of machine translation"; Post 2018 (sacrebleu)
 * @example
 * ```ts
 * import { bleu } from "heed/metrics";
 * const { score } = bleu(["I am Chinese ."], ["I am Chinese ."]);
 * console.log(score.toFixed(1)); // 100.0
 * ```
 */
export function bleu(
  hypotheses: readonly string[],
  references: readonly (string | readonly string[])[],
  options: BleuOptions = {},
): BleuScore {
  readOptions("bleu", options, {
    tokenize: true,
    smoothing: true,
    smoothingValue: true,
    lowercase: true,
    maxOrder: true,
    effectiveOrder: true,
  });
  if (hypotheses.length !== references.length || hypotheses.length === 0) {
    throw new RangeError(
      `bleu: expected as many references as hypotheses, at least one; got ${hypotheses.length} hypotheses and ${references.length} references`,
    );
  }
  const maxOrder = options.maxOrder ?? 4;
  if (!Number.isInteger(maxOrder) || maxOrder < 1) {
    throw new RangeError(`bleu: expected maxOrder to be a whole number ≥ 1; got ${maxOrder}`);
  }
  const tokens = (sentence: string): string[] =>
    bleuTokens(options.lowercase === true ? sentence.toLowerCase() : sentence, options.tokenize ?? "13a");
  const matches = Array.from({ length: maxOrder }, () => 0);
  const totals = Array.from({ length: maxOrder }, () => 0);
  let hypothesisLength = 0;
  let referenceLength = 0;
  hypotheses.forEach((sentence, i) => {
    const accepted = references[i] ?? "";
    const hypothesis = tokens(sentence);
    const candidates = (typeof accepted === "string" ? [accepted] : accepted).map(tokens);
    if (candidates.length === 0) throw new RangeError(`bleu: expected at least one reference for hypothesis ${i}; got none`);
    hypothesisLength += hypothesis.length;
    referenceLength += closestLength(hypothesis.length, candidates);
    for (let order = 1; order <= maxOrder; order += 1) {
      const counts = countNgrams(hypothesis, order);
      const allowed = candidates.map((candidate) => countNgrams(candidate, order));
      for (const [ngram, count] of counts) {
        const most = Math.max(...allowed.map((known) => known.get(ngram) ?? 0));
        totals[order - 1] = (totals[order - 1] ?? 0) + count;
        matches[order - 1] = (matches[order - 1] ?? 0) + Math.min(count, most);
      }
    }
  });
  return combine(matches, totals, hypothesisLength, referenceLength, options);
}

function closestLength(length: number, candidates: readonly (readonly string[])[]): number {
  const lengths = candidates.map((candidate) => candidate.length);
  return lengths.reduce((best, candidate) => {
    const nearer = Math.abs(candidate - length) - Math.abs(best - length);
    return nearer < 0 || (nearer === 0 && candidate < best) ? candidate : best;
  });
}

function countNgrams(tokens: readonly string[], order: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let start = 0; start + order <= tokens.length; start += 1) {
    const ngram = tokens.slice(start, start + order).join(" "); // tokens hold no spaces
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}

function combine(
  counted: readonly number[],
  counts: readonly number[],
  hypothesisLength: number,
  referenceLength: number,
  { smoothing = "exp", smoothingValue = smoothing === "floor" ? 0.1 : 1, effectiveOrder = false }: BleuOptions,
): BleuScore {
  const brevityPenalty =
    hypothesisLength >= referenceLength ? 1 : hypothesisLength === 0 ? 0 : Math.exp(1 - referenceLength / hypothesisLength);
  const matches = [...counted];
  const totals = [...counts];
  const precisions = counted.map(() => 0);
  let orders = counted.length;
  let halved = 1;
  const none = counted.every((count) => count === 0);
  for (let n = 0; n < (none ? 0 : counted.length); n += 1) {
    const added = smoothing === "add-k" && n > 0 ? smoothingValue : 0;
    const match = (counted[n] ?? 0) + added;
    const total = (counts[n] ?? 0) + added;
    matches[n] = match;
    totals[n] = total;
    if (total === 0) break;
    if (effectiveOrder) orders = n + 1;
    if (match > 0) precisions[n] = (100 * match) / total;
    else if (smoothing === "exp") precisions[n] = 100 / ((halved *= 2) * total);
    else if (smoothing === "floor") precisions[n] = (100 * smoothingValue) / total;
  }
  // sacrebleu takes ln 0 as −9999999999, which makes the score 0
  const logarithms = precisions.slice(0, orders).map((precision) => (precision > 0 ? Math.log(precision) : -9_999_999_999));
  const score = none ? 0 : brevityPenalty * Math.exp(logarithms.reduce((total, value) => total + value, 0) / orders);
  return { score, precisions, brevityPenalty, hypothesisLength, referenceLength, matches, totals };
}

/** The share of hypotheses that equal their reference, token for token. */
export function exactMatch(hypotheses: readonly (readonly string[])[], references: readonly (readonly string[])[]): number {
  if (hypotheses.length !== references.length || hypotheses.length === 0) {
    throw new RangeError(
      `exactMatch: expected as many references as hypotheses, at least one; got ${hypotheses.length} hypotheses and ${references.length} references`,
    );
  }
  const same = hypotheses.filter((tokens, i) => {
    const reference = references[i] ?? [];
    return tokens.length === reference.length && tokens.every((token, t) => token === reference[t]);
  });
  return same.length / hypotheses.length;
}
