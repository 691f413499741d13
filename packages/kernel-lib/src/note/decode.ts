import { decodeBase64 } from "./base64.js";
import { rowSteps } from "./encode.js";
import { fromFloat16Bits } from "../dtypes/float16.js";
import { cellCount } from "./numbers.js";
import type { InlineArray } from "./schema.js";

/** Every number of an array inside a note, row-major over its shape. */
export function decodeArray(array: InlineArray): Float32Array {
  return decodeRange(array, 0, cellCount(array.shape));
}

/**
 * One matrix of an array inside a note: its last two axes at position `index` of the others, row-major.
 * Only that part of the text is read. Head `h` of layer `l` has index `l × heads + h`.
 *
 * @throws RangeError when there is no such matrix
 */
export function decodeMatrix(array: InlineArray, index: number): Float32Array {
  const size = cellCount(array.shape.slice(-2));
  const count = cellCount(array.shape.slice(0, -2));
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new RangeError(`decodeMatrix: expected an index below ${count}, the number of matrices; got ${index}`);
  }
  return decodeRange(array, index * size, (index + 1) * size);
}

/** The most that a number of a row may be off: of bytes that are scaled for each row, half a step of its own scale. */
export function errorOfRow(array: InlineArray, row: number): number {
  if (array.encoding !== "u8") return array.maxError;
  const [scale = 0] = decodeBase64(array.scale ?? "", row, row + 1);
  return Math.min(array.maxError, ((rowSteps[scale] ?? 1) / 2) * (1 + 1e-6));
}

/** Numbers `start` ≤ i < `end` of an array, in row-major order. For `u8` both must be where rows begin. */
function decodeRange(array: InlineArray, start: number, end: number): Float32Array {
  const decoded = new Float32Array(end - start);
  switch (array.encoding) {
    case "u8":
      decodeRows(array, start, decoded);
      break;
    case "f16": {
      const view = new DataView(decodeBase64(array.data, start * 2, end * 2).buffer);
      for (let i = 0; i < decoded.length; i++) decoded[i] = fromFloat16Bits(view.getUint16(i * 2, true));
      break;
    }
    case "f32": {
      const view = new DataView(decodeBase64(array.data, start * 4, end * 4).buffer);
      for (let i = 0; i < decoded.length; i++) decoded[i] = view.getFloat32(i * 4, true);
      break;
    }
  }
  return decoded;
}

function decodeRows(array: InlineArray, start: number, decoded: Float32Array): void {
  const columns = array.shape.at(-1) ?? 1;
  const codes = decodeBase64(array.data, start, start + decoded.length);
  const firstRow = start / columns;
  const scales = decodeBase64(array.scale ?? "", firstRow, firstRow + decoded.length / columns);
  for (let row = 0; row < scales.length; row++) {
    const step = rowSteps[scales[row] ?? 0] ?? 1;
    for (let i = row * columns; i < (row + 1) * columns; i++) decoded[i] = (codes[i] ?? 0) * step;
  }
}
