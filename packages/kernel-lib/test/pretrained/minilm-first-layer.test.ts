/** The attention of a real model's first layer, from its weights with the library's own parts: equal to transformers. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { compile, multiHeadAttention, ops, tensor, type Tensor, type Traced, transpose } from "../../src/index.js";
import { layers } from "../../src/entries/program.js";
import { openSafetensors, readSafetensors } from "../../src/entries/pretrained.js";

const golden = (name: string): URL => new URL(`../golden/${name}`, import.meta.url);
const { cases } = JSON.parse(readFileSync(golden("minilm-first-layer.json"), "utf8")) as {
  cases: { sentence: string; ids: number[] }[];
};
const model = fileURLToPath(new URL("../../../../models/all-MiniLM-L6-v2", import.meta.url));
const expected = readSafetensors(fileURLToPath(golden("minilm-first-layer.safetensors")));

/** x = LayerNorm(word + position + segment), as BERT embeds tokens. */
const embed = compile((ids: Traced, w: Record<"word" | "position" | "segment" | "gain" | "bias", Traced>) => {
  const [T = 0] = ids.shape;
  const sum = ops.add(ops.add(layers.embedding(w.word, ids), ops.slice(w.position, 0, T, 0)), ops.slice(w.segment, 0, 1, 0));
  return layers.layerNorm(sum, w.gain, w.bias, 1e-12);
});

const differenceOf = (got: Tensor, wanted: Tensor | undefined): number => {
  if (got.shape.join() !== wanted?.shape.join()) return Infinity;
  return Math.max(...Array.from(got.data, (value, i) => Math.abs(value - (wanted.data[i] ?? Number.NaN))));
};

test.each(cases.map(({ sentence, ids }, i) => [sentence, ids, i] as const))("%s", async (_, ids, i) => {
  const file = await openSafetensors(model);
  const read = (name: string): Promise<Tensor> => file.read(name);
  const x = await embed(tensor(Int32Array.from(ids)), {
    word: await read("embeddings.word_embeddings.weight"),
    position: await read("embeddings.position_embeddings.weight"),
    segment: await read("embeddings.token_type_embeddings.weight"),
    gain: await read("embeddings.LayerNorm.weight"),
    bias: await read("embeddings.LayerNorm.bias"),
  });
  const layer = "encoder.layer.0.attention";
  const result = await multiHeadAttention({
    vectors: x,
    heads: 12,
    Wq: transpose(await read(`${layer}.self.query.weight`)),
    Wk: transpose(await read(`${layer}.self.key.weight`)),
    Wv: transpose(await read(`${layer}.self.value.weight`)),
    Wo: transpose(await read(`${layer}.output.dense.weight`)),
    bq: await read(`${layer}.self.query.bias`),
    bk: await read(`${layer}.self.key.bias`),
    bv: await read(`${layer}.self.value.bias`),
    bo: await read(`${layer}.output.dense.bias`),
  });
  // transformers computes in float32 as well, so both round: 1e-5 is what the notebook promises
  expect(differenceOf(x, (await expected)[`${i}.embedded`])).toBeLessThan(1e-5);
  expect(differenceOf(result.weights, (await expected)[`${i}.attention`])).toBeLessThan(1e-5);
  expect(result.axes.weights).toEqual(["H", "Q", "K"]);
  expect(result.query.shape).toEqual([12, ids.length, 32]);
});
