import { describe, expect, test } from "vitest";
import {
  describeNote,
  entropyOf,
  jensenShannonDistance,
  largestIn,
  makeNote,
  parseNote,
  rankIn,
  rowOf,
  visibleToken,
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
    const [english, chinese] = both({ weights, mask: causal });
    expect(english).toContain(
      "Of 4 query tokens, the sharpest of the 3 that have more than one key: “3” looks most at “1” (90%)",
    );
    expect(chinese).toContain("4 个查询词中可看不止一个键的 3 个里最集中的一行：“3”最关注“1”（90%）");
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
    "2 heads, 2 × 2. The largest weight: in head 0, “a” looks at “x” (100%); 1 more is as large. The sharpest is head 0 (a row spreads over 1 of 2), the broadest head 1 (1.88).",
    "2 个头，2 × 2。最大的权重：头 0 中“a”看“x”（100%）；另有 1 个同样大。最集中的是头 0（每行分散在 2 个中的 1 个上），最分散的是头 1（1.88 个）。",
  ]);
  expect(both({ weights: [weights] })[0]).toMatch(/^1 layer × 2 heads, 2 × 2\. The largest weight: in layer 0 head 0, /);
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
    "700 × 700 weights, kept in a.safetensors beside the notebook. The largest (3): “651” at “10”. The rows do not sum to 1.",
    "700 × 700 个权重，存于笔记本旁的 a.safetensors。最大的（3）：“651”看“10”。各行之和不为 1。",
  ]);
});

test("labels from anywhere stay on one line and short", () => {
  const [text] = both({ weights: [[1]], rows: ["a\nb\u202e"], columns: ["x".repeat(500)] });
  expect(text).toBe(`“a⏎b\\u202e” looks most at “${"x".repeat(60)}…” (100%).`);
});

test("tokens that cannot be seen are named, and those of other directions keep to themselves", () => {
  const unseen = [" ", "  ", "\n", "\t", "", "\u00a0", "\u200b", "\ufeff", "\u3000"];
  const said = unseen.map((token) => both({ weights: [[1]], rows: ["a"], columns: [token] }));
  expect(said.map(([english]) => english.slice(18, -8))).toEqual([
    "the space “␣”",
    "the 2 spaces “␣␣”",
    "the newline “⏎”",
    "the tab “⇥”",
    "the empty token “∅”",
    "the no-break space “⍽”",
    "the zero width space “\\u200b”",
    "the byte order mark “\\ufeff”",
    "the ideographic space “\\u3000”",
  ]);
  expect(said[2]?.[1]).toBe("“a”最关注换行符“⏎”（100%）。");
  expect(both({ weights: [[1]], rows: [" שלום"], columns: ["\u202eabc"], title: "\u202eמרחבא\n2" })[0]).toBe(
    "\u2068מרחבא 2\u2069: “\u2068␣שלום\u2069” looks most at “\\u202eabc” (100%).",
  );
  // joiners belong to what they join, and a flag's tags to the flag
  for (const whole of ["👨‍👩‍👧", "می‌خواهم", "1️⃣", "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}", "e\u0301"]) {
    expect(visibleToken(whole)).toBe(whole);
  }
  expect(["\u200d", "a\u200db", "\u0301", "a\u{e0041}", "\ud800", "\u2800"].map(visibleToken)).toEqual([
    "\\u200d",
    "a\\u200db",
    "◌\u0301",
    "a\\u{e0041}",
    "\\ud800",
    "\\u2800",
  ]);
});

describe("weights that were rounded", () => {
  // 0.5003 and 0.5005 are stored as the same number
  const T = 70;
  const rowWith = (at: number, weight: number): number[] =>
    Array.from({ length: T }, (_, key) => (key === at ? weight : (1 - weight) / (T - 1)));
  const plain = Array.from({ length: T }, () => rowWith(0, 0.1));

  test("are described as they were before", () => {
    const weights = [plain, plain.with(3, rowWith(5, 0.5003)), plain.with(60, rowWith(7, 0.5005))];
    const note = makeNote({ weights });
    expect(note.weights.encoding).toBe("u8");
    const english = describeNote(parseNote(JSON.parse(JSON.stringify(note))));
    expect(english).toContain("The largest weight: in head 2, “61” looks at “8” (50");
    // without what the maker knew, it is said that the stored numbers do not tell
    const { highlights: _, ...bare } = note;
    expect(describeNote(bare)).toMatch(/in head 1, .*; 1 more is as large as far as the stored numbers tell/);
    expect(describeNote(bare, "zh-CN")).toContain("另有 1 个在存储的精度内同样大");
    // what the numbers contradict is not believed
    expect(describeNote({ ...note, highlights: { largest: 1 } })).toContain("in head 1, “4” looks at “6”");
  });

  test("leave open which of two is larger where they cannot tell", () => {
    const row = Array.from({ length: 5_000 }, (_, key) => (key === 9 ? 0.3 : key === 11 ? 0.3004 : 0.3996 / 4_998));
    expect(both({ weights: [row] })).toEqual([
      "“1” looks most at “10” and “12”, equally as far as the stored numbers tell (30% ± 0.02% each).",
      "“1”最关注“10”、“12”，在存储的精度内相同（各 30% ± 0.02%）。",
    ]);
  });
});

test("the largest weight of causal heads is that of a row that has a choice", () => {
  const causal = [
    [1, 0],
    [1, 1],
  ];
  const weights = [0.625, 0.75].map((weight) => [
    [1, 0],
    [weight, 1 - weight],
  ]);
  expect(both({ weights, mask: causal })).toEqual([
    "2 heads, 2 × 2. The largest weight of a row with more than one key: in head 1, “2” looks at “1” (75%). The sharpest is head 1 (a row spreads over 1.38 of 2), the broadest head 0 (1.47).",
    "2 个头，2 × 2。可看不止一个键的行中最大的权重：头 1 中“2”看“1”（75%）。最集中的是头 1（每行分散在 2 个中的 1.38 个上），最分散的是头 0（1.47 个）。",
  ]);
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
