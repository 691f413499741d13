/** Measures of one row of weights, shown with the picture. */

/** Entropy −Σ a log₂ a in bits: 0 where all weight is on one key, log₂ K where it is even. Zeros count nothing. */
export function entropyOf(row: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < row.length; i++) {
    const weight = row[i] ?? 0;
    if (weight > 0) total -= weight * Math.log(weight); // twice as fast as log2
  }
  // a weight above 1 by rounding must not make it negative
  return Math.max(0, total / Math.LN2);
}

/**
 * The Jensen–Shannon distance of two distributions over the same keys: √(½ KL(p‖m) + ½ KL(q‖m)) with m = (p + q) ÷ 2 and
 * logarithms to base 2. A metric from 0, the same, to 1, nothing in common.
 *
 * A row that sums to something else than 1 counts as divided by its sum; NaN where a row has no weight at all.
 *
 * @see Lin 1991, "Divergence Measures Based on the Shannon Entropy"; Endres & Schindelin 2003, "A New Metric for Probability Distributions"
 * @example
 * ```ts
 * import { jensenShannonDistance } from "heed/note";
 * console.log(jensenShannonDistance([1, 0], [0, 1])); // 1
 * ```
 */
export function jensenShannonDistance(p: ArrayLike<number>, q: ArrayLike<number>): number {
  const [sumP, sumQ] = [sumOf(p), sumOf(q)];
  if (!(sumP > 0 && sumQ > 0)) return Number.NaN;
  let divergence = 0;
  for (let i = 0; i < p.length; i++) {
    const [x, y] = [(p[i] ?? 0) / sumP, (q[i] ?? 0) / sumQ];
    const mean = (x + y) / 2;
    if (x > 0) divergence += x * Math.log2(x / mean);
    if (y > 0) divergence += y * Math.log2(y / mean);
  }
  // rounding must not leave the range
  return Math.sqrt(Math.min(1, Math.max(0, divergence / 2)));
}

function sumOf(row: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i] ?? 0;
  return sum;
}

/** The position of the largest weight, the first of equals; -1 where every weight is 0. */
export function largestIn(row: ArrayLike<number>): number {
  let found = -1;
  let largest = 0;
  for (let i = 0; i < row.length; i++) {
    const weight = row[i] ?? 0;
    if (weight > largest) {
      largest = weight;
      found = i;
    }
  }
  return found;
}

/** The rank of a cell in its row: 1 for the largest weight; equal weights share the better rank. */
export function rankIn(row: ArrayLike<number>, column: number): number {
  const weight = row[column] ?? 0;
  let rank = 1;
  for (let i = 0; i < row.length; i++) if ((row[i] ?? 0) > weight) rank++;
  return rank;
}

/** Row `index` of a decoded matrix, without copying. */
export function rowOf(matrix: Float32Array, columns: number, index: number): Float32Array {
  return matrix.subarray(index * columns, (index + 1) * columns);
}
