/**
 * The array operations that formulas are written in.
 *
 * A program is a pure function over `Traced` arrays built from these operations and nothing else; it is written once,
 * may be differentiated, and is run by whichever runner is at hand. This is the only file that knows jax-js's ownership rule
 * (an operation consumes its arguments unless a reference is taken): every operation here takes the reference for its caller.
 */
import * as jax from "@jax-js/jax";
import type { DType, Tensor } from "./tensor.js";

const { lax, nn, numpy } = jax;

/** An array inside a program: shape and type are known, values are not. */
export interface Traced {
  readonly shape: number[];
  readonly ndim: number;
  readonly dtype: string;
  readonly [brand]: "Traced";
}
declare const brand: unique symbol;

/** What an operation accepts: an array of the program, or a number, which broadcasts. */
export type Operand = Traced | number;

const use = (x: Operand): jax.Array | number => (typeof x === "number" ? x : (x as unknown as jax.Array).ref);
const own = (x: Traced): jax.Array => (x as unknown as jax.Array).ref;
const traced = (x: jax.Array): Traced => x as unknown as Traced;

type Unary = (x: Operand) => Traced;
type Binary = (x: Operand, y: Operand) => Traced;
const unary =
  (f: (x: jax.Array | number) => jax.Array): Unary =>
  (x) =>
    traced(f(use(x)));
const binary =
  (f: (x: jax.Array | number, y: jax.Array | number) => jax.Array): Binary =>
  (x, y) =>
    traced(f(use(x), use(y)));

// arithmetic, element by element, with NumPy broadcasting
export const add: Binary = binary(numpy.add);
export const subtract: Binary = binary(numpy.subtract);
export const multiply: Binary = binary(numpy.multiply);
export const divide: Binary = binary(numpy.trueDivide);
export const maximum: Binary = binary(numpy.maximum);
export const minimum: Binary = binary(numpy.minimum);
export const negate: Unary = unary(numpy.negative);
export const exp: Unary = unary(numpy.exp);
export const log: Unary = unary(numpy.log);
export const sqrt: Unary = unary(numpy.sqrt);
export const square: Unary = unary(numpy.square);
export const abs: Unary = unary(numpy.absolute);
export const sin: Unary = unary(numpy.sin);
export const cos: Unary = unary(numpy.cos);
export const tanh: Unary = unary(numpy.tanh);
export const sigmoid: Unary = unary(nn.sigmoid);
export const relu: Unary = unary(nn.relu);
export const erf: Unary = unary(lax.erf);

// comparison and choice
export const equal: Binary = binary(numpy.equal);
export const less: Binary = binary(numpy.less);
export const lessEqual: Binary = binary(numpy.lessEqual);
export const greater: Binary = binary(numpy.greater);
export const greaterEqual: Binary = binary(numpy.greaterEqual);
export const logicalAnd: Binary = binary(numpy.logicalAnd);
export const logicalOr: Binary = binary(numpy.logicalOr);
export const logicalNot: Unary = unary(numpy.logicalNot);
/** `condition ? x : y`, element by element. */
export const where = (condition: Traced, x: Operand, y: Operand): Traced => traced(numpy.where(own(condition), use(x), use(y)));

// reductions
type Reduction = (x: Traced, axis?: number | number[], options?: { keepdims?: boolean }) => Traced;
export const sum: Reduction = (x, axis, options) => traced(numpy.sum(own(x), axis ?? null, options));
export const mean: Reduction = (x, axis, options) => traced(numpy.mean(own(x), axis ?? null, options));
export const max: Reduction = (x, axis, options) => traced(numpy.max(own(x), axis ?? null, options));
export const min: Reduction = (x, axis, options) => traced(numpy.min(own(x), axis ?? null, options));
export const argmax = (x: Traced, axis: number): Traced => traced(numpy.argmax(own(x), axis));
/** softmax(x)ᵢ = exp(xᵢ − max x) / Σⱼ exp(xⱼ − max x), along one axis. */
export const softmax = (x: Traced, axis: number): Traced => traced(nn.softmax(own(x), axis));
export const logSoftmax = (x: Traced, axis: number): Traced => traced(nn.logSoftmax(own(x), axis));

