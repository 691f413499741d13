import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/data/seeded-random.js";
import { splitCorpus } from "../../src/data/split-corpus.js";
import { corpusStatistics } from "../../src/data/corpus-statistics.js";

const numbers = Array.from({ length: 101 }, (_, i) => i);

describe("seededRandom", () => {
  test("the same seed gives the same choices, another seed others", () => {
    const order = (seed: number): number[] => seededRandom(seed).shuffle(numbers);
    expect(order(7)).toEqual(order(7));
    expect(order(7)).not.toEqual(order(8));
    expect(order(7).toSorted((a, b) => a - b)).toEqual(numbers);
  });
  test("every choice is about equally likely", () => {
    const random = seededRandom(11);
    const draws = Array.from({ length: 5 }, () => 0);
    for (let i = 0; i < 50_000; i += 1) {
      const choice = random.integer(5);
      draws[choice] = (draws[choice] ?? 0) + 1;
    }
    // five standard deviations of a binomial with n = 50,000 and p = 1/5
    for (const count of draws) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(50_000 * 0.2 * 0.8));
  });
  test("bad seeds and sizes are refused", () => {
    expect(() => seededRandom(1.5)).toThrow(RangeError);
    expect(() => seededRandom(2 ** 33)).toThrow(RangeError);
    expect(() => seededRandom(1).integer(0)).toThrow(RangeError);
  });
});

const split = (seed: number): Record<string, number[]> => splitCorpus(numbers, { shares: { train: 0.8, test: 0.1 }, seed });

describe("splitCorpus", () => {
  test("parts are disjoint and complete, whatever the keys", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), fc.nat(), (items, seed) => {
        const parts = splitCorpus(items, { shares: { train: 0.7, test: 0.3 }, seed, keyOf: String });
        const [train = [], test = []] = [parts.train, parts.test];
        expect([...train, ...test].sort()).toEqual([...items].sort());
        expect(train.filter((item) => test.includes(item))).toEqual([]);
      }),
    );
  });
  test("shares decide the sizes; the seed decides which", () => {
    expect([split(1).train?.length, split(1).test?.length]).toEqual([81, 10]);
    expect(split(1)).toEqual(split(1));
    expect(split(1)).not.toEqual(split(2));
    expect(() => splitCorpus(numbers, { shares: { train: 0.9, test: 0.2 }, seed: 1 })).toThrow(RangeError);
    expect(() => splitCorpus(numbers, { shares: { train: -0.1 }, seed: 1 })).toThrow(RangeError);
  });
});

test("corpusStatistics counts by hand", () => {
  const statistics = corpusStatistics([["a", "b", "a"], ["c"], ["c"], ["a", "d", "e", "b"]]);
  expect(statistics).toEqual({
    sentences: 4,
    tokens: 9,
    types: 5,
    seenOnce: 2,
    repeatedSentences: 1,
    lengths: { min: 1, mean: 9 / 4, median: 2, max: 4 },
    counts: [
      ["a", 3],
      ["b", 2],
      ["c", 2],
      ["d", 1],
      ["e", 1],
    ],
  });
  expect(() => corpusStatistics([])).toThrow(RangeError);
});
