import { describe, expect, test } from "vitest";
import { beamSearch, type Decoder } from "../../src/models/beam-search.js";
import { greedySearch } from "../../src/models/greedy-search.js";

/**
 * A decoder whose next token depends on the last two: probabilities by the text so far, "" at the start. Tokens: 0 pad, 1 start, 2 end,
 * 3 a, 4 b.
 */
class TableDecoder implements Decoder {
  readonly #table: Readonly<Record<string, readonly number[]>>;
  #texts: string[];
  #isFirst = true;

  constructor(table: Readonly<Record<string, readonly number[]>>, rows: number) {
    this.#table = table;
    this.#texts = Array.from({ length: rows }, () => "");
  }

  step(tokens: readonly number[]): Promise<Float32Array> {
    if (!this.#isFirst) this.#texts = this.#texts.map((text, row) => text + "psEab".charAt(tokens[row] ?? 0));
    this.#isFirst = false;
    const rows = this.#texts.flatMap((text) => [...(this.#table[text] ?? [0, 0, 1, 0, 0])]);
    return Promise.resolve(Float32Array.from(rows, (p) => Math.log(p)));
  }

  reorder(from: readonly number[]): void {
    this.#texts = from.map((row) => this.#texts[row] ?? "");
  }
}

const marks = { start: 1, end: 2, vocabularySize: 5, maxLength: 6, forbidden: [0, 1] };
// a is the better beginning, but what follows b is certain: "bb" has 0.4, "ab" and "aa" 0.3 each
const misleading = { "": [0, 0, 0, 0.6, 0.4], a: [0, 0, 0, 0.5, 0.5], b: [0, 0, 0, 0, 1] };

/** Some probability of a after a text. */
const probability = (text: string): number =>
  ((text.length * 7 + [...text].filter((c) => c === "a").length * 3) % 5) / 10 + 0.2;

describe("beamSearch", () => {
  test("one beam is greedy, two beams find the better sentence", async () => {
    const [greedy] = await beamSearch(new TableDecoder(misleading, 1), { ...marks, beams: 1 });
    expect(greedy?.ids).toEqual([3, 3]);
    const [best, second] = await beamSearch(new TableDecoder(misleading, 2), { ...marks, beams: 2, lengthPenalty: 0 });
    expect(best?.ids).toEqual([4, 4]);
    expect(best?.logProbability).toBeCloseTo(Math.log(0.4), 5);
    expect(second?.logProbability).toBeCloseTo(Math.log(0.3), 5);
  });

  test("as many beams as sentences find the best of all sentences", async () => {
    // every text over a, b of at most 4 tokens, with probabilities that depend on the text
    const table: Record<string, number[]> = {};
    const all: { text: string; logProbability: number }[] = [];
    const visit = (text: string, logProbability: number): void => {
      const end = text === "" ? 0 : text.length === 4 ? 1 : 0.3;
      const a = probability(text) * (1 - end);
      table[text] = [0, 0, end, a, 1 - end - a];
      if (end > 0) all.push({ text, logProbability: logProbability + Math.log(end) });
      if (text.length < 4) {
        visit(`${text}a`, logProbability + Math.log(a));
        visit(`${text}b`, logProbability + Math.log(1 - end - a));
      }
    };
    visit("", 0);
    for (const lengthPenalty of [0, 1, 2]) {
      const scoreOf = ({ text, logProbability }: (typeof all)[number]): number =>
        logProbability / ((6 + text.length) / 6) ** lengthPenalty;
      const best = all.toSorted((x, y) => scoreOf(y) - scoreOf(x)).slice(0, 3);
      const found = await beamSearch(new TableDecoder(table, 31), { ...marks, beams: 31, lengthPenalty });
      expect(found.slice(0, 3).map(({ ids }) => ids.map((id) => "psEab"[id]).join(""))).toEqual(best.map(({ text }) => text));
    }
  });

  test("a sentence that does not end is cut and says so", async () => {
    const endless = Object.fromEntries(["", "a", "aa", "aaa"].map((text) => [text, [0, 0, 0, 1, 0]]));
    const [cut] = await beamSearch(new TableDecoder(endless, 1), { ...marks, beams: 1, maxLength: 3 });
    expect(cut).toEqual({ ids: [3, 3, 3], logProbability: 0, isFinished: false });
  });

  test("forbidden tokens are never written", async () => {
    const tempting = { "": [0.5, 0.34, 0.01, 0.15, 0], a: [0.9, 0, 0.1, 0, 0] };
    const [best] = await beamSearch(new TableDecoder(tempting, 2), { ...marks, beams: 2 });
    expect(best?.ids).toEqual([3]);
  });
});

test("greedy search writes many sentences at once, each to its own end", async () => {
  const rows = [misleading, { "": [0, 0, 1, 0, 0] }, { "": [0, 0, 0, 0, 1], b: [0, 0, 0, 0.9, 0.1] }];
  const decoders = rows.map((table) => new TableDecoder(table, 1));
  const together: Decoder = {
    step: async (tokens) => {
      const each = await Promise.all(decoders.map((decoder, row) => decoder.step([tokens[row] ?? 1])));
      return Float32Array.from(each.flatMap((values) => [...values]));
    },
    reorder: () => undefined,
  };
  const found = await greedySearch(together, { ...marks, rows: 3, maxLengths: [6, 6, 2] });
  expect(found.map(({ ids }) => ids)).toEqual([[3, 3], [], [4, 3]]);
  expect(found.every(({ isFinished }) => isFinished)).toBe(true);
  expect(found[2]?.logProbability).toBeCloseTo(Math.log(0.9), 5);
});
