import type { TextSummary } from "./text-summary.js";

/** A text with its class and, where known, the positions of the words that decide it. */
export interface LabelledText {
  readonly tokens: readonly string[];
  readonly label: string;
  readonly evidence?: readonly number[];
}

/** How well held-out texts are classified, and what the hops look at. */
export interface ClassificationReport {
  readonly texts: number;
  readonly accuracy: number;
  /** The share of evidence that the largest weight of some hop lies on; only where texts have evidence. */
  readonly evidence?: {
    readonly found: number;
    /** The share that as many hops would find that each point at a token by chance. */
    readonly chance: number;
    readonly words: number;
  };
  /** The mean of AAᵀ off its diagonal: 0 when hops share no token, 1 when all look at one and the same. */
  readonly overlap: number;
  /** The mean of ‖AAᵀ − I‖²_F. */
  readonly penalty: number;
  /** How often each class (row) was taken for each (column). */
  readonly confusion: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Judges the summaries of texts, in the order of the texts. */
export function reportClassification(texts: readonly LabelledText[], summaries: readonly TextSummary[]): ClassificationReport {
  if (texts.length === 0) throw new RangeError("evaluate: expected at least one text; got none");
  const confusion: Record<string, Record<string, number>> = {};
  let right = 0;
  let [words, found, chance] = [0, 0, 0];
  let [overlap, penalty] = [0, 0];
  texts.forEach(({ tokens, label, evidence = [] }, i) => {
    const summary = summaries[i] as TextSummary;
    if (summary.label === label) right += 1;
    const row = (confusion[label] ??= {});
    row[summary.label] = (row[summary.label] ?? 0) + 1;
    const looked = new Set(summary.hopTokens);
    words += evidence.length;
    found += evidence.filter((position) => looked.has(position)).length;
    chance += evidence.length * (1 - (1 - 1 / tokens.length) ** summary.hopTokens.length);
    overlap += meanOffDiagonal(summary.overlap.data, summary.hopTokens.length);
    penalty += summary.penalty.data[0] ?? 0;
  });
  return {
    texts: texts.length,
    accuracy: right / texts.length,
    ...(words > 0 && { evidence: { found: found / words, chance: chance / words, words } }),
    overlap: overlap / texts.length,
    penalty: penalty / texts.length,
    confusion,
  };
}

function meanOffDiagonal(overlap: ArrayLike<number>, R: number): number {
  if (R === 1) return 0;
  let sum = 0;
  for (let i = 0; i < R * R; i += 1) if (i % (R + 1) !== 0) sum += overlap[i] ?? 0;
  return sum / (R * (R - 1));
}
