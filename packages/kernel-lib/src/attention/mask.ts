/** Masks: which query may look at which key. Everywhere in this library true means "may look", as in PyTorch's boolean masks. */
import { describeValue } from "../checks/describe-value.js";
import { unknownName } from "../checks/read-options.js";
import { sizeOf, type Tensor, type TensorLike } from "../engine/index.js";
import { readTensor } from "../engine/tensor.js";
import { isTensorLike } from "../engine/tree.js";
import { describeShape, type ScoreShape } from "./axes.js";

/**
 * A mask: `"causal"`, booleans (or 0 and 1) that broadcast to [Q, K], or several conditions that must all hold.
 *
 * - `causal`: query i looks at keys j ≤ i, the first query at the first key only.
 * - `lengths`: how many keys each example has, [B] or one number; later keys are padding.
 * - `keep`: [K] or [B, K], true for a token and false for padding (the `attention_mask` of a tokenizer).
 * - `allowed`: any booleans that broadcast to the scores, [Q, K], [B, Q, K] or [B, H, Q, K].
 */
export type Mask = "causal" | TensorLike | MaskConditions;

/** See {@link Mask}. */
export interface MaskConditions {
  readonly causal?: boolean;
  readonly lengths?: TensorLike;
  readonly keep?: TensorLike;
  readonly allowed?: TensorLike;
}

/** The mask as booleans with as many axes as the scores; an axis of size 1 stands for every position. Undefined without a mask. */
export function maskTensor(mask: Mask | undefined, scores: ScoreShape): Tensor<"bool"> | undefined {
  if (mask === undefined) return undefined;
  const { causal, lengths, keep, allowed } = conditionsOf(mask);
  const masks: Tensor<"bool">[] = [];
  if (causal === true) masks.push(causalMask(scores));
  if (lengths !== undefined) masks.push(lengthsMask(readTensor("mask", "lengths", lengths), scores));
  if (keep !== undefined) masks.push(keepMask(booleans(readTensor("mask", "keep", keep)), scores));
  if (allowed !== undefined) masks.push(broadcastable(booleans(readTensor("mask", "allowed", allowed)), scores));
  return masks.length === 0 ? undefined : masks.reduce(both);
}

/** Flat positions, among the rows of the scores, of those whose every key is masked. */
export function findMaskedRows(mask: Tensor | undefined, scores: readonly number[]): number[] {
  if (!mask) return [];
  const K = mask.shape.at(-1) ?? 1;
  const rows = Uint8Array.from({ length: mask.data.length / K }, (_, row) =>
    Number(!hasNonZero(mask.data, row * K, (row + 1) * K)),
  );
  const everyRow = expand(rows, mask.shape.slice(0, -1), scores.slice(0, -1));
  return [...everyRow.keys()].filter((row) => everyRow[row] === 1);
}

function conditionsOf(mask: Mask): MaskConditions {
  if (mask === "causal") return { causal: true };
  if (isTensorLike(mask)) return { allowed: mask as TensorLike };
  const known = ["causal", "lengths", "keep", "allowed"];
  if (typeof mask === "object" && mask !== null && !("then" in mask)) {
    const unknown = Object.keys(mask).find((name) => !known.includes(name));
    if (unknown === undefined) return mask as MaskConditions;
    throw unknownName("mask", unknown, known);
  }
  throw new TypeError(`mask: expected "causal", booleans, or an object of ${known.join(", ")}; got ${describeValue(mask)}`);
}

function causalMask({ shape }: ScoreShape): Tensor<"bool"> {
  const [Q = 1, K = 1] = shape.slice(-2);
  const data = new Uint8Array(Q * K);
  for (let query = 0; query < Q; query++) data.fill(1, query * K, query * K + Math.min(query + 1, K));
  return { shape: [...shape.slice(0, -2).fill(1), Q, K], dtype: "bool", data };
}

