/** What `openOnnx` makes of graphs in half precision, of several examples, of towers, and of forms it does not look into. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AttributeProto_AttributeType, TensorProto_DataType, type NodeProto } from "onnx-buf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Tensor } from "../../src/engine/index.js";
import { openOnnx } from "../../src/pretrained/open-onnx.js";
import { readAttention } from "../../src/pretrained/read-attention.js";
import { largestDifference } from "../compare.js";
import { modelOf, node, reading, scores, value, write } from "../engine/onnx-models/made-models.js";
import { readCases, type PackedCase } from "../engine/onnx-models/packed-cases.js";

const { FLOAT, FLOAT16, INT64 } = TensorProto_DataType;
const { INT, TENSOR } = AttributeProto_AttributeType;

let folder: string;
let files = 0;
const next = (): string => join(folder, `${files++}.onnx`);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "heed-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Sixteenths, which halves hold exactly. */
const sixteenths = (...shape: number[]): Tensor => {
  const size = shape.reduce((product, each) => product * each, 1);
  return { shape, dtype: "float32", data: Float32Array.from({ length: size }, (_, i) => (((i * 37) % 33) - 16) / 16) };
};
const feeds = { q: sixteenths(1, 2, 4), k: sixteenths(1, 4, 2), v: sixteenths(1, 2, 4) };

const cast = (from: string, name: string, type: number): NodeProto =>
  node("Cast", [from], [name], { attribute: [{ name: "to", type: INT, i: BigInt(type) }] });

/** softmax(q k) of one row by hand. */
function weightsOf(row: number): number[] {
  const scored = [0, 1].map((column) =>
    [0, 1, 2, 3].reduce((sum, d) => sum + (feeds.q.data[row * 4 + d] ?? 0) * (feeds.k.data[d * 2 + column] ?? 0), 0),
  );
  const exponents = scored.map(Math.exp);
  const total = exponents.reduce((sum, each) => sum + each, 0);
  return exponents.map((each) => each / total);
}
const byHand: Tensor = { shape: [1, 1, 2, 2], dtype: "float32", data: Float32Array.from([...weightsOf(0), ...weightsOf(1)]) };

const dims = (...sizes: number[]) => sizes.map((size) => ({ value: { case: "dimValue" as const, value: BigInt(size) } }));

const half = (name: string, ...sizes: number[]) => {
  const made = value(name, ...sizes);
  made.type.value.value.elemType = FLOAT16;
  return made;
};

const table = (name: string): object => ({ name, dims: [5n, 4n], dataType: FLOAT, floatData: [...sixteenths(5, 4).data] });

const heads = (name: string, perm: bigint[]): NodeProto[] => [
  node("Reshape", ["x", "split"], [`${name}s`]),
  node("Transpose", [`${name}s`], [name], {
    attribute: [{ name: "perm", type: AttributeProto_AttributeType.INTS, ints: perm }],
  }),
];

