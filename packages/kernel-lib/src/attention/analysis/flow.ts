import { readOptions } from "../../checks/read-options.js";
import type { Tensor } from "../../engine/index.js";
import { FlowNetwork } from "./max-flow.js";
import { withResidual, type RolloutOptions } from "./rollout.js";

export interface FlowOptions extends RolloutOptions {
  /** From the tokens of which layer; the last unless given. */
  readonly layer?: number;
  /** Called after each token of the layer with the share done. */
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Attention flow: the layers as a network whose edges carry at most their attention; how much can flow from each token of a
 * layer down to each input token. Edges are Ãₗ of {@link rollout}.
 *
 * `weights` [L, H, T, T] → [T, T]. Unlike rollout, rows do not sum to 1: divide them by their sums to compare. One maximum flow for
 * each pair of tokens: seconds at 32 tokens, minutes at 128; it gives way to other work, and can be cancelled, after each token.
 *
 * @throws TypeError when the weights have other axes; the signal's reason when cancelled
 * @see Abnar & Zuidema 2020, "Quantifying Attention Flow in Transformers", §3
 */
export async function flow(weights: Tensor, options: FlowOptions = {}): Promise<Tensor<"float32">> {
  const {
    residual = 0.5,
    onProgress,
    signal,
  } = readOptions("flow", options, {
    residual: true,
    layer: true,
    onProgress: true,
    signal: true,
  });
  const mixed = withResidual("flow", weights, residual);
  const [L = 0, T = 0] = mixed.shape;
  const { layer = L - 1 } = options;
  if (!Number.isInteger(layer) || layer < 0 || layer >= L) {
    throw new RangeError(`flow: expected a layer from 0 to ${L - 1}; got ${layer}`);
  }
  // Node l·T + t is token t after l layers; those after 0 layers are the input.
  const network = new FlowNetwork((layer + 2) * T);
  for (let l = 0; l <= layer; l++) {
    for (let i = 0; i < T; i++) {
      for (let j = 0; j < T; j++) {
        const capacity = mixed.data[(l * T + i) * T + j] ?? 0;
        if (capacity > 0) network.connect((l + 1) * T + i, l * T + j, capacity);
      }
    }
  }
  const data = new Float32Array(T * T);
  for (let i = 0; i < T; i++) {
    signal?.throwIfAborted();
    for (let j = 0; j < T; j++) data[i * T + j] = network.flow((layer + 1) * T + i, j);
    onProgress?.((i + 1) / T);
    await new Promise((resolve) => setTimeout(resolve));
  }
  return { shape: [T, T], dtype: "float32", data };
}