function lengthsMask(lengths: Tensor, scores: ScoreShape): Tensor<"bool"> {
  const { B, K } = batchAndKeys(scores);
  if (lengths.data.length !== 1 && lengths.data.length !== B) {
    throw new TypeError(`mask: expected lengths for B=${B} examples; got ${lengths.data.length}`);
  }
  const bad = lengths.data.findIndex((length) => !Number.isInteger(length) || length < 0 || length > K);
  if (bad >= 0) throw new RangeError(`mask: expected lengths from 0 to K=${K}; got ${lengths.data[bad]} at [${bad}]`);
  const data = new Uint8Array(lengths.data.length * K);
  lengths.data.forEach((length, example) => data.fill(1, example * K, example * K + length));
  return { shape: perExample(lengths.data.length, scores), dtype: "bool", data };
}

function keepMask(keep: Tensor<"bool">, scores: ScoreShape): Tensor<"bool"> {
  const { B, K } = batchAndKeys(scores);
  const examples = keep.shape.length === 2 ? (keep.shape[0] ?? 1) : 1;
  if (keep.shape.length > 2 || keep.shape.at(-1) !== K || (examples !== 1 && examples !== B)) {
    throw new TypeError(`mask: expected keep [K=${K}] or [B=${B}, K=${K}]; got [${keep.shape.join(", ")}]`);
  }
  return { shape: perExample(examples, scores), dtype: "bool", data: keep.data };
}

const batchAndKeys = ({ shape, axes }: ScoreShape): { B: number; K: number } => ({
  B: axes[0] === "B" ? (shape[0] ?? 1) : 1,
  K: shape.at(-1) ?? 1,
});

/** [B, 1, …, 1, K]: the same keys for every head and query of an example. */
function perExample(examples: number, { shape, axes }: ScoreShape): number[] {
  return shape.map((size, axis) => (axis === shape.length - 1 ? size : axes[axis] === "B" ? examples : 1));
}

function broadcastable(mask: Tensor<"bool">, scores: ScoreShape): Tensor<"bool"> {
  const shape = [...scores.shape.slice(mask.shape.length).fill(1), ...mask.shape];
  const fits = shape.length === scores.shape.length && shape.every((size, axis) => size === 1 || size === scores.shape[axis]);
  if (!fits) {
    const expected = describeShape(scores.shape, scores.axes);
    throw new TypeError(`mask: expected booleans that broadcast to the scores ${expected}; got [${mask.shape.join(", ")}]`);
  }
  return { shape, dtype: "bool", data: mask.data };
}

function booleans(values: Tensor): Tensor<"bool"> {
  const bad = values.data.findIndex((value) => value !== 0 && value !== 1);
  if (bad >= 0)
    throw new TypeError(`mask: expected booleans, or 0 and 1; got ${values.data[bad]} (a score to add is not a mask)`);
  return {
    shape: values.shape,
    dtype: "bool",
    data: values.dtype === "bool" ? (values.data as Uint8Array) : Uint8Array.from(values.data),
  };
}

/** x AND y. */
function both(x: Tensor<"bool">, y: Tensor<"bool">): Tensor<"bool"> {
  const shape = x.shape.map((size, axis) => Math.max(size, y.shape[axis] ?? 1));
  const data = expand(x.data, x.shape, shape);
  const other = expand(y.data, y.shape, shape);
  return { shape, dtype: "bool", data: data.map((value, i) => value & (other[i] ?? 0)) };
}

/** The values repeated along every axis of size 1 that is longer in `shape`; always a new array. */
function expand(values: Uint8Array, from: readonly number[], shape: readonly number[]): Uint8Array {
  const expanded = new Uint8Array(sizeOf(shape));
  let next = 0;
  const copy = (axis: number, start: number): void => {
    const stride = sizeOf(from.slice(axis + 1));
    const repeats = from[axis] === 1;
    if (axis >= shape.length - 1) {
      const size = shape[axis] ?? 1;
      if (repeats || shape.length === 0) expanded.fill(values[start] ?? 0, next, next + size);
      else expanded.set(values.subarray(start, start + size), next);
      next += size;
      return;
    }
    for (let i = 0; i < (shape[axis] ?? 1); i++) copy(axis + 1, start + (repeats ? 0 : i * stride));
  };
  copy(0, 0);
  return expanded;
}

function hasNonZero(data: ArrayLike<number>, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (data[i] !== 0) return true;
  return false;
}