describe("half precision", () => {
  test("inputs and outputs", async () => {
    const graph = {
      input: [half("q", 1, 2, 4), half("k", 1, 4, 2), half("v", 1, 2, 4)],
      output: [half("out", 1, 2, 4)],
    };
    const masked = node("Identity", ["scores"], ["masked"]);
    const model = await openOnnx(await write(next(), modelOf([scores, masked, ...reading], { graph })), { threads: 1 });
    expect(model.inputs.map(({ dtype }) => dtype)).toEqual(["float16", "float16", "float16"]);
    const look = await model.attend(undefined, { feeds, vectors: true, outputs: ["out"] });
    expect(largestDifference(look.weights, byHand)).toBeLessThan(2 ** -11); // half a step of halves below 1
    expect(look.main.query?.data).toEqual(feeds.q.data);
    const read = [0, 1].flatMap((row) =>
      [0, 1, 2, 3].map((d) => [0, 1].reduce((sum, k) => sum + (weightsOf(row)[k] ?? 0) * (feeds.v.data[k * 4 + d] ?? 0), 0)),
    );
    expect(
      largestDifference(look.outputs["out"], { shape: [1, 2, 4], dtype: "float32", data: Float32Array.from(read) }),
    ).toBeLessThan(2e-3);
    await model.close();
  });

  test("constants alone: a matrix in a node, behind a Cast", async () => {
    const eye = { name: "", dims: [4n, 4n], dataType: FLOAT16, rawData: new Uint8Array(32) };
    for (let i = 0; i < 4; i++) eye.rawData.set([0x00, 0x3c], (i * 4 + i) * 2); // 1 on the diagonal
    const nodes = [
      node("Constant", [], ["eye"], { attribute: [{ name: "value", type: TENSOR, t: eye }] }),
      ...["q", "k", "v"].map((name) => cast(name, `${name}16`, FLOAT16)),
      node("MatMul", ["q16", "eye"], ["turned"]),
      node("MatMul", ["turned", "k16"], ["masked"]),
      node("Softmax", ["masked"], ["weights"]),
      node("MatMul", ["weights", "v16"], ["out16"]),
      cast("out16", "out", FLOAT),
    ];
    const model = await openOnnx(await write(next(), modelOf(nodes)), { threads: 1 });
    expect(largestDifference((await model.attend(undefined, { feeds })).weights, byHand)).toBeLessThan(2 ** -11);
    await model.close();
  });
});

describe("between the softmax and its values", () => {
  const none = { name: "none", dims: [1n, 1n, 2n], dataType: TensorProto_DataType.BOOL, int32Data: [0, 1] };
  const ends = { name: "ends", dims: [1n], dataType: INT64, int64Data: [2n] };
  const zero = { name: "zero", dims: [1n], dataType: INT64, int64Data: [0n] };
  const numbers = { name: "numbers", dims: [1n, 1n, 2n], dataType: FLOAT, floatData: [0, 1] };
  const last = { name: "last", dims: [1n], dataType: INT64, int64Data: [2n] };
  const graph = { initializer: [none, ends, zero, numbers, last] };

  /** Only the second key is left. */
  const second = [0, byHand.data[1] ?? 0, 0, byHand.data[3] ?? 0];

  test.each([
    ["Where", node("Where", ["none", "cast", "numbers"], ["changed"]), second],
    ["Mul", node("Mul", ["cast", "numbers"], ["changed"]), second],
    ["Slice", node("Slice", ["cast", "zero", "ends", "last"], ["changed"]), Array.from(byHand.data)],
  ])("%s after a Cast is what is shown", async (_, change, expected) => {
    const nodes = [
      scores,
      node("Softmax", ["scores"], ["soft"]),
      cast("soft", "wide", TensorProto_DataType.DOUBLE),
      cast("wide", "cast", FLOAT),
      change,
      node("MatMul", ["changed", "v"], ["out"]),
    ];
    const model = await openOnnx(await write(next(), modelOf(nodes, { graph })), { threads: 1 });
    const look = await model.attend(undefined, { feeds });
    expect(largestDifference(look.weights, { ...byHand, data: Float32Array.from(expected) })).toBeLessThan(1e-6);
    await model.close();
  });
});

describe("how many examples there are", () => {
  test("places of a cache are no examples: all heads come out, of ids alone", async () => {
    const inputs = [
      {
        name: "input_ids",
        type: { value: { case: "tensorType" as const, value: { elemType: INT64, shape: { dim: dims(1, 3) } } } },
      },
      {
        name: "cache_position",
        type: { value: { case: "tensorType" as const, value: { elemType: INT64, shape: { dim: dims(3) } } } },
      },
    ];
    const split = { name: "split", dims: [4n], dataType: INT64, int64Data: [0n, 0n, 2n, 2n] };
    const nodes = [
      node("Gather", ["words", "input_ids"], ["w"]),
      node("Gather", ["places", "cache_position"], ["p"]),
      node("Add", ["w", "p"], ["x"]),
      ...heads("q", [0n, 2n, 1n, 3n]),
      ...heads("k", [0n, 2n, 3n, 1n]),
      ...heads("v", [0n, 2n, 1n, 3n]),
      node("MatMul", ["q", "k"], ["masked"]),
      ...reading,
    ];
    const graph = { input: inputs, output: [value("out", 1, 2, 3, 2)], initializer: [table("words"), table("places"), split] };
    const model = await openOnnx(await write(next(), modelOf(nodes, { graph })), { threads: 1 });
    const alone = await model.attend([1, 4, 2]);
    expect(alone.weights.shape).toEqual([1, 2, 3, 3]);
    const given = await model.attend([1, 4, 2], {
      feeds: { cache_position: { shape: [3], dtype: "int32", data: Int32Array.of(0, 1, 2) } },
    });
    expect(given.weights).toEqual(alone.weights);
    await model.close();
  });
});

