/** Models of several stacks, or of one that narrows: every attention has the name and the layer that PyTorch gives it. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openOnnxFile } from "../../../src/engine/onnx-models/index.js";
import { largestDifference } from "../../compare.js";
import { ownWeights } from "./own-weights.js";
import { readCases, type PackedCase } from "./packed-cases.js";

const cases = await readCases("onnx-stacks.safetensors.br");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "heed-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** 4 bits are widened before they are multiplied; how sums are ordered differs from processor to processor. */
const toleranceOf = (name: string): number => (name.includes("4-bit") ? 1e-3 : 1e-4);

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
  // Products of bytes saturate on processors without VNNI, so that only this runtime on this processor knows the numbers.
  const own = name.includes("int8") ? await ownWeights(path, inputs) : undefined;
  model.attention.forEach(({ kind, layer, node, outputs: named }, i) => {
    const at = `${kind}.${layer}`;
    expect(largestDifference(outputs[named.weights], own?.[i] ?? attention[at]), at).toBeLessThan(toleranceOf(name));
    if (own !== undefined) expect(placeOf(node)).toBe(at);
  });
  await model.close();
});

/** `cross.1` of a node under /model/decoder/layers.1/encoder_attn. */
function placeOf(node: string): string {
  const kind = node.includes("encoder_attn") ? "cross" : node.includes("/decoder/") ? "decoder" : "encoder";
  return `${kind}.${/layers\.(\d+)/.exec(node)?.[1]}`;
}
