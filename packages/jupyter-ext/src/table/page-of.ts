/** One page of a long axis. */
export interface Page {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly number: number;
  readonly count: number;
}

/** Page `number` (from 0, drawn into range) of `total` places, `size` on a page. A last page of very few joins the one before. */
export function pageOf(total: number, size: number, number: number): Page {
  const few = Math.floor(size / 4);
  const count = Math.max(1, Math.ceil((total - few) / size));
  const at = Math.min(Math.max(0, number), count - 1);
  return { start: at * size, end: at === count - 1 ? total : (at + 1) * size, number: at, count };
}

/** The page that a place is on. */
export function pageWith(total: number, size: number, place: number): number {
  return pageOf(total, size, Math.floor(place / size)).number;
}
