import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openOnnxFile } from "../../src/engine/onnx-models/index.js";
import type { Tensor } from "../../src/engine/index.js";
import { readSafetensors } from "../../src/weights/index.js";

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
  for (const { kind, layer, outputs: named, keysTransposed } of model.attention) {
    const at = `${kind}.${layer}`;
    const want = expected[at];
    if (!want) throw new Error(`no ${at}`);
    const weights = outputs[named.weights];
    if (!weights) throw new Error(`no weights of ${at}`);
    expect(weights.data.length, at).toBe(want.data.length);
    expect(largestDifference(weights, want), at).toBeLessThan(tolerances[name] ?? 1e-4);
    for (const part of ["query", "keys", "values"] as const) {
      const vectors = expected[`${part}.${at}`];
      const output = outputs[named[part] ?? ""];
      if (vectors && output) expect(largestDifference(output, vectors), `${part} of ${at}`).toBeLessThan(1e-4);
      if (vectors) expect(output?.shape).toEqual(vectors.shape);
    }
    const query = outputs[named.query ?? ""];
    const keys = outputs[named.keys ?? ""];
    if (query && keys) expect(keys.shape.at(keysTransposed ? -2 : -1)).toBe(query.shape.at(-1));
  }
  await model.close();
});

function largestDifference(x: Tensor, y: Tensor): number {
  let worst = 0;
  x.data.forEach((value, i) => {
    const difference = Math.abs(value - (y.data[i] ?? Number.NaN));
    worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference);
  });
  return worst;
}
