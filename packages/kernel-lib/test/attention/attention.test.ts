import { describe, expect, test } from "vitest";
import { attention, multiHeadAttention, selfAttention, tensor, toNested } from "../../src/index.js";
import { jupyterDisplay } from "../../src/note/index.js";

/** The example of the notes: h1 looks at s1 … s4. */
const h1 = [1, 0, 2];
const s = [
  [1, 1, 0],
  [0, 1, 1],
  [2, 0, 1],
  [1, 0, 1],
];

describe("h1 over s1 … s4, as on paper", () => {
  test("m = h1·s = 1, 2, 4, 3; a = softmax(m); the attention vector is the sum of a s", async () => {
    const { scores, weights, output, axes } = await attention({ query: h1, keys: s, score: "dot" });
    expect(scores.data).toEqual(Float32Array.of(1, 2, 4, 3));
    const e = [1, 2, 4, 3].map(Math.exp);
    const total = e.reduce((sum, x) => sum + x);
    const a = e.map((x) => x / total);
    a.forEach((weight, i) => expect(weights.data[i]).toBeCloseTo(weight, 6));
    const sum = [0, 1, 2].map((d) => a.reduce((acc, weight, i) => acc + weight * (s[i]?.[d] ?? 0), 0));
    sum.forEach((value, d) => expect(output.data[d]).toBeCloseTo(value, 6));
    expect(axes).toMatchObject({ query: ["D"], keys: ["K", "D"], scores: ["K"], weights: ["K"], output: ["V"] });
    expect([scores.shape, weights.shape, output.shape]).toEqual([[4], [4], [3]]);
  });

  test("keys stand for values that are absent, and values for keys", async () => {
    const both = await attention({ query: h1, keys: s, values: s });
    expect((await attention({ query: h1, keys: s })).output).toEqual(both.output);
    expect((await attention({ query: h1, values: s })).output).toEqual(both.output);
  });

  test("typed arrays with a shape and tensors are the same as nested numbers", async () => {
    const nested = await attention({ query: [h1], keys: s });
    const typed = await attention({
      query: tensor(Float64Array.from(h1), [1, 3]),
      keys: tensor(Int32Array.from(s.flat()), [4, 3]),
    });
    expect(typed.weights).toEqual(nested.weights);
    expect(typed.output).toEqual(nested.output);
  });

  test("one query for each example of a batch: [B, D] with [B, K, D]", async () => {
    const batch = await attention({ query: [h1, [0, 1, 0]], keys: [s, s], score: "dot" });
    expect(batch.axes.scores).toEqual(["B", "K"]);
    expect(toNested(batch.scores)).toEqual([
      [1, 2, 4, 3],
      [1, 1, 0, 0],
    ]);
  });
});

const x = (...shape: number[]) => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
const zeros = (rows: number) => Array.from({ length: rows }, () => [0]);

