/** From examples to batches: shuffled by a seed, of like lengths together, padded. */
import { readOptions } from "../checks/read-options.js";
import type { Random, Tensor } from "../engine/index.js";

/** Batches to learn from: the same list in every epoch, or made anew for each epoch from its own random numbers. */
export type Batches<Batch> = readonly Batch[] | ((random: Random, epoch: number) => Iterable<Batch> | AsyncIterable<Batch>);

export interface BatchOptions<Example> {
  /** How many examples make a batch. */
  readonly size: number;
  /** Whether examples come in another order in every epoch; true if not given. */
  readonly shuffle?: boolean;
  /**
   * The length of an example. If given, a batch holds examples of like lengths, so that there is little padding; which of them meet
   * still changes with the epoch.
   */
  readonly lengthOf?: (example: Example) => number;
  /** Whether a last batch with fewer examples is left out: each size of batch is a program of its own. False if not given. */
  readonly dropLast?: boolean;
}

/** How many batches' worth of shuffled examples are sorted by length at once. */
const batchesInPool = 50;

/**
 * Batches of examples; `collate` makes one from a few examples. In each epoch every example comes once, in an order that the training's
 * seed and the epoch decide.
 *
 * @throws RangeError when the size is not a whole number ≥ 1, or there are no examples
 * @example
 * ```ts
 * import { Random, training } from "heed/program";
 * const sentences = [[3, 1, 4], [1, 5], [9, 2, 6, 5], [3, 5]];
 * const batches = training.batchesOf(sentences, (rows) => training.padded(rows), { size: 2, lengthOf: (row) => row.length });
 * for (const { mask } of batches(new Random(7))) console.log(mask.shape, mask.data.filter(Boolean).length);
 * // [2, 8] 7 – the longer two; the shorter two came before, as [2, 8] 4
 * ```
 */
export function batchesOf<Example, Batch>(
  examples: readonly Example[],
  collate: (examples: readonly Example[]) => Batch,
  options: BatchOptions<Example>,
): (random: Random) => Generator<Batch> {
  const {
    size,
    shuffle = true,
    lengthOf,
    dropLast = false,
  } = readOptions("batchesOf", options, { size: true, shuffle: true, lengthOf: true, dropLast: true });
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new RangeError(`batchesOf: expected size to be a whole number ≥ 1; got ${size}`);
  }
  if (examples.length === 0) throw new RangeError("batchesOf: expected at least one example; got none");
  if (dropLast && examples.length < size) {
    throw new RangeError(
      `batchesOf: ${examples.length} examples make no batch of ${size}; give a smaller size, or dropLast: false`,
    );
  }
  return function* batches(random) {
    const order = shuffle ? random.fork("examples").permutation(examples.length) : examples.map((_, i) => i);
    const shuffled = order.map((i) => examples[i] as Example);
    const groups = lengthOf
      ? chunks(shuffled, size * batchesInPool).flatMap((pool) =>
          chunks(
            pool.toSorted((a, b) => lengthOf(a) - lengthOf(b)),
            size,
          ),
        )
      : chunks(shuffled, size);
    const whole = dropLast ? groups.filter((group) => group.length === size) : groups;
    const turns = shuffle && lengthOf ? random.fork("batches").permutation(whole.length) : whole.map((_, i) => i);
    for (const turn of turns) yield collate(whole[turn] as Example[]);
  };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

/** Sequences of one length, and where their tokens are. */
export interface Padded {
  /** int32 [B, T] */
  readonly ids: Tensor;
  /** bool [B, T]: true at tokens, false at padding */
  readonly mask: Tensor;
}

export interface PaddingOptions {
  /** T; that of the longest row if not given. Longer rows are cut. */
  readonly length?: number;
  /** T is rounded up to a multiple of this: fewer lengths are fewer programs to prepare. 8 if not given. */
  readonly multipleOf?: number;
  /** The id that stands at padding; 0 if not given. */
  readonly padding?: number;
}

/**
 * Rows of ids, filled up to one length.
 *
 * @throws RangeError when there is no row, or an option is not a whole number ≥ 1
 * @example
 * ```ts
 * import { toNested, training } from "heed/program";
 * const { ids, mask } = training.padded([[3, 1, 4], [1]], { multipleOf: 1 });
 * console.log(toNested(ids), toNested(mask)); // [[3, 1, 4], [1, 0, 0]] [[true, true, true], [true, false, false]]
 * ```
 */
export function padded(rows: readonly ArrayLike<number>[], options: PaddingOptions = {}): Padded {
  const { padding = 0, multipleOf = 8 } = readOptions("padded", options, { length: true, multipleOf: true, padding: true });
  const longest = rows.reduce((length, row) => Math.max(length, row.length), 1);
  const length = options.length ?? Math.ceil(longest / multipleOf) * multipleOf;
  if (rows.length === 0) throw new RangeError("padded: expected at least one row; got none");
  if (!Number.isSafeInteger(length) || length < 1) {
    throw new RangeError(`padded: expected length and multipleOf to be whole numbers ≥ 1; got ${options.length ?? multipleOf}`);
  }
  const ids = new Int32Array(rows.length * length).fill(padding);
  const mask = new Uint8Array(rows.length * length);
  rows.forEach((row, b) => {
    const count = Math.min(row.length, length);
    for (let t = 0; t < count; t++) ids[b * length + t] = row[t] ?? padding;
    mask.fill(1, b * length, b * length + count);
  });
  const shape = [rows.length, length];
  return { ids: { shape, dtype: "int32", data: ids }, mask: { shape, dtype: "bool", data: mask } };
}
