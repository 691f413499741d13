/** The one check of whether rows of weights are probability distributions, for notes that are made, stored and written. */
import { decodeArray, errorOfRow } from "./decode.js";
import { fail } from "./error.js";
import { placeOf } from "./numbers.js";
import type { EncodedArray, InlineArray } from "./schema.js";

/** How far the sum of a row may be from 1 when each of its weights was rounded to two decimals. */
export function roundingOf(columns: number): number {
  return Math.min(0.05, 0.001 + 0.005 * columns);
}

/**
 * Refuses stored weights whose rows are no distributions, as a written note is refused: without `normalised: false` a reader takes
 * each for a share of its row. A row of zeros may look at nothing. Of weights in a file the overview tells.
 */
export function requireDistributions(weights: EncodedArray, path: string): void {
  const columns = weights.shape.at(-1) ?? 1;
  if (weights.encoding === "external") return requireOverview(weights.overview.mean, weights.overview.block[1], columns, path);
  const values = decodeArray(weights);
  for (let start = 0, row = 0; start < values.length; start += columns, row++) {
    let sum = 0;
    for (let i = start; i < start + columns; i++) sum += values[i] ?? 0;
    const slack = roundingOf(columns) + storageOf(weights, row, columns, sum);
    if (sum !== 0 && Math.abs(sum - 1) > slack) failSum(`${path}${placeOf(weights.shape.slice(0, -1), row)}`, sum);
  }
}

/** How far storing may have moved the sum of a row, whatever error is stated. */
function storageOf(weights: InlineArray, row: number, columns: number, sum: number): number {
  switch (weights.encoding) {
    case "u8":
      return columns * errorOfRow({ ...weights, maxError: Infinity }, row);
    case "f16":
      return sum / 2_048 + columns * 2 ** -25;
    case "f32":
      return 0;
  }
}

/** The means of a row of blocks, times their width, sum to the mean of their rows' sums: at most 1. */
function requireOverview(mean: InlineArray, width: number, columns: number, path: string): void {
  const values = decodeArray(mean);
  const blocks = mean.shape.at(-1) ?? 1;
  for (let start = 0, row = 0; start < values.length; start += blocks, row++) {
    let sum = 0;
    for (let i = 0; i < blocks; i++) sum += (values[start + i] ?? 0) * Math.min(width, columns - i * width);
    if (sum > 1 + roundingOf(columns) + width * storageOf(mean, row, blocks, sum / width)) failSum(`${path}.overview`, sum);
  }
}

/** @param path of the row */
export function failSum(path: string, sum: number): never {
  const total = Number(sum.toPrecision(6));
  return fail(
    path,
    `expected weights that sum to 1; got a sum of ${total}. If they are no distribution, say normalised: false`,
    `一行权重之和应为 1，实际为 ${total}。若不是概率分布，请写 normalised: false`,
  );
}
