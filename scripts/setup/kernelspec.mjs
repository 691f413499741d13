/** Tells Jupyter of the kernel: which Node, which launcher, by absolute paths. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findNode } from "./node.mjs";
import { environment, kernelFolder } from "./places.mjs";

export const kernelName = "heed";

/** @param {string} node */
const kernelspec = (node) => ({
  argv: [
    node,
    ...JSON.parse(readFileSync(join(kernelFolder, "node-flags.json"), "utf8")),
    join(kernelFolder, "launcher.mjs"),
    "--config-path",
    "{connection_file}",
  ],
  display_name: "TypeScript (Heed)",
  language: "typescript",
  // By message and not by signal: the launcher's control thread hears it even while a cell never yields, on every system.
  interrupt_mode: "message",
  metadata: { debugger: false },
});

/** Writes `file` unless it holds `text` already.
 * @param {string} file
 * @param {string} text
 */
function keep(file, text) {
  if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text);
}

export async function installKernelspec() {
  const folder = join(environment, "share/jupyter/kernels", kernelName);
  mkdirSync(folder, { recursive: true });
  keep(join(folder, "kernel.json"), `${JSON.stringify(kernelspec(await findNode()), null, 2)}\n`);
  keep(join(folder, "logo-svg.svg"), readFileSync(join(kernelFolder, "logo.svg"), "utf8"));
}
