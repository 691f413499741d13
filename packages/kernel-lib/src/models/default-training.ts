import { describeValue } from "../checks/describe-value.js";
import type { OptionNames } from "../checks/read-options.js";
import { cosine, type Schedule, type TrainOptions } from "../training/index.js";

/** What every model lets one choose about its training, besides how long and how fast it learns. */
export type TrainingControl = Pick<TrainOptions<never>, "seed" | "report" | "signal" | "checkpoint" | "runner" | "threads">;

/** The names of these options, and of those that every model has beside them. */
export const trainingNames: OptionNames<
  TrainingControl & {
    readonly steps?: number;
    readonly batchSize?: number;
    readonly learningRate?: unknown;
    readonly rate?: unknown;
  }
> = {
  steps: true,
  batchSize: true,
  learningRate: true,
  rate: { now: "learningRate" },
  seed: true,
  report: true,
  signal: true,
  checkpoint: true,
  runner: true,
  threads: true,
};

/**
 * Whether a model can learn from these examples so long and in such batches.
 *
 * @throws TypeError for what is no list; RangeError for none, or for numbers that have no meaning
 */
export function requireTraining(
  name: string,
  examples: readonly unknown[],
  { steps, batchSize }: { readonly steps: number; readonly batchSize: number },
): void {
  if (!Array.isArray(examples) || examples.length === 0) {
    throw new TypeError(`${name}: expected a list of examples to learn from; got ${describeValue(examples)}`);
  }
  for (const [option, value] of Object.entries({ steps, batchSize })) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new RangeError(`${name}: expected ${option} to be a whole number ≥ 1; got ${describeValue(value)}`);
  }
}

/**
 * How every model learns: gradients clipped to norm 1; unless a schedule is given, the rate rises for the first twentieth of the steps to
 * `learningRate` and then falls to 0 as half a cosine.
 */
export function defaultTraining(
  learningRate: number | Schedule,
  steps: number,
): { readonly learningRate: Schedule; readonly clipNorm: number; readonly steps: number } {
  const schedule =
    typeof learningRate === "number"
      ? cosine({ peak: learningRate, steps: steps + 1, warmUp: Math.ceil(steps / 20) })
      : learningRate;
  return { learningRate: schedule, clipNorm: 1, steps };
}
