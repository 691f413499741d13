/** Products of matrices, convolutions and pooling. */
import { readOptions } from "../../checks/read-options.js";
import { lax, numpy, type Array as JaxArray } from "@jax-js/jax";
import { apply, describe, own, shapeText } from "./array.js";
import type { Traced } from "./operand.js";
import { reshape } from "./movement.js";

/**
 * Matrix product over the last two axes, [..., M, K] · [..., K, N] → [..., M, N], broadcasting the others as NumPy does. A vector [K] is a
 * row on the left and a column on the right.
 *
 * @throws TypeError when the axes K differ
 */
export function matmul(x: Traced, y: Traced): Traced {
  const [left, right] = [x.shape?.at(-1), y.shape?.at(y.ndim > 1 ? -2 : -1)];
  if (left !== undefined && right !== undefined && left !== right) {
    throw new TypeError(
      `matmul: expected [..., M, K] and [..., K, N] with the same K; got ${describe([x, y])}, K = ${left} and ${right}`,
    );
  }
  // jax-js puts the axes out of order when y has leading axes and x another number of them, so both get the same number
  const rank = y.ndim > 2 ? Math.max(x.ndim, y.ndim) : 0;
  return apply("matmul", [x, y], () => numpy.matmul(own(withRank(x, rank)), own(withRank(y, rank))));
}

function withRank(x: Traced, rank: number): Traced {
  const missing = Math.max(0, rank - x.ndim);
  return missing === 0 || x.ndim < 2 ? x : reshape(x, [...Array.from({ length: missing }, () => 1), ...x.shape]);
}

/**
 * A product in Einstein's notation: `einsum("qd,kd->qk", query, keys)`. Letters that the result lacks are summed over.
 *
 * @throws TypeError when a letter stands for axes of different sizes
 */
export const einsum = (subscripts: string, ...operands: Traced[]): Traced =>
  apply(`einsum "${subscripts}"`, operands, () => numpy.einsum(subscripts, ...operands.map(own)));

/** How a window moves over an image; for each of its axes, or one number for all. */
export interface Windowing {
  /** How far it moves from one place to the next; 1 if not given. */
  readonly strides?: number | readonly number[];
  /** `"valid"`: only where the window lies inside (the default); `"same"`: zeros around it, so that stride 1 keeps the size; or [before, after]. */
  readonly padding?: "valid" | "same" | readonly (readonly [number, number])[];
}

export interface Convolving extends Windowing {
  /** The distance between neighbours in the kernel; 1 if not given. */
  readonly dilation?: number | readonly number[];
  /** Into how many groups the channels are cut, each convolved for itself; 1 if not given. */
  readonly groups?: number;
}

/**
 * Convolution (strictly: correlation, as in all networks) of images [B, C, …] with kernels [O, C / groups, …] → [B, O, …], along one,
 * two or three axes.
 *
 * @throws TypeError when images and kernels do not fit together
 */
export function convolve(images: Traced, kernels: Traced, options: Convolving = {}): Traced {
  const {
    strides = 1,
    padding = "valid",
    dilation = 1,
    groups = 1,
  } = readOptions("convolve", options, { strides: true, padding: true, dilation: true, groups: true });
  const n = images.ndim - 2;
  const channels = images.shape?.[1];
  if (n < 1 || kernels.ndim !== images.ndim || channels !== (kernels.shape[1] ?? 0) * groups) {
    throw new TypeError(
      `convolve: expected images [B, C, …] and kernels [O, C / ${groups}, …] with as many axes; got ${describe([images, kernels])}`,
    );
  }
  return apply("convolve", [images, kernels], () =>
    lax.convGeneralDilated(own(images), own(kernels), each(strides, n), paddingOf(padding), {
      rhsDilation: each(dilation, n),
      featureGroupCount: groups,
    }),
  );
}

/** The largest element of each window of images [B, C, …]. The window moves by its own size unless `strides` says otherwise. */
export const maxPool = (images: Traced, window: readonly number[], strides: readonly number[] = window): Traced =>
  pool("maxPool", images, window, strides, (elements) => numpy.max(elements));

/** The mean of each window of images [B, C, …]. The window moves by its own size unless `strides` says otherwise. */
export const averagePool = (images: Traced, window: readonly number[], strides: readonly number[] = window): Traced =>
  pool("averagePool", images, window, strides, (elements) => numpy.mean(elements));

function pool(
  name: string,
  images: Traced,
  window: readonly number[],
  strides: readonly number[],
  compute: (elements: JaxArray) => JaxArray,
): Traced {
  const sizes = images.shape.slice(images.ndim - window.length);
  if (window.length > images.ndim || window.some((size, i) => size < 1 || size > (sizes[i] ?? 0))) {
    throw new RangeError(`${name}: expected a window inside ${shapeText(images)}; got [${window.join(", ")}]`);
  }
  return apply(name, [images], () => lax.reduceWindow(own(images), compute, [...window], [...strides]));
}

const each = (value: number | readonly number[], n: number): number[] =>
  typeof value === "number" ? Array.from({ length: n }, () => value) : [...value];

const paddingOf = (padding: NonNullable<Windowing["padding"]>): "VALID" | "SAME" | [number, number][] => {
  if (padding === "valid") return "VALID";
  return padding === "same" ? "SAME" : padding.map(([before, after]): [number, number] => [before, after]);
};
