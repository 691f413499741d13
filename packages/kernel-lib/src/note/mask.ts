import { decodeBase64, encodeBase64 } from "./base64.js";
import { readWhole } from "./check.js";
import { fail } from "./error.js";
import { cellCount, placeOf, toPlainTensor, type NoteNumbers, type PlainTensor } from "./numbers.js";
import type { NoteMask } from "./schema.js";

/** What is masked in the weights of a note. */
export interface Masking {
  readonly mask?: NoteMask;
  /** Flat indices of rows without any allowed key, in order. */
  readonly maskedRows: readonly number[];
}

/**
 * Packs the mask into bits, once for all heads where they agree, and finds the rows in which nothing is allowed.
 *
 * @throws NoteError when the mask does not broadcast to the weights, or a masked weight is not exactly 0
 */
export function makeMasking(mask: NoteNumbers | undefined, rows: readonly number[] | undefined, weights: PlainTensor): Masking {
  const rowCount = cellCount(weights.shape.slice(0, -1));
  const stated = rows?.map((row, i) => readWhole(row, `note.maskedRows[${i}]`, 0, rowCount - 1));
  const given = mask === undefined ? undefined : toPlainTensor(mask, "note.mask");
  const masking = given ? maskRows(given, weights) : { maskedRows: [] };
  const maskedRows = [...new Set([...(stated ?? []), ...masking.maskedRows])].sort((a, b) => a - b);
  checkZeros(maskedRows, weights);
  return { ...masking, maskedRows };
}

function maskRows(given: PlainTensor, weights: PlainTensor): Masking {
  const shape = given.shape.slice(0, -2).every((size) => size === 1) ? weights.shape.slice(-2) : weights.shape;
  const allowed = broadcast(given, shape, weights.shape);
  const columns = shape.at(-1) ?? 1;
  const maskedRows: number[] = [];
  for (let start = 0, row = 0; start < weights.data.length; start += columns, row++) {
    let isOpen = false;
    for (let i = start; i < start + columns; i++) {
      if (allowed[i % allowed.length] !== 0) isOpen = true;
      else if (weights.data[i] !== 0) {
        const place = placeOf(weights.shape, i);
        fail(
          `note.weights${place}`,
          `expected exactly 0, because the mask forbids this key; got ${weights.data[i]}`,
          `掩码不允许看这个键，权重应恰为 0，实际为 ${weights.data[i]}`,
        );
      }
    }
    if (!isOpen) maskedRows.push(row);
  }
  return { maskedRows, ...(!allowed.every((bit) => bit !== 0) && { mask: encodeMask(shape, allowed) }) };
}

function checkZeros(maskedRows: readonly number[], { shape, data }: PlainTensor): void {
  const columns = shape.at(-1) ?? 1;
  for (const row of maskedRows) {
    for (let i = row * columns; i < (row + 1) * columns; i++) {
      if (data[i] === 0) continue;
      const place = placeOf(shape, i);
      fail(
        `note.weights${place}`,
        `expected exactly 0 in a masked row; got ${data[i]}`,
        `被完全遮住的行权重应恰为 0，实际为 ${data[i]}`,
      );
    }
  }
}

/** The mask's values over `shape`, where axes of size 1 repeat and missing leading axes are added. */
function broadcast(given: PlainTensor, shape: readonly number[], weights: readonly number[]): Uint8Array {
  const sizes = given.shape.slice(-shape.length);
  const padded = [...shape.slice(sizes.length).map(() => 1), ...sizes];
  if (padded.some((size, axis) => size !== 1 && size !== shape[axis])) {
    const got = `[${given.shape.join(", ")}]`;
    const axes = `[${weights.join(", ")}]`;
    fail(
      "note.mask",
      `expected a shape that broadcasts to the weights' ${axes}; got ${got}`,
      `形状应能广播为权重的 ${axes}，实际为 ${got}`,
    );
  }
  const strides = padded.map((size, axis) => (size === 1 ? 0 : cellCount(padded.slice(axis + 1))));
  const allowed = new Uint8Array(cellCount(shape));
  const place = shape.map(() => 0);
  for (let i = 0, from = 0; i < allowed.length; i++) {
    allowed[i] = given.data[from] ? 1 : 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] ?? 0;
      const next = (place[axis] ?? 0) + 1;
      if (next < (shape[axis] ?? 0)) {
        place[axis] = next;
        from += stride;
        break;
      }
      place[axis] = 0;
      from -= stride * (next - 1);
    }
  }
  return allowed;
}

/** Packs truth values into bits, lowest bit first. */
export function encodeMask(shape: readonly number[], allowed: Uint8Array): NoteMask {
  const bytes = new Uint8Array(Math.ceil(allowed.length / 8));
  for (let i = 0; i < allowed.length; i++) {
    if (allowed[i] !== 0) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (1 << (i & 7));
  }
  return { shape: [...shape], data: encodeBase64(bytes) };
}

/** The mask of one matrix of the weights: 1 where the key may be looked at, row-major. */
export function decodeMask(mask: NoteMask, index: number): Uint8Array {
  const size = cellCount(mask.shape.slice(-2));
  const start = mask.shape.length === 2 ? 0 : index * size;
  const firstByte = start >> 3;
  const bytes = decodeBase64(mask.data, firstByte, Math.ceil((start + size) / 8));
  const allowed = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    const bit = start + i;
    allowed[i] = ((bytes[(bit >> 3) - firstByte] ?? 0) >> (bit & 7)) & 1;
  }
  return allowed;
}
