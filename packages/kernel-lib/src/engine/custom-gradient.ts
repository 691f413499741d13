/**
 * Functions that a trace keeps whole, with the gradient that is shortest to compute. jax-js spells them out and differentiates what it
 * spelled: for tanh that is a dozen passes over the array, and the values in between must be kept, which prevents their fusion. Here the
 * gradient needs the result alone.
 */
import * as jax from "@jax-js/jax";

/** From the gradient of the result, the input and the result: the gradient of the input. */
type PullBack = (gradient: jax.Array, x: jax.Array, y: jax.Array, axis: number) => jax.Array;

const { numpy } = jax;
const sumAlong = (x: jax.Array, axis: number): jax.Array => numpy.sum(x, axis, { keepdims: true });

const pullBacks = {
  sigmoid: (gradient, _, y) => gradient.mul(y.ref.mul(numpy.subtract(1, y))),
  tanh: (gradient, _, y) => gradient.mul(numpy.subtract(1, y.ref.mul(y))),
  // a product: a choice would take three passes over the array
  relu: (gradient, _, y) => gradient.mul(numpy.greater(y, 0).astype(gradient.dtype)),
  softmax: (gradient, _, y, axis) => {
    const product = gradient.ref.mul(y.ref);
    return product.ref.sub(y.mul(sumAlong(product, axis)));
  },
  logSoftmax: (gradient, _, y, axis) => gradient.ref.sub(numpy.exp(y).mul(sumAlong(gradient, axis))),
} satisfies Record<string, PullBack>;

/** Which functions there are. */
export type CustomGradientName = keyof typeof pullBacks;

type Run = (x: jax.Array | number) => jax.Array;

/** How they are marked in a trace: `whole:softmax:-1`, with the axis counted from the last. */
const mark = /^whole:(\w+)(?::(-\d+))?$/;

/** Every function that has been made, by its mark. */
const made = new Map<string, Run>();

/** A function of one array, along one axis or on each element, that traces keep whole. */
export function withCustomGradient(
  name: CustomGradientName,
  run: (x: jax.Array, axis: number) => jax.Array,
  axis?: number,
): Run {
  const title = axis === undefined ? `whole:${name}` : `whole:${name}:${axis}`;
  const known = made.get(title);
  if (known) return known;
  const call = jax.jit(Object.defineProperty((x: jax.Array) => run(x, axis ?? 0), "name", { value: title })) as Run;
  made.set(title, call);
  functions.set(name, run);
  return call;
}

/** The functions as they are computed, by their names. */
const functions = new Map<string, (x: jax.Array, axis: number) => jax.Array>();

/** The same function for an array with one more axis, at `batchAxis`: under `vmap`. */
export function customGradientOverBatch(call: string, rank: number, batchAxis: number): Run {
  const [, name = "", axis] = mark.exec(call) ?? [];
  const run = functions.get(name);
  if (!run) throw new Error(`internal: ${call} is not a function kept whole`);
  if (axis === undefined) return withCustomGradient(name as CustomGradientName, run);
  const at = rank + Number(axis); // among the axes without the batch
  return withCustomGradient(name as CustomGradientName, run, (at >= batchAxis ? at + 1 : at) - (rank + 1));
}

/** Which of these functions a call in a trace is, and along which axis, counted from the last. */
export function customGradientOf(
  call: string,
): { readonly name: CustomGradientName; readonly axis: number | undefined } | undefined {
  const [, name, axis] = mark.exec(call) ?? [];
  if (name === undefined || !(name in pullBacks)) return undefined;
  return { name: name as CustomGradientName, axis: axis === undefined ? undefined : Number(axis) };
}

/** The rule for the gradient of a call in a trace, if it is one of these functions. */
export function pullBackOfCall(call: string): ((gradient: jax.Array, x: jax.Array, y: jax.Array) => jax.Array) | undefined {
  const whole = customGradientOf(call);
  if (!whole) return undefined;
  const pullBack: PullBack = pullBacks[whole.name];
  return (gradient, x, y) => pullBack(gradient, x, y, whole.axis ?? 0);
}
