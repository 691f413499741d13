/** What the library computes stays here: nothing is written beside what was asked for, and no other machine is spoken to. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { modelFolder, root } from "../../scripts/setup/places.mjs";

const folder = mkdtempSync(join(tmpdir(), "heed-private-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a program that computes with the library leaves nothing in the home directory or the temporary folder", () => {
  const [home, temporary] = ["home", "tmp"].map((name) => join(folder, name)) as [string, string];
  for (const one of [home, temporary]) mkdirSync(one);
  const program = `
    import { compile, loadModel, openOnnx, ops } from "heed";
    const doubled = await compile((x) => ops.multiply(x, 2))([1, 2]);
    const { weights } = await (await loadModel(${JSON.stringify(modelFolder)})).attend("The cat sat.");
    const opened = await openOnnx("packages/kernel-lib/test/golden/onnx-models/bert-dynamo-sdpa.onnx");
    console.log(doubled.data.join(), weights.shape.join(), opened.attention.length);`;
  const { ORT_DISABLE_TELEMETRY: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: root,
    encoding: "utf8",
    env: { ...env, HOME: home, USERPROFILE: home, XDG_CACHE_HOME: "", TMPDIR: temporary, TMP: temporary, TEMP: temporary },
  });
  expect([status, stdout, stderr]).toEqual([0, "2,4 6,12,6,6 2\n", ""]);
  expect(readdirSync(home, { recursive: true })).toEqual([]);
  expect(readdirSync(temporary)).toEqual([]);
});
