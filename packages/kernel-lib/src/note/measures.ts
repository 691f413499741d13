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
