/** A derived weight is the weight: for every score function, mask, temperature and way of storing. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attention, type Mask, multiHeadAttention, summaryAttention, tensor, type Tensor } from "../../src/index.js";
import { type Score } from "../../src/entries/program.js";
import { decodeMatrix, deriveCell, makeNote, parseNote, type InlineArray, type Note } from "../../src/note/index.js";

const [H, Q, K, D, V, A] = [2, 3, 5, 7, 4, 3] as const;

const filled = (...shape: number[]): fc.Arbitrary<Tensor> => {
  const count = shape.reduce((product, size) => product * size, 1);
  const number = fc.float({ min: -3, max: 3, noNaN: true });
  return fc.array(number, { minLength: count, maxLength: count }).map((values) => tensor(Float32Array.from(values), shape));
};

const scores: Readonly<Record<string, fc.Arbitrary<Score<Tensor>>>> = {
  dot: fc.constant("dot"),
  scaled: fc.constant("scaled"),
  cosine: fc.constant("cosine"),
  general: fc.record({ kind: fc.constant("general"), W: filled(D, D) }),
  concat: fc.record({ kind: fc.constant("concat"), W: filled(A, D + D), v: filled(A) }),
  "concat, parameters of each head": fc.record({ kind: fc.constant("concat"), W: filled(H, A, D + D), v: filled(H, A) }),
  additive: fc.record({ kind: fc.constant("additive"), W: filled(A, D), U: filled(A, D), v: filled(A) }),
  "additive with b": fc.record({
    kind: fc.constant("additive"),
    W: filled(A, D),
    U: filled(A, D),
    v: filled(A),
    b: filled(A),
  }),
};

const masks: Readonly<Record<string, fc.Arbitrary<Mask | undefined>>> = {
  none: fc.constant(undefined),
  causal: fc.constant("causal"),
  "lengths, none at all too": fc.integer({ min: 0, max: K }).map((lengths) => ({ lengths: [lengths] })),
  "any, fully masked rows too": fc
    .array(fc.boolean(), { minLength: H * Q * K, maxLength: H * Q * K })
    .map((allowed): Tensor => ({ shape: [1, H, Q, K], dtype: "bool", data: Uint8Array.from(allowed, Number) })),
};

/** Every cell: the weight and the score recompute to what the note stores, and the sums to their parts. */
function checkAll(note: Note): void {
  const weights = note.weights as InlineArray;
  const [rows = 0, columns = 0] = weights.shape.slice(-2);
  const heads = weights.shape.slice(0, -2).reduce((product, size) => product * size, 1);
  for (let head = 0; head < heads; head++) {
    const expected = decodeMatrix(weights, head);
    for (let cell = 0; cell < rows * columns; cell++) {
      const [row, column] = [Math.floor(cell / columns), cell % columns];
      const derived = deriveCell(note, head, row, column);
      expect(derived.missing).toEqual([]);
      expect(derived.stored).toBe(expected[cell]);
      expect(Math.abs((derived.weight ?? Number.NaN) - derived.stored)).toBeLessThanOrEqual(derived.tolerance);
      if (derived.isMasked) expect(derived.weight).toBe(0);
      const { terms, storedScore = Number.NaN, storedScoreError = 0 } = derived;
      const sum = terms?.terms.reduce((total, { product }) => total + product, 0) ?? Number.NaN;
      expect(sum).toBe(terms?.sum);
      expect(Math.abs((terms?.value ?? Number.NaN) - storedScore)).toBeLessThanOrEqual((terms?.error ?? 0) + storedScoreError);
    }
  }
}

/**
 * A tolerance that allows everything would prove nothing: what is stored exactly recomputes to the digits of float32, of which large
 * scores leave fewer to their exponentials.
 */
function checkExact(note: Note): void {
  const { tolerance, softmax } = deriveCell(note, 0, 0, 0);
  const exponents = Array.from(softmax?.scores ?? [], (score) => Math.abs(score) / (softmax?.temperature ?? 1));
  expect(tolerance).toBeLessThan(1e-5 * Math.max(1, Math.max(0, ...exponents) / 4));
}

