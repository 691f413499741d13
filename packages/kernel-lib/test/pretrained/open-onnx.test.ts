import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tensor, type Tensor } from "../../src/engine/index.js";
import { readSafetensors } from "../../src/storage/index.js";
import { openOnnx } from "../../src/pretrained/open-onnx.js";
import { largestDifference } from "../compare.js";

const golden = join(import.meta.dirname, "../golden/onnx-models");
const pathOf = (name: string): string => join(golden, `${name}.onnx`);
const read = (name: string): Promise<Record<string, Tensor>> => readSafetensors(join(golden, `${name}.safetensors`));

/** The first of a batch. */
const first = (value: Tensor | undefined): Tensor => {
  if (!value) throw new Error("not in the golden file");
  const shape = value.shape.slice(1);
  return { shape, dtype: value.dtype, data: value.data.subarray(0, value.data.length / (value.shape[0] ?? 1)) };
};
const idsOf = (value: Tensor | undefined): number[] => [...first(value).data];

describe("a text, by what the inputs are for", () => {
  test.each(["bert-script", "bert-dynamo", "bert-optimised", "bert-multi-head", "bert-external-data", "bert-fixed-shape"])(
    "%s",
    async (name) => {
      const expected = await read(name);
      const model = await openOnnx(pathOf(name), { threads: 1 });
      expect(model.inputs.map(({ role }) => role)).toEqual(["ids", "mask", "types"]);
      const look = await model.attend(
        { ids: idsOf(expected["input.input_ids"]), types: idsOf(expected["input.token_type_ids"]) },
        { vectors: true },
      );
      expect(look.main.kind).toBe("self");
      expect(look.weights.shape).toEqual([2, 3, 7, 7]);
      for (const layer of [0, 1]) {
        expect(largestDifference(look.main.layer(layer), first(expected[`self.${layer}`]))).toBeLessThan(1e-4);
      }
      expect(look.main.query?.shape).toEqual([2, 3, 7, 4]);
      expect(look.main.keys?.shape).toEqual([2, 3, 7, 4]);
      expect(look.main.values?.shape).toEqual([2, 3, 7, 4]);
      await model.close();
    },
  );

  test("a text shorter than a graph of fixed length is padded, and comes back without padding", async () => {
    const dynamic = await openOnnx(pathOf("bert-script"), { threads: 1 });
    const fixed = await openOnnx(pathOf("bert-fixed-shape"), { threads: 1 });
    const [want, got] = await Promise.all([dynamic.attend([3, 1, 4, 1, 5]), fixed.attend([3, 1, 4, 1, 5])]);
    expect(got.weights.shape).toEqual([2, 3, 5, 5]);
    expect(largestDifference(got.weights, want.weights)).toBeLessThan(1e-5);
    await expect(fixed.attend([1, 2, 3, 4, 5, 6, 7, 8])).rejects.toThrow(
      "expected at most 7 tokens, the fixed length of the input",
    );
  });

  test("queries and keys give the weights again", async () => {
    const model = await openOnnx(pathOf("bert-script"), { threads: 1 });
    const { main } = await model.attend([3, 1, 4, 1, 5], { vectors: true, layers: [1], heads: [2] });
    const [query, keys] = [main.query?.data ?? [], main.keys?.data ?? []];
    const row = Array.from({ length: 5 }, (_, k) => {
      let dot = 0;
      for (let d = 0; d < 4; d++) dot += (query[2 * 4 + d] ?? 0) * (keys[k * 4 + d] ?? 0);
      return Math.exp(dot / 2);
    });
    const total = row.reduce((sum, x) => sum + x, 0);
    row.forEach((x, k) => expect(main.head(1, 2).data[2 * 5 + k]).toBeCloseTo(x / total, 4));
  });
});

test("an encoder–decoder: encoder, decoder and cross attention", async () => {
  const expected = await read("t5-script");
  const model = await openOnnx(pathOf("t5-script"), { threads: 1 });
  const look = await model.attend({
    ids: idsOf(expected["input.input_ids"]),
    targetIds: idsOf(expected["input.decoder_input_ids"]),
  });
  expect(Object.keys(look.attention).toSorted()).toEqual(["cross", "decoder", "encoder"]);
  for (const kind of ["encoder", "decoder", "cross"] as const) {
    expect(largestDifference(look.attention[kind]?.layer(1), first(expected[`${kind}.1`]))).toBeLessThan(1e-4);
  }
  expect(look.toNote().kind).toBe("alignment");
  await expect(model.attend([1, 2, 3])).rejects.toThrow('the input "decoder_input_ids" wants what the decoder has written');
});

test("a decoder alone, over what an encoder computed elsewhere", async () => {
  const expected = await read("t5-decoder");
  const model = await openOnnx(pathOf("t5-decoder"), { threads: 1 });
  expect(Object.fromEntries(model.inputs.map(({ name, role }) => [name, role]))).toEqual({
    input_ids: "ids",
    encoder_hidden_states: "memory",
    encoder_attention_mask: "memoryMask",
  });
  const ids = idsOf(expected["input.input_ids"]);
  const feeds = { encoder_hidden_states: expected["input.encoder_hidden_states"] as Tensor };
  const { attention } = await model.attend(ids, { feeds });
  expect(Object.keys(attention).toSorted()).toEqual(["cross", "decoder"]);
  for (const kind of ["decoder", "cross"] as const) {
    expect(largestDifference(attention[kind]?.layer(1), first(expected[`${kind}.1`])), kind).toBeLessThan(1e-4);
  }
  expect(attention.cross?.weights.shape).toEqual([2, 3, 5, 7]);
  await expect(model.attend(ids)).rejects.toThrow('the input "encoder_hidden_states" wants what an encoder computed');
});

