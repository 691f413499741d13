import { findFile, isFolder, openFile, type ByteSource } from "#weight-files";
import type { Tensor } from "../../engine/index.js";
import { decodeElements, parseHeader, readHeaderLength, type SafetensorsDType, type SafetensorsEntry } from "./index.js";
import { shown } from "../shown.js";

/** Where tensors are: a path (of a file, of a shard index `….safetensors.index.json`, or of a folder with either), a `File`, or bytes. */
export type SafetensorsSource = string | Blob | Uint8Array | ArrayBuffer;

/** An opened safetensors file, or several shards of one. Nothing stays open and there is nothing to close. */
export interface SafetensorsFile {
  /** Every tensor's name, in the order of the file. */
  readonly names: readonly string[];
  /** The text the file carries under `__metadata__`; of shards, that of the first. */
  readonly metadata: Readonly<Record<string, string>>;
  has(name: string): boolean;
  shape(name: string): readonly number[];
  /** The type in the file, for example "F16". */
  dtype(name: string): SafetensorsDType;
  /** One tensor; only its bytes are read. F16, BF16, F8 and F64 become float32, other integers int32. */
  read(name: string): Promise<Tensor>;
  /** The bytes of one tensor as they are in the file. */
  readBytes(name: string): Promise<Uint8Array>;
}

interface Place extends SafetensorsEntry {
  readonly source: ByteSource;
}

/**
 * Opens a safetensors file: reads and checks its header, and nothing else until it is asked for.
 *
 * The header is taken as hostile: tensors that overlap, leave gaps or leave the file, names that are there twice, and sizes that no
 * memory holds are refused before anything is allocated.
 *
 * @throws SyntaxError naming what is wrong with the file; Error with the system's code when there is no file
 * @see https://huggingface.co/docs/safetensors
 * @example
 * ```ts
 * import { openSafetensors } from "heed/pretrained";
 * const file = await openSafetensors("models/all-MiniLM-L6-v2/model.safetensors");
 * console.log(file.shape("embeddings.word_embeddings.weight")); // [30522, 384]
 * ```
 */
export async function openSafetensors(source: SafetensorsSource): Promise<SafetensorsFile> {
  if (typeof source !== "string") return fromPlaces([await openOne(fromMemory(source), "in memory")]);
  const path = await findInFolder(source);
  if (!path.endsWith(".index.json")) return fromPlaces([await openOne(await openFile(path), path)]);
  return openShards(path);
}

/**
 * Reads tensors by their names, all of them unless named.
 *
 * @throws RangeError when the file has no tensor of a name; otherwise as {@link openSafetensors}
 * @example
 * ```ts
 * import { readSafetensors } from "heed/pretrained";
 * const name = "embeddings.LayerNorm.weight";
 * const { [name]: gain } = await readSafetensors("models/all-MiniLM-L6-v2", [name]);
 * console.log(gain?.shape); // [384]
 * ```
 */
export async function readSafetensors(source: SafetensorsSource, names?: readonly string[]): Promise<Record<string, Tensor>> {
  const file = await openSafetensors(source);
  const tensors: [string, Tensor][] = [];
  for (const name of names ?? file.names) tensors.push([name, await file.read(name)]);
  return Object.fromEntries(tensors);
}

interface Opened {
  readonly places: ReadonlyMap<string, Place>;
  readonly metadata: Readonly<Record<string, string>>;
}

async function openOne(source: ByteSource, name: string): Promise<Opened> {
  const length = readHeaderLength(await source.read(0, Math.min(8, source.size)), source.size, name);
  const { entries, metadata } = parseHeader(await source.read(8, 8 + length), source.size, name);
  return { places: new Map([...entries].map(([tensor, entry]) => [tensor, { ...entry, source }])), metadata };
}

function fromPlaces(opened: readonly Opened[]): SafetensorsFile {
  const places = new Map(opened.flatMap((one) => [...one.places]));
  const place = (name: string): Place => {
    const found = places.get(name);
    if (found) return found;
    const close = [...places.keys()].filter((known) => known.endsWith(name) || name.endsWith(known)).slice(0, 3);
    const hint = close.length > 0 ? `; did you mean ${close.join(" or ")}` : `; it has ${places.size} tensors`;
    throw new RangeError(`safetensors: there is no tensor ${shown(name)}${hint}`);
  };
  const readBytes = async (name: string): Promise<Uint8Array> => {
    const { source, start, end } = place(name);
    return source.read(start, end);
  };
  return {
    names: [...places.keys()],
    metadata: opened[0]?.metadata ?? {},
    has: (name) => places.has(name),
    shape: (name) => place(name).shape,
    dtype: (name) => place(name).dtype,
    read: async (name) => decodeElements(name, place(name).dtype, place(name).shape, await readBytes(name)),
    readBytes,
  };
}

/** Shards are named in an index: { "weight_map": { tensor: file } }, files in the same folder. */
async function openShards(path: string): Promise<SafetensorsFile> {
  const index = await openFile(path);
  if (index.size > 50_000_000)
    throw new SyntaxError(`safetensors ${path}: expected an index of at most 50 MB; it has ${index.size} bytes`);
  const files = readIndex(new TextDecoder().decode(await index.read(0, index.size)), path);
  const folder = path.slice(0, Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  const shards = new Map<string, Opened>();
  for (const file of new Set(files.values())) {
    const shard = await findFile(folder || ".", file);
    if (shard === undefined) throw new Error(`safetensors ${path}: the shard ${file} is missing`);
    shards.set(file, await openOne(await openFile(shard), file));
  }
  const places = new Map<string, Place>();
  for (const [tensor, file] of files) {
    const place = shards.get(file)?.places.get(tensor);
    if (!place) throw new SyntaxError(`safetensors ${path}: the shard ${file} has no tensor ${shown(tensor)}`);
    places.set(tensor, place);
  }
  return fromPlaces([{ places, metadata: [...shards.values()][0]?.metadata ?? {} }]);
}

function readIndex(json: string, path: string): Map<string, string> {
  let index: unknown;
  try {
    index = JSON.parse(json);
  } catch (error) {
    throw new SyntaxError(`safetensors ${path}: the index is not JSON`, { cause: error });
  }
  const map = (index as { weight_map?: unknown } | null)?.weight_map;
  if (typeof map !== "object" || map === null) throw new SyntaxError(`safetensors ${path}: expected an object "weight_map"`);
  return new Map(
    Object.entries(map).map(([tensor, file]: [string, unknown]) => {
      if (typeof file === "string" && /^[^/\\:]+\.safetensors$/u.test(file)) return [tensor, file];
      throw new SyntaxError(`safetensors ${path}: expected a .safetensors file in the same folder; got ${shown(file)}`);
    }),
  );
}

async function findInFolder(path: string): Promise<string> {
  if (!(await isFolder(path))) return path;
  const candidates = ["model.safetensors", "model.safetensors.index.json"];
  for (const name of candidates) {
    const found = await findFile(path, name);
    if (found !== undefined) return found;
  }
  throw new Error(`safetensors: expected ${candidates.join(" or ")} in ${path}; got neither`);
}

function fromMemory(source: Blob | Uint8Array | ArrayBuffer): ByteSource {
  if (source instanceof Blob) {
    return { size: source.size, read: async (start, end) => new Uint8Array(await source.slice(start, end).arrayBuffer()) };
  }
  const bytes = source instanceof Uint8Array ? source : new Uint8Array(source);
  return { size: bytes.length, read: (start, end) => Promise.resolve(bytes.slice(start, end)) };
}
