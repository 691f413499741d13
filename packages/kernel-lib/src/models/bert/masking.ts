import type { Random } from "../../engine/index.js";

/** Rows of ids with some of them hidden, and where. */
export interface Masked {
  readonly ids: number[][];
  /** True at the positions that are to be predicted. */
  readonly isHidden: boolean[][];
}

export interface MaskingOptions {
  /** The share of ordinary tokens that are to be predicted; at least one in each row. */
  readonly share: number;
  readonly maskId: number;
  /** Ids below are special: never hidden, never put in place of another. */
  readonly firstOrdinary: number;
  readonly vocabularySize: number;
}

/**
 * Hides tokens as BERT's pretraining does: of those to be predicted, 80 % become [MASK], 10 % another token, 10 % stay.
 *
 * @see Devlin et al. 2019, §3.1, Task #1
 */
export function maskTokens(rows: readonly (readonly number[])[], random: Random, options: MaskingOptions): Masked {
  const { share, maskId, firstOrdinary, vocabularySize } = options;
  const isHidden = rows.map((row) => {
    const ordinary = row.flatMap((id, position) => (id >= firstOrdinary ? [position] : []));
    const count = Math.min(ordinary.length, Math.max(1, Math.round(share * ordinary.length)));
    const chosen = new Set(
      random
        .permutation(ordinary.length)
        .slice(0, count)
        .map((i) => ordinary[i]),
    );
    return row.map((_, position) => chosen.has(position));
  });
  const ids = rows.map((row, b) =>
    row.map((id, position) => {
      if (isHidden[b]?.[position] !== true) return id;
      const chance = random.number();
      if (chance < 0.8) return maskId;
      return chance < 0.9 ? firstOrdinary + random.integer(vocabularySize - firstOrdinary) : id;
    }),
  );
  return { ids, isHidden };
}
