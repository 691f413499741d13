/** Whether the numbers in a file are still those that a note was made with. */
import { sha256 } from "@noble/hashes/sha2.js";
import { decodeMatrix, type ExternalArray } from "heed/note";
import type { MatrixLevel } from "../view/levels.js";
import { SideFileError } from "./side-file-error.js";

/** Of each matrix, as the note keeps them. */
const hashBytes = 16;
/** What float32 may round in a mean of many. */
const rounding = 1e-6;

/** Rows of one level of a matrix, as they were read. */
export interface ReadRows {
  readonly head: number;
  readonly level: MatrixLevel;
  /** `start` ≤ row < `end` of the level. */
  readonly start: number;
  readonly end: number;
  readonly max: Float32Array;
}

/**
 * Compares the bytes of a whole matrix with the hash that the note keeps of it, if it does.
 *
 * @throws SideFileError where they are others
 */
export function requireSameBytes({ matrixHashes }: ExternalArray, head: number, bytes: Uint8Array): void {
  if (matrixHashes === undefined) return;
  const known = atob(matrixHashes).slice(head * hashBytes, (head + 1) * hashBytes);
  const now = String.fromCharCode(...sha256(bytes).subarray(0, hashBytes));
  if (now !== known) throw changed();
}

/**
 * Compares rows with the overview that the note holds, which takes no further reading: no block has more than its largest weight and, where
 * all of it was read, no less, and the same mean. Numbers that changed without that are noticed by the hash alone.
 *
 * @throws SideFileError where they cannot be the same
 */
export function requireSameNumbers(array: ExternalArray, { head, level, start, end, max }: ReadRows): void {
  const { block, max: largest, mean } = array.overview;
  const [down, across] = [block[0] / level.block[0], block[1] / level.block[1]];
  // levels whose blocks are no parts of those of the overview cannot be compared
  if (!Number.isInteger(down) || !Number.isInteger(across)) return;
  const [, columns] = level.shape;
  const blocks = largest.shape.at(-1) ?? 1;
  const [maxima, means] = [decodeMatrix(largest, head), decodeMatrix(mean, head)];
  const slack = array.maxError + rounding;
  for (let row = Math.floor(start / down); row * down < end; row++) {
    const [first, last] = [Math.max(start, row * down), Math.min(end, (row + 1) * down, level.shape[0])];
    const isAll = first === row * down && last === Math.min((row + 1) * down, level.shape[0]);
    for (let column = 0; column < blocks; column++) {
      const stop = Math.min((column + 1) * across, columns);
      let [most, sum] = [0, 0];
      for (let i = first; i < last; i++) {
        for (let k = column * across; k < stop; k++) {
          const value = max[(i - start) * columns + k] ?? 0;
          if (value > most) most = value;
          sum += value;
        }
      }
      const known = maxima[row * blocks + column] ?? 0;
      const slackOfMax = slack * (1 + known) + largest.maxError;
      if (most > known + slackOfMax || (isAll && most < known - slackOfMax)) throw changed();
      // of coarser levels the means are others
      if (!isAll || level.block[0] > 1 || level.block[1] > 1) continue;
      const average = sum / ((last - first) * (stop - column * across));
      const knownMean = means[row * blocks + column] ?? 0;
      if (Math.abs(average - knownMean) > slack * (1 + knownMean) + mean.maxError) throw changed();
    }
  }
}

const changed = (): SideFileError => new SideFileError("changed", "its numbers are others than when the note was made");
