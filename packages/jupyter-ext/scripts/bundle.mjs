// Bundles lib/ into the prebuilt extension with JupyterLab's builder; --development keeps source maps and names.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

const { resolve } = createRequire(import.meta.url);
const builder = resolve("@jupyter/builder/lib/build-labextension.js");
const core = resolve("@jupyterlab/core-meta/core.package.json");
const root = join(import.meta.dirname, "..");
const { status } = spawnSync(process.execPath, [builder, "--core-package-file", core, ...process.argv.slice(2), root], { stdio: "inherit" });
process.exitCode = status ?? 1;