test("every head of the first example comes out of ONNX's own cases of Attention", async () => {
  const cases = await readCases("onnx-attention.safetensors.br");
  const path = next();
  for (const [name, { model: bytes, inputs, weights }] of cases) {
    if (/_expanded$|bf16|window|mask4d_padded_kv/.test(name) || weights === undefined) continue;
    await writeFile(path, bytes);
    const model = await openOnnx(path, { threads: 1 });
    const look = await model.attend(undefined, { feeds: inputs });
    const [, heads = 0, queries = 0, keys = 0] = weights.shape;
    expect(look.weights.shape, name).toEqual([1, heads, queries, keys]);
    const first = weights.data.subarray(0, heads * queries * keys) as Float32Array;
    expect(largestDifference(look.weights, { ...weights, data: first }), name).toBeLessThan(2e-3);
    await model.close();
  }
});

test("two towers are two: each has its layers, its tokens or none, and comes back from a file", async () => {
  const cases = await readCases("onnx-stacks.safetensors.br");
  const { model: bytes, inputs, attention } = cases.get("clip") as PackedCase;
  const path = next();
  await writeFile(path, bytes);
  const model = await openOnnx(path, { threads: 1 });
  expect(new Map(model.attention.map(({ kind, reads }) => [kind, reads.join()]))).toEqual(
    new Map([
      ["self", "pixel_values"],
      ["self-2", "input_ids"],
    ]),
  );
  const { pixel_values, input_ids } = inputs;
  const look = await model.attend([...(input_ids?.data ?? [])] as number[], {
    feeds: { pixel_values: pixel_values as Tensor },
  });
  expect(Object.keys(look.attention).toSorted()).toEqual(["self", "self-2"]);
  expect(look.attention["self-2"]?.rows.tokens).toHaveLength(7);
  expect(look.attention["self-2"]?.rows).toBe(look.tokens);
  expect(look.attention.self?.rows.tokens).toEqual(["0", "1", "2", "3", "4"]);
  for (const [at, weights] of Object.entries(attention)) {
    const [kind, layer] = at.split(".") as ["self" | "self-2", string];
    expect(largestDifference(look.attention[kind]?.layer(Number(layer)), weights), at).toBeLessThan(1e-4);
  }
  const file = join(folder, "towers.safetensors");
  await look.save(file);
  const again = await readAttention(file);
  expect(again.attention["self-2"]?.weights).toEqual(look.attention["self-2"]?.weights);
  expect(again.attention.self?.weights).toEqual(look.attention.self?.weights);
  await model.close();
});

test("what is not looked into is said", async () => {
  const rotary = node("Attention", ["q", "w", "b"], ["out"], {
    domain: "com.microsoft",
    attribute: [
      { name: "num_heads", type: INT, i: 1n },
      { name: "do_rotary", type: INT, i: 1n },
    ],
  });
  const constants = [
    { name: "w", dims: [4n, 12n], dataType: FLOAT, floatData: [...sixteenths(4, 12).data] },
    { name: "b", dims: [12n], dataType: FLOAT, floatData: [...sixteenths(12).data] },
  ];
  const opsetImport = [
    { domain: "", version: 17n },
    { domain: "com.microsoft", version: 1n },
  ];
  const alone = modelOf([rotary], { graph: { initializer: constants }, opsetImport });
  await expect(openOnnx(await write(next(), alone))).rejects.toThrow(
    "There is Attention with do_rotary, which was not looked into.",
  );
});
