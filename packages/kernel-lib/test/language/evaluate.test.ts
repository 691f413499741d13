import { describe, expect, test } from "vitest";
import { computeNote, evaluateNote, parseWrittenNote } from "../../src/language/index.js";
import { decodeArray, decodeMask, type EncodedArray, type Note } from "../../src/note/index.js";
import { checkerboard } from "../note/fixtures.js";

const numbers = (array: EncodedArray | undefined): number[] => {
  if (array === undefined || array.encoding === "external") throw new Error("expected numbers inside the note");
  return [...decodeArray(array)];
};

function expectNumbers(array: EncodedArray | undefined, expected: readonly number[]): void {
  const got = numbers(array);
  expect(got).toHaveLength(expected.length);
  // float32 holds seven digits
  got.forEach((value, i) => expect(value, `number ${i}`).toBeCloseTo(expected[i] ?? Number.NaN, 6));
}

function softmax(scores: readonly number[]): number[] {
  const exponentials = scores.map(Math.exp);
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}

/** softmax of each row of scores, joined. */
const rowsOf = (...scores: readonly number[][]): number[] => scores.flatMap(softmax);
const labelsOf = ({ axes }: Note): (readonly string[])[] => [axes.rows.tokens, axes.columns.tokens];

describe("given weights", () => {
  test("in every way of writing rows", async () => {
    for (const weights of ["[[0.25, 0.75], [1, 0]]", "\n  - [1/4, 3/4]\n  - [1, 0]", "{ a: [.25, .75], b: [1., 0] }"]) {
      const note = await evaluateNote(`weights: ${weights}`);
      expect(numbers(note.weights)).toEqual([0.25, 0.75, 1, 0]);
      expect(note.kind).toBe("attention");
    }
    expect(labelsOf(await evaluateNote("weights: { a: [0, 1], a: [1, 0] }\ncolumns: x y"))).toEqual([
      ["a", "a"],
      ["x", "y"],
    ]);
    expect(numbers((await evaluateNote("weights: [0.25, 0.75]")).weights)).toEqual([0.25, 0.75]);
  });

  test("of layers and heads", async () => {
    const note = await evaluateNote(
      "weights: [[[[1]], [[1]], [[1]]], [[[1]], [[1]], [[1]]]]\nlayers: [low, high]\nheads: a b c",
    );
    expect(note.weights.shape).toEqual([2, 3, 1, 1]);
    expect([note.axes.layers?.tokens, note.axes.heads?.tokens]).toEqual([
      ["low", "high"],
      ["a", "b", "c"],
    ]);
  });

  test("rounded to two decimals are taken as they are", async () => {
    expectNumbers((await evaluateNote("weights: [0.33, 0.33, 0.33]")).weights, [0.33, 0.33, 0.33]);
  });

  test("of 0 throughout are a row that may look at nothing", async () => {
    expect((await evaluateNote("weights: [[0, 0], [0, 1]]")).maskedRows).toEqual([0]);
  });

  test("with a mask, which they obey", async () => {
    const { mask } = await evaluateNote("weights: [[1, 0], [0.5, 0.5]]\nmask: causal");
    expect(mask && [...decodeMask(mask, 0)]).toEqual([1, 0, 1, 1]);
  });

  test("labels are what was written, numbers and words of YAML too", async () => {
    const note = await evaluateNote("weights: [0.5, 0.5, 0, 0]\ncolumns: [1.0, no, null, 'a b']\nrows: [0x1F]");
    expect(labelsOf(note)).toEqual([["0x1F"], ["1.0", "no", "null", "a b"]]);
  });
});

