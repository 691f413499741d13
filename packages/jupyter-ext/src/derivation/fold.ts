/** Items that are written out, and those that are only counted and added up. */
export interface Folded<Item> {
  readonly shown: readonly Item[];
  readonly rest: readonly Item[];
}

/**
 * The `most` largest items, largest first, and the rest; a single one is never left over. Few enough items all stay, in the order
 * that they came in unless `sortFew` is set.
 */
export function foldLargest<Item>(
  items: readonly Item[],
  sizeOf: (item: Item) => number,
  most: number,
  { sortFew = false }: { readonly sortFew?: boolean } = {},
): Folded<Item> {
  const fits = items.length <= most + 1;
  if (fits && !sortFew) return { shown: items, rest: [] };
  const sorted = items.toSorted((a, b) => sizeOf(b) - sizeOf(a));
  return fits ? { shown: sorted, rest: [] } : { shown: sorted.slice(0, most), rest: sorted.slice(most) };
}
