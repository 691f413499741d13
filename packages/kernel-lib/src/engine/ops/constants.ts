/** Arrays that a program makes by itself, element types, and names. */
import * as jax from "@jax-js/jax";
import type { DType, Tensor } from "../tensor.js";
import { apply, own, toJax, traced } from "./array.js";
import type { Traced } from "./operand.js";

const { lax, numpy } = jax;

export const zeros = (shape: readonly number[]): Traced => traced(numpy.zeros([...shape]));
export const ones = (shape: readonly number[]): Traced => traced(numpy.ones([...shape]));
export const full = (shape: readonly number[], value: number): Traced => traced(numpy.full([...shape], value));
/** 0, 1, …, `stop` − 1 as int32. */
export const arange = (stop: number): Traced => traced(numpy.arange(stop));
/** The matrix with ones on its diagonal. */
export const identity = (size: number): Traced => traced(numpy.eye(size));
/** True on and below the diagonal of [rows, columns]: which keys a query may look at when it must not look ahead. */
export const lowerTriangle = (rows: number, columns: number = rows): Traced =>
  traced(numpy.tri(rows, columns, 0, { dtype: numpy.bool }));

/** A tensor known when the program is written, inside the program. */
export const constant = (value: Tensor): Traced => traced(toJax(value));

/**
 * Another element type. Real numbers lose their fraction on the way to whole ones. `float16` and `float64` exist inside programs only: as
 * results they become float32.
 */
export const cast = (x: Traced, dtype: DType | "float16" | "float64"): Traced =>
  apply("cast", [x], () => numpy.astype(own(x), dtype as jax.DType));

/** x, through which no gradient flows. */
export const stopGradient = (x: Traced): Traced => apply("stopGradient", [x], () => lax.stopGradient(own(x)));

/** x under a name, by which errors and exported graphs call it. */
export function named(x: Traced, name: string): Traced {
  const pass = Object.defineProperty((value: jax.Array): jax.Array => value, "name", { value: `${namePrefix}${name}` });
  return apply("named", [x], () => jax.jit(pass)(own(x)));
}

/** How the names given with `named` are marked in a trace. */
export const namePrefix = "named:";
