/** How much the hops of a summary look at the same tokens (Lin et al. 2017, "A Structured Self-attentive Sentence Embedding"). */
export interface Overlap {
  /** AAᵀ, row-major R × R: 1 on the diagonal where a hop looks at one token only, 0 beside it where two hops share none. */
  readonly matrix: Float32Array;
  /** ‖AAᵀ − I‖², the squared Frobenius norm that training adds to the loss to push hops apart. */
  readonly penalty: number;
}

/** @param weights A [R, T], row-major; masked weights (NaN) count as 0 */
export function overlapOf(weights: Float32Array, hops: number): Overlap {
  const tokens = hops === 0 ? 0 : weights.length / hops;
  const matrix = new Float32Array(hops * hops);
  let penalty = 0;
  for (let i = 0; i < hops; i++) {
    for (let j = 0; j < hops; j++) {
      let sum = 0;
      for (let t = 0; t < tokens; t++) sum += (weights[i * tokens + t] || 0) * (weights[j * tokens + t] || 0);
      matrix[i * hops + j] = sum;
      penalty += (sum - (i === j ? 1 : 0)) ** 2;
    }
  }
  return { matrix, penalty };
}
