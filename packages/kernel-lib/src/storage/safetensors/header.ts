/** The header of a safetensors file: what is where. Everything in it is checked before anything else is read. */
import { safetensorsBits, type SafetensorsDType } from "./dtypes.js";
import { shown } from "../shown.js";

/** Where a tensor is in its file. */
export interface SafetensorsEntry {
  readonly dtype: SafetensorsDType;
  readonly shape: readonly number[];
  /** Position of the first byte in the file, and of the byte after the last. */
  readonly start: number;
  readonly end: number;
}

/** A checked header. */
export interface SafetensorsHeader {
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The reference implementation's limit. */
export const maxHeaderBytes = 100_000_000;

/** A tensor that is to be written. */
export interface SafetensorsPart {
  readonly name: string;
  readonly dtype: SafetensorsDType;
  readonly shape: readonly number[];
}

/**
 * The first bytes of a file: the header's length and the header, padded so that the data is aligned. The tensors follow in the order
 * given.
 *
 * @throws RangeError when the names and metadata need a header that readers refuse
 */
export function encodeHeader(parts: readonly SafetensorsPart[], metadata: Readonly<Record<string, string>>): Uint8Array {
  let start = 0;
  const entries = parts.map(({ name, dtype, shape }) => {
    const end = start + shape.reduce((product, size) => product * size, safetensorsBits[dtype]) / 8;
    const entry = [name, { dtype, shape, data_offsets: [start, end] }] as const;
    start = end;
    return entry;
  });
  // written member by member, as an object would put names like "0" first
  const members = [...(Object.keys(metadata).length > 0 ? [["__metadata__", metadata] as const] : []), ...entries];
  const text = `{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",")}}`;
  const json = new TextEncoder().encode(text);
  if (json.length > maxHeaderBytes) {
    throw new RangeError(
      `safetensors: expected a header of at most ${maxHeaderBytes} bytes; names and metadata need ${json.length}`,
    );
  }
  const padded = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(32, 8); // spaces, so that the data is aligned
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - 8), true);
  padded.set(json, 8);
  return padded;
}

/**
 * The length of the header, from the first 8 bytes of a file.
 *
 * @throws SyntaxError when the file cannot hold such a header
 */
export function readHeaderLength(first: Uint8Array, fileSize: number, file: string): number {
  if (first.length < 8) fail(file, `expected at least 8 bytes; got ${first.length}`);
  const length = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(maxHeaderBytes))
    fail(file, `expected a header of at most ${maxHeaderBytes} bytes; it says ${length}. Is this a safetensors file?`);
  if (Number(length) + 8 > fileSize)
    fail(file, `the header says it has ${length} bytes; the file has ${fileSize}. Is it truncated?`);
  return Number(length);
}

/**
 * Parses a header and checks that its tensors fill the file without gaps or overlaps.
 *
 * @throws SyntaxError naming the file, the tensor and what is wrong with it
 */
export function parseHeader(bytes: Uint8Array, fileSize: number, file: string): SafetensorsHeader {
  const text = decodeText(bytes, file);
  const header = parseJson(text, file);
  const dataStart = 8 + bytes.length;
  const entries = new Map<string, SafetensorsEntry>();
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") metadata = readMetadata(value, file);
    else entries.set(name, readEntry(name, value, dataStart, fileSize, file));
  }
  requireFilled(entries, dataStart, fileSize, file);
  return { entries, metadata };
}

function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail(file, "the header is not UTF-8");
  }
}

function parseJson(text: string, file: string): Record<string, unknown> {
  if (!text.startsWith("{")) fail(file, `expected the header to begin with {; got ${shown(text.slice(0, 1))}`);
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    fail(file, `the header is not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  const twice = findDuplicateName(text);
  if (twice !== undefined) fail(file, `${shown(twice)} is there twice`);
  return header as Record<string, unknown>;
}

/** JSON.parse keeps the last of two equal names in silence, so that two readers could see two different files. */
function findDuplicateName(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === "{") open.push(new Set());
    else if (character === "}") open.pop();
    else if (character === '"') {
      const end = endOfString(json, at);
      if (json[skipSpace(json, end)] === ":") {
        const name = JSON.parse(json.slice(at, end)) as string;
        const names = open.at(-1);
        if (names?.has(name) === true) return name;
        names?.add(name);
      }
      at = end - 1;
    }
  }
  return undefined;
}

/** The position of the first character from `at` on that is no white space of JSON. */
function skipSpace(json: string, at: number): number {
  while (json[at] === " " || json[at] === "\n" || json[at] === "\r" || json[at] === "\t") at++;
  return at;
}

/** The position after the quote that ends a string: the first that has an even number of backslashes before it. */
function endOfString(json: string, start: number): number {
  for (let quote = json.indexOf('"', start + 1); ; quote = json.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (json[quote - 1 - backslashes] === "\\") backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
}

function readMetadata(value: unknown, file: string): Record<string, string> {
  if (!isObject(value)) fail(file, "expected __metadata__ to be an object");
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== "string") fail(file, `expected __metadata__ ${shown(name)} to be text; got ${typeof text}`);
  }
  return value as Record<string, string>;
}

function readEntry(name: string, value: unknown, dataStart: number, fileSize: number, file: string): SafetensorsEntry {
  const quoted = shown(name);
  if (!isObject(value)) fail(file, `expected ${quoted} to be an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string" || !Object.hasOwn(safetensorsBits, dtype)) {
    fail(file, `${quoted} has dtype ${shown(dtype)}; known are ${Object.keys(safetensorsBits).join(", ")}`);
  }
  if (!isWholeNumbers(shape)) fail(file, `${quoted}: expected a shape of whole numbers ≥ 0`);
  if (!isWholeNumbers(offsets) || offsets.length !== 2) fail(file, `${quoted}: expected data_offsets [start, end]`);
  const [start = 0, end = 0] = offsets;
  const bits = shape.reduce((product, size) => product * size, safetensorsBits[dtype as SafetensorsDType]);
  if (!Number.isSafeInteger(bits)) fail(file, `${quoted}: shape [${shape.join(", ")}] is too large for any file`);
  if (start > end || dataStart + end > fileSize) {
    fail(file, `${quoted}: data_offsets [${start}, ${end}] leave the file, whose data has ${fileSize - dataStart} bytes`);
  }
  if ((end - start) * 8 !== bits) {
    fail(
      file,
      `${quoted}: ${dtype} [${shape.join(", ")}] needs ${bits / 8} bytes; data_offsets [${start}, ${end}] give ${end - start}`,
    );
  }
  return { dtype: dtype as SafetensorsDType, shape, start: dataStart + start, end: dataStart + end };
}

/** Bytes that no tensor claims could hide something; bytes that two claim could differ between readers. */
function requireFilled(
  entries: ReadonlyMap<string, SafetensorsEntry>,
  dataStart: number,
  fileSize: number,
  file: string,
): void {
  let filled = dataStart;
  const inOrder = [...entries].toSorted(([, x], [, y]) => x.start - y.start || x.end - y.end);
  for (const [name, { start, end }] of inOrder) {
    const quoted = shown(name);
    if (start < filled) fail(file, `${quoted} overlaps the tensor before it`);
    if (start > filled) fail(file, `${start - filled} bytes before ${quoted} belong to no tensor`);
    filled = end;
  }
  if (filled !== fileSize) fail(file, `${fileSize - filled} bytes at the end belong to no tensor`);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isWholeNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length <= 64 && value.every((size) => Number.isSafeInteger(size) && size >= 0);

function fail(file: string, problem: string): never {
  throw new SyntaxError(`safetensors ${file}: ${problem}`);
}
