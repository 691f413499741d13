import type { Decoder, Hypothesis } from "./beam-search.js";

export interface GreedySearchOptions {
  /** How many sentences are written at once: the rows of the decoder. */
  readonly rows: number;
  readonly start: number;
  readonly end: number;
  /** The most tokens written, for each sentence. */
  readonly maxLengths: readonly number[];
  readonly vocabularySize: number;
  readonly forbidden?: readonly number[];
}

/** Greedy search over many sources at once: the most probable token at each step, until every sentence has its end mark. */
export async function greedySearch(decoder: Decoder, options: GreedySearchOptions): Promise<Hypothesis[]> {
  const { rows, start, end, maxLengths, vocabularySize, forbidden = [] } = options;
  const sentences = Array.from({ length: rows }, () => ({
    ids: [] as number[],
    logProbability: 0,
    isFinished: false,
  }));
  const isOpen = Array.from({ length: rows }, () => true);
  while (isOpen.includes(true)) {
    const logProbabilities = await decoder.step(sentences.map(({ ids }) => ids.at(-1) ?? start));
    sentences.forEach((sentence, row) => {
      if (isOpen[row] !== true) return;
      const values = logProbabilities.subarray(row * vocabularySize, (row + 1) * vocabularySize);
      let best = -1;
      for (let id = 0; id < values.length; id += 1) {
        if (!forbidden.includes(id) && (best < 0 || (values[id] ?? 0) > (values[best] ?? 0))) best = id;
      }
      isOpen[row] = best !== end && sentence.ids.length < (maxLengths[row] ?? 0);
      sentence.isFinished = best === end;
      if (best === end || isOpen[row]) sentence.logProbability += values[best] ?? 0;
      if (isOpen[row]) sentence.ids.push(best);
    });
  }
  return sentences;
}