describe("vectors", () => {
  const vectors = "query: { h1: [1, 0, 2] }\nkeys: { s1: [1, 1, 0], s2: [0, 1, 1], s3: [2, 0, 1], s4: [1, 0, 1] }\n";

  test.each([
    ["dot", [1, 2, 4, 3]],
    ["scaled", [1, 2, 4, 3].map((score) => score / Math.sqrt(3))],
    ["cosine", [1 / Math.sqrt(10), 2 / Math.sqrt(10), 4 / 5, 3 / Math.sqrt(10)]],
  ])("scored by %s", async (score, scores) => {
    const note = await evaluateNote(`${vectors}score: ${score}`);
    expectNumbers(note.scores, scores);
    expectNumbers(note.weights, softmax(scores));
    expect(note.score?.name).toBe(score);
    expect(labelsOf(note)).toEqual([["h1"], ["s1", "s2", "s3", "s4"]]);
  });

  test("give the weighted sum of the values", async () => {
    const note = await evaluateNote("query: [0]\nkeys: [[1], [5]]\nvalues: [[2, 0], [4, 6]]\nscore: dot");
    expectNumbers(note.weights, [0.5, 0.5]);
    expectNumbers(note.output, [3, 3]);
    expect(labelsOf(note)).toEqual([["q1"], ["k1", "k2"]]);
  });

  test("keys and values stand for each other", async () => {
    const values = await evaluateNote("query: [1]\nvalues: { a: [2], b: [3] }\nscore: dot");
    expectNumbers(values.scores, [2, 3]);
    expect(labelsOf(values)).toEqual([["q1"], ["a", "b"]]);
  });

  test("scored by general, concat and additive with their parameters", async () => {
    // q = [1, 2], k = [3]
    const both = "query: [[1, 2]]\nkeys: [[3]]\n";
    expectNumbers((await evaluateNote(`${both}score: general\nW: [[5], [7]]`)).scores, [(5 + 14) * 3]);
    expectNumbers((await evaluateNote(`${both}score: concat\nW: [[0.1, 0.2, 0.3], [0, 0, 1]]\nv: [2, 3]`)).scores, [
      2 * Math.tanh(0.1 + 0.4 + 0.9) + 3 * Math.tanh(3),
    ]);
    expectNumbers((await evaluateNote(`${both}score: additive\nW: [[0.1, 0.2]]\nU: [[0.3]]\nv: [2]\nb: [-1]`)).scores, [
      2 * Math.tanh(0.1 + 0.4 + 0.9 - 1),
    ]);
  });

  test.each(["dot", "scaled", "cosine"])("a temperature divides the scores by %s", async (score) => {
    const warm = await evaluateNote(`${vectors}score: ${score}\ntemperature: 3`);
    expectNumbers(warm.weights, softmax(numbers(warm.scores).map((value) => value / 3)));
    expectNumbers(warm.scores, numbers((await evaluateNote(`${vectors}score: ${score}`)).scores));
    expect(warm.score?.temperature).toBe(3);
  });

  test("labels can be those of two texts, which makes an alignment", async () => {
    const note = await evaluateNote("source: 我是\ntarget: I am\nquery: [[1], [2]]\nkeys: [[1], [2]]");
    expect(note.kind).toBe("alignment");
    expect(labelsOf(note)).toEqual([
      ["I", "am"],
      ["我", "是"],
    ]);
    expect(note.axes.columns).toMatchObject({
      text: "我是",
      offsets: [
        [0, 1],
        [1, 2],
      ],
    });
  });
});

describe("masks", () => {
  const three = "query: [[0], [0], [0]]\nkeys: [[1], [1], [1]]\nscore: dot\n";
  const third = 1 / 3;

  test.each([
    ["causal", [1, 0, 0, 0.5, 0.5, 0, third, third, third]],
    ["[1, 0, 1]", [0.5, 0, 0.5, 0.5, 0, 0.5, 0.5, 0, 0.5]],
    ["[[1, 0, 0], [0, 0, 0], [true, false, true]]", [1, 0, 0, 0, 0, 0, 0.5, 0, 0.5]],
    ["{ lengths: 2 }", [0.5, 0.5, 0, 0.5, 0.5, 0, 0.5, 0.5, 0]],
    ["{ causal: true, lengths: 2 }", [1, 0, 0, 0.5, 0.5, 0, 0.5, 0.5, 0]],
    ["{ causal: false, keep: [0, 1, 1] }", [0, 0.5, 0.5, 0, 0.5, 0.5, 0, 0.5, 0.5]],
  ])("%s", async (mask, weights) => {
    const note = await evaluateNote(`${three}mask: ${mask}`);
    expectNumbers(note.weights, weights);
    expect(note.mask && [...decodeMask(note.mask, 0)]).toEqual(weights.map((weight) => Number(weight > 0)));
    // what is masked is exactly 0
    expect(numbers(note.weights).filter((weight) => weight === 0)).toHaveLength(
      weights.filter((weight) => weight === 0).length,
    );
  });

  test("of a row that may look at nothing", async () => {
    const note = await evaluateNote(`${three}mask: [[1, 0, 0], [0, 0, 0], [1, 0, 1]]`);
    expect(note.maskedRows).toEqual([1]);
    expect(numbers(note.output)[1]).toBe(0);
  });
});

