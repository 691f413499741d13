/** What goes wrong is told by the user's call, the arrays and their sizes; the session goes on. */
import { describe, expect, test } from "vitest";
import { compile, ops, tensor, toNested, type Traced } from "../../src/engine/index.js";
import { lax } from "@jax-js/jax";

function factor(x: Traced): Traced {
  return lax.linalg.cholesky(x as unknown as Parameters<typeof lax.linalg.cholesky>[0]) as unknown as Traced;
}

describe("while the program is written", () => {
  test("shapes that do not broadcast", async () => {
    await expect(compile((x: Traced, y: Traced) => ops.add(x, y))([1, 2, 3], [1, 2])).rejects.toThrow(
      new TypeError(
        "add: expected shapes that broadcast, sizes equal or 1 from the last axis on; got [3] and [2], which differ at axis -1 (3 and 2)",
      ),
    );
  });

  test("products whose inner axes differ", async () => {
    const run = compile((x: Traced, y: Traced) => ops.matmul(x, y));
    await expect(run([[1, 2, 3]], [[1, 2]])).rejects.toThrow(
      new TypeError("matmul: expected [..., M, K] and [..., K, N] with the same K; got [1, 3] and [1, 2], K = 3 and 1"),
    );
  });

  test.each<[string, (x: Traced) => Traced, string]>([
    ["an axis that is not there", (x) => ops.softmax(x, 2), "softmax: expected an axis from -1 to 0 of [3]; got 2"],
    [
      "a slice that is too long",
      (x) => ops.slice(x, 1, 4, 0),
      "slice: expected 0 ≤ start ≤ stop ≤ 3 on axis 0 of [3]; got 1 and 4",
    ],
    ["another number of elements", (x) => ops.reshape(x, [2, 2]), "reshape: Invalid reshape: [3] -> [2,2]; got [3]"],
    [
      "a broadcast that does not fit",
      (x) => ops.broadcastTo(x, [2]),
      "broadcastTo: expected a shape that broadcasts to [2]; got [3]",
    ],
    [
      "too many of the largest",
      (x) => ops.topK(x, 5).values,
      "topK: expected a count from 1 to 3, the size of axis -1 of [3]; got 5",
    ],
    ["a window that is too large", (x) => ops.maxPool(x, [5]), "maxPool: expected a window inside [3]; got [5]"],
    ["a condition of numbers", (x) => ops.where(x, x, 0), "where: expected a condition of type bool; got float32 [3]"],
    [
      "a fraction beside whole numbers",
      (x) => ops.multiply(ops.cast(x, "int32"), 0.5),
      "multiply: expected a whole number beside int32 [3]; got 0.5. Cast the array to float32 first",
    ],
    ["nothing", () => ops.exp(undefined as never), "exp: expected an array of the program; got undefined"],
    [
      "a tensor",
      (x) => ops.add(x, tensor([1]) as never),
      "add: expected an array of the program or a number; got a tensor. Make it an input of the program, or put it in with ops.constant",
    ],
  ])("%s", async (_, program, message) => {
    await expect(compile(program)([1, 2, 3])).rejects.toThrow(message);
  });

  test("an async program", async () => {
    const run = compile(async function later(x: Traced) {
      return x;
    });
    await expect(run([1])).rejects.toThrow(
      new TypeError("later: expected arrays of the program as its result; got a promise. Programs may not be async"),
    );
  });

  test("a primitive without a rule, by its name, and jax-js still runs it", async () => {
    const matrix = tensor([
      [4, 2],
      [2, 5],
    ]);
    await expect(compile(factor)(matrix)).rejects.toThrow(
      new TypeError(
        'compile: factor uses cholesky, which has no rule for ONNX; run it with compile(factor, { runner: "jax" })',
      ),
    );
    expect(toNested(await compile(factor, { runner: "jax" })(matrix))).toEqual([
      [2, 0],
      [1, 2],
    ]);
  });
});

