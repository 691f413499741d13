/** Operations along axes: sums, extremes, softmax, running sums, order. Without `axis`, reductions take all axes. */
import { readOptions } from "../../checks/read-options.js";
import { lax, nn, numpy } from "@jax-js/jax";
import { withCustomGradient } from "../custom-gradient.js";
import { apply, axesOf, axisOf, guarded, own, shapeText, traced } from "./array.js";
import type { Axes, Traced } from "./operand.js";
import { divide, square, subtract } from "./elementwise.js";

interface Keep {
  /** Whether reduced axes stay, with size 1. */
  readonly keepdims?: boolean;
}
type Reduction = (x: Traced, axis?: Axes, options?: Keep) => Traced;

const reduction =
  (name: string, run: (x: ReturnType<typeof own>, axes: number[], options: Keep) => ReturnType<typeof own>): Reduction =>
  (x, axis, options = {}) => {
    readOptions(name, options, { keepdims: true });
    return apply(name, [x], () => run(own(x), axesOf(name, x, axis), options));
  };

export const sum: Reduction = reduction("sum", numpy.sum);
export const mean: Reduction = reduction("mean", numpy.mean);
export const product: Reduction = reduction("product", numpy.prod);
export const max: Reduction = reduction("max", numpy.max);
export const min: Reduction = reduction("min", numpy.min);
/** Whether any element is true. */
export const any: Reduction = reduction("any", numpy.any);
/** Whether all elements are true. */
export const all: Reduction = reduction("all", numpy.all);

/** The mean of (x − mean x)²; divided by n − `correction`. */
export function variance(x: Traced, axis?: Axes, options: Keep & { readonly correction?: number } = {}): Traced {
  const { correction = 0, keepdims = false } = readOptions("variance", options, { correction: true, keepdims: true });
  const axes = axesOf("variance", x, axis);
  const count = axes.reduce((product_, i) => product_ * (x.shape[i] ?? 1), 1);
  const squares = square(subtract(x, mean(x, axes, { keepdims: true })));
  if (correction === 0) return mean(squares, axes, { keepdims });
  return divide(sum(squares, axes, { keepdims }), count - correction);
}

/** Where along an axis the largest element is; the first of equal ones. int32. */
export const argmax = (x: Traced, axis: number): Traced =>
  apply("argmax", [x], () => numpy.argmax(own(x), axisOf("argmax", x, axis)));
/** Where along an axis the smallest element is; the first of equal ones. int32. */
export const argmin = (x: Traced, axis: number): Traced =>
  apply("argmin", [x], () => numpy.argmin(own(x), axisOf("argmin", x, axis)));

/** softmax(x)ᵢ = exp(xᵢ − max x) / Σⱼ exp(xⱼ − max x), along one axis. */
export const softmax = (x: Traced, axis: number): Traced =>
  apply("softmax", [x], () => wholeAlong("softmax", nn.softmax, x, axis));
/** log softmax(x) = x − max x − log Σⱼ exp(xⱼ − max x), along one axis. */
export const logSoftmax = (x: Traced, axis: number): Traced =>
  apply("logSoftmax", [x], () => wholeAlong("logSoftmax", nn.logSoftmax, x, axis));

type Array = ReturnType<typeof own>;

/** A function along one axis that traces keep whole; the axis is counted from the last, as axes of a batch come first. */
function wholeAlong(name: "softmax" | "logSoftmax", run: (x: Array, axis: number) => Array, x: Traced, axis: number): Array {
  const fromLast = axisOf(name, x, axis) - x.ndim;
  return withCustomGradient(name, run, fromLast)(own(x));
}

/** log Σ exp x, computed without overflow. */
export const logSumExp: Reduction = reduction("logSumExp", nn.logsumexp);

/** yᵢ = x₀ + … + xᵢ along one axis. */
export const cumulativeSum = (x: Traced, axis: number): Traced =>
  apply("cumulativeSum", [x], () => numpy.cumsum(own(x), axisOf("cumulativeSum", x, axis)));

/** Elements from the smallest to the largest along one axis. */
export const sort = (x: Traced, axis = -1): Traced => apply("sort", [x], () => numpy.sort(own(x), axisOf("sort", x, axis)));
/** The order in which elements are sorted along one axis; equal ones keep theirs. int32. */
export const argsort = (x: Traced, axis = -1): Traced =>
  apply("argsort", [x], () => numpy.argsort(own(x), axisOf("argsort", x, axis)));

/**
 * The `count` largest elements along one axis, largest first, and where they are (int32).
 *
 * @throws RangeError unless 1 ≤ count ≤ the size of the axis
 */
export function topK(x: Traced, count: number, axis = -1): { readonly values: Traced; readonly indices: Traced } {
  const at = axisOf("topK", x, axis);
  const size = x.shape[at] ?? 1;
  if (!Number.isInteger(count) || count < 1 || count > size) {
    throw new RangeError(`topK: expected a count from 1 to ${size}, the size of axis ${axis} of ${shapeText(x)}; got ${count}`);
  }
  const [values, indices] = guarded("topK", [x], () => lax.topK(own(x), count, at));
  return { values: traced(values), indices: traced(indices) };
}
