/** Reads golden files: PyTorch's weights, inputs and outputs, stored as CASE/GROUP/NAME. */
import { join } from "node:path";
import { expect } from "vitest";
import type { Tensor } from "../../src/engine/index.js";
import { readSafetensors } from "../../src/storage/index.js";

export type GoldenCase = Record<string, Record<string, Tensor>>;

export async function readGolden(file: string): Promise<Map<string, GoldenCase>> {
  const tensors = await readSafetensors(join(import.meta.dirname, "../golden", file));
  const cases = new Map<string, GoldenCase>();
  for (const [path, value] of Object.entries(tensors)) {
    const [name = "", group = "", tensor = ""] = path.split("/");
    const known = cases.get(name) ?? {};
    cases.set(name, { ...known, [group]: { ...known[group], [tensor]: value } });
  }
  return cases;
}

/** Both tensors agree within an absolute and a relative 1e-5: float32 sums in another order. */
export function expectClose(ours: Tensor | undefined, theirs: Tensor, tolerance = 1e-5): void {
  expect(ours?.shape).toEqual(theirs.shape);
  let worst = 0;
  theirs.data.forEach((value, i) => {
    const error = Math.abs((ours?.data[i] ?? Number.NaN) - value) / (1 + Math.abs(value));
    if (!(error <= worst)) worst = error;
  });
  expect(worst).toBeLessThanOrEqual(tolerance);
}
