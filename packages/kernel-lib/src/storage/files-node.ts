/** Files by path, in Node. */
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { findFile, openRegular } from "./file-chunks-node.js";

export { findFile };

/** Bytes that can be read in pieces. */
export interface ByteSource {
  readonly size: number;
  /** Bytes `start` ≤ i < `end`, in memory of their own. */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** One call of the operating system reads less than 2 GiB. */
const largestRead = 2 ** 30;

/**
 * A file by its path. It is open only while something is read, so there is nothing to close; a file that changes in between is noticed.
 *
 * @throws RangeError for what is no file; Error with the code of the operating system, for example ENOENT
 */
export async function openFile(path: string): Promise<ByteSource> {
  const first = await openRegular(path);
  const { size, mtimeMs } = await first.stat().finally(() => first.close());
  return {
    size,
    async read(start, end) {
      const file = await openRegular(path);
      try {
        const now = await file.stat();
        if (now.size !== size || now.mtimeMs !== mtimeMs)
          throw new Error(`${path} has changed since it was opened; open it again`);
        const bytes = new Uint8Array(end - start);
        for (let done = 0; done < bytes.length;) {
          const { bytesRead } = await file.read(bytes, done, Math.min(largestRead, bytes.length - done), start + done);
          if (bytesRead === 0) throw new Error(`${path} ended at byte ${start + done}, before byte ${end}`);
          done += bytesRead;
        }
        return bytes;
      } finally {
        await file.close();
      }
    },
  };
}

/** Whether a path is a folder; false where nothing is. */
export async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}

/** Whether there is a file at a path. */
export async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ?? false;
}

export const joinPath = (folder: string, name: string): string => join(folder, name);

/** Makes a folder, and those it is in, unless it is there. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
}

/** Writes a file piece by piece, under another name until it is whole: a crash never leaves half a file behind. */
export async function writeFile(path: string, pieces: Iterable<Uint8Array>): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  try {
    const file = await open(partial, "w");
    try {
      for (const piece of pieces) await file.writeFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
