import { describe, expect, test } from "vitest";
import {
  describeNote,
  entropyOf,
  jensenShannonDistance,
  largestIn,
  makeNote,
  rankIn,
  rowOf,
  type NoteInput,
} from "../../src/note/index.js";
import { checkerboard } from "./fixtures.js";

const both = (input: NoteInput): [string, string] => {
  const note = makeNote(input);
  return [describeNote(note), describeNote(note, "zh-CN")];
};
const labels = { rows: ["h1", "h2"], columns: ["s1", "s2", "s3", "s4"] };

describe("a few rows", () => {
  test("say where each looks most, and next if it is not far behind", () => {
    expect(
      both({
        weights: [
          [0.125, 0.5, 0.375, 0],
          [0.625, 0.125, 0.125, 0.125],
        ],
        ...labels,
      }),
    ).toEqual([
      "“h1” looks most at “s2” (50%), then at “s3” (37.5%). “h2” looks most at “s1” (62.5%).",
      "“h1”最关注“s2”（50%），其次是“s3”（37.5%）。“h2”最关注“s1”（62.5%）。",
    ]);
  });

  test("do not prefer one of equals", () => {
    expect(
      both({
        weights: [
          [0.25, 0.25, 0.25, 0.25],
          [0.5, 0.5, 0, 0],
        ],
        ...labels,
      }),
    ).toEqual([
      "“h1” looks at all 4, equally (25% each). “h2” looks most at “s1” and “s2”, equally (50% each).",
      "“h1”对全部 4 个的关注程度相同（各 25%）。“h2”最关注“s1”、“s2”，程度相同（各 50%）。",
    ]);
    expect(both({ weights: [0.24, 0.24, 0.24, 0.24, 0.04] })[0]).toBe("“1” looks most at 4 of 5, equally (24% each).");
  });

  test("tell what is nearly all from all, and nearly nothing from nothing", () => {
    expect(both({ weights: [0.9999, 0.0001] })[0]).toBe("“1” looks most at “1” (>99.9%).");
    expect(both({ weights: [1, 0] })[0]).toBe("“1” looks most at “1” (100%).");
  });

  test("that may look at nothing are counted", () => {
    expect(
      both({
        weights: [
          [0, 0],
          [0, 1],
        ],
        maskedRows: [0],
        title: "T",
      }),
    ).toEqual([
      "T: “2” looks most at “2” (100%). 1 row may look at nothing: its weights are 0.",
      "T：“2”最关注“2”（100%）。1 行没有可看的键，权重为 0。",
    ]);
  });

  test("that are no distributions are not given in percent", () => {
    expect(both({ weights: [[3, 12]], normalised: false })).toEqual([
      "“1” is largest at “2” (12). The rows do not sum to 1.",
      "“1”在“2”处最大（12）。各行之和不为 1。",
    ]);
    const grid = [[3, 12], [2, 17], [5, 5], [11, 7]]; // prettier-ignore
    expect(both({ weights: grid, normalised: false, rows: ["L0", "L1", "L2", "L3"], columns: ["H0", "H1"] })).toEqual([
      "Of 4 rows, the one with the largest number: “L1” is largest at “H1” (17). The rows do not sum to 1.",
      "4 行中数值最大的一行：“L1”在“H1”处最大（17）。各行之和不为 1。",
    ]);
    expect(both({ weights: [[5, 5]], normalised: false })).toEqual([
      "“1” is largest at all 2: 5. The rows do not sum to 1.",
      "“1”在全部 2 个处最大：5。各行之和不为 1。",
    ]);
  });
});

describe("many rows", () => {
  const even = [0.25, 0.25, 0.25, 0.25];

  test("say the sharpest and how far the others spread", () => {
    expect(both({ weights: [even, even, [0, 0, 1, 0], even, even], columns: labels.columns })).toEqual([
      "Of 5 query tokens, the sharpest: “3” looks most at “s3” (100%). On average a row spreads over 3.4 of 4.",
      "5 个查询词中最集中的一行：“3”最关注“s3”（100%）。平均每行分散在 4 个中的 3.4 个上。",
    ]);
  });

  test("a row with a single key has no choice to be sharp", () => {
    const causal = [0, 1, 2, 3].map((row) => [0, 1, 2, 3].map((column) => Number(column <= row)));
    const weights = [
      [1, 0, 0, 0],
      [0.5, 0.5, 0, 0],
      [0.9, 0.05, 0.05, 0],
      [0.25, 0.25, 0.25, 0.25],
    ];
    expect(both({ weights, mask: causal })[0]).toContain("the sharpest: “3” looks most at “1” (90%)");
  });
});

