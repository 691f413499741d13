import { expect } from "vitest";
import { compile, Random, valueAndGrad, type Tensor, type Traced } from "../../src/engine/index.js";
import { isTensor } from "../../src/engine/index.js";
import { treeFromTensors } from "../../src/models/stored-model.js";
import { named } from "../../src/training/named.js";

// oxlint-disable-next-line typescript/no-explicit-any -- any model's loss, whatever its weights and batch
type Loss = (parameters: any, batch: any) => Traced;

export interface GradientOptions {
  readonly epsilon?: number;
  readonly tolerance?: number;
  /** Names of parameters that the loss does not depend on. */
  readonly mayBeZero?: RegExp;
}

/**
 * Compares the gradient of every parameter with central differences of the loss along a random direction:
 *
 *     ⟨∇L, d⟩ = (L(p + εd) − L(p − εd)) / 2ε + O(ε²)
 *
 * The tolerance is that of float32: the loss is about 1 and known to 1e-7, so the quotient with ε = 1e-2 is known to about 1e-5;
 * the curvature adds ε².
 */
export async function expectGradient(
  loss: Loss,
  parameters: object,
  batch: object,
  { epsilon = 1e-2, tolerance = 2e-3, mayBeZero }: GradientOptions = {},
): Promise<void> {
  const run = compile(loss) as (parameters: unknown, batch: object) => Promise<Tensor>;
  const both = compile(valueAndGrad(loss)) as unknown as (parameters: object, batch: object) => Promise<[Tensor, unknown]>;
  const [, gradient] = await both(parameters, batch);
  const tensors = named(parameters, isTensor);
  const gradients = named(gradient, isTensor);
  expect(Object.keys(gradients)).toEqual(Object.keys(tensors));
  const random = new Random(3);
  for (const [name, tensor] of Object.entries(tensors)) {
    const direction = random.fork(name).normal(tensor.shape);
    const length = Math.hypot(...direction.data);
    const moved = (by: number): unknown =>
      treeFromTensors("test", parameters, {
        ...tensors,
        [name]: { ...tensor, data: (tensor.data as Float32Array).map((x, i) => x + (by * (direction.data[i] ?? 0)) / length) },
      });
    const [above, below] = [await run(moved(epsilon), batch), await run(moved(-epsilon), batch)];
    const slope = ((above.data[0] ?? 0) - (below.data[0] ?? 0)) / (2 * epsilon);
    const slopes = Float64Array.from(gradients[name]?.data ?? []);
    const product = slopes.reduce((sum, g, i) => sum + (g * (direction.data[i] ?? 0)) / length, 0);
    const isClose = Math.abs(slope - product) < tolerance * (1 + Math.abs(slope));
    const isLearned = slopes.some((g) => g !== 0) || mayBeZero?.test(name) === true;
    expect({ name, isClose, isLearned }).toEqual({ name, isClose: true, isLearned: true });
  }
}
