/** Every form of ONNX Runtime's fused attention: opened, it gives what it gave, and the weights are those it read its values with. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openOnnxFile } from "../../../src/engine/onnx-models/index.js";
import type { Tensor } from "../../../src/engine/index.js";
import { largestDifference } from "../../compare.js";
import { readCases, runUnopened, type PackedCase } from "./packed-cases.js";

const cases = await readCases("onnx-fused.safetensors.br");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "heed-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Scores reach some hundreds here, of which float32 knows four digits behind the point; a mask or a bias in the wrong place makes tenths. */
const tolerance = 1e-3;

/** Σ weights · values for each head, heads side by side: [B, H, Q, K], [B, G, K, V] → [B, Q, H·V] */
function read(weights: Tensor, values: Tensor): Tensor {
  const [B = 0, H = 0, Q = 0, K = 0] = weights.shape;
  const [, G = 0, , V = 0] = values.shape;
  const data = new Float32Array(B * Q * H * V);
  for (let b = 0; b < B; b++) {
    for (let h = 0; h < H; h++) {
      const group = Math.floor((h * G) / H);
      for (let q = 0; q < Q; q++) {
        for (let v = 0; v < V; v++) {
          let sum = 0;
          for (let k = 0; k < K; k++) {
            const weight = weights.data[((b * H + h) * Q + q) * K + k] ?? 0;
            // what lies behind the end of a shorter text is never written
            if (weight !== 0) sum += weight * (values.data[((b * G + group) * K + k) * V + v] ?? 0);
          }
          data[((b * Q + q) * H + h) * V + v] = sum;
        }
      }
    }
  }
  return { shape: [B, Q, H * V], dtype: "float32", data };
}

test.each([...cases.keys()])("%s", async (name) => {
  const given = cases.get(name) as PackedCase;
  const path = join(folder, `${name}.onnx`);
  await writeFile(path, given.model);
  const unopened = await runUnopened(given);
  if (unopened === undefined) throw new Error("the runtime runs it no more");
  const model = await openOnnxFile(path, { threads: 1 });
  expect(model.attention).toHaveLength(1);
  const { weights = "", values = "" } = model.attention[0]?.outputs ?? {};
  const outputs = await model.run(given.inputs, [weights, values, ...model.outputs]);
  for (const [output, value] of Object.entries(unopened)) {
    if (name === "grouped-batch" && output.startsWith("present")) continue; // nor is that of the cache
    expect(largestDifference(outputs[output], value), output).toBeLessThan(tolerance);
  }
  expect(largestDifference(read(outputs[weights] as Tensor, outputs[values] as Tensor), unopened["out"])).toBeLessThan(
    tolerance,
  );
  if (name === "grouped-batch") {
    // the second text has three keys; what ONNX Runtime leaves unwritten behind them is not passed on
    const { shape, data } = outputs[weights] as Tensor;
    const K = shape.at(-1) ?? 0;
    const behind = Array.from(data.subarray(data.length / 2)).filter((_, i) => i % K > 2);
    expect(behind.length).toBeGreaterThan(0);
    expect(behind.every((weight) => weight === 0)).toBe(true);
  }
  await model.close();
});