describe.each(Object.entries(scores))("%s", (_, score) => {
  test.each(Object.entries(masks))("with mask: %s", async (__, mask) => {
    const input = fc.record({
      query: filled(1, H, Q, D),
      keys: filled(1, H, K, D),
      values: filled(1, H, K, V),
      score,
      mask,
      temperature: fc.option(fc.double({ min: 0.25, max: 4, noNaN: true }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(input, async ({ mask: given, temperature, ...rest }) => {
        const result = await attention({
          ...rest,
          ...(given !== undefined && { mask: given }),
          ...(temperature !== undefined && { temperature }),
        });
        const note = parseNote(JSON.parse(JSON.stringify(result.toNote({ detail: "all" }))));
        checkAll(note);
        if (score !== scores["dot"]) return;
        checkExact(note);
      }),
      { numRuns: 6, endOnFailure: true },
    );
  });
});

test("of a note without scores, from the vectors alone", async () => {
  const { additive } = scores;
  await fc.assert(
    fc.asyncProperty(filled(Q, D), filled(K, D), additive ?? fc.constant("dot" as const), async (query, keys, score) => {
      const { scores: _, ...note } = (await attention({ query, keys, score })).toNote();
      for (let column = 0; column < K; column++) {
        const { weight = Number.NaN, stored, tolerance, storedScore } = deriveCell(note, 0, 1, column);
        expect(storedScore).toBeUndefined();
        expect(Math.abs(weight - stored)).toBeLessThanOrEqual(tolerance);
        expect(tolerance).toBeLessThan(1e-3);
      }
    }),
    { numRuns: 20 },
  );
});

test("a summary: V tanh(W h), of several hops and of one", async () => {
  await fc.assert(
    fc.asyncProperty(filled(K, D), filled(A, D), filled(Q, A), filled(A), async (states, W, hops, hop) => {
      for (const V of [hops, hop]) checkAll((await summaryAttention({ H: states, W, V })).toNote());
    }),
    { numRuns: 15 },
  );
});

test("what heads read: the contributions of a row sum to the head's own output", async () => {
  const vectors = [1, 2, 3, 4, 5].map((i) => [i, -i, 1 / i, 1]);
  const note = (await multiHeadAttention({ vectors, heads: 2, mask: "causal" })).toNote();
  const expected = decodeMatrix(note.output as InlineArray, 1);
  for (let row = 0; row < 5; row++) {
    const { output } = deriveCell(note, 1, row, 0);
    expect(output?.width).toBe(2);
    output?.output.forEach((value, i) => expect(value).toBeCloseTo(expected[row * 2 + i] ?? Number.NaN, 5));
  }
});

test("weights in a byte, vectors in two bytes each: the error grows and is still kept", async () => {
  const T = 71;
  const wave = (phase: number): number[][] =>
    Array.from({ length: T }, (_, i) => Array.from({ length: 67 }, (__, j) => Math.sin(phase + i * j * 0.7) * 2));
  const result = await attention({ query: wave(0), keys: wave(1), values: wave(2) });
  const note = result.toNote({ detail: "all" });
  expect(note.weights.encoding).toBe("u8");
  expect([note.query?.encoding, note.scores?.encoding]).toEqual(["f16", "f16"]);
  checkAll(note);
  const { tolerance } = deriveCell(note, 0, 0, 0);
  expect(tolerance).toBeGreaterThan(1e-7);
  expect(tolerance).toBeLessThan(0.01);
});

test("by hand: m = (1, 2, 4, 3), e⁴ = 54.6 of 84.8, and c = Σ a·s", async () => {
  const s = [
    [1, 1, 0],
    [0, 1, 1],
    [2, 0, 1],
    [1, 0, 1],
  ];
  const note = (await attention({ query: [1, 0, 2], keys: s, score: "dot" })).toNote();
  const { terms, softmax, weight, output } = deriveCell(note, 0, 0, 2);
  expect(terms?.terms.map(({ left, right, product }) => [left, right, product])).toEqual([
    [1, 2, 2],
    [0, 0, 0],
    [2, 1, 2],
  ]);
  expect(Array.from(softmax?.scores ?? [])).toEqual([1, 2, 4, 3]);
  expect(softmax?.shift).toBe(0);
  expect(softmax?.sum).toBeCloseTo(Math.E + Math.E ** 2 + Math.E ** 4 + Math.E ** 3, 10);
  expect(weight).toBeCloseTo(0.643914, 6);
  expect(output?.contributions[2 * 3]).toBeCloseTo(2 * 0.643914, 5);
});

test("large scores are shifted so that no exponential overflows", () => {
  const note = makeNote({ weights: [[0, 0.26894142, 0.73105858]], scores: [[0, 999, 1000]] });
  const { softmax, weight } = deriveCell(note, 0, 0, 2);
  expect(softmax?.shift).toBe(1000);
  expect(weight).toBeCloseTo(0.73105858, 7);
});

test("what is missing is named, never guessed", () => {
  const bare = makeNote({ weights: [[0.5, 0.5]] });
  expect(deriveCell(bare, 0, 0, 1)).toMatchObject({ stored: 0.5, missing: ["query", "keys", "score", "scores", "values"] });
  const wrongSize = makeNote({
    weights: [[0.5, 0.5]],
    query: [[1, 2, 3]],
    keys: [
      [1, 2],
      [1, 2],
    ],
    score: { name: "dot" },
  });
  expect(deriveCell(wrongSize, 0, 0, 0).missing).toEqual(["parameters", "scores", "values"]);
  expect(() => deriveCell(bare, 0, 0, 2)).toThrow("deriveCell: expected a cell of 1 × 2; got row 0, column 2");
});

test("weights that were not made as the note says are told apart", () => {
  const note = makeNote({ weights: [[0.5, 0.5]], scores: [[0, 1]] });
  const { weight = 0, stored, tolerance } = deriveCell(note, 0, 0, 0);
  expect(Math.abs(weight - stored)).toBeGreaterThan(tolerance);
});

const vectors = (count: number, phase: number): number[][] =>
  Array.from({ length: count }, (_, i) => Array.from({ length: 11 }, (__, j) => Math.sin(phase + i * 2.1 + j * 1.7) * 1.5));

describe("of a note that does not say how its queries and keys were scored", () => {
  test.each(["dot", "scaled"] as const)("%s is found by trying, with and without scores", async (kind) => {
    const { score: _, ...note } = (await attention({ query: vectors(5, 0), keys: vectors(7, 1), score: kind })).toNote();
    const { scores: __, ...bare } = note;
    for (const one of [note, bare]) {
      const derived = deriveCell(one, 0, 3, 2);
      expect(derived).toMatchObject({ score: { name: kind }, isInferred: true, missing: [] });
      expect(Math.abs((derived.weight ?? 0) - derived.stored)).toBeLessThanOrEqual(derived.tolerance);
    }
  });

  test("keys of weight 0 are taken for masked where that alone explains the weights", async () => {
    const x = vectors(6, 0.5);
    const { score: _, mask: __, ...note } = (await attention({ query: x, keys: x, mask: "causal" })).toNote();
    expect(deriveCell(note, 0, 2, 4)).toMatchObject({ score: { name: "scaled" }, isMasked: true, weight: 0 });
    expect(deriveCell(note, 0, 2, 1).isMasked).toBe(false);
  });

  test("nothing is claimed of other scores", async () => {
    const input = { query: vectors(5, 0), keys: vectors(7, 1), temperature: 3 };
    const { score: _, ...note } = (await attention(input)).toNote();
    const { scores: __, ...bare } = note;
    expect(deriveCell(bare, 0, 0, 0)).toMatchObject({ isInferred: false, missing: ["score", "scores"] });
    // one key alone has weight 1 by any score
    const { score: ___, scores: ____, ...single } = (await attention({ query: vectors(2, 0), keys: vectors(1, 1) })).toNote();
    expect(deriveCell(single, 0, 0, 0).missing).toContain("score");
  });
});
