import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Tensor } from "../../src/engine/index.js";
import { openOnnx } from "../../src/pretrained/index.js";
import { readSafetensors } from "../../src/storage/index.js";
import { loadModel } from "../../src/pretrained/load-model.js";
import type { ModelInput } from "../../src/pretrained/model-input.js";
import { largestDifference } from "../compare.js";

const golden = join(import.meta.dirname, "../golden/families");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "heed-export-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** The single example of a golden file. */
function inputOf(expected: Record<string, Tensor>): ModelInput {
  const { "single.ids": ids, "single.targetIds": target, "single.pixels": pixels } = expected;
  if (pixels) return { pixels: { ...pixels, shape: pixels.shape.slice(1) } };
  return { ids: [...(ids?.data ?? [])], ...(target && { targetIds: [...target.data] }) };
}

// Lengths are fixed in the file: 11 for texts of 7 tokens, 5 for their targets, so that padding is at work.
test.each([
  ["bert-pretraining", "encoder", ["logits", "nextSentence"]],
  ["roberta-masked", "encoder", ["logits"]],
  ["gpt2", "decoder", ["logits"]],
  ["llama-grouped", "decoder", ["logits"]],
  ["bart", "encoder-decoder", ["logits"]],
  ["t5", "encoder-decoder", ["logits"]],
  ["vit-classifier", "image", ["classes"]],
  ["vit-remainder", "image", ["pooled"]],
  ["t5-encoder", "encoder", []],
] as const)("%s as an ONNX file, opened again, attends as in transformers", async (name, kind, outputs) => {
  const model = await loadModel(join(golden, name));
  const file = join(folder, `${name}.onnx`);
  await model.exportOnnx(file, { ...(kind !== "image" && { tokens: 11 }), outputs });
  const opened = await openOnnx(file, { threads: 1 });
  expect(opened.outputs).toEqual(["last_hidden_state", ...outputs]);
  expect(opened.inputs.every(({ role }) => role !== "other")).toBe(true);
  const expected = await readSafetensors(join(golden, name, "expected.safetensors"));
  const input = inputOf(expected);
  const [want, got] = [
    await model.attend(input, { outputs }),
    await opened.attend(input, { outputs: ["last_hidden_state", ...outputs] }),
  ];
  // of the torch model where the golden file has it, else the last of the hidden states, as transformers has it
  const stack = kind === "encoder-decoder" ? "decoder" : kind === "image" ? "encoder" : kind;
  const states = Object.keys(expected).filter((key) => key.startsWith(`single.${stack}.hidden.`));
  const last = expected["single.lastHiddenState"] ?? expected[`single.${stack}.hidden.${states.length - 1}`];
  const exported = got.outputs["last_hidden_state"];
  const begin = exported && { ...exported, data: exported.data.subarray(0, last?.data.length) };
  expect(largestDifference(begin, last), "last_hidden_state").toBeLessThan(1e-4);
  const kinds = Object.keys(want.attention) as (keyof typeof want.attention)[];
  expect(Object.keys(got.attention)).toHaveLength(kinds.length);
  for (const each of kinds) {
    const one = got.attention[kinds.length === 1 ? "self" : each];
    // float32, in another order of additions where rows are padded
    expect(largestDifference(one?.weights, want.attention[each]?.weights), each).toBeLessThan(1e-5);
  }
  const length = want.main.rows.tokens.length;
  for (const output of outputs) {
    const [mine, theirs] = [want.outputs[output], got.outputs[output]];
    const first = theirs && { ...theirs, data: theirs.data.subarray(0, mine?.data.length) };
    expect(largestDifference(first, mine), `${output} of ${length}`).toBeLessThan(1e-4);
  }
  await Promise.all([opened.close(), model.dispose()]);
});

test("attention may be an output of the file itself", async () => {
  const model = await loadModel(join(golden, "bert-one-head"));
  const file = join(folder, "seen.onnx");
  await model.exportOnnx(file, { tokens: 5, batch: 2, attention: true });
  const opened = await openOnnx(file, { threads: 1 });
  expect(opened.outputs).toEqual(["last_hidden_state", "encoder.0"]);
  const look = await opened.attend([3, 14, 15], { outputs: ["encoder.0"] });
  expect(look.outputs["encoder.0"]?.shape).toEqual([2, 1, 5, 5]);
  expect(look.weights.shape).toEqual([1, 1, 3, 3]);
  await opened.close();
});

test("a text goes through MiniLM's file as through its folder", async () => {
  const known = join(import.meta.dirname, "../../../../models/all-MiniLM-L6-v2");
  const model = await loadModel(known);
  const file = join(folder, "minilm.onnx");
  await model.exportOnnx(file, { tokens: 13 });
  const opened = await openOnnx(file, { tokenizer: known });
  const pair = { text: "我是中国人。", pair: "Who am I?" };
  const [want, got] = [await model.attend(pair), await opened.attend(pair)];
  expect(got.tokens).toEqual(want.tokens);
  expect(largestDifference(got.weights, want.weights)).toBeLessThan(1e-4);
  await Promise.all([opened.close(), model.dispose()]);
}, 60_000);

test.each([
  [{ tokens: 18 }, "exportOnnx: expected tokens of at least 1 and at most 17; got 18"],
  [{ tokens: 0 }, "exportOnnx: expected tokens of at least 1 and at most 17; got 0"],
  [{ batch: 0.5 }, "exportOnnx: expected batch of at least 1; got 0.5"],
  [{ outputs: ["logits"] }, "exportOnnx: expected outputs out of pooled; got logits"],
] as const)("a mistake is told (%#)", async (options, message) => {
  const model = await loadModel(join(golden, "bert-one-head"));
  await expect(model.exportOnnx(join(folder, "none.onnx"), options)).rejects.toThrow(message);
});
