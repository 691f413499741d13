/**
 * Random numbers that are the same for the same seed, on every machine. Outside programs, {@link Random} makes them, for first weights and
 * shuffling; inside, `ops.randomUniform` and its like do, from a key that is an input, so that a program stays a pure function. Both use
 * Threefry-2x32-20, the generator of JAX.
 *
 * @see Salmon et al. 2011, "Parallel Random Numbers: As Easy as 1, 2, 3"
 */
import { describeValue } from "../checks/describe-value.js";
import { readOptions } from "../checks/read-options.js";
import { isTensor, readShape, sizeOf, tensor, type Tensor } from "./tensor.js";

type Words = readonly [number, number];

const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/** Threefry-2x32 with 20 rounds: two words that look random, from a key and a counter. */
export function threefry([first, second]: Words, [left, right]: Words): Words {
  const keys = [first, second, first ^ second ^ 0x1bd11bda];
  let x = (left + first) | 0;
  let y = (right + second) | 0;
  for (let group = 0; group < 5; group++) {
    for (const rotation of rotations[group % 2] as readonly number[]) {
      x = (x + y) | 0;
      y = ((y << rotation) | (y >>> (32 - rotation))) ^ x;
    }
    x = (x + (keys[(group + 1) % 3] ?? 0)) | 0;
    y = (y + (keys[(group + 2) % 3] ?? 0) + group + 1) | 0;
  }
  return [x >>> 0, y >>> 0];
}

/**
 * A stream of random numbers outside programs. `fork` makes independent streams by name, whatever has been drawn so far: the order in which
 * layers are made, or a resumed training, changes nothing.
 *
 * @example
 * ```ts
 * import { Random } from "heed/program";
 * const random = new Random(7);
 * const weight = random.fork("output").normal([3, 2], { deviation: 0.02 });
 * console.log(weight.shape, random.permutation(5)); // [3, 2] [0, 2, 3, 1, 4] – always, from seed 7
 * ```
 */
export class Random {
  readonly #key: Words;
  #drawn = 0;
  #spare: number | undefined;

  /**
   * @param seed a whole number from 0 to 2³² − 1, or the `key` of another stream
   * @throws TypeError for what is neither; RangeError for any other number
   */
  constructor(seed: number | Tensor) {
    if (isTensor(seed) && seed.dtype === "uint32" && seed.data.length === 2) {
      const [first = 0, second = 0] = seed.data;
      this.#key = [first, second];
    } else if (typeof seed !== "number") {
      throw new TypeError(
        `Random: expected a whole number, or the key of another stream (uint32 [2]); got ${describeValue(seed)}`,
      );
    } else if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) {
      this.#key = [0, seed];
    } else {
      throw new RangeError(`Random: expected a seed that is a whole number from 0 to ${2 ** 32 - 1}; got ${seed}`);
    }
  }

  /** The stream that belongs to these names or numbers. */
  fork(...labels: readonly (string | number)[]): Random {
    const key = labels.reduce<Words>((words, label) => threefry(words, forkCounter(label)), this.#key);
    return new Random({ shape: [2], dtype: "uint32", data: Uint32Array.from(key) });
  }

  /** What a program takes to make random numbers of its own: uint32 [2]. The same for the whole life of the stream. */
  get key(): Tensor {
    return { shape: [2], dtype: "uint32", data: Uint32Array.from(this.#key) };
  }

  /** A number x with 0 ≤ x < 1. */
  number(): number {
    return (this.#word() >>> 8) / 2 ** 24;
  }

  /** A whole number i with 0 ≤ i < `size`; each is equally likely but for 2⁻²¹ of its probability. */
  integer(size: number): number {
    if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(`Random: expected a size ≥ 1; got ${size}`);
    return Math.floor(((this.#word() * 2 ** 21 + (this.#word() >>> 11)) / 2 ** 53) * size);
  }

  /** The numbers 0 … size − 1 in random order (Fisher and Yates). */
  permutation(size: number): number[] {
    const order = Array.from({ length: size }, (_, i) => i);
    for (let last = size - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
    }
    return order;
  }

  /** Numbers spread evenly from `low` to `high`. */
  uniform(shape: readonly number[], options: { readonly low?: number; readonly high?: number } = {}): Tensor {
    const { low = 0, high = 1 } = readOptions("Random.uniform", options, { low: true, high: true });
    return this.#fill(shape, () => low + (high - low) * this.number());
  }

  /** Numbers of a normal distribution (Box and Muller). */
  normal(shape: readonly number[], options: { readonly mean?: number; readonly deviation?: number } = {}): Tensor {
    const { mean = 0, deviation = 1 } = readOptions("Random.normal", options, { mean: true, deviation: true });
    return this.#fill(shape, () => {
      const radius = Math.sqrt(-2 * Math.log(1 - this.number()));
      return mean + deviation * radius * Math.cos(2 * Math.PI * this.number());
    });
  }

  #fill(shape: readonly number[], draw: () => number): Tensor {
    const data = new Float32Array(sizeOf(readShape("Random", shape)));
    for (let i = 0; i < data.length; i++) data[i] = draw();
    return tensor(data, shape);
  }

  #word(): number {
    const spare = this.#spare;
    if (spare !== undefined) {
      this.#spare = undefined;
      return spare;
    }
    const [word, next] = threefry(this.#key, [this.#drawn++, 0]);
    this.#spare = next;
    return word;
  }
}

/** Draws count 0, 1, … in the first word with 0 in the second, so these never meet them. */
function forkCounter(label: string | number): Words {
  if (typeof label === "number" && Number.isInteger(label) && label >= 0 && label < 2 ** 32) return [label, 1];
  let hash = 0x811c9dc5; // FNV-1a over UTF-16
  for (const unit of String(label)) hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 0x01000193);
  return [hash >>> 0, 2];
}
