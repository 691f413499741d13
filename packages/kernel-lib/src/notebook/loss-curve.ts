/** The picture of a training: its loss over its steps. */
import { drawCard } from "../note/picture/card.js";
import { card, levels } from "../note/picture/colors.js";
import { element, text } from "../note/picture/svg.js";
import { clipText } from "../note/picture/text-width.js";
import type { Language, Wording } from "../note/index.js";

/** Losses by step. Steps rise. */
export interface LossSeries {
  readonly steps: readonly number[];
  readonly losses: readonly number[];
}

/** What is known of a training so far. */
export interface LossCurve {
  readonly title: string;
  readonly training: LossSeries;
  readonly validation: LossSeries;
  /** Where training will end, if that is known. */
  readonly lastStep: number | undefined;
  /** Why it ended; absent while it runs. */
  readonly reason: string | undefined;
}

const words = {
  step: { en: "step", "zh-CN": "步" },
  loss: { en: "loss", "zh-CN": "损失" },
  mean: { en: "training, smoothed", "zh-CN": "训练（平滑）" },
  validation: { en: "validation", "zh-CN": "验证" },
  preparing: { en: "preparing", "zh-CN": "准备中" },
  finished: { en: "finished", "zh-CN": "已完成" },
  interrupted: { en: "interrupted", "zh-CN": "已中断" },
  "no improvement": { en: "stopped: no improvement", "zh-CN": "已停止：不再改善" },
  "not finite": { en: "stopped: not finite", "zh-CN": "已停止：出现非有限数" },
} satisfies Record<string, Wording>;

const width = 640;
const height = 280;
const plot = { left: 58, top: 40, right: 606, bottom: 238 };
/** One point for every two pixels at most. */
const mostPoints = 284;

const validationColor = "#b35900";

/** A sentence with the numbers of the curve. */
export function describeCurve(curve: LossCurve, language: Language): string {
  const { title, training, validation, lastStep, reason } = curve;
  const say = (wording: Wording): string => wording[language];
  const step = training.steps.at(-1);
  if (step === undefined) return language === "en" ? `${title}: ${say(words.preparing)}` : `${title}：${say(words.preparing)}`;
  const [first, last] = [number(training.losses[0]), number(recentMean(training.losses))];
  const of = lastStep === undefined ? `${count(step)}` : `${count(step)}/${count(lastStep)}`;
  const best = Math.min(...validation.losses);
  const bestStep = validation.steps[validation.losses.indexOf(best)];
  const state = reason === undefined ? [] : [say(words[reason as keyof typeof words] ?? { en: reason, "zh-CN": reason })];
  const parts =
    language === "en"
      ? [
          `step ${of}`,
          `loss ${first} → ${last}`,
          ...(bestStep === undefined ? [] : [`lowest in validation ${number(best)} at step ${count(bestStep)}`]),
        ]
      : [
          `第 ${of} 步`,
          `损失 ${first} → ${last}`,
          ...(bestStep === undefined ? [] : [`验证最低 ${number(best)}（第 ${count(bestStep)} 步）`]),
        ];
  return language === "en" ? `${title}: ${[...parts, ...state].join(", ")}` : `${title}：${[...parts, ...state].join("，")}`;
}

