/** Random numbers from a key: uint32 [2], an input of the program (`Random.key`). A key must not be used twice. */
import { random } from "@jax-js/jax";
import { apply, guarded, own, traced } from "./array.js";
import type { Traced } from "./operand.js";

/** Numbers spread evenly over 0 ≤ x < 1. */
export const randomUniform = (key: Traced, shape: readonly number[]): Traced =>
  apply("randomUniform", [key], () => random.uniform(own(key), [...shape]));

/** Numbers of the standard normal distribution. */
export const randomNormal = (key: Traced, shape: readonly number[]): Traced =>
  apply("randomNormal", [key], () => random.normal(own(key), [...shape]));

/** `count` keys made from one, each for another use. */
export function splitKey(key: Traced, count: number): Traced[] {
  const keys = guarded("splitKey", [key], () => random.split(own(key), count));
  return Array.from({ length: count }, (_, i) => traced(keys.ref.slice(i)));
}
