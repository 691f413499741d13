/** Errors name the call, the input and what was given, and say what to do. */
import { join } from "node:path";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, describe, expect, test } from "vitest";
import * as heed from "../../src/index.js";

const { attention, compile, multiHeadAttention, ops, Random, selfAttention, summaryAttention, tensor, training } = heed;
type Traced = heed.ops.Traced;
const loose = (value: unknown): never => value as never;
const arrays = "numbers in brackets, a typed array or a tensor";

describe("what is no input of attention", () => {
  test.each<readonly [string, () => unknown, string]>([
    ["another name", () => attention(loose({ queries: [1], keys: [[1]] })), "got queries. Did you mean query?"],
    ["no query", () => attention(loose({ keys: [[1]] })), `attention: expected ${arrays} as query; got nothing`],
    [
      "nothing at all",
      () => attention(loose(null)),
      "attention: expected an object of query, keys, values, score, mask or temperature; got null",
    ],
    [
      "a promise",
      () => attention(loose({ query: Promise.resolve([1]), keys: [[1]] })),
      `attention: expected ${arrays} as query; got a promise; await it first`,
    ],
    [
      "a text among numbers",
      () => attention(loose({ query: [1], keys: [["1"]] })),
      'attention: expected a number at keys[0][0]; got "1"',
    ],
    [
      "rows of two lengths",
      () => attention({ query: [1, 0], keys: [[1, 1], [1]] }),
      "attention: expected 2 elements at keys[1], as in the first row; got 1",
    ],
    ["no vectors", () => selfAttention(loose({})), `selfAttention: expected ${arrays} as vectors; got nothing`],
    [
      "a projection that is none",
      () => selfAttention(loose({ vectors: [[1]], Wq: "W" })),
      `selfAttention: expected ${arrays} as Wq; got "W"`,
    ],
    [
      "heads in words",
      () => multiHeadAttention(loose({ vectors: [[1, 2]], heads: "2" })),
      'multiHead: expected heads to be a whole number; got "2"',
    ],
    ["no W", () => summaryAttention(loose({ H: [[1]], V: [1] })), `summaryAttention: expected ${arrays} as W; got nothing`],
    [
      "a score's parameter",
      () => attention({ query: [1], keys: [[1]], score: loose({ kind: "general", W: "W" }) }),
      `attention: expected ${arrays} as W; got "W"`,
    ],
    [
      "a score that is misspelt",
      () => attention(loose({ query: [1], keys: [[1]], score: "scalled" })),
      'got "scalled". Did you mean scaled?',
    ],
    [
      "a mask that is misspelt",
      () => attention(loose({ query: [1], keys: [[1]], mask: "casual" })),
      'mask: expected "causal", booleans, or an object of causal, lengths, keep, allowed; got "casual"',
    ],
    [
      "a condition that is no array",
      () => attention({ query: [1], keys: [[1]], mask: { keep: loose("yes") } }),
      `mask: expected ${arrays} as keep; got "yes"`,
    ],
  ])("%s", async (_, call, message) => {
    await expect(async () => call()).rejects.toThrow(message);
    await expect(async () => call()).rejects.toThrow(TypeError);
  });
});

describe("tensors", () => {
  test("holes are no zeros", () => {
    // oxlint-disable-next-line no-sparse-arrays -- the hole is what is tested
    expect(() => tensor([1, , 3] as number[])).toThrow(new TypeError("tensor: expected a number at [1]; got nothing"));
    // oxlint-disable-next-line no-sparse-arrays
    expect(() => tensor([[1], [,]] as number[][])).toThrow(new TypeError("tensor: expected a number at [1][0]; got nothing"));
  });

  test.each([
    [{ shape: [3], dtype: "float32", data: new Float32Array(2) }, "tensor: expected 3 elements for shape [3]; got 2"],
    [
      { shape: [1], dtype: "float64", data: new Float64Array(1) },
      'tensor: expected a dtype of float32, int32, uint32, bool and its typed array; got dtype "float64" with data that is Float64Array',
    ],
    [{ shape: [1], dtype: "float32", data: [1] }, 'got dtype "float32" with data that is an array'],
    [new BigInt64Array(1), "tensor: expected an array of numbers, such as Float32Array or Int32Array; got BigInt64Array"],
    [
      new DataView(new ArrayBuffer(8)),
      "tensor: expected an array of numbers, such as Float32Array or Int32Array; got DataView",
    ],
    [undefined, `tensor: expected ${arrays}; got nothing`],
  ])("%o is none", (value, message) => {
    expect(() => tensor(loose(value))).toThrow(message);
  });

  test("a shape is a list of whole numbers", () => {
    expect(() => tensor(new Float32Array(2), loose(2))).toThrow(
      new TypeError("tensor: expected a shape, such as [2, 3]; got 2"),
    );
    expect(() => new Random(1).normal(loose(3))).toThrow(new TypeError("Random: expected a shape, such as [2, 3]; got 3"));
  });

  test("a seed is a number or a key", () => {
    expect(() => new Random(loose("7"))).toThrow(
      new TypeError('Random: expected a whole number, or the key of another stream (uint32 [2]); got "7"'),
    );
    const key = new Random(7).fork("a").key;
    expect(new Random(key).number()).toBe(new Random(7).fork("a").number());
  });
});

