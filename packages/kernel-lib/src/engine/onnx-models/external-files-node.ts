/** Files beside a model: found in its folder and nowhere else. */
import { open, realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, normalize, relative, sep } from "node:path";
import type { ModelProto } from "onnx-buf";
import { bytesByShape, embed, initialiserFiles, innerExternals, placeOf } from "./external-data.js";

/** What may be read into memory of such tensors: the bytes of a model in one piece are at most so many. */
const mostBytes = 2 ** 31 - 1;

/**
 * Checks that the files of a model's weights lie beside it, and writes into the model what ONNX Runtime would not find there. Says which
 * files are left for it, and whether the model changed.
 *
 * @throws RangeError for a file outside the model's folder, or one that is not there; SyntaxError where sizes contradict each other
 */
export async function bringExternalData(model: ModelProto, file: string): Promise<{ files: string[]; isChanged: boolean }> {
  const files = initialiserFiles(model);
  for (const name of files) await findBeside(file, name);
  const inner = innerExternals(model).map((tensor) => ({ tensor, place: placeOf(tensor) }));
  let total = 0;
  for (const { tensor, place } of inner) {
    const { path, size } = await findBeside(file, place.file);
    const expected = bytesByShape(tensor);
    const length = place.length ?? expected ?? size - place.offset;
    if (place.offset + length > size || length < 0 || (expected !== undefined && expected !== length)) {
      throw new SyntaxError(
        `openOnnx: the tensor "${tensor.name}" [${tensor.dims.join(", ")}] wants ${length} bytes from byte ${place.offset} of ${place.file}, which has ${size}`,
      );
    }
    total += length;
    if (total > mostBytes) throw new RangeError(`openOnnx: expected at most 2 GiB of constants in files; got more`);
    embed(tensor, await readPart(path, place.offset, length));
  }
  return { files, isChanged: inner.length > 0 };
}

/** A plain file in the folder of the model, or where links of both lead, as in a cache that keeps all files in one folder. */
async function findBeside(model: string, name: string): Promise<{ path: string; size: number }> {
  if (isAbsolute(name) || name.includes("\0") || isOutside(normalize(name))) {
    throw new RangeError(`openOnnx: expected weights beside the model; it names "${name}"`);
  }
  const path = join(dirname(model), name);
  const found = await stat(path).catch((error: unknown) => {
    throw new RangeError(`openOnnx: expected the model's weights in ${name} beside it; there is no such file`, {
      cause: error,
    });
  });
  if (!found.isFile()) throw new RangeError(`openOnnx: expected a file of weights at ${name}; it is none`);
  const target = await realpath(path);
  const folders = await Promise.all([realpath(dirname(model)), realpath(model).then(dirname)]);
  if (folders.every((folder) => isOutside(relative(folder, target)))) {
    throw new RangeError(`openOnnx: expected weights beside the model; "${name}" is a link that leads elsewhere`);
  }
  return { path: target, size: found.size };
}

const isOutside = (path: string): boolean => path === ".." || path.startsWith(`..${sep}`) || isAbsolute(path);

async function readPart(path: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  const handle = await open(path);
  try {
    for (let done = 0; done < length;) {
      const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0) throw new SyntaxError(`openOnnx: ${path} ended at byte ${offset + done}`);
      done += bytesRead;
    }
  } finally {
    await handle.close();
  }
  return bytes;
}
