import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A stream of random choices that is the same for the same seed, on every machine. */
export interface SeededRandom {
  /** A number x with 0 ≤ x < 1. */
  number(): number;
  /** A whole number i with 0 ≤ i < `size`. */
  integer(size: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** One of the items, each equally likely. */
  choose<T>(items: readonly T[]): T;
  /** The items in a new order (Fisher and Yates); the list given stays as it is. */
  shuffle<T>(items: readonly T[]): T[];
}

/**
 * Makes a stream of random choices (xoroshiro128+).
 *
 * @throws RangeError when the seed is not a whole number of at most 32 bits
 */
export function seededRandom(seed: number): SeededRandom {
  if (!Number.isInteger(seed) || seed < -(2 ** 31) || seed >= 2 ** 32) {
    throw new RangeError(`seededRandom: expected a seed that is a whole number of 32 bits; got ${seed}`);
  }
  const generator = xoroshiro128plus(seed | 0);
  const integer = (size: number): number => {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new RangeError(`seededRandom: expected a size ≥ 1 to choose from; got ${size}`);
    }
    return uniformInt(generator, 0, size - 1);
  };
  const number = (): number => uniformFloat64(generator);
  return {
    number,
    integer,
    chance: (probability) => number() < probability,
    choose: <T>(items: readonly T[]): T => items[integer(items.length)] as T,
    shuffle: <T>(items: readonly T[]): T[] => {
      const order = [...items];
      for (let last = order.length - 1; last > 0; last -= 1) {
        const other = integer(last + 1);
        [order[last], order[other]] = [order[other] as T, order[last] as T];
      }
      return order;
    },
  };
}