test("heads: the largest weight, the sharpest and the broadest", () => {
  const weights = [
    [
      [1, 0],
      [1, 0],
    ],
    [
      [0.5, 0.5],
      [0.25, 0.75],
    ],
  ];
  expect(both({ weights, rows: ["a", "b"], columns: ["x", "y"] })).toEqual([
    "2 heads, 2 × 2. The largest weight: in head 1, “a” looks at “x” (100%). The sharpest is head 1 (a row spreads over 1 of 2), the broadest head 2 (1.88).",
    "2 个头，2 × 2。最大的权重：头 1 中“a”看“x”（100%）。最集中的是头 1（每行分散在 2 个中的 1 个上），最分散的是头 2（1.88 个）。",
  ]);
  expect(both({ weights: [weights] })[0]).toMatch(/^1 layer × 2 heads, 2 × 2\. The largest weight: in layer 1 head 1, /);
});

test("hops: which are nearly the same, and the penalty", () => {
  // AAᵀ − I = [[0, 1], [1, 0]] for two equal one-hot rows: the penalty is 2
  expect(
    both({
      kind: "summary",
      weights: [
        [0, 1],
        [0, 1],
      ],
      columns: ["x", "y"],
    }),
  ).toEqual([
    "hop 1 looks most at “y” (100%). hop 2 looks most at “y” (100%). hop 1 and hop 2 look at nearly the same. ‖AAᵀ−I‖² = 2.",
    "第 1 跳最关注“y”（100%）。第 2 跳最关注“y”（100%）。第 1 跳与第 2 跳所看几乎相同。‖AAᵀ−I‖² = 2。",
  ]);
  expect(
    both({
      kind: "summary",
      weights: [
        [1, 0],
        [0, 1],
      ],
      rows: ["who", "what"],
    })[0],
  ).toMatch(/“what” looks .* ‖AAᵀ−I‖² = 0\.$/);
});

test("parts of an image are named by row and column", () => {
  const image = { ...checkerboard, grid: [2, 2] as const };
  expect(both({ kind: "image", weights: [[0, 0, 1, 0]], rows: ["dog"], image })).toEqual([
    "“dog” looks most at the part in row 2, column 1 (100%).",
    "“dog”最关注第 2 行第 1 列的部分（100%）。",
  ]);
});

test("weights beside the notebook are described by their overview", () => {
  const weights = Array.from({ length: 700 }, (_, row) =>
    Array.from({ length: 700 }, (__, column) => Number(column === (row === 650 ? 9 : 400))),
  );
  weights[650] = Array.from({ length: 700 }, (_, column) => (column === 9 ? 3 : 0));
  expect(both({ weights, normalised: false, external: { file: "a.safetensors", tensor: "w", maxError: 0 } })).toEqual([
    "700 × 700 weights, kept in a.safetensors beside the notebook. The largest (3) is in rows 651–652, columns 9–10. The rows do not sum to 1.",
    "700 × 700 个权重，存于笔记本旁的 a.safetensors。最大的（3）在第 651–652 行、第 9–10 列。各行之和不为 1。",
  ]);
});

test("labels from anywhere stay on one line and short", () => {
  const [text] = both({ weights: [[1]], rows: ["a\nb\u202e"], columns: ["x".repeat(500)] });
  expect(text).toBe(`“a b” looks most at “${"x".repeat(60)}…” (100%).`);
});

test("measures of a row", () => {
  expect(entropyOf([0.25, 0.25, 0.25, 0.25])).toBe(2);
  expect(entropyOf([0, 1, 0])).toBe(0);
  expect(largestIn([0, 0.5, 0.5])).toBe(1);
  expect(largestIn([0, 0])).toBe(-1);
  expect([0, 1, 2, 3].map((column) => rankIn([0.1, 0.4, 0.4, 0.1], column))).toEqual([3, 1, 1, 3]);
  expect([...rowOf(Float32Array.of(1, 2, 3, 4, 5, 6), 3, 1)]).toEqual([4, 5, 6]);
});

test("the Jensen–Shannon distance: 0 for the same, 1 for nothing in common, and a metric between", () => {
  expect(jensenShannonDistance([0.5, 0.5], [0.5, 0.5])).toBe(0);
  expect(jensenShannonDistance([1, 0], [0, 1])).toBe(1);
  // by hand: m = (3/4, 1/4), ½ (log₂ 4/3) + ½ (½ log₂ 2/3 + ½ log₂ 2)
  const expected = Math.sqrt(Math.log2(4 / 3) / 2 + (Math.log2(2 / 3) + 1) / 4);
  expect(jensenShannonDistance([1, 0], [0.5, 0.5])).toBeCloseTo(expected, 12);
  // sums other than 1 are divided out, and a row of nothing has no distance
  expect(jensenShannonDistance([2, 0], [0.25, 0.25])).toBeCloseTo(expected, 12);
  expect(jensenShannonDistance([0, 0], [1, 0])).toBeNaN();
  const [p, q, r] = [
    [0.7, 0.2, 0.1],
    [0.1, 0.8, 0.1],
    [0.3, 0.3, 0.4],
  ] as const;
  expect(jensenShannonDistance(p, q)).toBeCloseTo(jensenShannonDistance(q, p), 12);
  expect(jensenShannonDistance(p, r)).toBeLessThanOrEqual(jensenShannonDistance(p, q) + jensenShannonDistance(q, r));
});
