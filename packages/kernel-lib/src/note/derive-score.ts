import { decodeArray, decodeMatrix } from "./decode.js";
import { cellCount } from "./numbers.js";
import type { EncodedArray, Note, ScoreName } from "./schema.js";

/** One term of the sum that a score is: `left` × `right`. */
export interface ScoreTerm {
  /** Which component of the vectors, or which hidden unit, from 0. */
  readonly index: number;
  /** Component of q (dot, scaled, cosine) or of qᵀW (general), or the weight v of a hidden unit. */
  readonly left: number;
  /** Component of k, or what the hidden unit gives: tanh(hidden). */
  readonly right: number;
  readonly product: number;
  /** What goes into tanh, of scores that have hidden units. */
  readonly hidden?: number;
}

/** A score taken apart: Σ left × right, times a factor. */
export interface ScoreTerms {
  readonly terms: readonly ScoreTerm[];
  readonly sum: number;
  /** 1/√D of `scaled`, 1/(‖q‖ ‖k‖) of `cosine`, otherwise 1. */
  readonly factor: number;
  readonly value: number;
  /** How far `value` may be from the score that was computed, by float32 arithmetic and by how vectors are stored. */
  readonly error: number;
}

/** What a score is computed from and a note may lack. */
export type ScorePart = "query" | "keys" | "score" | "parameters";

/** Scores of one query with any key, or which parts the note lacks for it. */
export type RowScores = { readonly of: (column: number) => ScoreTerms } | { readonly missing: readonly ScorePart[] };

/** Half a unit in the last place of float32, relative. */
export const float32Rounding = 2 ** -24;
/** Below this float32 rounds to something coarser, or to 0. */
const smallestNormal = 2 ** -126;
/** How exact a library's float32 tanh is. */
const tanhError = 1e-6;
/** Squared lengths below this are this, as in the score itself. */
const smallestSquare = 1e-16;

/** Numbers, each at most `errors` away from those that were computed with. */
interface Vector {
  readonly values: ArrayLike<number>;
  readonly errors: ArrayLike<number>;
}

/** Rows of equal width and the largest error of any number in them. */
interface Rows {
  readonly values: Float32Array;
  readonly width: number;
  readonly error: number;
}

/** Prepares to take the scores of row `row` apart: Σ qᵢkᵢ · scale, qᵀW k, vᵀ tanh(W [q; k]), vᵀ tanh(W q + U k + b), V tanh(W h). */
export function scoresOfRow(note: Note, head: number, row: number): RowScores {
  const { score } = note;
  const [rowCount = 0, columnCount = 0] = note.weights.shape.slice(-2);
  const keys = rowsOf(note.keys, head, columnCount);
  const isSummary = score?.name === "summary";
  const queries = isSummary ? undefined : rowsOf(note.query, head, rowCount);
  const missing: ScorePart[] = [
    ...(queries || isSummary ? [] : ["query" as const]),
    ...(keys ? [] : ["keys" as const]),
    ...(score ? [] : ["score" as const]),
  ];
  if (!keys || !score || missing.length > 0) return { missing };
  const of = prepare(score.name, { note, head, row, keys, query: queries && vectorAt(queries, row) });
  return of ? { of: (column) => of(vectorAt(keys, column)) } : { missing: ["parameters"] };
}

interface Prepared {
  readonly note: Note;
  readonly head: number;
  readonly row: number;
  readonly keys: Rows;
  readonly query: Vector | undefined;
}

/** The score of one query as a function of the key; undefined where parameters are absent or of another size. */
function prepare(name: ScoreName, { note, head, row, keys, query }: Prepared): ((key: Vector) => ScoreTerms) | undefined {
  const parameter = (letter: string, width: number, ownAxes: 1 | 2 = 2): Rows | undefined =>
    parameterOf(note.score?.parameters?.[letter], head, width, ownAxes);
  const width = query?.values.length ?? 0;
  switch (name) {
    case "dot":
    case "scaled":
    case "cosine": {
      if (!query || width !== keys.width) return undefined;
      if (name === "cosine") return (key) => cosineOf(query, key);
      const scale = name === "scaled" ? (note.score?.scale ?? 1 / Math.sqrt(width)) : 1;
      return (key) => sumOf(query, key, scale);
    }
    case "general": {
      const W = parameter("W", keys.width);
      if (!query || !W || rowCountOf(W) !== width) return undefined;
      const turned = timesMatrix(query, W);
      return (key) => sumOf(turned, key, 1);
    }
    case "concat": {
      const v = parameter("v", 0, 1);
      const W = parameter("W", width + keys.width);
      if (!query || !v || !W || rowCountOf(W) !== v.width) return undefined;
      return (key) => hiddenSum(vectorAt(v, 0), add(matrixTimes(W, query, 0), matrixTimes(W, key, width)));
    }
    case "additive": {
      const v = parameter("v", 0, 1);
      const [W, U] = [parameter("W", width), parameter("U", keys.width)];
      const isGiven = note.score?.parameters?.["b"] !== undefined;
      const b = parameter("b", v?.width ?? 0, 1);
      if (!query || !v || !W || !U || rowCountOf(W) !== v.width || rowCountOf(U) !== v.width || (isGiven && !b))
        return undefined;
      const ofQuery = b ? add(matrixTimes(W, query, 0), vectorAt(b, 0)) : matrixTimes(W, query, 0);
      return (key) => hiddenSum(vectorAt(v, 0), add(ofQuery, matrixTimes(U, key, 0)));
    }
    case "summary": {
      const W = parameter("W", keys.width);
      const V = W && parameter("V", rowCountOf(W));
      if (!W || !V || row >= rowCountOf(V)) return undefined;
      return (key) => hiddenSum(vectorAt(V, row), matrixTimes(W, key, 0));
    }
  }
}

