import { readOptions } from "../../checks/read-options.js";
import { compile, ops, type Tensor, type Traced } from "../../engine/index.js";

export interface ValueNormsInput {
  /** [L, H, Q, K] */
  readonly weights: Tensor;
  /** [L, H, K, V]; with the bias of the projection, as the model uses them. */
  readonly values: Tensor;
  /** The output projection W_O of each head: [L, H, V, width]. */
  readonly output: Tensor;
}

export interface ValueNorms {
  /** ‖aᵢⱼ f(xⱼ)‖ for each head: [L, H, Q, K]. */
  readonly heads: Tensor;
  /** ‖Σₕ aᵢⱼ f(xⱼ)‖ for each layer: [L, Q, K]. */
  readonly layers: Tensor;
  /** ‖f(xⱼ)‖, how long the vectors are that attention weighs: [L, H, K]. */
  readonly vectors: Tensor;
}

/**
 * What attention really moves: the length of the weighted, transformed vectors, ‖aᵢⱼ f(xⱼ)‖ with f(x) = (x W_V + b_V) W_O. A token
 * with a large weight but a short vector, as separators often are, adds little.
 *
 * @throws TypeError when the shapes do not fit
 * @see Kobayashi et al. 2020, "Attention is Not Only a Weight", §2.3, eq. 8
 */
export async function valueNorms(input: ValueNormsInput): Promise<ValueNorms> {
  const { weights, values, output } = readOptions("valueNorms", input, { weights: true, values: true, output: true });
  const [L, H, , K] = weights.shape;
  const [, , , V] = values.shape;
  const fits =
    [weights, values, output].every(({ shape }) => shape.length === 4 && shape[0] === L && shape[1] === H) &&
    values.shape[2] === K &&
    output.shape[2] === V;
  if (!fits) {
    const shapes = [weights, values, output].map(({ shape }) => `[${shape.join(", ")}]`);
    throw new TypeError(
      `valueNorms: expected weights [L, H, Q, K], values [L, H, K, V] and output [L, H, V, width]; got ${shapes.join(", ")}`,
    );
  }
  return norms({ weights, values, output });
}

const norms = compile(function valueNorms({ weights, values, output }: Record<keyof ValueNormsInput, Traced>): {
  heads: Traced;
  layers: Traced;
  vectors: Traced;
} {
  const transformed = ops.matmul(values, output); // f(x): [L, H, K, V] · [L, H, V, width] → [L, H, K, width]
  const vectors = ops.sqrt(ops.sum(ops.square(transformed), -1)); // [L, H, K]
  const heads = ops.multiply(weights, ops.expandDims(vectors, 2)); // a ≥ 0, so ‖a f‖ = a ‖f‖
  const together = ops.einsum("lhqk,lhkw->lqkw", weights, transformed);
  return { heads, layers: ops.sqrt(ops.sum(ops.square(together), -1)), vectors };
});
