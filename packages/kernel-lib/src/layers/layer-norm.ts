import { add, divide, mean, multiply, sqrt, square, subtract, type Traced } from "../engine/ops.js";

/**
 * Layer normalisation: y = (x − mean x) / √(var x + ε) · gain + bias, over the last axis.
 *
 * `x` [..., width], `gain` and `bias` [width] (γ and β in the paper, `weight` and `bias` in checkpoints) → [..., width].
 *
 * @param epsilon 1e-5 as in PyTorch; BERT's checkpoints use 1e-12
 * @throws TypeError when the widths do not fit
 * @see Ba, Kiros, Hinton 2016, "Layer Normalization", eq. 4
 * @example
 * ```ts
 * import { compile, layers } from "heed/program";
 * import type { ops } from "heed";
 * const norm = compile((x: ops.Traced, g: ops.Traced, b: ops.Traced) => layers.layerNorm(x, g, b, 0));
 * console.log((await norm([[1, 3]], [1, 1], [0, 0])).data); // Float32Array [-1, 1]
 * ```
 */
export function layerNorm(x: Traced, gain: Traced, bias: Traced, epsilon: number = 1e-5): Traced {
  const width = x.shape.at(-1);
  for (const [name, { shape }] of [
    ["gain", gain],
    ["bias", bias],
  ] as const) {
    if (shape.join() !== `${width}`)
      throw new TypeError(`layerNorm: expected ${name} [width=${width}]; got [${shape.join(", ")}]`);
  }
  const centred = subtract(x, mean(x, -1, { keepdims: true })); // [..., width]
  const variance = mean(square(centred), -1, { keepdims: true }); // [..., 1]
  return add(multiply(divide(centred, sqrt(add(variance, epsilon))), gain), bias);
}
