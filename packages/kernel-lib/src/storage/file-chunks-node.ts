import { constants, open, realpath, stat, type FileHandle } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";

/** A file's size and its bytes in pieces. */
export interface OpenedFile {
  readonly size: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

const chunkSize = 1 << 20;

/**
 * A file by its path; it is open only while its `chunks` are taken.
 *
 * @throws RangeError for what is no file; Error with the code of the operating system, for example ENOENT
 */
export async function openFile(path: string): Promise<OpenedFile> {
  const first = await openRegular(path);
  const { size } = await first.stat().finally(() => first.close());
  async function* read(): AsyncGenerator<Uint8Array> {
    const file = await openRegular(path);
    try {
      for (;;) {
        const { bytesRead, buffer } = await file.read(new Uint8Array(chunkSize), 0, chunkSize);
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }
  return { size, chunks: read() };
}

/**
 * Opens a file for reading, and nothing else: a pipe would wait for a writer for ever, a device has no end.
 *
 * @throws RangeError for what is no file; Error with the code of the operating system, for example ENOENT
 */
export async function openRegular(path: string): Promise<FileHandle> {
  // Without waiting, as a pipe that nobody writes to cannot be opened otherwise; files do not care. (Windows has no such flag.)
  const file = await open(path, constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0));
  const found = await file.stat();
  if (found.isFile()) return file;
  await file.close();
  const what = found.isDirectory() ? "a folder" : found.isFIFO() ? "a pipe" : "a device or socket";
  throw new RangeError(`file: expected a file at ${path}; got ${what}`);
}

/**
 * The path of a file of a folder; undefined where there is none.
 *
 * A folder comes from strangers, so a link in it that leads out of it is not followed. The exception is the cache of Hugging Face's hub,
 * where `models--…/snapshots/…` holds links into `models--…/blobs`.
 *
 * @throws RangeError for what is no file, or a link that leaves the folder
 */
export async function findFile(folder: string, name: string): Promise<string | undefined> {
  const path = join(folder, name);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  if (!found.isFile()) throw new RangeError(`file: expected ${name} in ${folder} to be a file; got something else`);
  const [root, target] = await Promise.all([realpath(folder), realpath(path)]);
  const snapshots = dirname(root);
  const allowed = basename(snapshots) === "snapshots" ? dirname(snapshots) : root;
  if (target.startsWith(allowed.endsWith(sep) ? allowed : `${allowed}${sep}`)) return path;
  throw new RangeError(
    `file: expected ${name} in ${folder} to lie in that folder; it is a link to ${target}. If that is right, put the file itself there`,
  );
}
