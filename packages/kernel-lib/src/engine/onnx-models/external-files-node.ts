/** Files beside a model: found in its folder and nowhere else. */
import { open, realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, normalize, relative, sep } from "node:path";
import type { ModelProto, TensorProto } from "onnx-buf";
import {
  bytesByShape,
  embed,
  externalInitialisers,
  innerExternals,
  placeOf,
  relocate,
  type ExternalPlace,
} from "./external-data.js";

/** What may be read into memory of such tensors: the bytes of a model in one piece are at most so many. */
const mostBytes = 2 ** 31 - 1;

/** Where ONNX Runtime finds what is left for it. */
export interface ExternalFolder {
  /** Undefined where nothing is left. */
  readonly folder: string | undefined;
  /** Whether the model differs from what was read. */
  readonly isChanged: boolean;
}

/**
 * Checks that the files of a model's weights lie beside it, and writes into the model what ONNX Runtime would not find there.
 *
 * @throws RangeError for a file outside the model's folder, or one that is not there; SyntaxError where sizes contradict each other
 */
export async function bringExternalData(model: ModelProto, file: string): Promise<ExternalFolder> {
  const own = externalInitialisers(model).map((tensor) => ({ tensor, place: placeOf(tensor) }));
  const inner = innerExternals(model).map((tensor) => ({ tensor, place: placeOf(tensor) }));
  const found = new Map<string, Found>();
  for (const { place } of [...own, ...inner]) {
    if (!found.has(place.file)) found.set(place.file, await findBeside(file, place.file));
  }
  const folder = await commonFolder(file, found);
  await embedAll(inner, found);
  // Links of a cache lead to one folder with names of its own, which is where ONNX Runtime accepts them.
  const isLinked = folder !== (await realpath(dirname(file)));
  if (isLinked) for (const { tensor, place } of own) relocate(tensor, relative(folder, found.get(place.file)?.path ?? ""));
  return {
    folder: own.length === 0 ? undefined : isLinked ? folder : dirname(file),
    isChanged: inner.length > 0 || (isLinked && own.length > 0),
  };
}

/** A file, behind all links. */
interface Found {
  readonly path: string;
  readonly size: number;
}

/** The numbers of tensors that are not left for ONNX Runtime to find. */
async function embedAll(
  tensors: readonly { readonly tensor: TensorProto; readonly place: ExternalPlace }[],
  found: ReadonlyMap<string, Found>,
): Promise<void> {
  let total = 0;
  for (const { tensor, place } of tensors) {
    const { path, size } = found.get(place.file) as Found;
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
}

/** A plain file whose name lies in the folder of the model. */
async function findBeside(model: string, name: string): Promise<Found> {
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
  return { path: await realpath(path), size: found.size };
}

/** The folder in which all lie behind their links: the model's, or, where the model itself is a link, that of the file behind it. */
async function commonFolder(model: string, found: ReadonlyMap<string, Found>): Promise<string> {
  const folders = [await realpath(dirname(model)), dirname(await realpath(model))];
  const folder = folders.find((one) => [...found.values()].every(({ path }) => !isOutside(relative(one, path))));
  if (folder !== undefined) return folder;
  const [first = ""] = [...found].find(([, { path }]) => folders.every((one) => isOutside(relative(one, path)))) ?? [
    ...found.keys(),
  ];
  throw new RangeError(`openOnnx: expected weights beside the model; "${first}" is a link that leads elsewhere`);
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