// products
/** Matrix product over the last two axes, broadcasting the others as NumPy does. */
export const matmul = (x: Traced, y: Traced): Traced => {
  // jax-js puts the axes out of order when y has leading axes and x another number of them, so both get the same number
  const rank = y.ndim > 2 ? Math.max(x.ndim, y.ndim) : 0;
  return traced(numpy.matmul(own(withRank(x, rank)), own(withRank(y, rank))));
};
const withRank = (x: Traced, rank: number): Traced => {
  const missing = Math.max(0, rank - x.ndim);
  return missing === 0 || x.ndim < 2 ? x : reshape(x, [...Array.from({ length: missing }, () => 1), ...x.shape]);
};
export const einsum = (subscripts: string, ...operands: Traced[]): Traced =>
  traced(numpy.einsum(subscripts, ...operands.map(own)));

// movement
export const transpose = (x: Traced, permutation?: number[]): Traced => traced(numpy.transpose(own(x), permutation));
export const swapAxes = (x: Traced, first: number, second: number): Traced => traced(numpy.swapaxes(own(x), first, second));
export const reshape = (x: Traced, shape: number[]): Traced => traced(numpy.reshape(own(x), shape));
export const expandDims = (x: Traced, axis: number | number[]): Traced => traced(numpy.expandDims(own(x), axis));
export const squeeze = (x: Traced, axis: number | number[]): Traced => traced(numpy.squeeze(own(x), axis));
export const broadcastTo = (x: Traced, shape: number[]): Traced => traced(numpy.broadcastTo(own(x), shape));
export const concatenate = (xs: Traced[], axis: number): Traced => traced(numpy.concatenate(xs.map(own), axis));
export const stack = (xs: Traced[], axis: number): Traced => traced(numpy.stack(xs.map(own), axis));
export const split = (x: Traced, sections: number | number[], axis: number): Traced[] =>
  numpy.split(own(x), sections, axis).map(traced);
/** Elements `start` ≤ i < `stop` along one axis. */
export const slice = (x: Traced, start: number, stop: number, axis: number): Traced => {
  const at = axis < 0 ? x.ndim + axis : axis;
  const index = x.shape.map((_, i): [] | [number, number] => (i === at ? [start, stop] : []));
  return traced(own(x).slice(...index));
};
/** Rows of `x` chosen by integer `indices` along one axis: an embedding look-up when `axis` is 0. */
export const take = (x: Traced, indices: Traced, axis: number): Traced => traced(numpy.take(own(x), own(indices), axis));
/** One-hot rows: `indices` [...] → [..., size]. */
export const oneHot = (indices: Traced, size: number): Traced => traced(nn.oneHot(own(indices), size));

// types, constants, gradients
export const cast = (x: Traced, dtype: DType): Traced => traced(numpy.astype(own(x), dtype as jax.DType));
export const stopGradient = (x: Traced): Traced => traced(lax.stopGradient(own(x)));
export const zeros = (shape: number[]): Traced => traced(numpy.zeros(shape));
export const ones = (shape: number[]): Traced => traced(numpy.ones(shape));
export const arange = (stop: number): Traced => traced(numpy.arange(stop));
/** A tensor known when the program is written, inside the program. */
export const constant = (value: Tensor): Traced => traced(toJax(value));

// random numbers, from a key: uint32 [2], an input of the program (`Random.key`). A key must not be used twice
/** Numbers spread evenly over 0 ≤ x < 1. */
export const randomUniform = (key: Traced, shape: number[]): Traced => traced(jax.random.uniform(own(key), shape));
/** Numbers of the standard normal distribution. */
export const randomNormal = (key: Traced, shape: number[]): Traced => traced(jax.random.normal(own(key), shape));
/** `count` keys made from one, each for another use. */
export const splitKey = (key: Traced, count: number): Traced[] => {
  const keys = jax.random.split(own(key), count);
  return Array.from({ length: count }, (_, i) => traced(keys.ref.slice(i)));
};

/** For runners: the jax-js array that holds a tensor's values. */
export function toJax(value: Tensor): jax.Array {
  if (value.dtype === "bool") return numpy.array(Int32Array.from(value.data), { shape: [...value.shape] }).astype(numpy.bool);
  return numpy.array(value.data as Float32Array<ArrayBuffer>, { shape: [...value.shape] });
}
