import { cosine, type Schedule, type TrainOptions } from "../training/index.js";

/** What every model lets one choose about its training, besides how long and how fast it learns. */
export type TrainingControl = Pick<TrainOptions<never>, "seed" | "report" | "signal" | "checkpoint" | "runner" | "threads">;

/**
 * How every model learns: gradients clipped to norm 1; unless a schedule is given, the rate rises for the first twentieth of the steps to
 * `rate` and then falls to 0 as half a cosine.
 */
export function defaultTraining(
  rate: number | Schedule,
  steps: number,
): { readonly rate: Schedule; readonly clipNorm: number; readonly steps: number } {
  const schedule = typeof rate === "number" ? cosine({ peak: rate, steps: steps + 1, warmUp: Math.ceil(steps / 20) }) : rate;
  return { rate: schedule, clipNorm: 1, steps };
}