/** The curve as a self-contained SVG: every step's loss thin, its running mean bold, validation as dots with the lowest filled. */
export function drawCurve(curve: LossCurve, language: Language): string {
  const { title, lastStep } = curve;
  const [training, validation] = [finite(curve.training), finite(curve.validation)];
  const say = (wording: Wording): string => wording[language];
  const sentence = describeCurve(curve, language);
  const thin = thinned(training);
  const smooth = thinned({ steps: training.steps, losses: runningMean(training.losses) });
  const end = Math.max(lastStep ?? 0, training.steps.at(-1) ?? 0, 2);
  const start = Math.min(training.steps[0] ?? 1, end - 1);
  const [low, high] = bounds([...thin.losses, ...validation.losses]);
  const x = (step: number): number => plot.left + ((step - start) / (end - start)) * (plot.right - plot.left);
  const y = (loss: number): number => plot.bottom - ((loss - low) / (high - low)) * (plot.bottom - plot.top);
  const path = ({ steps, losses }: LossSeries): string =>
    steps.map((step, i) => `${i === 0 ? "M" : "L"}${x(step).toFixed(1)} ${y(losses[i] ?? low).toFixed(1)}`).join("");
  const line = (series: LossSeries, attributes: Record<string, string | number>): string[] =>
    series.steps.length === 0
      ? []
      : [element("path", { d: path(series), fill: "none", "stroke-linejoin": "round", ...attributes })];
  const best = validation.losses.indexOf(Math.min(...validation.losses));
  const dots = validation.steps.map((step, i) =>
    element("circle", {
      cx: x(step),
      cy: y(validation.losses[i] ?? low),
      r: i === best ? 4 : 3,
      fill: i === best ? validationColor : card.ground,
      stroke: validationColor,
      "stroke-width": 1.5,
    }),
  );
  const grid = ticks(low, high, 5).flatMap((loss) => [
    element("line", { x1: plot.left, x2: plot.right, y1: y(loss), y2: y(loss), stroke: card.edge }),
    text(number(loss), { x: plot.left - 8, y: y(loss) + 4, "text-anchor": "end", fill: card.quiet }),
  ]);
  const steps = ticks(start, end, 6)
    .filter(Number.isInteger)
    .map((step) => text(count(step), { x: x(step), y: plot.bottom + 18, "text-anchor": "middle", fill: card.quiet }));
  return drawCard(
    { width, height, fontSize: 12, title, description: sentence },
    text(clipText(sentence, (width - 2 * 14) / 13), { x: 14, y: 24, "font-size": 13 }),
    ...grid,
    ...steps,
    text(say(words.step), { x: plot.right, y: plot.bottom + 34, "text-anchor": "end", fill: card.quiet }),
    ...line(thin, { stroke: levels[5] ?? "", "stroke-width": 1, opacity: 0.6 }),
    ...line(smooth, { stroke: levels[11] ?? "", "stroke-width": 2 }),
    ...(training.steps.length === 1
      ? [element("circle", { cx: x(start), cy: y(thin.losses[0] ?? low), r: 3, fill: levels[11] ?? "" })]
      : []),
    ...line(validation, { stroke: validationColor, "stroke-width": 1.5, "stroke-dasharray": "4 3" }),
    ...dots,
    ...legend(validation.steps.length > 0, say),
  );
}

function legend(hasValidation: boolean, say: (wording: Wording) => string): string[] {
  const entries = [
    { color: levels[11] ?? "", label: words.mean, dash: "" },
    ...(hasValidation ? [{ color: validationColor, label: words.validation, dash: "4 3" }] : []),
  ];
  return entries.flatMap(({ color, label, dash }, i) => {
    const left = plot.left + i * 190;
    const at = plot.bottom + 30;
    return [
      element("line", {
        x1: left,
        x2: left + 22,
        y1: at,
        y2: at,
        stroke: color,
        "stroke-width": 2,
        ...(dash && { "stroke-dasharray": dash }),
      }),
      text(`${say(words.loss)} · ${say(label)}`, { x: left + 28, y: at + 4, fill: card.quiet }),
    ];
  });
}

/** The mean of the last tenth of the losses, at most 50 of them: what a loss that jumps about is now. */
function recentMean(losses: readonly number[]): number {
  const recent = losses.slice(-Math.max(1, Math.min(50, Math.floor(losses.length / 10))));
  return mean(recent);
}

/** An exponential mean with a memory of a fiftieth of the steps, corrected for its start. */
function runningMean(losses: readonly number[]): number[] {
  const keep = 1 - 1 / Math.max(1, losses.length / 50);
  let [sum, weight] = [0, 0];
  return losses.map((loss) => {
    sum = keep * sum + (1 - keep) * loss;
    weight = keep * weight + (1 - keep);
    return sum / weight;
  });
}

/** Without the losses that cannot be drawn. */
function finite({ steps, losses }: LossSeries): LossSeries {
  if (losses.every(Number.isFinite)) return { steps, losses };
  return { steps: steps.filter((_, i) => Number.isFinite(losses[i])), losses: losses.filter(Number.isFinite) };
}

/** At most as many points as can be told apart: of each run of steps the mean. */
function thinned({ steps, losses }: LossSeries): LossSeries {
  const run = Math.ceil(steps.length / mostPoints);
  if (run <= 1) return { steps, losses };
  const parts = Array.from({ length: Math.ceil(steps.length / run) }, (_, i) => i * run);
  return {
    steps: parts.map((start) => mean(steps.slice(start, start + run))),
    losses: parts.map((start) => mean(losses.slice(start, start + run))),
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The range of losses to draw: from 0 when that is near. */
function bounds(losses: readonly number[]): [number, number] {
  if (losses.length === 0) return [0, 1];
  const sorted = losses.toSorted((a, b) => a - b);
  const low = sorted[0] ?? 0;
  const high = sorted.at(-1) ?? 1;
  const from = low >= 0 && low < high / 2 ? 0 : low;
  return high > from ? [from, high] : [from - 0.5, from + 0.5];
}

/** Round numbers from `low` to `high`, about `wanted` of them. */
function ticks(low: number, high: number, wanted: number): number[] {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}

const number = (value: number | undefined): string =>
  value === undefined || !Number.isFinite(value) ? String(value) : String(Number(value.toPrecision(3)));
const count = (value: number): string => value.toLocaleString("en-US");
