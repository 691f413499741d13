/** show() on plain, unmodified tslab, started as tslab starts itself. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { kernelFolder } from "../../scripts/setup/places.mjs";
import { contentsOf, startKernel, type Kernel } from "../support/kernel.js";

const folder = mkdtempSync(join(tmpdir(), "heed-tslab-"));
let kernel: Kernel;
beforeAll(async () => {
  const spec = join(folder, "kernels/plain-tslab");
  mkdirSync(spec, { recursive: true });
  const argv = [
    process.execPath,
    join(kernelFolder, "node_modules/tslab/bin/tslab"),
    "kernel",
    "--config-path",
    "{connection_file}",
  ];
  writeFileSync(join(spec, "kernel.json"), JSON.stringify({ argv, display_name: "tslab", language: "typescript" }));
  kernel = await startKernel("plain-tslab", { env: { JUPYTER_PATH: folder } });
});
afterAll(async () => {
  await kernel?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("it is the published tslab 1.0.22", () => {
  const lock = JSON.parse(readFileSync(join(kernelFolder, "package-lock.json"), "utf8"));
  expect(lock.packages[""].devDependencies.tslab).toBe("1.0.22");
  expect(lock.packages["node_modules/tslab"]).toMatchObject({
    version: "1.0.22",
    integrity: expect.stringMatching(/^sha512-/),
  });
});

test("show() displays the whole bundle and replaces it in place; progress() is one line that changes", async () => {
  const run = await kernel.run(`
    import { progress, show } from "heed";
    show([[0.5, 0.5]], { rows: ["I"], columns: ["我", "是"], id: "live" });
    show([[1, 0]], { rows: ["I"], columns: ["我", "是"], id: "live" });
    const bar = progress("Counting", 2);
    await bar.step(2);`);
  expect(run.reply["status"]).toBe("ok");
  const [note, bar] = contentsOf(run, "display_data");
  expect(Object.keys(note?.["data"] as object)).toEqual([
    "application/vnd.heed.attention.v1+json",
    "image/svg+xml",
    "text/plain",
  ]);
  expect(JSON.stringify(bar?.["data"])).toContain("0/2");
  const [again, full] = contentsOf(run, "update_display_data");
  expect(again?.["transient"]).toEqual(note?.["transient"]);
  expect(JSON.stringify(full?.["data"])).toContain("2/2");
});

test("a cell run again shows its picture anew", async () => {
  const code = `show([[1, 0]], { rows: ["I"], columns: ["我", "是"], id: "live" });`;
  for (const run of [await kernel.run(code), await kernel.run(code)]) {
    expect(contentsOf(run, "display_data")).toHaveLength(1);
    expect(contentsOf(run, "update_display_data")).toHaveLength(0);
  }
});
