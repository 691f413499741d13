/** Random numbers from a key: uint32 [2], an input of the program (`Random.key`). A key must not be used twice. */
import { numpy, random, type Array as JaxArray } from "@jax-js/jax";
import { apply, guarded, own, traced } from "./array.js";
import type { Traced } from "./operand.js";

/** Numbers spread evenly over 0 ≤ x < 1. */
export const randomUniform = (key: Traced, shape: readonly number[]): Traced =>
  apply("randomUniform", [key], () => random.uniform(own(key), [...shape]));

/** Numbers of the standard normal distribution. */
export const randomNormal = (key: Traced, shape: readonly number[]): Traced =>
  apply("randomNormal", [key], () => random.normal(own(key), [...shape]));

/**
 * Booleans that are true with probability `share` (to 2⁻¹⁶), as dropout needs them by the million: halves of a hash of place and key instead
 * of the cipher behind {@link randomUniform}, at a tenth of its cost. Keys may follow one another, as key + 1.
 *
 *     x = place · 0x9e3779b9 + key₀
 *     x = (x ⊕ x ≫ 16) · 0x85ebca6b + key₁
 *     x = (x ⊕ x ≫ 13) · 0xc2b2ae35
 *     x = (x ⊕ x ≫ 16) · 0x2c1b3c6d
 *     x = x ⊕ x ≫ 15
 *     true where half of x < share · 2¹⁶
 *
 * The elements are seen as rows of the last axis: the lower half of x is for the element at `place` in the first half of the rows (one more
 * when their number is odd), the upper half for the one as many rows below.
 *
 * @throws RangeError when the share is not from 0 to 1
 * @see Appleby 2011, MurmurHash3: its finaliser is two of these rounds
 */
export function randomMask(key: Traced, shape: readonly number[], share: number): Traced {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`randomMask: expected a share from 0 to 1; got ${share}`);
  return apply("randomMask", [key], () => {
    const size = shape.reduce((product, length) => product * length, 1);
    const width = shape.at(-1) ?? 1;
    const rows = size / Math.max(width, 1);
    // place · c = row · width · c + column · c, added where they meet
    const column = numpy.arange(width).astype(numpy.uint32).mul(word(0x9e3779b9)).add(own(key).slice(0));
    const row = numpy
      .arange(Math.ceil(rows / 2))
      .astype(numpy.uint32)
      .mul(word(Math.imul(0x9e3779b9, width)));
    let x = row.reshape([-1, 1]).add(column);
    x = mixed(x, 16).mul(word(0x85ebca6b)).add(own(key).slice(1));
    x = mixed(x, 13).mul(word(0xc2b2ae35));
    x = mixed(x, 16).mul(word(0x2c1b3c6d));
    x = mixed(x, 15);
    const halves = [numpy.bitwiseAnd(x.ref, word(0xffff)), numpy.bitwiseRightShift(x, word(16))];
    const evenly = numpy.concatenate(halves, 0).slice([0, rows]).astype(numpy.float32);
    return numpy.less(evenly, Math.round(share * 2 ** 16)).reshape([...shape]);
  });
}

/** `count` keys made from one, each for another use. */
export function splitKey(key: Traced, count: number): Traced[] {
  const keys = guarded("splitKey", [key], () => random.split(own(key), count));
  return Array.from({ length: count }, (_, i) => traced(keys.ref.slice(i)));
}

/** A word of 32 bits as an array of one number. */
const word = (value: number): JaxArray => numpy.array(Uint32Array.of(value >>> 0), { shape: [] });

/** x ⊕ x ≫ places */
const mixed = (x: JaxArray, places: number): JaxArray => numpy.bitwiseXor(x.ref, numpy.bitwiseRightShift(x, word(places)));
