import { seededRandom } from "./corpora-random.js";

export interface SplitOptions<T> {
  /** Shares of each part; they add up to at most 1. */
  readonly shares: Readonly<Record<string, number>>;
  readonly seed: number;
  /** Items with the same key stay together in one part, so that no sentence of one part is in another. */
  readonly keyOf?: (item: T) => string;
}

/**
 * Splits a corpus at random into named parts.
 *
 * @throws RangeError when shares are not between 0 and 1 or add up to more than 1
 * @example
 * ```ts
 * import { splitCorpus } from "heed";
 * const items = Array.from({ length: 10 }, (_, i) => i);
 * const { train, test } = splitCorpus(items, { shares: { train: 0.8, test: 0.2 }, seed: 1 });
 * console.log(train?.length, test?.length); // 8 2
 * ```
 */
export function splitCorpus<T>(items: readonly T[], { shares, seed, keyOf }: SplitOptions<T>): Record<string, T[]> {
  const names = Object.keys(shares);
  const total = names.reduce((sum, name) => sum + (shares[name] ?? 0), 0);
  if (names.some((name) => !((shares[name] ?? -1) >= 0)) || total > 1 + 1e-9) {
    throw new RangeError(`splitCorpus: expected shares from 0 that add up to at most 1; got ${JSON.stringify(shares)}`);
  }
  const groups = new Map<unknown, T[]>();
  items.forEach((item, i) => {
    const key = keyOf === undefined ? i : keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  });
  const order = seededRandom(seed).shuffle([...groups.values()]);
  const parts: Record<string, T[]> = {};
  let share = 0;
  let start = 0;
  for (const name of names) {
    share += shares[name] ?? 0;
    const end = Math.round(share * order.length);
    parts[name] = order.slice(start, end).flat();
    start = end;
  }
  return parts;
}

export interface LengthBatchOptions<T> {
  /** The largest number of items in a batch. */
  readonly size: number;
  readonly lengthOf: (item: T) => number;
  readonly seed: number;
  /** Lengths that batches are padded to, ascending; each shape is compiled once. One length for all when not given. */
  readonly lengths?: readonly number[];
}

export interface LengthBatch<T> {
  readonly items: readonly T[];
  /** The length the batch is padded to. */
  readonly length: number;
}

/**
 * Groups items of like length into batches, in a random order that the seed decides. Few padded lengths keep the number of
 * compiled shapes small; items longer than the last length are refused.
 *
 * @throws RangeError when an item is longer than the last of `lengths`
 */
export function batchesByLength<T>(items: readonly T[], options: LengthBatchOptions<T>): LengthBatch<T>[] {
  const { size, lengthOf, seed } = options;
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`batchesByLength: expected a size ≥ 1; got ${size}`);
  const longest = items.reduce((most, item) => Math.max(most, lengthOf(item)), 0);
  const lengths = [...(options.lengths ?? [longest])].sort((a, b) => a - b);
  const last = lengths.at(-1) ?? 0;
  if (longest > last)
    throw new RangeError(`batchesByLength: expected items of at most ${last}, the last of lengths; got ${longest}`);
  const random = seededRandom(seed);
  const buckets = new Map<number, T[]>(lengths.map((length) => [length, []]));
  for (const item of random.shuffle(items)) {
    const length = lengths.find((candidate) => lengthOf(item) <= candidate) ?? last;
    buckets.get(length)?.push(item);
  }
  const batches: LengthBatch<T>[] = [];
  for (const [length, bucket] of buckets) {
    for (let start = 0; start < bucket.length; start += size)
      batches.push({ items: bucket.slice(start, start + size), length });
  }
  return random.shuffle(batches);
}
