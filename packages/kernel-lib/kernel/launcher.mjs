/** Starts the TypeScript kernel: `node --no-force-async-hooks-checks launcher.mjs --config-path CONNECTION_FILE`. See README.md. */
import { readFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Most of the start is compiling TypeScript's own 9 MB of JavaScript.
enableCompileCache(join(import.meta.dirname, "node_modules/.cache/compile"));

const place = process.argv.indexOf("--config-path");
const connectionFile = place === -1 ? undefined : process.argv[place + 1];
if (connectionFile === undefined) {
  console.error("launcher: expected --config-path CONNECTION_FILE; Jupyter starts the kernel, see its kernelspec");
  process.exit(2);
}
const { Kernel } = await import("./kernel.mjs");
void new Kernel(JSON.parse(readFileSync(connectionFile, "utf8"))).start();