describe("inputs", () => {
  test("something that is no tensor, by its place", async () => {
    const run = compile(function attend(x: { query: Traced }) {
      return x.query;
    });
    await expect(run({ query: "text" as never })).rejects.toThrow(
      new TypeError('attend: expected an array or an object of arrays at input0.query; got "text"'),
    );
    await expect(run({ query: null as never })).rejects.toThrow("at input0.query; got null");
  });

  test("a tensor whose shape and elements disagree", async () => {
    const run = compile((x: Traced) => x);
    await expect(run({ shape: [2, 3], dtype: "float32", data: new Float32Array(5) })).rejects.toThrow(
      "input0: expected 6 elements for shape [2, 3]; got 5",
    );
  });
});

describe("while the program runs", () => {
  test("an index out of range names the table and the place", async () => {
    const run = compile(
      function embed(weights: { words: Traced }, ids: Traced) {
        return ops.take(weights.words, ids, 0);
      },
      { weights: { words: [[1], [2], [3]] } },
    );
    await expect(run(tensor(Int32Array.of(0, 7)))).rejects.toThrow(
      new RangeError("embed: take of weights.words [3, 1] and input0 [2]: index 7 is out of range; expected -3 to 2"),
    );
    expect(toNested(await run(tensor(Int32Array.of(2))))).toEqual([[3]]);
  });

  test("more memory than there is, and the next call works", async () => {
    const run = compile(function scores(x: Traced) {
      return ops.sum(ops.exp(ops.matmul(ops.expandDims(x, 1), ops.expandDims(x, 0))));
    });
    const tokens = 2_000_003;
    await expect(run(tensor(new Float32Array(tokens)))).rejects.toThrow(
      /^scores: out of memory: it needs 16,000 GB, 16,000 GB of it for matmul \[2000003, 2000003, 1\]; .* GB are free\. Run on shorter inputs/,
    );
    expect(toNested(await run([0]))).toBe(1);
  });

  test("whole numbers divided by zero do not stop the process", async () => {
    const run = compile((x: Traced, y: Traced) => (x as unknown as { div(y: unknown): Traced }).div(y));
    const lowest = -(2 ** 31);
    const { data } = await run(tensor(Int32Array.of(5, lowest)), tensor(Int32Array.of(0, -1)));
    expect([...data]).toEqual([0, lowest]);
  });

  test("a provider that is not there", async () => {
    await expect(compile((x: Traced) => x, { provider: "cuda" })([1])).rejects.toThrow(
      /^program: provider "cuda" is not available: .*; "cpu" is always there$/,
    );
    await expect(compile((x: Traced) => x, { provider: "cuda", runner: "jax" })([1])).rejects.toThrow(RangeError);
  });
});

function program(x: Traced): { loss: Traced } {
  const scores = ops.named(ops.subtract(x, 1), "scores");
  return { loss: ops.sum(ops.multiply(ops.log(scores), 2)) };
}

describe("numbers that are not finite", () => {
  test("are results unless asked about", async () => {
    expect((await compile(program)([2, 0])).loss.data[0]).toBeNaN();
  });

  test("the first call that makes one is named", async () => {
    await expect(compile(program, { checkFinite: true })([2, 0])).rejects.toThrow(
      new RangeError("program: loss [] holds NaN at []; it first arises in log of scores [2]"),
    );
    const { loss } = await compile(program, { checkFinite: true })([2, 3]);
    expect(loss.data[0]).toBeCloseTo(2 * Math.log(2), 5);
  });

  test("an input that brings one is named with the place", async () => {
    const run = compile(program, { checkFinite: true });
    await expect(run([[2, Infinity]])).rejects.toThrow(new RangeError("program: input0 [1, 2] holds Infinity at [0, 1]"));
  });

  test("jax-js names the result", async () => {
    await expect(compile(program, { checkFinite: true, runner: "jax" })([2, 0])).rejects.toThrow(
      new RangeError("program: loss [] holds NaN at []"),
    );
  });
});
