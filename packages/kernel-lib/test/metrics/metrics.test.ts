import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  alignmentErrorRate,
  formatAlignment,
  linksFromAttention,
  parseAlignment,
  type AlignmentLink,
} from "../../src/metrics/alignment.js";
import type { BleuTokenizer } from "../../src/metrics/bleu-tokenizers.js";
import { bleu, exactMatch, type BleuOptions } from "../../src/metrics/bleu.js";

interface Case {
  hypotheses: string[];
  references: string[][];
  options: {
    tokenize?: BleuTokenizer;
    lowercase?: boolean;
    smooth_method?: "exp" | "floor" | "add-k" | "none";
    smooth_value?: number;
    max_ngram_order?: number;
    effective_order?: boolean;
  };
  score: number;
  precisions: number[];
  brevityPenalty: number;
  hypothesisLength: number;
  referenceLength: number;
  matches: number[];
  totals: number[];
}
const golden = JSON.parse(readFileSync(join(import.meta.dirname, "../golden/bleu.json"), "utf8")) as { cases: Case[] };

const optionsOf = ({ options }: Case): BleuOptions => ({
  ...(options.tokenize && { tokenize: options.tokenize }),
  ...(options.lowercase && { lowercase: true }),
  ...(options.smooth_method && { smoothing: options.smooth_method }),
  ...(options.smooth_value !== undefined && { smoothingValue: options.smooth_value }),
  ...(options.max_ngram_order !== undefined && { maxOrder: options.max_ngram_order }),
  ...(options.effective_order && { effectiveOrder: true }),
});

describe("bleu", () => {
  test.each(golden.cases.map((known, i) => [i, known] as const))("case %i equals sacrebleu", (_, known) => {
    const score = bleu(known.hypotheses, known.references, optionsOf(known));
    expect(score.matches).toEqual(known.matches);
    expect(score.totals).toEqual(known.totals);
    expect([score.hypothesisLength, score.referenceLength]).toEqual([known.hypothesisLength, known.referenceLength]);
    expect(score.brevityPenalty).toBeCloseTo(known.brevityPenalty, 12);
    score.precisions.forEach((precision, n) => expect(precision).toBeCloseTo(known.precisions[n] ?? Number.NaN, 10));
    expect(score.score).toBeCloseTo(known.score, 10);
  });

  test("numbers that differ are refused", () => {
    expect(() => bleu(["a"], [])).toThrow(
      new RangeError("bleu: expected as many references as hypotheses, at least one; got 1 hypotheses and 0 references"),
    );
    expect(() => bleu([], [])).toThrow(RangeError);
    expect(() => bleu(["a"], [[]])).toThrow(/at least one reference for hypothesis 0/u);
    expect(() => bleu(["a"], ["a"], { tokenize: "intl" as BleuTokenizer })).toThrow(/got "intl"/u);
    expect(() => bleu(["a"], ["a"], { maxOrder: 0 })).toThrow(RangeError);
  });
});

test("exactMatch counts equal sentences only", () => {
  const references = [["a", "b"], ["c"], []];
  expect(exactMatch([["a", "b"], ["c", "d"], []], references)).toBeCloseTo(2 / 3, 12);
  expect(() => exactMatch([], [])).toThrow(RangeError);
});

const link = (name: string): AlignmentLink => {
  const [source, target] = name.split("-").map(Number);
  return { source: source ?? 0, target: target ?? 0 };
};

describe("alignmentErrorRate", () => {
  test("counts by hand: A = 4 links, S = 3, P = S + 2", () => {
    const known = parseAlignment("0-0 1-2 2-1 3-3? 3-4?", 4, 5);
    const predicted = ["0-0", "1-2", "3-3", "2-4"].map(link); // two sure, one possible, one wrong
    const score = alignmentErrorRate([predicted], [known]);
    expect(score.precision).toBeCloseTo(3 / 4, 12);
    expect(score.recall).toBeCloseTo(2 / 3, 12);
    expect(score.errorRate).toBeCloseTo(1 - (2 + 3) / (4 + 3), 12);
  });

  test("is counted over the corpus, not averaged, and a link drawn twice is one link", () => {
    const known = [parseAlignment("0-0", 1, 1), parseAlignment("0-0 1-1 2-2", 3, 3)];
    const score = alignmentErrorRate([[link("0-0"), link("0-0")], []], known);
    expect(score.predicted).toBe(1);
    expect(score.errorRate).toBeCloseTo(1 - 2 / 5, 12);
  });

  test("no link anywhere is refused", () => {
    expect(() => alignmentErrorRate([[]], [{ sure: [], possible: [] }])).toThrow(RangeError);
    expect(() => alignmentErrorRate([], [{ sure: [], possible: [] }])).toThrow(/each of the 1 known alignments; got 0/u);
  });
});

test("attention draws the largest weight of each row, and nothing for the end mark", () => {
  const weights = [
    [0.1, 0.7, 0.2],
    [0.2, 0.2, 0.6],
    [0.5, 0.5, 0],
  ];
  expect(linksFromAttention(weights, 2)).toEqual([link("1-0"), link("0-2")]);
});

test("Pharaoh's notation goes both ways and says what is wrong", () => {
  expect(formatAlignment(parseAlignment(" 0-1  2-0? ", 3, 2))).toBe("0-1 2-0?");
  expect(() => parseAlignment("0:1", 3, 2)).toThrow(SyntaxError);
  expect(() => parseAlignment("3-0", 3, 2)).toThrow(/beyond 3 source and 2 target tokens/u);
});
