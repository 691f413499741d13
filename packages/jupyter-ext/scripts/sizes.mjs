/** What the built extension weighs on the wire. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/**
 * Kilobytes, compressed, of what every page loads and of what pages with notes load beside it.
 * @param {string} folder `static` of the built extension
 */
export function sizesOf(folder) {
  const scripts = readdirSync(folder).filter((name) => name.endsWith(".js"));
  const entry = scripts.find((name) => name.startsWith("remoteEntry")) ?? "";
  // the entry names the chunks of what JupyterLab loads at its start: `n.e(732)`
  const first = new Set([...readFileSync(join(folder, entry), "utf8").matchAll(/\.e\((\d+)\)/g)].map(([, id]) => id));
  const sizes = { first: 0, lazy: 0 };
  for (const name of scripts) {
    const part = name === entry || name === "style.js" || first.has(name.split(".")[0]) ? "first" : "lazy";
    sizes[part] += gzipSync(readFileSync(join(folder, name)), { level: 9 }).length / 1000;
  }
  return sizes;
}
