/** Models of several stacks, or of one that narrows: every attention has the name and the layer that PyTorch gives it. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openOnnxFile } from "../../../src/engine/onnx-models/index.js";
import { largestDifference } from "../../compare.js";
import { readCases, type PackedCase } from "./packed-cases.js";

const cases = await readCases("onnx-stacks.safetensors.br");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "heed-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Products of bytes saturate on processors without VNNI; the rest is float32, in another order of its sums. */
const toleranceOf = (name: string): number => (name.includes("int8") ? 0.05 : 1e-4);

test.each([...cases.keys()])("%s", async (name) => {
  const { model: bytes, inputs, attention } = cases.get(name) as PackedCase;
  const path = join(folder, `${name}.onnx`);
  await writeFile(path, bytes);
  const model = await openOnnxFile(path, { threads: 1 });
  expect(model.attention.map(({ kind, layer }) => `${kind}.${layer}`).toSorted()).toEqual(Object.keys(attention).toSorted());
  const outputs = await model.run(
    inputs,
    model.attention.map((one) => one.outputs.weights),
  );
  for (const { kind, layer, outputs: named } of model.attention) {
    expect(largestDifference(outputs[named.weights], attention[`${kind}.${layer}`]), `${kind}.${layer}`).toBeLessThan(
      toleranceOf(name),
    );
  }
  await model.close();
});
