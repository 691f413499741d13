import { decodeMatrix } from "./decode.js";
import { float32Rounding, rowsOf, scoresOfRow, type ScorePart, type ScoreTerms } from "./derive-score.js";
import { decodeMask } from "./mask.js";
import type { Note } from "./schema.js";

/** How the weights of one row came from its scores: aⱼ = e^(mⱼ/T − shift) ÷ Σ. */
export interface RowSoftmax {
  /** Scores m, before the mask: those the note holds, otherwise computed from its vectors. */
  readonly scores: Float64Array;
  /** What the scores are divided by; 1 where the note says nothing. */
  readonly temperature: number;
  /** 1 where the key may be looked at. */
  readonly allowed: Uint8Array;
  /** What is subtracted from each exponent; not 0 only where e^m would be too large or too small to be read. */
  readonly shift: number;
  /** e^(m/T − shift), 0 where masked. */
  readonly exponentials: Float64Array;
  readonly sum: number;
  /** Exactly 0 where masked. */
  readonly weights: Float64Array;
}

/** What a row reads under its weights: c = Σⱼ aⱼ vⱼ. */
export interface RowOutput {
  /** V, the width of a value. */
  readonly width: number;
  /** aⱼ vⱼ, [K, V] */
  readonly contributions: Float64Array;
  readonly output: Float64Array;
}

/** One weight of a note, taken apart into the numbers it was made of. */
export interface CellDerivation {
  /** The weight as the note stores it. */
  readonly stored: number;
  readonly isMasked: boolean;
  /** The sum behind the score, where the note holds the vectors and parameters. */
  readonly terms?: ScoreTerms;
  /** The score as the note stores it. */
  readonly storedScore?: number;
  /** The largest error of `storedScore`, by how it is stored. */
  readonly storedScoreError?: number;
  readonly softmax?: RowSoftmax;
  /** The weight, computed again. */
  readonly weight?: number;
  /** How far `weight` may be from `stored`: by how the note stores numbers, and by float32 arithmetic. */
  readonly tolerance: number;
  readonly output?: RowOutput;
  /** What the note lacks for the rest of the derivation. */
  readonly missing: readonly (ScorePart | "scores" | "values")[];
}

/** Exponents within ±this are shown as they are: e^m can then be checked by hand. */
const plainExponent = 30;
/** How exact a library's float32 exponential is, relative. */
const exponentialError = 2 ** -21;

/**
 * Takes one weight apart: the terms of its score, the exponentials and the sum of its row, the weight, and what each key adds to
 * the output. Everything is computed again from the vectors, scores and parameters that the note holds, by the formulas of `attention`
 * and `summaryAttention`; what a derivation needs and the note lacks is listed in `missing`.
 *
 * Where |weight − stored| ≤ tolerance, the weight was made as the note says.
 *
 * @param head layer × heads + head
 * @throws RangeError when there is no such cell, or the weights are beside the notebook
 * @see Vaswani et al. 2017, §3.2.1; Bahdanau et al. 2015, §A.1.2; Lin et al. 2017, eqs. 5–8
 * @example
 * ```ts
 * import { attention } from "heed";
 * import { deriveCell } from "heed/note";
 * const s = [[1, 1, 0], [0, 1, 1], [2, 0, 1], [1, 0, 1]];
 * const note = (await attention({ query: [1, 0, 2], keys: s, score: "dot" })).toNote();
 * const { terms, softmax } = deriveCell(note, 0, 0, 2);
 * console.log(terms?.sum, softmax?.sum.toFixed(1)); // 4 84.8
 * ```
 */
export function deriveCell(note: Note, head: number, row: number, column: number): CellDerivation {
  const { weights } = note;
  const [rows = 0, columns = 0] = weights.shape.slice(-2);
  if (weights.encoding === "external") {
    throw new RangeError("deriveCell: expected weights inside the note; these are in a file beside the notebook");
  }
  if (!(row >= 0 && row < rows && column >= 0 && column < columns)) {
    throw new RangeError(`deriveCell: expected a cell of ${rows} × ${columns}; got row ${row}, column ${column}`);
  }
  const matrix = decodeMatrix(weights, head);
  const storedWeights = matrix.subarray(row * columns, (row + 1) * columns);
  const stored = storedWeights[column] ?? 0;
  const allowed = allowedOf(note, head, row);
  const ofRow = scoresOfRow(note, head, row);
  const terms = "of" in ofRow ? ofRow.of(column) : undefined;
  const scores = rowsOf(note.scores, head, rows);
  const storedScores =
    scores && scores.width === columns ? scores.values.subarray(row * columns, (row + 1) * columns) : undefined;

  const recomputed = !storedScores && "of" in ofRow ? Array.from({ length: columns }, (_, j) => ofRow.of(j)) : undefined;
  const made = storedScores ?? recomputed?.map(({ value }) => value);
  const temperature = note.score?.temperature ?? 1;
  const softmax = made && softmaxOf(Float64Array.from(made), temperature, allowed);
  const weight = softmax?.weights[column];
  const scoreError = storedScores
    ? (scores?.error ?? 0)
    : (recomputed ?? []).reduce((most, { error }) => Math.max(most, error), 0);
  const output = outputOf(note, head, softmax?.weights ?? storedWeights);
  const missing = [
    ...("missing" in ofRow ? ofRow.missing : []),
    ...(softmax ? [] : ["scores" as const]),
    ...(output ? [] : ["values" as const]),
  ];
  return {
    stored,
    isMasked: allowed[column] === 0,
    ...(terms && { terms }),
    ...(storedScores && { storedScore: storedScores[column] ?? 0, storedScoreError: scores?.error ?? 0 }),
    ...(softmax && { softmax }),
    ...(weight !== undefined && { weight }),
    tolerance: toleranceOf(weights.maxError, weight ?? 0, softmax, scoreError),
    ...(output && { output }),
    missing,
  };
}

function allowedOf(note: Note, head: number, row: number): Uint8Array {
  const [rows = 0, columns = 0] = note.weights.shape.slice(-2);
  if (note.maskedRows?.includes(head * rows + row) === true) return new Uint8Array(columns);
  if (!note.mask) return new Uint8Array(columns).fill(1);
  return decodeMask(note.mask, head).subarray(row * columns, (row + 1) * columns);
}

function softmaxOf(scores: Float64Array, temperature: number, allowed: Uint8Array): RowSoftmax {
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
function toleranceOf(storage: number, weight: number, softmax: RowSoftmax | undefined, scoreError: number): number {
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

function outputOf(note: Note, head: number, weights: ArrayLike<number>): RowOutput | undefined {
  const values = rowsOf(note.values, head, weights.length);
  if (!values || values.width === 0) return undefined;
  const { width } = values;
  const contributions = Float64Array.from(values.values, (value, i) => (weights[Math.floor(i / width)] ?? 0) * value);
  const output = new Float64Array(width);
  contributions.forEach((value, i) => (output[i % width] = (output[i % width] ?? 0) + value));
  return { width, contributions, output };
}
