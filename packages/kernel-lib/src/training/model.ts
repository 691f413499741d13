import type { Given, Traced } from "../engine/index.js";

/**
 * What can be trained: first weights, and a program that says how wrong they are on a batch.
 *
 * `Parameters` and `Batch` are trees of arrays as the program sees them; `parameters` holds tensors in the same places.
 *
 * @example
 * ```ts
 * import { ops, tensor, training } from "heed/program";
 * const line = {
 *   parameters: { slope: tensor([0]), start: tensor([0]) },
 *   loss: (p: { slope: ops.Traced; start: ops.Traced }, batch: { x: ops.Traced; y: ops.Traced }) =>
 *     training.meanSquaredError(ops.add(ops.multiply(batch.x, p.slope), p.start), batch.y),
 * };
 * const data = [{ x: tensor([0, 1, 2]), y: tensor([1, 3, 5]) }];
 * const { parameters } = await training.train(line, data, { steps: 200, learningRate: 0.1 });
 * console.log(parameters.slope.data, parameters.start.data); // Float32Array [2.00] Float32Array [1.00]
 * ```
 */
export interface Model<Parameters, Batch> {
  readonly parameters: Given<Parameters>;
  /**
   * The loss of a batch. `key` (uint32 [2]) is for dropout and is another at every step; in validation there is none, and the program
   * must not drop anything.
   */
  loss(parameters: Parameters, batch: Batch, key?: Traced): Traced | Loss;
}

/** A loss with more about it. */
export interface Loss {
  readonly loss: Traced;
  /** Over how many things the loss is a mean; the mean of several batches is weighted with it. 1 if not given. */
  readonly count?: Traced;
  /** Numbers to watch, each one number. */
  readonly metrics?: Readonly<Record<string, Traced>>;
}