describe("self-attention", () => {
  test("of tokens with their vectors, projected", async () => {
    const note = await evaluateNote(
      "tokens: [我, 是]\nvectors: [[1, 0], [0, 1]]\nWq: [[2, 0], [0, 3]]\nWv: [[1], [5]]\nscore: dot",
    );
    // X Wq = [[2, 0], [0, 3]]
    expectNumbers(note.scores, [2, 0, 0, 3]);
    expectNumbers(note.weights, rowsOf([2, 0], [0, 3]));
    expectNumbers(note.values, [1, 5]);
    expect(labelsOf(note)).toEqual([
      ["我", "是"],
      ["我", "是"],
    ]);
  });

  test.each(["", "heads: 2\n"])("a temperature divides the scores (%j)", async (heads) => {
    const note = await evaluateNote(`vectors: [[1, 0], [0, 2]]\n${heads}score: dot\ntemperature: 0.5`);
    const scores = numbers(note.scores);
    const rows = Array.from({ length: scores.length / 2 }, (_, row) =>
      scores.slice(row * 2, row * 2 + 2).map((score) => score / 0.5),
    );
    expectNumbers(note.weights, rowsOf(...rows));
  });

  test("with labels at the vectors", async () => {
    expect(labelsOf(await evaluateNote("vectors: { a: [1], b: [2], a: [3] }"))).toEqual([
      ["a", "b", "a"],
      ["a", "b", "a"],
    ]);
  });

  test("of several heads, counted or named", async () => {
    const note = await evaluateNote("vectors: [[1, 0], [0, 2]]\nheads: [first, second]\nscore: dot");
    expectNumbers(note.scores, [1, 0, 0, 0, 0, 0, 0, 4]);
    expect(note.axes.heads?.tokens).toEqual(["first", "second"]);
    expect((await evaluateNote("vectors: [[1, 0], [0, 2]]\nheads: 2")).axes.heads?.tokens).toEqual(["0", "1"]);
  });

  test("an output projection joins what the heads read", async () => {
    const { written, note } = await readAndCompute("vectors: [[1, 0], [0, 2]]\nheads: 2\nWo: [[1], [1]]");
    expect(written.source).toMatchObject({ form: "self", heads: 2, Wo: [[1], [1]] });
    expect(note.weights.shape).toEqual([2, 2, 2]);
  });
});

async function readAndCompute(text: string): Promise<{ written: ReturnType<typeof parseWrittenNote>; note: Note }> {
  const written = parseWrittenNote(text);
  return { written, note: await computeNote(written) };
}

describe("summary attention", () => {
  test("A = softmax(V tanh(W Hᵀ)), a row for each hop", async () => {
    const note = await evaluateNote(
      "H: { a: [1, 0], b: [0, 1], c: [1, 1] }\nW: [[1, 0], [0, 2], [3, 0]]\nV: [[1, 0, 0], [0, 1, 1]]",
    );
    const [one, two, three] = [1, 2, 3].map(Math.tanh);
    const scores = [
      [one, 0, one],
      [three, two, (two ?? 0) + (three ?? 0)],
    ] as number[][];
    expect(note.kind).toBe("summary");
    expectNumbers(note.scores, scores.flat());
    expectNumbers(note.weights, rowsOf(...scores));
    expect(labelsOf(note)).toEqual([
      ["1", "2"],
      ["a", "b", "c"],
    ]);
    expect(note.score?.name).toBe("summary");
  });

  test("the vector v is one hop; a text names the tokens", async () => {
    const note = await evaluateNote("text: 我是人\nH: [[1], [2], [3]]\nW: [[1]]\nv: [2]\nmask: [1, 1, 0]");
    expectNumbers(note.weights, [...softmax([2 * Math.tanh(1), 2 * Math.tanh(2)]), 0]);
    expect(labelsOf(note)).toEqual([["1"], ["我", "是", "人"]]);
  });
});

test("an image is inside the note, with the rows that look at it", async () => {
  const image = `image: data:image/png;base64,${checkerboard.data}`;
  for (const grid of ["[2, 2]", "2 x 2", "2×2", "2"]) {
    const note = await evaluateNote(`${image}\ngrid: ${grid}\nweights: [[1, 0, 0, 0]]\ntokens: [dog]`);
    expect(note.image).toEqual({ ...checkerboard, grid: [2, 2] });
    expect(labelsOf(note)).toEqual([["dog"], ["1", "2", "3", "4"]]);
  }
});

test("the author's title and view go into the note", async () => {
  const note = await evaluateNote("title: 'a: b'\nscale: log\nnumbers: false\nweights: [1]");
  expect(note).toMatchObject({ title: "a: b", view: { scale: "log", numbers: false }, source: { library: "heed" } });
});

test("a checked note is computed again with a number changed", async () => {
  const written = parseWrittenNote("query: [1]\nkeys: [[1], [2]]\nscore: dot");
  expectNumbers((await computeNote(written)).weights, softmax([1, 2]));
  expectNumbers((await computeNote({ ...written, temperature: 2 })).weights, softmax([0.5, 1]));
  expectNumbers((await computeNote({ ...written, mask: [[1, 0]] })).weights, [1, 0]);
});

describe("a text is divided", () => {
  test.each([
    ["我是中国人", ["我", "是", "中", "国", "人"]],
    ["我 是 中国人。", ["我", "是", "中国人", "。"]],
    ["I don't know, 你呢?", ["I", "don't", "know", ",", "你", "呢", "?"]],
    ["GPT-2 用了 1.5B 参数", ["GPT", "-", "2", "用", "了", "1.5B", "参", "数"]],
    ["naïve e\u0301 😀", ["naïve", "e\u0301", "😀"]],
  ])("%s", async (text, tokens) => {
    const row = JSON.stringify(tokens.map((_, i) => Number(i === 0)));
    const { columns } = (await evaluateNote(`weights: [${row}]\ncolumns: ${JSON.stringify(text)}`)).axes;
    expect(columns.tokens).toEqual(tokens);
    expect(columns.offsets?.map(([start, end]) => text.slice(start, end))).toEqual(tokens);
  });
});