test("a decoder's first step out of a file that also holds the later ones", async () => {
  const model = await openOnnx(pathOf("bert-in-branch"), { threads: 1 });
  expect(model.inputs.map(({ name }) => name)).toEqual(["input_ids", "attention_mask", "token_type_ids"]);
  expect((await model.attend([3, 1, 4])).weights.shape).toEqual([2, 3, 3, 3]);
});

test("an image", async () => {
  const expected = await read("vit-script");
  const model = await openOnnx(pathOf("vit-script"), { threads: 1 });
  const look = await model.attend({ pixels: first(expected["input.pixel_values"]) });
  expect(largestDifference(look.main.layer(0), first(expected["self.0"]))).toBeLessThan(1e-4);
  await expect(model.attend("a text")).rejects.toThrow("expected { pixels: [channels, height, width] }");
});

test("a decoder with a past starts with an empty one, or takes one that is given", async () => {
  const expected = await read("gpt2-past");
  const model = await openOnnx(pathOf("gpt2-past"), { threads: 1 });
  expect(new Set(model.inputs.map(({ role }) => role))).toEqual(new Set(["ids", "mask", "positions", "past"]));
  const start = await model.attend([5, 6, 7]);
  expect(start.weights.shape).toEqual([2, 3, 3, 3]);
  const feeds = Object.fromEntries(
    Object.entries(expected).flatMap(([name, value]) => (name.startsWith("input.") ? [[name.slice(6), value]] : [])),
  );
  const later = await model.attend(undefined, { feeds });
  expect(largestDifference(later.main.layer(0), first(expected["self.0"]))).toBeLessThan(1e-4);
  expect(later.main.rows.tokens).toHaveLength(2);
  expect(later.main.columns.tokens).toHaveLength(5);
});

test("inputs given as tensors", async () => {
  const expected = await read("opset23-grouped");
  const model = await openOnnx(pathOf("opset23-grouped"), { threads: 1 });
  const feeds = { x: expected["input.x"] as Tensor, mask: expected["input.mask"] as Tensor };
  const { main } = await model.attend(undefined, { feeds, vectors: true });
  expect(largestDifference(main.layer(0), first(expected["self.0"]))).toBeLessThan(1e-4);
  expect(main.keys?.shape).toEqual([1, 4, 5, 3]); // two groups of keys, each for two heads
  await expect(model.attend()).rejects.toThrow('the input "x" is of a kind that is not known (float32 [2, 5, 12])');
});

test("outputs of the file, a note, a loop", async () => {
  const model = await openOnnx(pathOf("gpt2-dynamo"), { threads: 1 });
  const look = await model.attend([5, 6, 7], { outputs: ["out"], layers: [-1] });
  expect(look.outputs["out"]?.shape).toEqual([1, 3, 41]);
  expect(look.main.layers).toEqual([1]);
  expect(look.toNote({ head: 1 }).weights.shape).toEqual([1, 1, 3, 3]);
  const lengths: number[] = [];
  for await (const each of model.attendEach([[1], [1, 2]])) lengths.push(each.weights.shape.at(-1) ?? 0);
  expect(lengths).toEqual([1, 2]);
  await expect(model.attend([5], { layers: [2] })).rejects.toThrow("expected layers of kind self from 0 to 1; got 2");
  await expect(model.attend([5], { heads: [3] })).rejects.toThrow("expected heads from 0 to 2; got 3");
  await expect(model.attend([5], { kinds: ["cross"] })).rejects.toThrow("expected kinds out of self; got cross");
  await expect(model.attend([5], { outputs: ["nothing"] })).rejects.toThrow("expected outputs out of out; got nothing");
  await expect(model.attend([50])).rejects.toThrow("the model failed on these inputs");
  expect((await model.attend([5])).weights.shape).toEqual([2, 3, 1, 1]); // an error spoils nothing
});

describe("what is no such model is told", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "heed-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("nothing found", async () => {
    await expect(openOnnx(pathOf("no-attention"))).rejects.toThrow(
      /found no attention in .*Looked for a softmax between two products/,
    );
  });

  test("no file, no model, half a model", async () => {
    await expect(openOnnx(join(folder, "none.onnx"))).rejects.toThrow("openOnnx: expected a file at");
    await expect(openOnnx(folder)).rejects.toThrow("openOnnx: expected a file at");
    const text = join(folder, "text.onnx");
    await writeFile(text, "this is no model");
    await expect(openOnnx(text)).rejects.toThrow("openOnnx: expected an ONNX model");
    const half = join(folder, "half.onnx");
    await writeFile(half, (await readFile(pathOf("bert-script"))).subarray(0, 20_000));
    await expect(openOnnx(half)).rejects.toThrow("openOnnx: expected an ONNX model");
  });

  test("weights beside the file that are not there", async () => {
    const alone = join(folder, "alone.onnx");
    await copyFile(pathOf("bert-external-data"), alone);
    await expect(openOnnx(alone)).rejects.toThrow("expected the model's weights in bert-external-data.data beside it");
  });

  test("roles for inputs it does not have", async () => {
    await expect(openOnnx(pathOf("bert-script"), { roles: { words: "ids" } })).rejects.toThrow(
      "expected roles for inputs out of input_ids, attention_mask, token_type_ids; got words",
    );
  });

  test("an image of the wrong kind of tensor", async () => {
    const model = await openOnnx(pathOf("vit-script"), { threads: 1 });
    await expect(model.attend({ pixels: tensor([[[1, 2]]]) })).rejects.toThrow("the model failed on these inputs");
  });
});
