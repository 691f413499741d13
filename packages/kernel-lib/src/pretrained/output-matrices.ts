import type { Tensor } from "../engine/index.js";
import type { AttentionKind, FamilyModel } from "./families/index.js";
import type { AttentionMaps } from "../attention/attention-maps.js";
import { stackTensors } from "../engine/stack-tensors.js";

/** W_O, which joins the heads of a layer, for each layer and head of these maps: [L, H, V, width]. */
export function outputMatrices(
  model: FamilyModel,
  weights: Readonly<Record<string, Tensor>>,
  { kind, layers, heads }: AttentionMaps,
): Tensor {
  const all = kind === "encoder" ? model.sizes.encoder?.heads : model.sizes.decoder?.heads;
  const parts = layers.map((layer): Tensor => {
    const { name, transposed = false } = model.output({ kind: kind as AttentionKind, layer });
    const matrix = weights[name];
    if (matrix === undefined) throw new Error(`internal: no weight ${name}`);
    const [width = 0, joined = 0] = transposed ? matrix.shape.toReversed() : matrix.shape;
    const V = joined / (all ?? 1);
    const data = new Float32Array(heads.length * V * width);
    heads.forEach((head, h) => {
      for (let v = 0; v < V; v++) {
        const row = head * V + v;
        for (let w = 0; w < width; w++) {
          data[(h * V + v) * width + w] = matrix.data[transposed ? row * width + w : w * joined + row] ?? 0;
        }
      }
    });
    return { shape: [heads.length, V, width], dtype: "float32", data };
  });
  return stackTensors(parts);
}
