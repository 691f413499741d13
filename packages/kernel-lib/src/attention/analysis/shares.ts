/** How much of its attention a head gives to tokens at a certain place: one number from 0 to 1 for each head. */
import type { Tensor } from "../../engine/index.js";
import { meanOverRows, selfSizes, weightSizes } from "./rows.js";

/**
 * How far a head looks: the mean over queries i of Σⱼ aᵢⱼ |i − j|, in tokens.
 *
 * `weights` [..., T, T] → [...].
 *
 * @throws TypeError unless queries and keys are the same tokens
 * @see Vig & Belinkov 2019, "Analyzing the Structure of Attention", §4.3
 */
export function meanDistance(weights: Tensor): Tensor<"float32"> {
  const { K } = selfSizes("meanDistance", weights);
  return meanOverRows(
    "meanDistance",
    weights,
    (row, start, data) => {
      let sum = 0;
      let total = 0;
      for (let j = 0; j < K; j++) {
        const a = data[start + j] ?? 0;
        sum += a * Math.abs(row - j);
        total += a;
      }
      return sum / total;
    },
    "a row that is not masked",
  );
}

/**
 * The weight a query gives to the token at a fixed distance: the mean of aᵢ,ᵢ₊ₙ over the queries that have such a token.
 * −1 is the previous token, 0 the token itself, 1 the next.
 *
 * `weights` [..., T, T] → [...].
 *
 * @throws TypeError unless queries and keys are the same tokens; RangeError when no token is at that distance
 * @see Clark et al. 2019, §3.1; Voita et al. 2019, "Analyzing Multi-Head Self-Attention", §5.1 (positional heads)
 * @example
 * ```ts
 * import { analysis, tensor } from "heed";
 * console.log(analysis.offsetShare(tensor([[1, 0], [0.75, 0.25]]), -1).data); // Float32Array [0.75]
 * ```
 */
export function offsetShare(weights: Tensor, offset: number): Tensor<"float32"> {
  const { K } = selfSizes("offsetShare", weights);
  return meanOverRows(
    "offsetShare",
    weights,
    (row, start, data) => (row + offset >= 0 && row + offset < K ? (data[start + row + offset] ?? 0) : undefined),
    `a token at distance ${offset} from another`,
  );
}

/**
 * The weight given to certain keys together, such as separators, punctuation, or the first token, on which surplus attention
 * settles: the mean over queries of Σⱼ∈S aᵢⱼ.
 *
 * `weights` [..., Q, K] → [...].
 *
 * @param keys the positions S
 * @throws RangeError when a position is not one of the keys
 * @see Clark et al. 2019, §3.2 (separators); Xiao et al. 2024, "Efficient Streaming Language Models with Attention Sinks" (first token)
 */
export function keyShare(weights: Tensor, keys: readonly number[]): Tensor<"float32"> {
  const { K } = weightSizes("keyShare", weights);
  const wrong = keys.find((key) => !Number.isInteger(key) || key < 0 || key >= K);
  if (wrong !== undefined) throw new RangeError(`keyShare: expected positions from 0 to ${K - 1}; got ${wrong}`);
  const positions = [...new Set(keys)];
  return meanOverRows(
    "keyShare",
    weights,
    (_, start, data) => positions.reduce((sum, key) => sum + (data[start + key] ?? 0), 0),
    "a row that is not masked",
  );
}

/**
 * How much a head does induction: having met a token before, it looks at what came after it then. The mean, over queries whose
 * token occurred earlier, of Σⱼ aᵢⱼ over keys j with tokenⱼ₋₁ = tokenᵢ, j ≤ i.
 *
 * `weights` [..., T, T], `ids` T (any numbers or texts that say which tokens are the same) → [...].
 *
 * @throws RangeError when no token occurs twice
 * @see Olsson et al. 2022, "In-context Learning and Induction Heads" (prefix matching score)
 */
export function inductionShare(weights: Tensor, ids: readonly (number | string)[]): Tensor<"float32"> {
  const { K } = selfSizes("inductionShare", weights);
  if (ids.length !== K) throw new RangeError(`inductionShare: expected ${K} tokens; got ${ids.length}`);
  const afterEarlier = ids.map((id, i) => ids.flatMap((other, j) => (other === id && j < i ? [j + 1] : [])));
  return meanOverRows(
    "inductionShare",
    weights,
    (row, start, data) => {
      const keys = afterEarlier[row] ?? [];
      return keys.length === 0 ? undefined : keys.reduce((sum, key) => sum + (data[start + key] ?? 0), 0);
    },
    "a token that occurs twice",
  );
}

/**
 * Attention without any preference, to compare with: every key that is visible (its weight is not 0) gets the same.
 *
 * `weights` [..., Q, K] → [..., Q, K].
 */
export function uniformLike(weights: Tensor): Tensor<"float32"> {
  const { K } = weightSizes("uniformLike", weights);
  const data = new Float32Array(weights.data.length);
  for (let start = 0; start < data.length; start += K) {
    let visible = 0;
    for (let i = start; i < start + K; i++) if (weights.data[i] !== 0) visible += 1;
    for (let i = start; i < start + K; i++) if (weights.data[i] !== 0) data[i] = 1 / visible;
  }
  return { shape: weights.shape, dtype: "float32", data };
}
