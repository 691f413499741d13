import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openOnnxFile } from "../../../src/engine/onnx-models/index.js";
import type { Tensor } from "../../../src/engine/index.js";
import { readSafetensors } from "../../../src/storage/index.js";
import { largestDifference } from "../../compare.js";
import { ownWeights } from "./own-weights.js";

const golden = join(import.meta.dirname, "../../golden/onnx-models");
const names = readdirSync(golden)
  .filter((file) => file.endsWith(".onnx"))
  .map((file) => file.slice(0, -".onnx".length));

/**
 * How far the weights of this graph may be from the golden ones: halves and bytes are coarser than floats, and a processor without
 * VNNI multiplies bytes in another way than the one that made the file, for its products of unsigned by signed bytes saturate.
 */
const tolerances: Record<string, number> = {
  "bert-optimised-fp16": 3e-3,
  "bert-fp16": 3e-3,
  "bert-optimised-int8": 0.05,
  "bert-int8": 0.05,
  "bert-int8-every-product": 0.05,
  "bert-int8-qdq": 0.05,
  "bert-int8-operators": 0.05,
};

/** The inputs that a golden file holds beside what was computed of them. */
const inputsOf = (golden: Readonly<Record<string, Tensor>>): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(golden)
      .filter(([key]) => key.startsWith("input."))
      .map(([key, value]) => [key.slice("input.".length), value]),
  );

test.each(names)("%s: every attention comes out as PyTorch computes it", async (name) => {
  const expected = await readSafetensors(join(golden, `${name}.safetensors`));
  const model = await openOnnxFile(join(golden, `${name}.onnx`), { threads: 1 });
  const feeds = inputsOf(expected);
  const wanted = Object.keys(expected).filter((key) => /^(self|encoder|decoder|cross)\./.test(key));
  expect(model.attention.map(({ kind, layer }) => `${kind}.${layer}`).toSorted()).toEqual(wanted.toSorted());
  expect(model.closed).toEqual([]);
  const outputs = await model.run(feeds, [...model.outputs, ...model.attention.flatMap((one) => Object.values(one.outputs))]);
  const output = (key: string | undefined): Tensor => {
    const found = outputs[key ?? ""];
    if (!found) throw new Error(`no output ${key}`);
    return found;
  };
  for (const { kind, layer, outputs: named, keysTransposed } of model.attention) {
    const at = `${kind}.${layer}`;
    expect(largestDifference(output(named.weights), expected[at]), at).toBeLessThan(tolerances[name] ?? 1e-4);
    const shapes = [named.query, named.keys].map((part) => (part === undefined ? undefined : output(part).shape));
    const width = shapes[0]?.at(-1) ?? shapes[1]?.at(-1);
    expect(shapes[1]?.at(keysTransposed ? -2 : -1), at).toBe(width);
    for (const part of (["query", "keys", "values"] as const).filter((part) => `${part}.${at}` in expected)) {
      expect(largestDifference(output(named[part]), expected[`${part}.${at}`]), `${part} of ${at}`).toBeLessThan(1e-4);
    }
  }
  // A rewritten node goes on giving what it gave.
  for (const key of Object.keys(expected).filter((key) => key.startsWith("output."))) {
    expect(largestDifference(output(key.slice("output.".length)), expected[key]), key).toBeLessThan(1e-4);
  }
  await model.close();
});

/** Graphs of bytes whose softmax stands as a node of its own. */
const quantised = ["bert-int8", "bert-int8-every-product", "bert-int8-qdq", "bert-int8-operators"];

test.each(quantised)(
  "%s: opened up, it gives the weights that this runtime computes unopened on this processor",
  async (name) => {
    const file = join(golden, `${name}.onnx`);
    const feeds = inputsOf(await readSafetensors(join(golden, `${name}.safetensors`)));
    const own = await ownWeights(file, feeds);
    const model = await openOnnxFile(file, { threads: 1 });
    const weights = model.attention.map(({ outputs }) => outputs.weights ?? "");
    const outputs = await model.run(feeds, weights);
    expect(own).toHaveLength(weights.length);
    own.forEach((expected, layer) =>
      expect(largestDifference(outputs[weights[layer] ?? ""], expected), `${layer}`).toBeLessThan(1e-4),
    );
    await model.close();
  },
);
