// Bundles lib/ into the prebuilt extension with JupyterLab's builder; --development keeps source maps and names.
// The production bundle has a budget: what every page loads, and what a page with notes loads beside it.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sizesOf } from "./sizes.mjs";

/** Kilobytes, compressed. */
const budget = { first: 60, lazy: 620 };

const { resolve } = createRequire(import.meta.url);
const builder = resolve("@jupyter/builder/lib/build-labextension.js");
const root = join(import.meta.dirname, "..");
const options = process.argv.slice(2);

const folder = mkdtempSync(join(tmpdir(), "heed-bundle-"));
const { status } = spawnSync(process.execPath, [builder, "--core-package-file", oldestCore(folder), ...options, root], {
  stdio: "inherit",
});
rmSync(folder, { recursive: true });
if (status !== 0) process.exit(status ?? 1);
if (!options.includes("--development")) checkBudget(join(root, "jupyterlab_heed/labextension/static"));

/**
 * What the builder takes for JupyterLab: of each package that the extension uses, the versions package.json says. Left alone the builder asks for those
 * of the JupyterLab it is built with, and an older one would warn of each in the console.
 */
function oldestCore(place) {
  const core = JSON.parse(readFileSync(resolve("@jupyterlab/core-meta/core.package.json"), "utf8"));
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  for (const name of Object.keys(core.resolutions)) core.resolutions[name] = dependencies[name] ?? core.resolutions[name];
  const file = join(place, "package.json");
  writeFileSync(file, JSON.stringify(core));
  return file;
}

function checkBudget(folder) {
  for (const [part, size] of Object.entries(sizesOf(folder))) {
    console.log(`${part}: ${size.toFixed(1)} kB gzip of at most ${budget[part]}`);
    if (size > budget[part]) process.exitCode = 1;
  }
}
