/**
 * Stamps say from which inputs a thing was made. A stamp lies inside the thing and is written last, so that what is deleted or half
 * made has none, and the step that makes it runs again.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./places.mjs";

const skipped = new Set(["node_modules", "dist", "lib", "labextension", "__pycache__", "test", "bench"]);

/**
 * Every file of a folder, or the file itself, in a fixed order; what is made by building is left out.
 * @param {string} path
 * @returns {string[]}
 */
function filesIn(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => !skipped.has(name) && !name.endsWith(".egg-info"))
    .toSorted()
    .flatMap((name) => filesIn(join(path, name)));
}

/**
 * A hash of the contents of files and folders and of further words. The project's own place is part of it: virtual environments
 * and kernelspecs hold absolute paths, so a moved folder is made anew.
 * @param {string[]} paths
 * @param {string[]} [words]
 */
export function hashOf(paths, words = []) {
  const hash = createHash("sha256").update(JSON.stringify([root, process.platform, process.arch, ...words]));
  for (const file of paths.flatMap(filesIn)) hash.update(`\0${file}\0`).update(readFileSync(file));
  return hash.digest("hex");
}

/**
 * Whether the stamp says `hash`.
 * @param {string} stamp
 * @param {string} hash
 */
export const isStamped = (stamp, hash) => existsSync(stamp) && readFileSync(stamp, "utf8").trim() === hash;

/**
 * Writes the stamp.
 * @param {string} stamp
 * @param {string} hash
 */
export function writeStamp(stamp, hash) {
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, `${hash}\n`);
}
