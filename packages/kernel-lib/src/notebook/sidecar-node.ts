/** The folder of the notebook that a kernel runs, in Node. */
import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, isAbsolute, join } from "node:path";
import { cwd, env, pid } from "node:process";
import type { SidecarFile, NotebookFolder } from "./host.js";

/** JupyterLab's server tells the notebook's path; other servers start the kernel in its folder. */
export function notebookFolder(cell: string | undefined): NotebookFolder {
  const path = env["JPY_SESSION_NAME"];
  const isKnown = path !== undefined && path.endsWith(".ipynb");
  // its name of before is heard for one release
  const over = Number(env["HEED_SIDECAR_THRESHOLD"] || env["HEED_BESIDE_OVER"] || Number.NaN);
  return {
    notebook: isKnown ? basename(path, ".ipynb") : undefined,
    cell,
    sidecarThreshold: Number.isNaN(over) ? undefined : over,
    sha256: (bytes) => createHash("sha256").update(bytes).digest("hex"),
    write: (file) => writeSidecar(isKnown && isAbsolute(path) && isFolder(dirname(path)) ? dirname(path) : cwd(), file),
  };
}

/** The file appears under its name when it is whole: a crash never leaves half a file behind. */
function writeSidecar(folder: string, { headerBytes, data, finish }: SidecarFile): void {
  const partial = join(folder, `.heed-${pid}.partial`);
  rmSync(partial, { force: true });
  const file = openSync(partial, "wx");
  try {
    const hash = createHash("sha256");
    let at = headerBytes;
    for (const piece of data) {
      hash.update(piece);
      at = writeAll(file, piece, at);
    }
    const { name, header } = finish(hash.digest("hex"));
    writeAll(file, header, 0);
    fsyncSync(file);
    closeSync(file);
    renameSync(partial, join(folder, name));
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

function writeAll(file: number, bytes: Uint8Array, at: number): number {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done, at + done);
  return at + bytes.length;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
