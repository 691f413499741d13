import { decodeMask } from "./mask.js";
import { float32Rounding } from "./derive-score.js";
import type { Note } from "./schema.js";

/** How the weights of one row came from its scores: aⱼ = e^(mⱼ/T − shift) ÷ Σ. */
export interface RowSoftmax {
  /** Scores m, before the mask: those the note holds, otherwise computed from its vectors. */
  readonly scores: Float64Array;
  /** What the scores are divided by; 1 where the note says nothing. */
  readonly temperature: number;
  /** 1 where the key may be looked at. */
  readonly allowed: ArrayLike<number>;
  /** What is subtracted from each exponent; not 0 only where e^m would be too large or too small to be read. */
  readonly shift: number;
  /** e^(m/T − shift), 0 where masked. */
  readonly exponentials: Float64Array;
  readonly sum: number;
  /** Exactly 0 where masked. */
  readonly weights: Float64Array;
}

/** Exponents within ±this are shown as they are: e^m can then be checked by hand. */
const plainExponent = 30;
/** How exact a library's float32 exponential is, relative. */
const exponentialError = 2 ** -21;

/** 1 where the row may look at a key. */
export function allowedOf(note: Note, head: number, row: number): Uint8Array {
  const [rows = 0, columns = 0] = note.weights.shape.slice(-2);
  if (note.maskedRows?.includes(head * rows + row) === true) return new Uint8Array(columns);
  if (!note.mask) return new Uint8Array(columns).fill(1);
  return decodeMask(note.mask, head).subarray(row * columns, (row + 1) * columns);
}

/** Softmax over the keys that are allowed. */
export function softmaxOf(scores: Float64Array, temperature: number, allowed: ArrayLike<number>): RowSoftmax {
  const exponents = scores.map((score) => score / temperature);
  const open = exponents.filter((_, j) => allowed[j] !== 0);
  const [least, most] = open.reduce(([low, high], x) => [Math.min(low, x), Math.max(high, x)], [Infinity, -Infinity]);
  const shift = open.length === 0 || (least >= -plainExponent && most <= plainExponent) ? 0 : most;
  const exponentials = exponents.map((exponent, j) => (allowed[j] === 0 ? 0 : Math.exp(exponent - shift)));
  const sum = exponentials.reduce((total, x) => total + x, 0);
  const weights = exponentials.map((x) => (sum === 0 ? 0 : x / sum));
  return { scores, temperature, allowed, shift, exponentials, sum, weights };
}

/**
 * Scores that are off by at most δ make exponentials off by a factor within e^±δ, and so a weight by one within e^±2δ.
 *
 * @param storage the largest error of the weights as stored
 */
export function toleranceOf(storage: number, weight: number, softmax: RowSoftmax | undefined, scoreError: number): number {
  if (!softmax || weight === 0) return storage + exponentialError;
  const { scores, temperature, allowed } = softmax;
  const largest = scores.reduce(
    (most, score, j) => (allowed[j] === 0 ? most : Math.max(most, Math.abs(score / temperature))),
    0,
  );
  const delta = scoreError / temperature + 2 * float32Rounding * largest + exponentialError;
  const summing = scores.length * float32Rounding;
  return storage + weight * (Math.expm1(2 * delta) + summing) + float32Rounding;
}
