import { readOptions } from "../checks/read-options.js";
import { seededRandom } from "./seeded-random.js";

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
 * import { splitCorpus } from "heed/data";
 * const items = Array.from({ length: 10 }, (_, i) => i);
 * const { train, test } = splitCorpus(items, { shares: { train: 0.8, test: 0.2 }, seed: 1 });
 * console.log(train?.length, test?.length); // 8 2
 * ```
 */
export function splitCorpus<T>(items: readonly T[], options: SplitOptions<T>): Record<string, T[]> {
  const { shares, seed, keyOf } = readOptions("splitCorpus", options, { shares: true, seed: true, keyOf: true });
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
