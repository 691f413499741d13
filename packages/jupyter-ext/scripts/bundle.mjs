// Bundles lib/ into the prebuilt extension with JupyterLab's builder; --development keeps source maps and names.
// The production bundle has a budget: what every page loads, and what a page with notes loads beside it.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { sizesOf } from "./sizes.mjs";

/** Kilobytes, compressed. */
const budget = { first: 60, lazy: 600 };

const { resolve } = createRequire(import.meta.url);
const builder = resolve("@jupyter/builder/lib/build-labextension.js");
const core = resolve("@jupyterlab/core-meta/core.package.json");
const root = join(import.meta.dirname, "..");
const options = process.argv.slice(2);

const { status } = spawnSync(process.execPath, [builder, "--core-package-file", core, ...options, root], { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);
if (!options.includes("--development")) checkBudget(join(root, "jupyterlab_heed/labextension/static"));

function checkBudget(folder) {
  for (const [part, size] of Object.entries(sizesOf(folder))) {
    console.log(`${part}: ${size.toFixed(1)} kB gzip of at most ${budget[part]}`);
    if (size > budget[part]) process.exitCode = 1;
  }
}
