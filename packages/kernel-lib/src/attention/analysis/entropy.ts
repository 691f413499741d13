import type { Tensor } from "../../engine/index.js";
import { weightSizes } from "./rows.js";

/**
 * The entropy of each row: H = −Σⱼ aⱼ ln aⱼ, in nats; 0 when a query looks at one key only, ln K when at all alike.
 *
 * `weights` [..., Q, K] → [..., Q]; a fully masked row has entropy 0.
 *
 * @throws TypeError when the tensor is no weights
 * @see Clark et al. 2019, "What Does BERT Look At?", §3.3; Vig & Belinkov 2019, "Analyzing the Structure of Attention", §4.4
 * @example
 * ```ts
 * import { analysis, tensor } from "heed";
 * console.log(analysis.entropy(tensor([[0.5, 0.5], [1, 0]])).data); // Float32Array [0.6931471824645996, 0]
 * ```
 */
export function entropy(weights: Tensor): Tensor<"float32"> {
  const { leading, matrices, Q, K } = weightSizes("entropy", weights);
  const { data } = weights;
  const found = new Float32Array(matrices * Q);
  for (let row = 0; row < found.length; row++) {
    let sum = 0;
    for (let i = row * K; i < (row + 1) * K; i++) {
      const a = data[i] ?? 0;
      if (a > 0) sum -= a * Math.log(a);
    }
    found[row] = sum;
  }
  return { shape: [...leading, Q], dtype: "float32", data: found };
}
