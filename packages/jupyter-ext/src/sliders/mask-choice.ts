import type { MaskWords, WrittenNote } from "heed/language";

type Matrix = NonNullable<WrittenNote["mask"]>;

/** What a reader chooses of a mask: causal or not, how many keys are seen; or the author's own matrix as it is. */
export interface MaskChoice {
  readonly causal: boolean;
  /** Keys from the first on that may be looked at. */
  readonly lengths: number;
  /** The mask that stands in the note and is neither; the other two narrow it further. */
  readonly own?: Matrix;
}

interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** The words for a written mask, where it has such words. */
export function readMaskChoice(mask: Matrix | undefined, size: Size): MaskChoice {
  const all: MaskChoice = { causal: false, lengths: size.columns };
  if (!mask) return all;
  // the widest row tells how many keys are no padding
  const lengths = Math.max(0, ...mask.map((row) => row.lastIndexOf(1) + 1));
  const choices: MaskChoice[] = [false, true].flatMap((causal) => [
    { causal, lengths: size.columns },
    { causal, lengths },
  ]);
  return choices.find((choice) => isSame(maskOf(choice, size), mask)) ?? { ...all, own: mask };
}

/** The matrix that a choice means; undefined where every key may be looked at. */
export function maskOf({ causal, lengths, own }: MaskChoice, { rows, columns }: Size): Matrix | undefined {
  if (!causal && lengths >= columns) return own;
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (__, column) => {
      const isSeen = column < lengths && (!causal || column <= row);
      return isSeen ? (own?.[row]?.[column] ?? 1) : 0;
    }),
  );
}

/** How a choice is written in the note: in words, or, of the author's own matrix, row by row. */
export function writtenMask(choice: MaskChoice, size: Size): MaskWords | Matrix {
  const { causal, lengths, own } = choice;
  if (own) return maskOf(choice, size) ?? own;
  return { ...(causal && { causal }), ...(lengths < size.columns && { lengths }) };
}

function isSame(a: Matrix | undefined, b: Matrix): boolean {
  return b.every((row, i) => row.every((bit, j) => bit === (a?.[i]?.[j] ?? 1)));
}
