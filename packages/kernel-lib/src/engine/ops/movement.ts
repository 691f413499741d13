/** Operations that move elements about. Transposes, broadcasts and unit axes cost nothing until an operation needs them. */
import { numpy } from "@jax-js/jax";
import { apply, axesOf, axisOf, guarded, own, shapeText, traced } from "./array.js";
import type { Axes, Traced } from "./operand.js";
import { cast, arange } from "./constants.js";
import { equal } from "./elementwise.js";

/** Axes in the order of `permutation`; reversed if none is given. */
export const transpose = (x: Traced, permutation?: readonly number[]): Traced =>
  apply("transpose", [x], () => numpy.transpose(own(x), permutation && [...permutation]));
export const swapAxes = (x: Traced, first: number, second: number): Traced =>
  apply("swapAxes", [x], () => numpy.swapaxes(own(x), axisOf("swapAxes", x, first), axisOf("swapAxes", x, second)));
/** The same elements in another shape; one size may be −1 and follows from the others. */
export const reshape = (x: Traced, shape: readonly number[]): Traced =>
  apply("reshape", [x], () => numpy.reshape(own(x), [...shape]));
/** Puts in axes of size 1, so that they stand at `axis` of the result. */
export const expandDims = (x: Traced, axis: Axes): Traced =>
  apply("expandDims", [x], () => numpy.expandDims(own(x), [axis].flat()));
/** Takes out axes of size 1. */
export const squeeze = (x: Traced, axis: Axes): Traced =>
  apply("squeeze", [x], () => numpy.squeeze(own(x), axesOf("squeeze", x, axis)));

export function broadcastTo(x: Traced, shape: readonly number[]): Traced {
  return apply("broadcastTo", [x], () => {
    const fits = x.ndim <= shape.length && x.shape.every((size, i) => size === 1 || size === shape[shape.length - x.ndim + i]);
    if (!fits) throw new TypeError(`expected a shape that broadcasts to [${shape.join(", ")}]`);
    return numpy.broadcastTo(own(x), [...shape]);
  });
}

export const concatenate = (xs: readonly Traced[], axis: number): Traced =>
  apply("concatenate", xs, () => numpy.concatenate(xs.map(own), axis));
/** Arrays of one shape along a new axis. */
export const stack = (xs: readonly Traced[], axis: number): Traced => apply("stack", xs, () => numpy.stack(xs.map(own), axis));
/** Cuts an axis into equal parts (a number), or at the given places. */
export const split = (x: Traced, sections: number | readonly number[], axis: number): Traced[] =>
  guarded("split", [x], () => numpy.split(own(x), typeof sections === "number" ? sections : [...sections], axis)).map(traced);

/**
 * Elements `start` ≤ i < `stop` along one axis.
 *
 * @throws RangeError unless 0 ≤ start ≤ stop ≤ the size of the axis
 */
export function slice(x: Traced, start: number, stop: number, axis: number): Traced {
  const at = axisOf("slice", x, axis);
  const size = x.shape[at] ?? 1;
  if (!(start >= 0 && start <= stop && stop <= size)) {
    throw new RangeError(
      `slice: expected 0 ≤ start ≤ stop ≤ ${size} on axis ${axis} of ${shapeText(x)}; got ${start} and ${stop}`,
    );
  }
  const index = x.shape.map((_, i): [] | [number, number] => (i === at ? [start, stop] : []));
  return apply("slice", [x], () => own(x).slice(...index));
}

/** Elements in the opposite order along axes. */
export const flip = (x: Traced, axis: Axes): Traced => apply("flip", [x], () => numpy.flip(own(x), axesOf("flip", x, axis)));
/** Zeros before and after: `widths` has [before, after] for each axis. */
export const pad = (x: Traced, widths: readonly (readonly [number, number])[]): Traced =>
  apply("pad", [x], () =>
    numpy.pad(
      own(x),
      widths.map(([before, after]): [number, number] => [before, after]),
    ),
  );
/** The array repeated `repetitions` times along each axis. */
export const tile = (x: Traced, repetitions: readonly number[]): Traced =>
  apply("tile", [x], () => numpy.tile(own(x), [...repetitions]));

/**
 * Rows of `x` chosen by whole `indices` along one axis: an embedding look-up when `axis` is 0. The axes of `indices` take the place of
 * `axis`. An index out of range is an error when the program runs.
 */
export const take = (x: Traced, indices: Traced, axis: number): Traced =>
  apply("take", [x, indices], () => numpy.take(own(x), own(indices), axisOf("take", x, axis)));

/** yᵢ = x[indicesᵢ] along one axis, with the other axes in step: for the `indices` of `argsort` and `topK`. */
export const takeAlong = (x: Traced, indices: Traced, axis: number): Traced =>
  apply("takeAlong", [x, indices], () => numpy.takeAlongAxis(own(x), own(indices), axisOf("takeAlong", x, axis)));

/** One-hot rows: `indices` [...] → [..., size]. */
export const oneHot = (indices: Traced, size: number): Traced => cast(equal(expandDims(indices, -1), arange(size)), "float32");
