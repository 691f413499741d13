/** A `.safetensors` file that is read tensor by tensor and row by row; all of it is taken as hostile. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import {
  decodeElements,
  parseHeader,
  readHeaderLength,
  safetensorsBits,
  type ExternalArray,
  type SafetensorsDType,
  type SafetensorsEntry,
  type SafetensorsHeader,
} from "heed/note";
import type { ByteSource } from "./range-source.js";
import { SideFileError } from "./side-file-error.js";

/** A header is read up to this size: thousands of tensors, and tokens in the metadata. */
const longestHeader = 16_000_000;
/** Bytes of one request at most. */
const mostAtOnce = 134_217_728;

/** An opened file: what is in it, and its numbers. */
export interface OpenedFile {
  readonly header: SafetensorsHeader;
  /** SHA-256 of everything before the first number, in hexadecimal. */
  readonly headerHash: string;
  /**
   * Numbers `start` ≤ i < `end` of a tensor, in row-major order, as float32.
   *
   * @param onBytes is given the bytes that they are stored as
   * @throws SideFileError when they are not all finite
   */
  read(
    tensor: string,
    start: number,
    end: number,
    signal?: AbortSignal,
    onBytes?: (bytes: Uint8Array) => void,
  ): Promise<Float32Array<ArrayBuffer>>;
}

/** Types of numbers that can be weights. */
const floats: ReadonlySet<SafetensorsDType> = new Set<SafetensorsDType>(["F16", "BF16", "F32", "F64"]);

export const isFloat = ({ dtype }: SafetensorsEntry): boolean => floats.has(dtype);

/**
 * Reads and checks the header.
 *
 * @param name of the file, for messages
 * @throws SideFileError when it is no safetensors file
 */
export async function openSafetensors(source: ByteSource, name: string): Promise<OpenedFile> {
  let header: SafetensorsHeader;
  let bytes: Uint8Array;
  try {
    const length = readHeaderLength(await source.read(0, Math.min(8, source.size)), source.size, name);
    if (length > longestHeader) {
      throw new SideFileError("broken", `expected a header of at most ${longestHeader} bytes; got ${length}`);
    }
    bytes = await source.read(0, 8 + length);
    header = parseHeader(bytes.slice(8), source.size, name);
  } catch (error) {
    throw error instanceof SyntaxError ? new SideFileError("broken", error.message) : error;
  }
  return {
    header,
    headerHash: bytesToHex(sha256(bytes)),
    async read(tensor, start, end, signal, onBytes) {
      const entry = entryOf(header, tensor);
      const size = safetensorsBits[entry.dtype] / 8;
      if (end < start || end * size > entry.end - entry.start || (end - start) * size > mostAtOnce) {
        throw new RangeError(`${tensor}: expected numbers of the tensor; got ${start} to ${end}`);
      }
      const read = await source.read(entry.start + start * size, entry.start + end * size, signal);
      onBytes?.(read);
      const { data } = decodeElements(tensor, entry.dtype, [end - start], read);
      const numbers = data as Float32Array<ArrayBuffer>;
      for (let i = 0; i < numbers.length; i++) {
        if (!Number.isFinite(numbers[i])) throw new SideFileError("broken", `${tensor} holds ${numbers[i]}`);
      }
      return numbers;
    },
  };
}

function entryOf({ entries }: SafetensorsHeader, tensor: string): SafetensorsEntry {
  const entry = entries.get(tensor);
  if (entry && isFloat(entry)) return entry;
  throw new SideFileError("changed", `${tensor} is ${entry ? `of type ${entry.dtype}` : "not in it"}`);
}

/**
 * Whether a file is the one that a note was made with.
 *
 * @param shape of the tensor that the weights are part of
 * @throws SideFileError where it is another
 */
export function requireSame({ header, headerHash }: OpenedFile, array: ExternalArray, shape: readonly number[]): void {
  const expectShape = (tensor: string, shape: readonly number[]): void => {
    const got = entryOf(header, tensor).shape;
    if (got.join() !== shape.join()) {
      throw new SideFileError("changed", `${tensor} was [${shape.join(", ")}] and is [${got.join(", ")}]`);
    }
  };
  expectShape(array.tensor, shape);
  const [rows = 1, columns = 1] = array.shape.slice(-2);
  for (const { block, max, mean } of array.pyramid ?? []) {
    const shape = [...array.shape.slice(0, -2), Math.ceil(rows / block[0]), Math.ceil(columns / block[1])];
    expectShape(max, shape);
    expectShape(mean, shape);
  }
  if (array.headerHash !== undefined && array.headerHash !== headerHash) {
    throw new SideFileError("changed", "its numbers are others than when the note was made");
  }
}
