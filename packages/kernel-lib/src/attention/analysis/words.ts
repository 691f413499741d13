import type { Tensor } from "../../engine/index.js";
import type { Groups } from "../../note/index.js";
import { weightSizes } from "./rows.js";

export { groupsOf, type WordsOfTokens } from "../../note/index.js";
export type { Groups };

/**
 * Attention between words out of that between subwords: what a word gives is the mean over its subwords, what it gets is the sum. Rows
 * still sum to 1.
 *
 * `weights` [..., Q, K] → [..., row groups, column groups].
 *
 * @param columns the groups of the keys; those of the rows unless given
 * @throws RangeError when the groups do not hold exactly the tokens
 * @see Clark et al. 2019, "What Does BERT Look At?", §4.1
 */
export function joinWords(weights: Tensor, rows: Groups, columns: Groups = rows): Tensor<"float32"> {
  const { leading, matrices, Q, K } = weightSizes("joinWords", weights);
  requirePartition("joinWords", rows, Q, "queries");
  requirePartition("joinWords", columns, K, "keys");
  const { data } = weights;
  const joined = new Float32Array(matrices * rows.length * columns.length);
  let at = 0;
  for (let matrix = 0; matrix < matrices; matrix++) {
    for (const row of rows) {
      for (const column of columns) {
        let sum = 0;
        for (const q of row) for (const k of column) sum += data[(matrix * Q + q) * K + k] ?? 0;
        joined[at++] = sum / row.length;
      }
    }
  }
  return { shape: [...leading, rows.length, columns.length], dtype: "float32", data: joined };
}

/**
 * The way back: each subword gives what its word gives, and gets an equal part of what its word gets. Rows still sum to 1, and
 * joining again gives the words as they were.
 *
 * `weights` [..., row groups, column groups] → [..., Q, K].
 */
export function splitWords(weights: Tensor, rows: Groups, columns: Groups = rows): Tensor<"float32"> {
  const { leading, matrices, Q, K } = weightSizes("splitWords", weights);
  if (Q !== rows.length || K !== columns.length) {
    throw new RangeError(`splitWords: expected weights of ${rows.length} × ${columns.length} groups; got [${Q}, ${K}]`);
  }
  const queries = rows.reduce((count, group) => count + group.length, 0);
  const keys = columns.reduce((count, group) => count + group.length, 0);
  requirePartition("splitWords", rows, queries, "queries");
  requirePartition("splitWords", columns, keys, "keys");
  const split = new Float32Array(matrices * queries * keys);
  for (let matrix = 0; matrix < matrices; matrix++) {
    rows.forEach((row, r) => {
      columns.forEach((column, c) => {
        const part = (weights.data[(matrix * Q + r) * K + c] ?? 0) / column.length;
        for (const q of row) for (const k of column) split[(matrix * queries + q) * keys + k] = part;
      });
    });
  }
  return { shape: [...leading, queries, keys], dtype: "float32", data: split };
}

function requirePartition(caller: string, groups: Groups, size: number, name: string): void {
  const tokens = groups.flat().toSorted((x, y) => x - y);
  if (tokens.length === size && tokens.every((token, i) => token === i)) return;
  throw new RangeError(`${caller}: expected groups that hold each of the ${size} ${name} once; got ${tokens.length} tokens`);
}
