/** Where Node writes models. */
import { open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** The file of a model's constants: in the same folder, called after the model. */
export function fileBeside(path: string): { readonly name: string; readonly path: string } {
  const name = `${basename(path)}.data`;
  return { name, path: join(dirname(path), name) };
}

/** Writes pieces at their places in a file. */
export async function writeModelFile(
  path: string,
  pieces: Iterable<readonly [offset: number, bytes: Uint8Array]>,
): Promise<void> {
  const file = await open(path, "w");
  try {
    for (const [offset, bytes] of pieces) {
      for (let done = 0; done < bytes.length;) done += (await file.write(bytes, done, undefined, offset + done)).bytesWritten;
    }
  } finally {
    await file.close();
  }
}
