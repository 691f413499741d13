import type { Tensor } from "../../engine/index.js";
import { weightSizes } from "./rows.js";

export interface Hidden {
  /** Rows and columns that remain, rows scaled to sum to 1 again: [..., Q', K']. A row that looked only at what is hidden is 0. */
  readonly weights: Tensor<"float32">;
  /** How much each remaining query gave to hidden keys: [..., Q']. */
  readonly hiddenShare: Tensor<"float32">;
}

/**
 * Hides tokens: their rows and columns are left out, and what remains of each row is divided by its sum. What was hidden is returned
 * beside it and should be told, as special tokens often take most of a head's attention.
 *
 * @param rows positions of queries to hide
 * @param columns positions of keys to hide; those of the rows unless given
 */
export function hideTokens(weights: Tensor, rows: readonly number[], columns: readonly number[] = rows): Hidden {
  const { leading, matrices, Q, K } = weightSizes("hideTokens", weights);
  const queries = keep(Q, rows);
  const keys = keep(K, columns);
  if (queries.length === 0 || keys.length === 0) throw new RangeError("hideTokens: expected a token that remains; got none");
  const data = new Float32Array(matrices * queries.length * keys.length);
  const share = new Float32Array(matrices * queries.length);
  let at = 0;
  for (let matrix = 0; matrix < matrices; matrix++) {
    queries.forEach((q, row) => {
      const start = (matrix * Q + q) * K;
      let all = 0;
      for (let k = 0; k < K; k++) all += weights.data[start + k] ?? 0;
      const rest = keys.reduce((sum, k) => sum + (weights.data[start + k] ?? 0), 0);
      for (const k of keys) data[at++] = rest > 0 ? (weights.data[start + k] ?? 0) / rest : 0;
      share[matrix * queries.length + row] = all > 0 ? 1 - rest / all : 0;
    });
  }
  return {
    weights: { shape: [...leading, queries.length, keys.length], dtype: "float32", data },
    hiddenShare: { shape: [...leading, queries.length], dtype: "float32", data: share },
  };
}

const keep = (size: number, hidden: readonly number[]): number[] =>
  Array.from({ length: size }, (_, i) => i).filter((i) => !hidden.includes(i));
