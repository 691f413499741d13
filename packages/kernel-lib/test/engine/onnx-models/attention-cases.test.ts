/** ONNX's own cases of Attention: as the operator and as the plain operators it stands for, with fixed sizes and without. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openOnnxFile } from "../../../src/engine/onnx-models/index.js";
import { largestDifference } from "../../compare.js";
import { readCases, runUnopened, withSymbolicSizes, type PackedCase } from "./packed-cases.js";

const cases = await readCases("onnx-attention.safetensors.br");

/** What this version of ONNX Runtime does not run as it is: windows, most of bfloat16, and a mask shorter than a cache. */
const notRun = /_bf16|_window|mask4d_padded_kv$/;

/** How far weights may be from the reference's, which computes in the model's own precision: steps of halves, and of bfloat16. */
const toleranceOf = (name: string): number => (name.includes("bf16") ? 2e-2 : /fp16|float16/.test(name) ? 2e-3 : 1e-5);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "heed-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("all of them are here", () => {
  expect(cases.size).toBe(186);
});

describe.each(["fixed", "symbolic"])("%s sizes", (sizes) => {
  test.each([...cases.keys()])("%s", async (name) => {
    const given = cases.get(name) as PackedCase;
    const model = sizes === "fixed" ? given.model : withSymbolicSizes(given.model);
    const path = join(folder, `${name}-${sizes}.onnx`);
    await writeFile(path, model);
    const unopened = await runUnopened({ ...given, model });
    const run = async (): Promise<void> => {
      const opened = await openOnnxFile(path, { threads: 1 });
      try {
        expect(opened.attention).toHaveLength(1);
        const weights = opened.attention[0]?.outputs.weights ?? "";
        const outputs = await opened.run(given.inputs, [weights, ...opened.outputs]);
        expect(largestDifference(outputs[weights], given.weights)).toBeLessThan(toleranceOf(name));
        // What the model itself gives stays what it was, also where it has an output for its scores.
        for (const [output, value] of Object.entries(unopened ?? {})) {
          expect(largestDifference(outputs[output], value), output).toBeLessThan(1e-5);
        }
      } finally {
        await opened.close();
      }
    };
    // A later runtime may run them: then they must be right as well.
    if (notRun.test(name) && unopened === undefined)
      await run().catch((error: unknown) =>
        expect(String(error)).toMatch(/openOnnx: (ONNX Runtime cannot open|the model failed)/),
      );
    else await run();
  });
});
