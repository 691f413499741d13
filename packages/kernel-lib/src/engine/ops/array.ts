/**
 * Arrays inside programs, and how an operation is made: jax-js consumes the arguments of an operation unless a reference is taken, so
 * every operation takes the reference for its caller, and what jax-js says of wrong shapes is told with the operation's name.
 */
import * as jax from "@jax-js/jax";
import type { Tensor } from "../tensor.js";
import type { Axes, Binary, Operand, Traced, Unary } from "./operand.js";

export const isTraced = (value: unknown): value is Traced =>
  typeof value === "object" && value !== null && "aval" in value && "ndim" in value;

/** A reference to the jax-js array behind an operand. */
export const use = (x: Operand): jax.Array | number => (typeof x === "number" ? x : own(x));
export const own = (x: Traced): jax.Array => (x as unknown as jax.Array).ref;
export const traced = (x: jax.Array): Traced => x as unknown as Traced;

/**
 * Runs an operation on operands.
 *
 * @throws TypeError that names the operation and the shapes it got
 */
export function apply(name: string, operands: readonly Operand[], run: () => jax.Array): Traced {
  return traced(guarded(name, operands, run));
}

/** {@link apply} for operations with several results. */
export function guarded<Result>(name: string, operands: readonly Operand[], run: () => Result): Result {
  operands.forEach((operand, i) => requireOperand(name, operand, i));
  try {
    return run();
  } catch (error) {
    if (error instanceof RangeError && error.message.startsWith(`${name}: expected`)) throw error; // said here already
    const reason = error instanceof Error ? error.message.replace(/^\w+: /, "") : String(error);
    throw new TypeError(`${name}: ${reason}; got ${describe(operands)}`, { cause: error });
  }
}

function requireOperand(name: string, operand: unknown, i: number): void {
  if (typeof operand === "number" || isTraced(operand)) return;
  const expected = `${name}: expected an array of the program${i === 0 ? "" : " or a number"}`;
  if (typeof operand === "object" && operand !== null && "data" in operand) {
    throw new TypeError(`${expected}; got a tensor. Make it an input of the program, or put it in with ops.constant`);
  }
  throw new TypeError(`${expected}; got ${operand === null ? "null" : typeof operand}`);
}

/** `[2, 3] and 5`: the shapes of arrays, and numbers as they are. */
export const describe = (operands: readonly Operand[]): string => operands.map(shapeText).join(" and ");
export const shapeText = (x: Operand): string => (typeof x === "number" ? String(x) : `[${x.shape.join(", ")}]`);

/** @throws TypeError unless the shapes broadcast: from the last axis on, each pair of sizes is equal or one of them is 1 */
export function requireBroadcast(name: string, operands: readonly Operand[]): void {
  const shapes = operands.flatMap((x) => (isTraced(x) ? [x.shape] : []));
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  for (let axis = 1; axis <= rank; axis++) {
    const sizes = shapes.map((shape) => shape.at(-axis) ?? 1).filter((size) => size !== 1);
    const other = sizes.find((size) => size !== sizes[0]);
    if (other !== undefined) {
      throw new TypeError(
        `${name}: expected shapes that broadcast, sizes equal or 1 from the last axis on; got ${describe(operands)}, which differ at axis -${axis} (${sizes[0]} and ${other})`,
      );
    }
  }
}

/** @throws TypeError when a number with a fraction stands beside an array of whole numbers: jax-js would cut the fraction off */
export function requireWhole(name: string, operands: readonly Operand[]): void {
  const fraction = operands.find((x) => typeof x === "number" && Number.isFinite(x) && !Number.isInteger(x));
  const array = operands.find((x) => isTraced(x) && (x.dtype === "int32" || x.dtype === "uint32"));
  if (fraction === undefined || !isTraced(array)) return;
  throw new TypeError(
    `${name}: expected a whole number beside ${array.dtype} ${shapeText(array)}; got ${shapeText(fraction)}. Cast the array to float32 first`,
  );
}

/** The axis counted from the first. @throws RangeError when there is no such axis */
export function axisOf(name: string, x: Traced, axis: number): number {
  const at = axis < 0 ? x.ndim + axis : axis;
  if (Number.isInteger(axis) && at >= 0 && at < x.ndim) return at;
  throw new RangeError(`${name}: expected an axis from ${-x.ndim} to ${x.ndim - 1} of ${shapeText(x)}; got ${axis}`);
}

/** All given axes counted from the first; every axis when none is given. */
export function axesOf(name: string, x: Traced, axes: Axes | undefined): number[] {
  if (axes === undefined) return x.shape.map((_, i) => i);
  return [axes].flat().map((axis: number) => axisOf(name, x, axis));
}

export const unary =
  (name: string, run: (x: jax.Array | number) => jax.Array): Unary =>
  (x) =>
    apply(name, [x], () => run(use(x)));

export const binary =
  (name: string, run: (x: jax.Array | number, y: jax.Array | number) => jax.Array): Binary =>
  (x, y) => {
    requireBroadcast(name, [x, y]);
    requireWhole(name, [x, y]);
    return apply(name, [x, y], () => run(use(x), use(y)));
  };

/** For runners: the jax-js array that holds a tensor's values. */
export function toJax(value: Tensor): jax.Array {
  const { numpy } = jax;
  if (value.dtype === "bool") return numpy.array(Int32Array.from(value.data), { shape: [...value.shape] }).astype(numpy.bool);
  return numpy.array(value.data as Float32Array<ArrayBuffer>, { shape: [...value.shape] });
}
