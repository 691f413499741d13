/** Schedules: the learning rate at each step, computed inside the training program. Steps count from 1. */
import { readOptions } from "../checks/read-options.js";
import { add, cast, cos, divide, less, minimum, multiply, sqrt, where, exp, maximum, type Traced } from "../engine/ops.js";

/** The learning rate at a step, both one number of type float32. */
export type Schedule = (step: Traced) => Traced;

/** The same learning rate at every step. */
export function constantRate(rate: number): Schedule {
  requirePositive("constantRate", { rate });
  return (step) => add(multiply(step, 0), rate);
}

/**
 * The schedule of the Transformer ("Noam"): the rate grows evenly for `warmUp` steps, then falls as 1/√step:
 *
 *     rate = scale · width^(−1/2) · min(step^(−1/2), step · warmUp^(−3/2))
 *
 * With `peak` instead of `width` and `scale`: the rate reached at the end of the warm-up.
 *
 * @see Vaswani et al. 2017, §5.3
 * @example
 * ```ts
 * import { compile, training } from "heed/program";
 * const rate = compile(training.inverseSquareRoot({ warmUp: 400, peak: 1 }));
 * console.log((await rate([100, 400, 1600])).data); // Float32Array [0.25, 1, 0.5]
 * ```
 */
export function inverseSquareRoot(
  options: { readonly warmUp: number } & ({ readonly peak: number } | { readonly width: number; readonly scale?: number }),
): Schedule {
  const { warmUp } = readOptions("inverseSquareRoot", options, { warmUp: true, peak: true, width: true, scale: true });
  const peak = "peak" in options ? options.peak : (options.scale ?? 1) / Math.sqrt(options.width * warmUp);
  requirePositive("inverseSquareRoot", { warmUp, peak });
  return (step) => multiply(minimum(multiply(step, 1 / warmUp), divide(Math.sqrt(warmUp), sqrt(step))), peak);
}

/**
 * Cosine annealing: after an even warm-up, half a cosine from `peak` at step `warmUp` down to `floor` at step `steps`, where it stays.
 *
 *     rate = floor + (peak − floor) · (1 + cos(π · (step − warmUp) / (steps − warmUp))) / 2
 *
 * @see Loshchilov, Hutter 2017, "SGDR", eq. 5
 */
export function cosine(options: {
  readonly peak: number;
  readonly steps: number;
  readonly warmUp?: number;
  readonly floor?: number;
}): Schedule {
  const {
    peak,
    steps,
    warmUp = 0,
    floor = 0,
  } = readOptions("cosine", options, { peak: true, steps: true, warmUp: true, floor: true });
  requirePositive("cosine", { peak, steps, "steps − warmUp": steps - warmUp });
  return (step) => {
    const part = minimum(multiply(add(step, -warmUp), 1 / (steps - warmUp)), 1);
    const annealed = add(multiply(add(cos(multiply(part, Math.PI)), 1), (peak - floor) / 2), floor);
    return warmUp === 0 ? annealed : where(less(step, warmUp), multiply(step, peak / warmUp), annealed);
  };
}

/** Steps down: the rate is multiplied by `factor` after every `every` steps; the first `every` steps have `rate`. */
export function stepDown(options: { readonly rate: number; readonly every: number; readonly factor?: number }): Schedule {
  const { rate, every, factor = 0.1 } = readOptions("stepDown", options, { rate: true, every: true, factor: true });
  requirePositive("stepDown", { rate, every, factor });
  return (step) => {
    const times = cast(cast(multiply(add(step, -0.5), 1 / every), "int32"), "float32"); // ⌊(step − 1) / every⌋, away from whole numbers
    return multiply(exp(multiply(times, Math.log(factor))), rate);
  };
}

/** From 0 evenly up to `peak` at step `warmUp`, then evenly down to 0 at step `steps`. */
export function linear(options: { readonly peak: number; readonly steps: number; readonly warmUp?: number }): Schedule {
  const { peak, steps, warmUp = 0 } = readOptions("linear", options, { peak: true, steps: true, warmUp: true });
  requirePositive("linear", { peak, steps, "steps − warmUp": steps - warmUp });
  return (step) => {
    const down = multiply(maximum(add(multiply(step, -1), steps), 0), peak / (steps - warmUp));
    return warmUp === 0 ? down : minimum(multiply(step, peak / warmUp), down);
  };
}

function requirePositive(name: string, values: Readonly<Record<string, number>>): void {
  const wrong = Object.entries(values).find(([, value]) => !(Number.isFinite(value) && value > 0));
  if (wrong) throw new RangeError(`${name}: expected ${wrong[0]} above 0; got ${wrong[1]}`);
}
