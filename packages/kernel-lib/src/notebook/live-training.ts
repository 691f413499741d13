import { readOptions } from "../checks/read-options.js";
import { findHost } from "#host";
import { describeCurve, drawCurve, type LossCurve } from "./loss-curve.js";
import { displayInPlace } from "./show.js";
import type { Language, Wording } from "../note/index.js";

/** What `train` tells while it runs; of its events, what the picture needs. */
export interface TrainingNews {
  readonly kind: "start" | "step" | "validation" | "checkpoint" | "end";
  readonly step: number;
  readonly loss?: number;
  readonly steps?: number | undefined;
  readonly reason?: string;
}

export interface LiveTrainingOptions {
  /** What is trained; "Training" if not given. */
  readonly title?: string;
  readonly language?: Language;
}

/** What `train` takes to be watched and stopped. */
export interface LiveTraining {
  readonly report: (news: TrainingNews) => void;
  /** Aborted when the person interrupts the cell; training then returns what it has. */
  readonly signal?: AbortSignal;
}

const defaultTitle: Wording = { en: "Training", "zh-CN": "训练" };

/** How often the picture is drawn, in ms. */
const interval = 500;
let last = 0;

/**
 * Shows a training while it runs: the loss so far as a curve in the cell, redrawn in place twice a second, and lets the person interrupt it.
 * In a terminal it is one line. Spread it into the options of `train`.
 *
 * @example
 * ```ts
 * import { liveTraining, ops, tensor, training } from "heed/program";
 * const model = {
 *   parameters: { slope: tensor([0]) },
 *   loss: (p: { slope: ops.Traced }, batch: { x: ops.Traced; y: ops.Traced }) =>
 *     training.meanSquaredError(ops.multiply(batch.x, p.slope), batch.y),
 * };
 * const batches = [{ x: tensor([1, 2, 3]), y: tensor([2, 4, 6]) }];
 * const { steps } = await training.train(model, batches, { steps: 100, learningRate: 0.1, ...liveTraining({ title: "A line" }) });
 * console.log(steps.length); // 100
 * ```
 */
export function liveTraining(options: LiveTrainingOptions = {}): LiveTraining {
  readOptions("liveTraining", options, { title: true, language: true });
  const host = findHost();
  const language = options.language ?? host.language;
  const title = options.title ?? defaultTitle[language];
  const displayId = `heed-training-${(last += 1)}`;
  const training = { steps: [] as number[], losses: [] as number[] };
  const validation = { steps: [] as number[], losses: [] as number[] };
  let lastStep: number | undefined;
  let drawn = Number.NEGATIVE_INFINITY;

  const draw = (reason?: string): void => {
    drawn = performance.now();
    const curve: LossCurve = { title, training, validation, lastStep, reason };
    const sentence = describeCurve(curve, language);
    if (host.writeLine) host.writeLine(sentence, reason !== undefined);
    else displayInPlace(host, displayId, { "image/svg+xml": drawCurve(curve, language), "text/plain": sentence });
  };
  const report = ({ kind, step, loss, steps, reason }: TrainingNews): void => {
    if (kind === "start") lastStep = steps;
    const series = kind === "step" ? training : kind === "validation" ? validation : undefined;
    if (series && loss !== undefined) {
      series.steps.push(step);
      series.losses.push(loss);
    }
    if (kind === "start" || kind === "end" || performance.now() - drawn >= interval) draw(reason);
  };
  return host.signal ? { report, signal: host.signal } : { report };
}
