import { add, matmul, swapAxes, type Traced } from "../engine/ops.js";

/**
 * A linear layer: y = W x + b for every row x, that is Y = X Wᵀ + b.
 *
 * `x` [..., in], `weight` [out, in] as checkpoints store it, `bias` [out] → [..., out].
 *
 * @throws TypeError when the widths do not fit
 * @example
 * ```ts
 * import { compile, layers } from "heed/program";
 * import type { ops } from "heed";
 * const run = compile((x: ops.Traced, W: ops.Traced, b: ops.Traced) => layers.linear(x, W, b));
 * console.log((await run([[1, 2]], [[1, 0], [0, 1], [1, 1]], [0, 0, 10])).data); // Float32Array [1, 2, 13]
 * ```
 */
export function linear(x: Traced, weight: Traced, bias?: Traced): Traced {
  const width = x.shape.at(-1);
  if (weight.ndim !== 2 || weight.shape[1] !== width) {
    throw new TypeError(`linear: expected weight [out, in=${width}]; got [${weight.shape.join(", ")}]`);
  }
  if (bias && bias.shape.join() !== `${weight.shape[0]}`) {
    throw new TypeError(`linear: expected bias [out=${weight.shape[0]}]; got [${bias.shape.join(", ")}]`);
  }
  const product = matmul(x, swapAxes(weight, 0, 1)); // [..., in] · [in, out] → [..., out]
  return bias ? add(product, bias) : product;
}