describe("masks", () => {
  const uniform = { query: zeros(3), keys: zeros(4), values: [[1], [2], [4], [8]] };

  test("causal: the first query sees the first key, and so on", async () => {
    const { weights, output } = await attention({ ...uniform, mask: "causal" });
    expect(toNested(weights)).toEqual([
      [1, 0, 0, 0],
      [0.5, 0.5, 0, 0],
      [Math.fround(1 / 3), Math.fround(1 / 3), Math.fround(1 / 3), 0],
    ]);
    expect(output.data[1]).toBe(1.5);
  });

  test("conditions combine: causal and padding", async () => {
    const { weights, mask } = await attention({ ...uniform, mask: { causal: true, keep: [1, 0, 1, 1] } });
    expect(toNested(weights)).toEqual([
      [1, 0, 0, 0],
      [1, 0, 0, 0],
      [0.5, 0, 0.5, 0],
    ]);
    expect(mask && toNested(mask)).toEqual([
      [true, false, false, false],
      [true, false, false, false],
      [true, false, true, false],
    ]);
  });

  test("lengths and the booleans of a tokenizer say the same", async () => {
    const batch = { query: [zeros(3), zeros(3)], keys: [zeros(4), zeros(4)] };
    const lengths = await attention({ ...batch, mask: { lengths: [2, 4] } });
    const keep = await attention({
      ...batch,
      mask: {
        keep: [
          [1, 1, 0, 0],
          [1, 1, 1, 1],
        ],
      },
    });
    expect(lengths.weights).toEqual(keep.weights);
    expect(lengths.weights.data.slice(0, 4)).toEqual(Float32Array.of(0.5, 0.5, 0, 0));
  });

  test("a row that may look nowhere is exactly 0 and is reported", async () => {
    const allowed = [
      [true, false, true, false],
      [false, false, false, false],
      [true, true, true, true],
    ];
    const { weights, output, maskedRows } = await attention({ ...uniform, mask: allowed });
    expect(maskedRows).toEqual([1]);
    expect(weights.data.slice(4, 8)).toEqual(Float32Array.of(0, 0, 0, 0));
    expect(output.data[1]).toBe(0);
    expect(output.data[0]).toBe(2.5);
  });

  test("masked rows are counted over all examples and heads", async () => {
    const vectors = x(2, 3, 5, 7);
    const { maskedRows } = await attention({ query: vectors, keys: vectors, mask: { lengths: [5, 0] } });
    expect(maskedRows).toEqual(Array.from({ length: 15 }, (_, i) => 15 + i));
  });

  test("a huge score that is masked does not hide the others", async () => {
    const { weights } = await attention({
      query: [[1]],
      keys: [[3e38], [-3e38], [-3e38]],
      score: "dot",
      mask: [[false, true, true]],
    });
    expect([...weights.data]).toEqual([0, 0.5, 0.5]);
  });
});

describe("what goes wrong is said with its name, axes and sizes", () => {
  test.each([
    [
      "widths",
      () => attention({ query: x(3, 4), keys: x(5, 6) }),
      new TypeError("attend: query and keys must share their last axis D; got query [Q=3, D=4] and keys [K=5, D=6]"),
    ],
    [
      "numbers of keys and values",
      () => attention({ query: x(3, 4), keys: x(5, 4), values: x(2, 7) }),
      new TypeError("attend: keys and values must share their axis K; got keys [K=5, D=4] and values [K=2, V=7]"),
    ],
    [
      "batches",
      () => attention({ query: x(2, 3, 4), keys: x(5, 7, 4) }),
      new TypeError(
        "attend: query and keys must share the axes before their last two; got query [B=2, Q=3, D=4] and keys [B=5, K=7, D=4]",
      ),
    ],
    ["no keys", () => attention({ query: x(3, 4) }), new TypeError("attention: expected keys, values or both; got neither")],
    [
      "no key at all",
      () => attention({ query: x(3, 4), keys: x(0, 4) }),
      new RangeError("attend: expected at least one query and one key; got query [Q=3, D=4] and keys [K=0, D=4]"),
    ],
    [
      "NaN",
      () =>
        attention({
          query: [[1, 2]],
          keys: [
            [1, 2],
            [3, Number.NaN],
          ],
        }),
      new RangeError("attention: expected finite numbers; got NaN at keys[1, 1]"),
    ],
    [
      "infinity in a parameter",
      () => attention({ query: [[1]], keys: [[1]], score: { kind: "general", W: [[Number.POSITIVE_INFINITY]] } }),
      new RangeError("attention: expected finite numbers; got Infinity at W[0, 0]"),
    ],
    [
      "overflow",
      () => attention({ query: [[1e30]], keys: [[1], [1e30]], score: "dot" }),
      new RangeError("attention: scores[0, 1] overflows float32; make the numbers of query, keys or values smaller"),
    ],
    [
      "an unknown score",
      () => attention({ query: [[1]], keys: [[1]], score: "euclid" as "dot" }),
      new TypeError('attention: expected score dot, scaled, cosine, general, concat, additive; got "euclid"'),
    ],
    [
      "a missing parameter",
      () => attention({ query: [[1]], keys: [[1]], score: { kind: "concat", W: [[1, 1]] } as unknown as "dot" }),
      new TypeError('attention: score concat needs v, as in { kind: "concat", v }'),
    ],
    [
      "the shape of a parameter",
      () => attention({ query: x(3, 4), keys: x(5, 7), score: { kind: "general", W: x(7, 4) } }),
      new TypeError("score general: expected W [Dq=4, Dk=7]; got [7, 4]"),
    ],
    [
      "the shape of a mask",
      () => attention({ query: x(3, 4), keys: x(5, 4), mask: x(5, 3) }),
      new TypeError("mask: expected booleans that broadcast to the scores [Q=3, K=5]; got [5, 3]"),
    ],
    [
      "scores instead of a mask",
      () => attention({ query: x(1, 4), keys: x(2, 4), mask: [[0, -1e9]] }),
      new TypeError("mask: expected booleans, or 0 and 1; got -1000000000 (a score to add is not a mask)"),
    ],
    [
      "lengths",
      () => attention({ query: x(1, 4), keys: x(2, 4), mask: { lengths: 3 } }),
      new RangeError("mask: expected lengths from 0 to K=2; got 3 at [0]"),
    ],
    [
      "heads",
      () => multiHeadAttention({ vectors: x(3, 10), heads: 3 }),
      new RangeError("multiHead: width 10 cannot be split into 3 heads; choose 1, 2, 5 or 10"),
    ],
    [
      "a transposed projection",
      () => selfAttention({ vectors: x(3, 4), Wq: x(5, 4), Wk: x(4, 5) }),
      new TypeError("selfAttention: expected Wq [width=4, any]; got [5, 4], its transpose"),
    ],
    [
      "projections of different widths",
      () => selfAttention({ vectors: x(3, 4), Wq: x(4, 5), Wk: x(4, 7) }),
      new TypeError("selfAttention: queries and keys must have the same width D for score scaled; Wq and Wk give 5 and 7"),
    ],
  ])("%s", async (_, call, error) => {
    await expect(call()).rejects.toThrow(error);
    await expect(call(), "also on the second call, when the program is known").rejects.toThrow(error);
  });
});

