import type { Random, Tensor } from "../engine/index.js";

/** The weights of a linear layer: y = W x + b. */
export interface LinearParameters<Leaf> {
  /** W [out, in] */
  readonly weight: Leaf;
  /** b [out] */
  readonly bias: Leaf;
}

/** First weights of a linear layer: evenly from −1/√in to 1/√in, as PyTorch's. */
export function linearInit(random: Random, from: number, to: number): LinearParameters<Tensor> {
  const bound = 1 / Math.sqrt(from);
  return {
    weight: random.fork("weight").uniform([to, from], { low: -bound, high: bound }),
    bias: random.fork("bias").uniform([to], { low: -bound, high: bound }),
  };
}
