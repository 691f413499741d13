import type { Random, Tensor } from "../../engine/index.js";
import type { MaskedBatch } from "./program.js";
import { padTexts, type EncodedText, type TextReading } from "./texts.js";

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

/** Texts with some of their tokens hidden, padded. How many places are asked for depends on the padded length alone. */
export function maskedBatch(
  texts: readonly EncodedText[],
  reading: TextReading,
  random: Random,
  share: number,
): MaskedBatch<Tensor> {
  const { vocabulary } = reading;
  const masked = maskTokens(
    texts.map(({ ids }) => ids),
    random,
    {
      share,
      maskId: vocabulary.id("[MASK]"),
      firstOrdinary: vocabulary.specialCount,
      vocabularySize: vocabulary.size,
    },
  );
  const read = padTexts(
    texts.map(({ types }, b) => ({ ids: masked.ids[b] ?? [], types })),
    reading,
  );
  const [B = 0, T = 0] = read.ids.shape;
  const M = Math.max(1, Math.round(share * T));
  const [places, targets, isHidden] = [new Int32Array(B * M), new Int32Array(B * M), new Uint8Array(B * M)];
  texts.forEach(({ ids }, b) => {
    const hidden = ids.flatMap((_, t) => (masked.isHidden[b]?.[t] === true ? [t] : []));
    hidden.forEach((t, i) => {
      places[b * M + i] = b * T + t;
      targets[b * M + i] = ids[t] ?? 0;
      isHidden[b * M + i] = 1;
    });
  });
  const shape = [B, M];
  return {
    ...read,
    places: { shape, dtype: "int32", data: places },
    targets: { shape, dtype: "int32", data: targets },
    isHidden: { shape, dtype: "bool", data: isHidden },
  };
}
