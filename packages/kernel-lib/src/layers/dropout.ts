import { cast, multiply, randomMask, type Traced } from "../engine/ops.js";

/**
 * Dropout: each element is 0 with probability `rate`, else divided by 1 − rate, so that its mean stays. Without a key, as when a trained
 * model is used, `x` itself.
 *
 * @param key uint32 [2]; the same key drops the same elements
 * @throws RangeError when the rate is not from 0 to below 1
 * @see Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting"
 * @example
 * ```ts
 * import { compile, layers, Random } from "heed/program";
 * import type { ops } from "heed";
 * const run = compile((x: ops.Traced, key: ops.Traced) => layers.dropout(x, 0.5, key));
 * console.log((await run([1, 1, 1, 1], new Random(7).key)).data); // Float32Array [0, 2, 0, 0] – each dropped or doubled
 * ```
 */
export function dropout(x: Traced, rate: number, key: Traced | undefined): Traced {
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`dropout: expected a rate from 0 to below 1; got ${rate}`);
  if (key === undefined || rate === 0) return x;
  // one product here and one in the gradient; a choice between x and 0 would take three passes over the array each time
  return multiply(x, multiply(cast(randomMask(key, x.shape, 1 - rate), "float32"), 1 / (1 - rate)));
}