/** Σ leftᵢ rightᵢ · factor. */
function sumOf(left: Vector, right: Vector, factor: number, hidden?: ArrayLike<number>): ScoreTerms {
  const terms: ScoreTerm[] = [];
  let [sum, size, stored] = [0, 0, 0];
  for (let index = 0; index < left.values.length; index++) {
    const [x, y] = [left.values[index] ?? 0, right.values[index] ?? 0];
    const [ex, ey] = [left.errors[index] ?? 0, right.errors[index] ?? 0];
    const product = x * y;
    const inside = hidden?.[index];
    terms.push({ index, left: x, right: y, product, ...(inside !== undefined && { hidden: inside }) });
    sum += product;
    size += Math.abs(product);
    stored += Math.abs(x) * ey + Math.abs(y) * ex + ex * ey;
  }
  const rounded = (terms.length + 8) * (float32Rounding * size + smallestNormal);
  const error = Math.abs(factor) * (stored + rounded) + smallestNormal;
  return { terms, sum, factor, value: sum * factor, error };
}

/** qᵀk / (‖q‖ ‖k‖), whose lengths are inexact too. */
function cosineOf(query: Vector, key: Vector): ScoreTerms {
  const [q, k] = [lengthOf(query), lengthOf(key)];
  const score = sumOf(query, key, 1 / (q.length * k.length));
  const size = score.terms.reduce((total, { product }) => total + Math.abs(product * score.factor), 0);
  return { ...score, error: score.error + size * (q.error + k.error) };
}

/** vᵀ tanh(hidden). */
function hiddenSum(v: Vector, hidden: Vector): ScoreTerms {
  const values = Array.from(hidden.values, Math.tanh);
  const errors = Array.from(hidden.errors, (error) => Math.min(2, error + tanhError));
  return sumOf(v, { values, errors }, 1, hidden.values);
}

/** W x, with the columns of W from `start` on. */
function matrixTimes(W: Rows, x: Vector, start: number): Vector {
  const size = rowCountOf(W);
  const values = new Float64Array(size);
  const errors = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const row = vectorAt(W, i, start, start + x.values.length);
    const { value, error } = sumOf(row, x, 1);
    values[i] = value;
    errors[i] = error;
  }
  return { values, errors };
}

/** xᵀW */
function timesMatrix(x: Vector, { values, width, error }: Rows): Vector {
  const results = Array.from({ length: width }, (_, column) => {
    const ofColumn = Array.from(x.values, (__, i) => values[i * width + column] ?? 0);
    return sumOf(x, { values: ofColumn, errors: ofColumn.map(() => error) }, 1);
  });
  return { values: results.map(({ value }) => value), errors: results.map((one) => one.error) };
}

function add(x: Vector, y: Vector): Vector {
  return {
    values: Array.from(x.values, (value, i) => value + (y.values[i] ?? 0)),
    errors: Array.from(x.errors, (error, i) => {
      const size = Math.abs(x.values[i] ?? 0) + Math.abs(y.values[i] ?? 0);
      return error + (y.errors[i] ?? 0) + float32Rounding * size;
    }),
  };
}

/** ‖x‖ and its largest error, relative. */
function lengthOf({ values, errors }: Vector): { length: number; error: number } {
  let [square, wrong] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    square += (values[i] ?? 0) ** 2;
    wrong += (errors[i] ?? 0) ** 2;
  }
  const length = Math.sqrt(Math.max(square, smallestSquare));
  return { length, error: Math.sqrt(wrong) / length + (values.length + 8) * float32Rounding };
}

const rowCountOf = ({ values, width }: Rows): number => (width === 0 ? 0 : values.length / width);

function vectorAt({ values, width, error }: Rows, row: number, start = 0, end = width): Vector {
  const part = values.subarray(row * width + start, row * width + end);
  return { values: part, errors: new Float64Array(part.length).fill(error) };
}

/** The vectors of a head, if the note holds them. */
export function rowsOf(array: EncodedArray | undefined, head: number, count: number): Rows | undefined {
  if (!array || array.encoding === "external" || array.shape.at(-2) !== count) return undefined;
  const matrices = cellCount(array.shape.slice(0, -2));
  const values = decodeMatrix(array, matrices === 1 ? 0 : head);
  return { values, width: array.shape.at(-1) ?? 0, error: array.maxError };
}

/** A parameter of `ownAxes` axes, of this head where each has its own; a width of 0 stands for any. */
function parameterOf(array: EncodedArray | undefined, head: number, width: number, ownAxes: 1 | 2): Rows | undefined {
  if (!array || array.encoding === "external") return undefined;
  const last = array.shape.at(-1) ?? 0;
  if (last === 0 || (width !== 0 && last !== width)) return undefined;
  // a vector stands for a matrix of one row, as in a summary of one hop
  const own = Math.min(ownAxes, array.shape.length);
  const size = cellCount(array.shape.slice(-own));
  const count = cellCount(array.shape.slice(0, -own));
  if (count !== 1 && head >= count) return undefined;
  const start = count === 1 ? 0 : head * size;
  return { values: decodeArray(array).subarray(start, start + size), width: last, error: array.maxError };
}
