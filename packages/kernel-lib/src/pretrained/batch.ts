/** Several examples as one batch, and each example's part of what comes out. */
import { sizeOf, type Tensor } from "../engine/index.js";
import type { FamilyModel } from "./families/index.js";
import { stackTensors } from "../engine/stack-tensors.js";
import type { EncodedInput } from "./model-input.js";
import type { GivenInputs } from "./model-runner.js";

/** Lengths of a batch are rounded up to a multiple of this, so that few shapes are prepared. */
export const lengthStep = 16;

/** Pads examples to the longest, or to `length`; padding stands behind the text and is masked. */
export function makeBatch(examples: readonly EncodedInput[], model: FamilyModel, rounded = false): GivenInputs {
  const [first] = examples;
  if (first?.pixels) return { pixels: stackPixels(examples) };
  const ids = examples.map((example) => example.ids ?? []);
  const length = lengthOf(ids, rounded, model.longest);
  const hasTypes = examples.some(({ types }) => types?.some((type) => type !== 0));
  const targets = first?.targetIds ? examples.map((example) => example.targetIds ?? []) : undefined;
  return {
    ...paddedIds("ids", "mask", ids, length),
    ...(hasTypes && {
      types: int32(
        examples.map(({ types }) => types ?? []),
        length,
      ),
    }),
    ...(targets && paddedIds("targetIds", "targetMask", targets, lengthOf(targets, rounded, model.longest))),
  };
}

function lengthOf(rows: readonly (readonly number[])[], rounded: boolean, longest = Number.POSITIVE_INFINITY): number {
  const length = Math.max(...rows.map((row) => row.length));
  return rounded ? Math.min(Math.ceil(length / lengthStep) * lengthStep, longest) : length;
}

function paddedIds(
  name: string,
  maskName: string,
  rows: readonly (readonly number[])[],
  length: number,
): Record<string, Tensor> {
  const isPadded = rows.some((row) => row.length < length);
  return { [name]: int32(rows, length), ...(isPadded && { [maskName]: maskOf(rows, length) }) };
}

/** Rows of ids as a tensor [B, T]; 0 where a row is shorter. */
export function int32(rows: readonly (readonly number[])[], length: number): Tensor {
  const data = new Int32Array(rows.length * length);
  rows.forEach((row, i) => data.set(row, i * length));
  return { shape: [rows.length, length], dtype: "int32", data };
}

function maskOf(rows: readonly (readonly number[])[], length: number): Tensor {
  const data = new Uint8Array(rows.length * length);
  rows.forEach((row, i) => data.fill(1, i * length, i * length + row.length));
  return { shape: [rows.length, length], dtype: "bool", data };
}

function stackPixels(examples: readonly EncodedInput[]): Tensor {
  return stackTensors(examples.flatMap(({ pixels }) => (pixels ? [pixels] : [])));
}

/**
 * One example of a batched array, without its padding: `lengths` are the sizes of the axes that were padded, by their place among the
 * axes after B. Where nothing was padded, the numbers are not copied.
 */
export function unbatch(batched: Tensor, example: number, lengths: Readonly<Record<number, number>> = {}): Tensor {
  const shape = batched.shape.slice(1);
  const size = sizeOf(shape);
  const data = batched.data.subarray(example * size, (example + 1) * size);
  const kept = shape.map((length, axis) => Math.min(lengths[axis] ?? length, length));
  if (kept.every((length, axis) => length === shape[axis])) return { shape, dtype: batched.dtype, data };
  return { shape: kept, dtype: batched.dtype, data: cut(data as Float32Array, shape, kept) };
}

/** The first elements along every axis. */
function cut(data: Float32Array, shape: readonly number[], kept: readonly number[]): Float32Array {
  const result = new Float32Array(sizeOf(kept));
  const width = kept.at(-1) ?? 1;
  const step = shape.at(-1) ?? 1;
  const outer = kept.slice(0, -1);
  for (let row = 0, to = 0; to < result.length; row++, to += width) {
    let rest = row;
    let from = 0;
    let stride = 1;
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      from += (rest % (outer[axis] ?? 1)) * stride;
      rest = Math.floor(rest / (outer[axis] ?? 1));
      stride *= shape[axis] ?? 1;
    }
    result.set(data.subarray(from * step, from * step + width), to);
  }
  return result;
}
