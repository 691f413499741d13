import { add, convolve, expandDims, type Convolving, type Traced } from "../engine/ops.js";

/** The weights of a convolution, as PyTorch stores them. */
export interface ConvolutionParameters<Leaf = Traced> {
  /** [O, C, height, width] */
  readonly weight: Leaf;
  /** [O] */
  readonly bias: Leaf;
}

/**
 * A convolutional layer over images: [B, C, height, width] → [B, O, height′, width′], a bias added to each channel.
 *
 * @param options strides and padding; `{ strides: 2, padding: [[1, 1], [1, 1]] }` halves the sides with a 3 × 3 kernel
 * @throws TypeError when images and kernels do not fit together
 * @see LeCun et al. 1989, "Backpropagation Applied to Handwritten Zip Code Recognition"
 * @example
 * ```ts
 * import { compile, layers, tensor } from "heed/program";
 * import type { ops } from "heed";
 * const sum = compile((x: ops.Traced, p: layers.ConvolutionParameters) => layers.convolution(x, p));
 * const ones = { weight: tensor([[[[1, 1], [1, 1]]]]), bias: tensor([10]) };
 * console.log((await sum(tensor([[[[1, 2], [3, 4]]]]), ones)).data); // Float32Array [20]
 * ```
 */
export function convolution(x: Traced, { weight, bias }: ConvolutionParameters, options: Convolving = {}): Traced {
  const axes = Array.from({ length: weight.ndim - 2 }, (_, i) => i + 1);
  return add(convolve(x, weight, options), expandDims(bias, axes)); // [O] → [O, 1, 1]
}