describe("a result becomes a note", () => {
  test("of one query", async () => {
    const result = await attention({ query: h1, keys: s, score: "dot" });
    const note = result.toNote({ title: "h1 → s", rows: ["h1"], columns: ["s1", "s2", "s3", "s4"] });
    expect(note.axes.rows.tokens).toEqual(["h1"]);
    expect(note.weights.shape).toEqual([1, 4]);
    expect(note.score?.name).toBe("dot");
    expect(note.title).toBe("h1 → s");
  });

  test("of self-attention: the labels of the columns are those of the rows", async () => {
    const result = await selfAttention({ vectors: [[1], [2], [3]], mask: "causal" });
    const note = result.toNote({ columns: ["我", "是", "中国人"] });
    expect(note.axes.rows.tokens).toEqual(["我", "是", "中国人"]);
    expect(note.mask).toBeDefined();
  });

  test("of one example of a batch with heads and padding", async () => {
    const vectors = tensor(
      Float32Array.from({ length: 2 * 5 * 6 }, (_, i) => Math.sin(i)),
      [2, 5, 6],
    );
    const result = await multiHeadAttention({ vectors, heads: 3, mask: { lengths: [5, 3] } });
    expect(result.axes.weights).toEqual(["B", "H", "Q", "K"]);
    const note = result.toNote({ example: 1, detail: "all" });
    expect(note.weights.shape).toEqual([3, 5, 5]);
    expect(note.query?.shape).toEqual([3, 5, 2]);
    expect(note.output?.shape).toEqual([3, 5, 2]);
    expect(() => result.toNote({ example: 2 })).toThrow(new RangeError("toNote: expected an example from 0 to 1; got 2"));
  });

  test("every score function with its parameters", async () => {
    const result = await attention({ query: h1, keys: s, score: { kind: "concat", W: [[1, 0, 0, 0, 1, 0]], v: [2] } });
    expect(Object.keys(result.toNote().score?.parameters ?? {})).toEqual(["W", "v"]);
  });

  test("and shows itself: a note, a picture and a sentence", async () => {
    const result = await attention({ query: h1, keys: s });
    const bundle = result[jupyterDisplay]();
    expect(Object.keys(bundle)).toEqual(["application/vnd.heed.attention.v1+json", "image/svg+xml", "text/plain"]);
    expect(jupyterDisplay).toBe(Symbol.for("Jupyter.display"));
  });
});
