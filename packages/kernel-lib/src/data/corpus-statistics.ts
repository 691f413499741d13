export interface CorpusStatistics {
  readonly sentences: number;
  readonly tokens: number;
  /** Different tokens. */
  readonly types: number;
  /** Types seen only once. */
  readonly seenOnce: number;
  /** Sentences that are equal to an earlier one. */
  readonly repeatedSentences: number;
  readonly lengths: { readonly min: number; readonly mean: number; readonly median: number; readonly max: number };
  /** Tokens with their counts, most frequent first, then by code point. */
  readonly counts: readonly (readonly [string, number])[];
}

/**
 * Counts what a corpus of tokenized sentences holds.
 *
 * @throws RangeError for a corpus without sentences
 * @example
 * ```ts
 * import { corpusStatistics } from "heed/data";
 * const { types, lengths } = corpusStatistics([["我", "是", "中国人"], ["我", "是", "老师"]]);
 * console.log(types, lengths.mean); // 4 3
 * ```
 */
export function corpusStatistics(sentences: readonly (readonly string[])[]): CorpusStatistics {
  if (sentences.length === 0) throw new RangeError("corpusStatistics: expected at least one sentence; got none");
  const counts = new Map<string, number>();
  for (const sentence of sentences) for (const token of sentence) counts.set(token, (counts.get(token) ?? 0) + 1);
  const lengths = sentences.map((sentence) => sentence.length).sort((a, b) => a - b);
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  const middle = lengths.length / 2;
  const median = ((lengths[Math.ceil(middle) - 1] ?? 0) + (lengths[Math.floor(middle)] ?? 0)) / 2;
  return {
    sentences: sentences.length,
    tokens,
    types: counts.size,
    seenOnce: [...counts.values()].filter((count) => count === 1).length,
    repeatedSentences: sentences.length - new Set(sentences.map((sentence) => sentence.join("\u0000"))).size,
    lengths: { min: lengths[0] ?? 0, mean: tokens / sentences.length, median, max: lengths.at(-1) ?? 0 },
    counts: [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)),
  };
}
