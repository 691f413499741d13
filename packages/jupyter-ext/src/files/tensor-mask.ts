import { limits } from "heed/note";

/** Of the cells that are open to a head at least so many hold something: softmax gives no zeros, other things do. */
const leastFilled = 0.9;

/**
 * Finds out which cells are masked in weights that come without a mask. Softmax gives no weight of exactly 0: what is 0 in every head is
 * what no head may look at. Of one head, or where zeros are everywhere, that is believed only of the keys after each query.
 */
export class MaskFinder {
  readonly #shape: readonly [number, number];
  readonly #seen: Uint8Array | undefined;
  #filled = 0;
  #matrices = 0;

  constructor(rows: number, columns: number) {
    this.#shape = [rows, columns];
    this.#seen = rows * columns <= limits.inlineCells ? new Uint8Array(rows * columns) : undefined;
  }

  add(weights: Float32Array): void {
    const seen = this.#seen;
    if (!seen) return;
    this.#matrices++;
    for (let i = 0; i < weights.length; i++) {
      if (weights[i] === 0) continue;
      seen[i] = 1;
      this.#filled++;
    }
  }

  /** [rows, columns], 1 where a key may be looked at; undefined where nothing is masked. */
  get mask(): { readonly shape: readonly [number, number]; readonly data: Uint8Array } | undefined {
    const seen = this.#seen;
    const [rows, columns] = this.#shape;
    if (!seen || rows < 2) return undefined;
    const open = seen.reduce((sum, bit) => sum + bit, 0);
    if (open === seen.length || open === 0) return undefined;
    if (this.#filled < leastFilled * open * this.#matrices) return undefined;
    if (this.#matrices === 1 && !this.#isCausal(seen)) return undefined;
    return { shape: [rows, columns], data: seen };
  }

  /** Every key up to the query's own is seen, and none after it. */
  #isCausal(seen: Uint8Array): boolean {
    const [rows, columns] = this.#shape;
    if (rows !== columns) return false;
    return seen.every((bit, i) => bit === Number(i % columns <= Math.floor(i / columns)));
  }
}
