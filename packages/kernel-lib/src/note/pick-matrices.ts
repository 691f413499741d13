import { decodeMatrix } from "./decode.js";
import { encodeArray } from "./encode.js";
import { decodeMask, encodeMask } from "./mask.js";
import { matrixCount, nameOfMatrix, placeOfMatrix } from "./matrices.js";
import type { EncodedArray, InlineArray, Note } from "./schema.js";

/**
 * Some of a note's heads as a note of their own: its tokens, weights and mask, without the vectors behind them. One head has no axis
 * of heads; several have one, named by head or, of several
 * layers, by layer and head.
 *
 * @param values the weights of each, where they have been read from a file beside the notebook
 * @throws RangeError when a matrix is not in the note
 * @example
 * ```ts
 * import { describeNote, makeNote, pickMatrices } from "heed/note";
 * const note = makeNote({ weights: [[[0, 1]], [[1, 0]]], rows: ["h"], columns: ["a", "b"] });
 * console.log(describeNote(pickMatrices(note, [1]))); // “h” looks most at “a” (100%).
 * ```
 */
export function pickMatrices(note: Note, matrices: readonly number[], values?: readonly Float32Array[]): Note {
  const wrong = matrices.find((index) => !(Number.isInteger(index) && index >= 0 && index < matrixCount(note)));
  if (wrong !== undefined || matrices.length === 0) {
    throw new RangeError(`pickMatrices: expected matrices below ${matrixCount(note)}; got ${wrong ?? "none"}`);
  }
  const { version, kind, title, axes, normalised, image, maxError, view, source, mask, maskedRows } = note;
  const [rows = 0] = note.weights.shape.slice(-2);
  const layers = new Set(matrices.map((index) => placeOfMatrix(note, index).layer));
  // heads of one layer are told apart without it
  const nameOf = (index: number): string =>
    (layers.size === 1 ? placeOfMatrix(note, index).head : undefined) ?? nameOfMatrix(note, index);
  const pickedRows = matrices.flatMap((index, place) =>
    (maskedRows ?? []).filter((row) => Math.floor(row / rows) === index).map((row) => place * rows + (row % rows)),
  );
  return {
    version,
    kind,
    ...(title !== undefined && { title }),
    axes: {
      rows: axes.rows,
      columns: axes.columns,
      ...(matrices.length > 1 && { heads: { name: "head", tokens: matrices.map(nameOf) } }),
    },
    weights: pickWeights(note.weights, matrices, values),
    ...(normalised !== undefined && { normalised }),
    ...(image && { image }),
    ...(pickedRows.length > 0 && { maskedRows: pickedRows }),
    ...(mask && { mask: mask.shape.length === 2 ? mask : joinMasks(mask, matrices) }),
    maxError,
    ...(view && { view }),
    source,
  };
}

function pickWeights(
  weights: EncodedArray,
  matrices: readonly number[],
  values: readonly Float32Array[] | undefined,
): EncodedArray {
  const shape = [...(matrices.length > 1 ? [matrices.length] : []), ...weights.shape.slice(-2)];
  if (values) return { ...encodeArray({ shape, data: join(values) }, "f32"), maxError: weights.maxError };
  if (weights.encoding !== "external") return pickInline(weights, matrices);
  const { block, max, mean } = weights.overview;
  return { ...weights, shape, overview: { block, max: pickInline(max, matrices), mean: pickInline(mean, matrices) } };
}

function pickInline(array: InlineArray, matrices: readonly number[]): InlineArray {
  const shape = [...(matrices.length > 1 ? [matrices.length] : []), ...array.shape.slice(-2)];
  const data = join(matrices.map((index) => decodeMatrix(array, index)));
  // the numbers are as exact as they were stored
  return { ...encodeArray({ shape, data }, "f32"), maxError: array.maxError };
}

function joinMasks(mask: NonNullable<Note["mask"]>, matrices: readonly number[]): NonNullable<Note["mask"]> {
  const shape = [...(matrices.length > 1 ? [matrices.length] : []), ...mask.shape.slice(-2)];
  return encodeMask(shape, Uint8Array.from(matrices.flatMap((index) => Array.from(decodeMask(mask, index)))));
}

function join(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
