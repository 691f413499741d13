import { describe, expect, test } from "vitest";
import { chineseEnglishPairs } from "../../src/data/chinese-english-pairs.js";
import type { SentencePair } from "../../src/data/read-pairs.js";
import { segmentByCounts } from "../../src/text/segment-by-counts.js";
import { splitCorpus } from "../../src/data/split-corpus.js";
import { corpusStatistics } from "../../src/data/corpus-statistics.js";
import { formatAlignment, parseAlignment } from "../../src/metrics/alignment.js";

const pairs = chineseEnglishPairs({ count: 5000, seed: 1, clauses: [0.7, 0.2, 0.1] });
const chinese = ({ source }: SentencePair): string => source.join(" ");
const english = ({ target }: SentencePair): string => target.join(" ");
/** The pair as "word→word" for each sure link, in the order of the English side. */
const sureWords = ({ source, target, alignment }: SentencePair): string[] =>
  (alignment?.sure ?? []).map((link) => `${source[link.source]}→${target[link.target]}`);
const meanLength = (clauses: number[]): number =>
  corpusStatistics(chineseEnglishPairs({ count: 300, seed: 5, clauses }).map(({ source }) => source)).lengths.mean;

describe("the parallel corpus", () => {
  test("begins with the sentence it is built around", () => {
    expect(chinese(pairs[0] as SentencePair)).toBe("我 是 中国人");
    expect(english(pairs[0] as SentencePair)).toBe("I am Chinese");
    expect(formatAlignment(pairs[0]?.alignment ?? { sure: [], possible: [] })).toBe("0-0 1-1 2-2");
  });

  test("is the same for the same seed and another for another", () => {
    const again = chineseEnglishPairs({ count: 100, seed: 1, clauses: [0.7, 0.2, 0.1] });
    expect(again).toEqual(pairs.slice(0, 100));
    const other = chineseEnglishPairs({ count: 100, seed: 2, clauses: [0.7, 0.2, 0.1] });
    expect(other.slice(1).map(chinese)).not.toEqual(again.slice(1).map(chinese));
  });

  test("no sentence comes twice on either side, and none is both in the training and in the test part", () => {
    expect(new Set(pairs.map(chinese)).size).toBe(pairs.length);
    expect(new Set(pairs.map(english)).size).toBe(pairs.length);
    const { train = [], test = [] } = splitCorpus(pairs, { shares: { train: 0.9, test: 0.1 }, seed: 1 });
    const known = new Set(train.flatMap((pair) => [chinese(pair), english(pair)]));
    expect(test.filter((pair) => known.has(chinese(pair)) || known.has(english(pair)))).toEqual([]);
    const words = new Set(train.flatMap(({ source, target }) => [...source, ...target]));
    expect(test.flatMap(({ source, target }) => [...source, ...target]).filter((word) => !words.has(word))).toEqual([]);
  });

  test("a Chinese sentence has one translation, whatever the seed", () => {
    const translations = new Map<string, string>();
    const doubtful: string[] = [];
    for (const seed of [1, 2, 3, 4]) {
      for (const pair of chineseEnglishPairs({ count: 5000, seed })) {
        const known = translations.get(chinese(pair));
        if (known !== undefined && known !== english(pair)) doubtful.push(`${chinese(pair)}: ${known} / ${english(pair)}`);
        translations.set(chinese(pair), english(pair));
      }
    }
    expect(doubtful).toEqual([]);
    expect(translations.size).toBeGreaterThan(10_000);
  });

  test("every English word stands for or goes with Chinese words, within both sentences", () => {
    for (const { source, target, alignment = { sure: [], possible: [] } } of pairs) {
      const links = [...alignment.sure, ...alignment.possible];
      expect(new Set(links.map((link) => link.target)).size).toBe(target.length);
      expect(() => parseAlignment(formatAlignment(alignment), source.length, target.length)).not.toThrow();
      // a sure link is not also a possible one, and no English word translates two Chinese words
      expect(new Set(links.map((link) => `${link.source}-${link.target}`)).size).toBe(links.length);
      expect(new Set(alignment.sure.map((link) => link.target)).size).toBe(alignment.sure.length);
    }
  });

  test("the same word is translated alike everywhere", () => {
    const translations = new Map<string, Set<string>>();
    for (const pair of pairs) {
      for (const link of sureWords(pair)) {
        const [from = "", to = ""] = link.split("→");
        translations.set(from, (translations.get(from) ?? new Set()).add(to));
      }
    }
    expect([...(translations.get("看") ?? [])].sort()).toEqual(["read", "reads", "watch", "watched", "watches"]);
    expect([...(translations.get("我") ?? [])].sort()).toEqual(["I", "me", "my"]);
    expect([...(translations.get("的") ?? [])].sort()).toEqual(["'s", "that"]);
    expect(["把", "了", "吗", "很"].filter((particle) => translations.has(particle))).toEqual([]);
  });

  test("word order differs: most sentences have crossing links", () => {
    const crossing = pairs.filter(({ alignment }) => {
      const order = (alignment?.sure ?? []).toSorted((a, b) => a.target - b.target);
      return order.some((link, i) => i > 0 && link.source < (order[i - 1]?.source ?? 0));
    });
    expect(crossing.length / pairs.length).toBeGreaterThan(0.5);
  });

  test("clauses make sentences longer; maxLength keeps them short", () => {
    expect(meanLength([0, 0, 1])).toBeGreaterThan(2.5 * meanLength([1]));
    const short = chineseEnglishPairs({ count: 300, seed: 5, clauses: [1, 1], maxLength: 9 });
    expect(Math.max(...short.flatMap(({ source, target }) => [source.length, target.length]))).toBeLessThanOrEqual(9);
  });

  test("what cannot be is refused", () => {
    expect(() => chineseEnglishPairs({ count: 0, seed: 1 })).toThrow(RangeError);
    expect(() => chineseEnglishPairs({ count: 1, seed: 1, clauses: [0] })).toThrow(RangeError);
    expect(() => chineseEnglishPairs({ count: 5, seed: 1, maxLength: 1 })).toThrow(/different sentences of at most 1 tokens/u);
  });
});

describe("segmentByCounts", () => {
  test("finds the words of the corpus in running text", () => {
    const counts = new Map(corpusStatistics(pairs.map(({ source }) => source)).counts);
    const wrong = pairs.filter(({ source }) => segmentByCounts(source.join(""), counts).join(" ") !== source.join(" "));
    expect(wrong.map(chinese)).toEqual([]);
  });
  test("unknown characters stand alone, unknown Latin words together, spaces separate", () => {
    const counts = new Map([
      ["我", 3],
      ["是", 2],
    ]);
    expect(segmentByCounts(" 我是𠀀Tom's  3号", counts)).toEqual(["我", "是", "𠀀", "Tom", "'", "s", "3", "号"]);
    expect(segmentByCounts("", counts)).toEqual([]);
  });
});
