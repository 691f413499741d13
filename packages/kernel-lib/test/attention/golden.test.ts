/** Every score function × mask × set of axes against PyTorch; see golden/attention.py for where the numbers come from. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  attention,
  type AttentionInput,
  type Mask,
  multiHeadAttention,
  type MultiHeadAttentionInput,
  selfAttention,
  type SelfAttentionInput,
  summaryAttention,
  type SummaryAttentionInput,
  tensor,
  type Tensor,
  type TensorLike,
} from "../../src/index.js";
import { type Nested, type Score } from "../../src/entries/program.js";

type Named = Record<string, Nested>;
interface Case {
  readonly score: string;
  readonly layout: string;
  readonly maskName?: string;
  readonly mask: Mask | null;
  readonly scores?: Nested;
  readonly weights: Nested;
  readonly output: Nested;
}
interface Golden {
  readonly inputs: Record<string, Pick<AttentionInput, "query" | "keys" | "values">>;
  readonly parameters: Record<string, Named>;
  readonly cases: Case[];
  readonly parametersPerHead: Record<string, Named>;
  readonly casesPerHead: Case[];
  readonly selfAttention: { given: SelfAttentionInput; query: Nested; weights: Nested; output: Nested };
  readonly multiHead: { given: MultiHeadAttentionInput; query: Nested; weights: Nested; output: Nested }[];
  readonly summary: (Record<"scores" | "weights" | "output" | "overlap" | "penalty", Nested> & {
    given: SummaryAttentionInput;
  })[];
}

const golden = JSON.parse(readFileSync(new URL("../golden/attention.json", import.meta.url), "utf8")) as Golden;

/**
 * Weights are at most 1, so float32 (2⁻²⁴ ≈ 6e-8) with its few roundings stays within 1e-6. Scores and outputs are sums of up to 17
 * products of numbers up to 10, so they get the same 1e-6 for each unit of their largest value.
 */
const tolerance = 1e-6;

/** The largest difference for each unit of the largest expected value; infinite where the shapes differ. */
function errorOf(got: Tensor, expected: TensorLike): number {
  const { shape, data } = tensor(expected);
  if (got.shape.join() !== shape.join()) return Infinity;
  const largest = Math.max(1, ...Array.from(data, Math.abs));
  return Math.max(...Array.from(got.data, (value, i) => Math.abs(value - (data[i] ?? Number.NaN)))) / largest;
}

const scoreOf = (kind: string, parameters: Named | undefined): Score<TensorLike> =>
  ({ kind, ...parameters }) as Score<TensorLike>;

describe("attention equals PyTorch", () => {
  test.each(golden.cases.map((item) => [item.score, item.layout, item.maskName, item] as const))(
    "%s, %s, mask %s",
    async (...given) => {
      const item = given[3];
      const input = golden.inputs[item.layout];
      if (!input) throw new Error(`golden file without inputs for ${item.layout}`);
      const result = await attention({
        ...input,
        score: scoreOf(item.score, golden.parameters[item.score]),
        ...(item.mask && { mask: item.mask }),
      });
      const unmasked = golden.cases.find(({ score, layout }) => score === item.score && layout === item.layout);
      expect(errorOf(result.scores, unmasked?.scores ?? [])).toBeLessThan(tolerance);
      expect(errorOf(result.weights, item.weights)).toBeLessThan(tolerance);
      expect(errorOf(result.output, item.output)).toBeLessThan(tolerance);
    },
  );

  test.each(golden.casesPerHead.map((item) => [item.score, item] as const))(
    "%s with parameters for each head",
    async (kind, item) => {
      const input = golden.inputs[item.layout];
      if (!input) throw new Error(`golden file without inputs for ${item.layout}`);
      const result = await attention({ ...input, score: scoreOf(kind, golden.parametersPerHead[kind]) });
      expect(errorOf(result.scores, item.scores ?? [])).toBeLessThan(tolerance);
      expect(errorOf(result.weights, item.weights)).toBeLessThan(tolerance);
      expect(errorOf(result.output, item.output)).toBeLessThan(tolerance);
    },
  );
});

test("self-attention with projections equals PyTorch", async () => {
  const { given, query, weights, output } = golden.selfAttention;
  const result = await selfAttention(given);
  expect(errorOf(result.query, query)).toBeLessThan(tolerance);
  expect(errorOf(result.weights, weights)).toBeLessThan(tolerance);
  expect(errorOf(result.output, output)).toBeLessThan(tolerance);
});

test.each(golden.multiHead.map((item, i) => [i, item] as const))(
  "multi-head attention equals nn.MultiheadAttention, case %i",
  async (...given) => {
    const item = given[1];
    const result = await multiHeadAttention(item.given);
    expect(errorOf(result.query, item.query)).toBeLessThan(tolerance);
    expect(errorOf(result.weights, item.weights)).toBeLessThan(tolerance);
    expect(errorOf(result.output, item.output)).toBeLessThan(tolerance);
  },
);

test.each(golden.summary.map((item, i) => [i, item] as const))(
  "summary attention equals PyTorch, case %i",
  async (...given) => {
    const item = given[1];
    const result = await summaryAttention(item.given);
    expect(errorOf(result.scores, item.scores)).toBeLessThan(tolerance);
    expect(errorOf(result.weights, item.weights)).toBeLessThan(tolerance);
    expect(errorOf(result.output, item.output)).toBeLessThan(tolerance);
    expect(errorOf(result.overlap, item.overlap)).toBeLessThan(tolerance);
    expect(errorOf(result.penalty, item.penalty)).toBeLessThan(tolerance);
  },
);
