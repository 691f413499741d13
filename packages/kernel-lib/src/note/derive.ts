import { decodeMatrix } from "./decode.js";
import { rowsOf, scoresOfRow, type ScorePart, type ScoreTerms } from "./derive-score.js";
import { allowedOf, softmaxOf, toleranceOf, type RowSoftmax } from "./derive-softmax.js";
import { inferScore } from "./infer-score.js";
import type { EncodedArray, Note, NoteScore } from "./schema.js";

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
  /** How the score was made. */
  readonly score?: NoteScore;
  /** Whether `score` was found by trying, because the note does not say. */
  readonly isInferred: boolean;
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

/**
 * Takes one weight apart: the terms of its score, the exponentials and the sum of its row, the weight, and what each key adds to
 * the output. Everything is computed again from the vectors, scores and parameters that the note holds, by the formulas of `attention`
 * and `summaryAttention`; what a derivation needs and the note lacks is listed in `missing`. Where a note holds queries and keys but does
 * not say how they were scored, q·k and q·k ÷ √D are tried: the one that gives its numbers is used.
 *
 * Where |weight − stored| ≤ tolerance, the weight was made as the note says.
 *
 * @param head layer × heads + head
 * @param readRow the weights of the row, where they are beside the notebook and were read from there
 * @throws RangeError when there is no such cell, or the weights are beside the notebook and were not read
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
export function deriveCell(note: Note, head: number, row: number, column: number, readRow?: Float32Array): CellDerivation {
  const { weights } = note;
  const [rows = 0, columns = 0] = weights.shape.slice(-2);
  if (!(row >= 0 && row < rows && column >= 0 && column < columns)) {
    throw new RangeError(`deriveCell: expected a cell of ${rows} × ${columns}; got row ${row}, column ${column}`);
  }
  const storedWeights = rowOfWeights(weights, head, row, readRow);
  const stored = storedWeights[column] ?? 0;
  const inferred = note.score ? undefined : inferScore(note, head);
  const score = note.score ?? inferred?.score;
  const allowed =
    inferred?.isZeroMasked === true ? storedWeights.map((weight) => Number(weight !== 0)) : allowedOf(note, head, row);
  const ofRow = scoresOfRow(score ? { ...note, score } : note, head, row);
  const terms = "of" in ofRow ? ofRow.of(column) : undefined;
  const scores = rowsOf(note.scores, head, rows);
  const storedScores =
    scores && scores.width === columns ? scores.values.subarray(row * columns, (row + 1) * columns) : undefined;

  const recomputed = !storedScores && "of" in ofRow ? Array.from({ length: columns }, (_, j) => ofRow.of(j)) : undefined;
  const made = storedScores ?? recomputed?.map(({ value }) => value);
  const temperature = score?.temperature ?? 1;
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
    ...(score && { score }),
    isInferred: inferred !== undefined,
    ...(terms && { terms }),
    ...(storedScores && { storedScore: storedScores[column] ?? 0, storedScoreError: scores?.error ?? 0 }),
    ...(softmax && { softmax }),
    ...(weight !== undefined && { weight }),
    tolerance: toleranceOf(weights.maxError, weight ?? 0, softmax, scoreError),
    ...(output && { output }),
    missing,
  };
}

function rowOfWeights(weights: EncodedArray, head: number, row: number, readRow: Float32Array | undefined): Float32Array {
  const columns = weights.shape.at(-1) ?? 0;
  if (weights.encoding !== "external") return decodeMatrix(weights, head).subarray(row * columns, (row + 1) * columns);
  if (!readRow) {
    throw new RangeError(
      "deriveCell: expected weights inside the note, or the row as it was read; these are in a file beside the notebook",
    );
  }
  if (readRow.length !== columns) {
    throw new TypeError(`deriveCell: expected a row of ${columns} weights; got ${readRow.length}`);
  }
  return readRow;
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
