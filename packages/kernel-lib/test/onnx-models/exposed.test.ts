import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openOnnxFile } from "../../src/engine/onnx-models/index.js";
import type { Tensor } from "../../src/engine/index.js";
import { readSafetensors } from "../../src/weights/index.js";
import { largestDifference } from "../weights-compare.js";

const golden = join(import.meta.dirname, "../golden/onnx-models");
const names = readdirSync(golden)
  .filter((file) => file.endsWith(".onnx"))
  .map((file) => file.slice(0, -".onnx".length));

/** How far the weights of this graph may be from PyTorch's: halves and bytes are coarser than floats. */
const tolerances: Record<string, number> = {
  "bert-optimised-fp16": 3e-3,
  "bert-fp16": 3e-3,
  "bert-optimised-int8": 0.05,
};

test.each(names)("%s: every attention comes out as PyTorch computes it", async (name) => {
  const expected = await readSafetensors(join(golden, `${name}.safetensors`));
  const model = await openOnnxFile(join(golden, `${name}.onnx`), { threads: 1 });
  const feeds = Object.fromEntries(
    Object.entries(expected)
      .filter(([key]) => key.startsWith("input."))
      .map(([key, value]) => [key.slice("input.".length), value]),
  );
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