const run = (program: (x: Traced) => unknown): Promise<unknown> => compile(program as (x: Traced) => Traced)([1, 2]);

describe("programs", () => {
  test("that return nothing", async () => {
    await expect(run((x) => void ops.sum(x))).rejects.toThrow(
      new TypeError("program: expected arrays of the program as its result; got nothing. Does it end with return?"),
    );
  });

  test("that return something else", async () => {
    await expect(run((x) => ({ x, y: "y" }))).rejects.toThrow('expected arrays of the program as its result; got "y" at y');
    await expect(run((x) => [x, tensor([1])])).rejects.toThrow("got a tensor [1] at 1. Put it in with ops.constant");
  });

  test("a promise as input", async () => {
    const double = compile((x: Traced) => ops.multiply(x, 2));
    await expect(double(loose(Promise.resolve([1])))).rejects.toThrow(
      new TypeError("program: expected an array or an object of arrays at input0; got a promise; await it first"),
    );
    await expect(double(loose({ a: new Map() }))).rejects.toThrow("at input0.a; got an object of the class Map");
  });

  test("that are no functions", () => {
    expect(() => compile(loose(undefined))).toThrow(
      new TypeError("compile: expected a program, a function over arrays; got nothing"),
    );
    expect(() => heed.grad(loose(3))).toThrow(new TypeError("valueAndGrad: expected a program that returns a loss; got 3"));
    expect(() => heed.vmap(loose({}))).toThrow(new TypeError("vmap: expected a program over one example; got an empty object"));
  });
});

describe("training", () => {
  const line = { parameters: { a: tensor([1]) }, loss: (p: { a: Traced }): Traced => ops.sum(p.a) };
  const pairs = [{ source: ["我"], target: ["I"] }];

  test.each<readonly [string, () => Promise<unknown>, string]>([
    ["no model", () => training.train(loose([]), [{}]), "train: expected a model, { parameters, loss }; got an empty array"],
    [
      "no batches",
      () => training.train(line, loose(undefined)),
      "train: expected batches, a list of at least one or a function that makes them; got nothing",
    ],
    [
      "steps below 0",
      () => training.train(line, [{}], { steps: -1 }),
      "train: expected steps to be a whole number ≥ 1; got -1",
    ],
    [
      "a rate in words",
      () => training.train(line, [{}], { learningRate: loose("fast") }),
      'train: expected learningRate to be a number or a schedule; got "fast"',
    ],
    [
      "no examples",
      () => heed.Seq2seq.forPairs(pairs, { width: 4 }).train([]),
      "seq2seq: train: expected a list of examples to learn from; got an empty array",
    ],
    [
      "a model's steps",
      () => heed.Seq2seq.forPairs(pairs, { width: 4 }).train(pairs, { steps: -1 }),
      "seq2seq: train: expected steps to be a whole number ≥ 1; got -1",
    ],
    [
      "a model's batches",
      () => heed.Bert.forTexts([["a"]], { width: 4, heads: 1 }).train([["a"]], { batchSize: 0 }),
      "BERT: train: expected batchSize to be a whole number ≥ 1; got 0",
    ],
  ])("%s", async (_, call, message) => {
    await expect(call()).rejects.toThrow(message);
  });
});

const attend = (query: Traced, keys: Traced): unknown => {
  const weights = ops.softmax(ops.matmul(query, ops.transpose(keys)), -1);
  return { weights, output: ops.matmul(weights, keys) };
};

describe("a model that was exported and opened", () => {
  const folder = mkdtempSync(join(tmpdir(), "heed-errors-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("takes its own inputs as feeds, and says so", async () => {
    const path = join(folder, "attend.onnx");
    await heed.exportOnnx(
      attend,
      [
        [[1, 0, 2]],
        [
          [1, 1, 0],
          [0, 1, 1],
        ],
      ],
      { inputNames: ["query", "keys"], path },
    );
    const model = await heed.openOnnx(path);
    const given = {
      query: [[1, 0, 2]],
      keys: [
        [1, 1, 0],
        [0, 1, 1],
      ],
    };
    await expect(model.attend(loose(given))).rejects.toThrow(
      "got an object of query, keys. Give tensors as feeds: attend(undefined, { feeds: { query, keys } })",
    );
    await expect(model.attend(undefined, { feeds: { ...given, value: [1] } })).rejects.toThrow(
      "attend: feeds: expected query or keys; got value",
    );
    await expect(model.attend(undefined, { feeds: loose({ query: "q" }) })).rejects.toThrow(
      `attend: expected ${arrays} as feeds.query; got "q"`,
    );
    const { weights } = await model.attend(undefined, { feeds: given });
    expect([...weights.data].map((x) => Math.round(x * 1e4) / 1e4)).toEqual([0.2689, 0.7311]);
    await model.close();
  });
});
