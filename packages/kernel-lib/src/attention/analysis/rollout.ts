import { readOptions } from "../../checks/read-options.js";
import { compile, ops, sizeOf, type Tensor, type Traced } from "../../engine/index.js";
import { selfSizes } from "./rows.js";

export interface RolloutOptions {
  /** The share of the residual connection in each layer; one half unless given. */
  readonly residual?: number;
}

/**
 * Attention rollout: how much of each input token reaches each token of a layer, if attention is followed through the layers.
 * Ãₗ = (1 − r) meanₕ Aₗₕ + r I; Rₗ = Ãₗ Rₗ₋₁, R₀ = I.
 *
 * `weights` [L, H, T, T] → [L, T, T]; rows sum to 1.
 *
 * @throws TypeError when the weights have other axes
 * @see Abnar & Zuidema 2020, "Quantifying Attention Flow in Transformers", §3
 * @example
 * ```ts
 * import { analysis, tensor } from "heed";
 * const weights = tensor([[[[1, 0], [0.5, 0.5]]], [[[1, 0], [1, 0]]]]); // [L=2, H=1, T=2, T=2]
 * const { data } = await analysis.rollout(weights);
 * console.log(data.slice(4)); // Float32Array [1, 0, 0.625, 0.375]
 * ```
 */
export async function rollout(weights: Tensor, options: RolloutOptions = {}): Promise<Tensor<"float32">> {
  const { residual = 0.5 } = readOptions("rollout", options, { residual: true });
  const mixed = withResidual("rollout", weights, residual);
  return (await rolled(mixed)) as Tensor<"float32">;
}

/** Ãₗ, the attention of each layer averaged over its heads and mixed with the residual: [L, H, T, T] → [L, T, T]. */
export function withResidual(caller: string, weights: Tensor, residual: number): Tensor<"float32"> {
  const { Q: T } = selfSizes(caller, weights);
  const [L = 0, H = 0] = weights.shape;
  if (weights.shape.length !== 4) {
    throw new TypeError(`${caller}: expected weights [L, H, T, T]; got [${weights.shape.join(", ")}]`);
  }
  if (!(residual >= 0 && residual < 1))
    throw new RangeError(`${caller}: expected a residual from 0 to below 1; got ${residual}`);
  const cells = T * T;
  const data = new Float32Array(sizeOf([L, T, T]));
  for (let layer = 0; layer < L; layer++) {
    for (let cell = 0; cell < cells; cell++) {
      let sum = 0;
      for (let head = 0; head < H; head++) sum += weights.data[(layer * H + head) * cells + cell] ?? 0;
      data[layer * cells + cell] = ((1 - residual) * sum) / H + (cell % (T + 1) === 0 ? residual : 0);
    }
  }
  return { shape: [L, T, T], dtype: "float32", data };
}

const rolled = compile(function rollout(mixed: Traced): Traced {
  const [L = 1] = mixed.shape;
  const layers: Traced[] = [];
  for (let layer = 0; layer < L; layer++) {
    const here = ops.squeeze(ops.slice(mixed, layer, layer + 1, 0), 0);
    const below = layers.at(-1);
    layers.push(below === undefined ? here : ops.matmul(here, below)); // [T, T] · [T, T]
  }
  return ops.stack(layers, 0);
});
