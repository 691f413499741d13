import { encodeBase64 } from "./base64.js";
import { fromFloat16Bits, toFloat16Bits } from "../dtypes/float16.js";
import { cellCount, type PlainTensor } from "./numbers.js";
import type { InlineArray } from "./schema.js";

export type InlineEncoding = InlineArray["encoding"];

/** Up to this many numbers an array is stored as `f32`: 22 kB, and nothing is lost that the eye or a derivation could miss. */
export const exactCells = 4_096;

const largestFloat16 = 65_504;

/** What one code stands for in a row whose byte is `i`: scales are twelve to the octave, over the 21 octaves below 1. */
export const rowSteps: Float64Array = Float64Array.from({ length: 256 }, (_, byte) => 2 ** (-byte / 12) / 255);

/**
 * Chooses how numbers are stored: few exactly (`f32`), weights between 0 and 1 in one byte each (`u8`, error below 1/480 of
 * the row's largest), others in two (`f16`, relative error 1/2048) unless they are too large for it.
 */
export function chooseEncoding(tensor: PlainTensor): InlineEncoding {
  if (tensor.data.length <= exactCells) return "f32";
  let largest = 0;
  let smallest = 0;
  for (let i = 0; i < tensor.data.length; i++) {
    const value = tensor.data[i] ?? 0;
    if (value > largest) largest = value;
    if (value < smallest) smallest = value;
  }
  if (smallest === 0 && largest <= 1 + 1e-6) return "u8";
  return Math.max(largest, -smallest) <= largestFloat16 ? "f16" : "f32";
}

/**
 * Stores numbers inside a note and states the error that makes.
 *
 * `u8` is for numbers between 0 and 1: 0 stays exactly 0 and 1 exactly 1.
 */
export function encodeArray(tensor: PlainTensor, encoding: InlineEncoding = chooseEncoding(tensor)): InlineArray {
  const shape = [...tensor.shape];
  if (encoding === "u8") return { shape, ...encodeBytes(tensor) };
  const { data, maxError } = encoding === "f16" ? encodeFloat16(tensor.data) : encodeFloat32(tensor.data);
  return { shape, encoding, data: encodeBase64(data), maxError };
}

function encodeBytes({ shape, data }: PlainTensor): Omit<InlineArray, "shape"> {
  const columns = shape.at(-1) ?? 1;
  const rows = columns === 0 ? 0 : cellCount(shape) / columns;
  const bytes = new Uint8Array(data.length);
  const scales = new Uint8Array(rows);
  let maxError = 0;
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let largest = 0;
    for (let i = start; i < start + columns; i++) {
      const value = data[i] ?? 0;
      if (value > largest) largest = value;
    }
    const byte = Math.min(255, Math.floor(-12 * Math.log2(Math.min(1, largest))));
    const step = rowSteps[byte] ?? 1;
    const perStep = 1 / step;
    scales[row] = byte;
    for (let i = start; i < start + columns; i++) {
      const value = data[i] ?? 0;
      const code = Math.min(255, Math.floor(value * perStep + 0.5));
      bytes[i] = code;
      const error = Math.abs(code * step - value);
      if (error > maxError) maxError = error;
    }
  }
  return { encoding: "u8", data: encodeBase64(bytes), scale: encodeBase64(scales), maxError };
}

function encodeFloat16(data: ArrayLike<number>): { data: Uint8Array; maxError: number } {
  const bytes = new DataView(new ArrayBuffer(data.length * 2));
  let maxError = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] ?? 0;
    const bits = toFloat16Bits(value);
    bytes.setUint16(i * 2, bits, true);
    maxError = Math.max(maxError, Math.abs(fromFloat16Bits(bits) - value));
  }
  return { data: new Uint8Array(bytes.buffer), maxError };
}

function encodeFloat32(data: ArrayLike<number>): { data: Uint8Array; maxError: number } {
  const bytes = new DataView(new ArrayBuffer(data.length * 4));
  let maxError = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] ?? 0;
    bytes.setFloat32(i * 4, value, true);
    maxError = Math.max(maxError, Math.abs(Math.fround(value) - value));
  }
  return { data: new Uint8Array(bytes.buffer), maxError };
}
