/** A few curves over the same places in one picture: how something changes with length, with layers, with steps. */
import { readOptions } from "../checks/read-options.js";
import { findHost } from "#host";
import type { Language } from "../note/index.js";
import { drawCard } from "../note/picture/card.js";
import { card, levels } from "../note/picture/colors.js";
import { element, text } from "../note/picture/svg.js";
import { clipText, textWidth } from "../note/picture/text-width.js";

/** What {@link showCurves} draws. */
export interface Curves {
  readonly title: string;
  /** The places, from left to right, evenly spaced. */
  readonly x: { readonly name: string; readonly labels: readonly string[] };
  /** The scale; from 0 to the largest value unless `to` is given. */
  readonly y: { readonly name: string; readonly to?: number; readonly percent?: boolean };
  /** By name, one value for each place; NaN where there is none. */
  readonly curves: Readonly<Record<string, readonly number[]>>;
}

const width = 640;
const height = 320;
const plot = { left: 58, top: 64, bottom: 258 };
/** Dark enough to be read on white, and told apart by people who see fewer colours; each has a mark of its own besides. */
const colors = [levels[13] ?? "", "#b35900", "#00735c", "#8b3a8b", card.quiet];
const lineHeight = 16;

/**
 * Draws curves in the cell that runs, each with its name at its end; in a terminal it prints their values.
 *
 * @throws RangeError for no curve, or one whose values are not as many as the places
 * @example
 * ```ts
 * import { showCurves } from "heed";
 * showCurves({
 *   title: "Exact translations by length",
 *   x: { name: "tokens", labels: ["1–5", "6–10"] },
 *   y: { name: "exact", to: 1, percent: true },
 *   curves: { "with attention": [1, 0.98], without: [0.9, 0.4] },
 * });
 * // Exact translations by length (exact / tokens)
 * // with attention: 1–5: 100 %, 6–10: 98 %
 * // without: 1–5: 90 %, 6–10: 40 %
 * ```
 */
export function showCurves(chart: Curves, options: { readonly language?: Language } = {}): void {
  readOptions("showCurves", chart, { title: true, x: true, y: true, curves: true });
  const { language } = readOptions("showCurves", options, { language: true });
  requireCurves(chart);
  const host = findHost();
  host.display({ "image/svg+xml": drawCurves(chart), "text/plain": describeCurves(chart, language ?? host.language) });
}

function requireCurves({ x, curves }: Curves): void {
  const entries = Object.entries(curves);
  if (entries.length === 0 || x.labels.length === 0) {
    throw new RangeError(`showCurves: expected at least one curve and one place; got ${entries.length} and ${x.labels.length}`);
  }
  const wrong = entries.find(([, values]) => values.length !== x.labels.length);
  if (wrong) {
    throw new RangeError(
      `showCurves: expected ${x.labels.length} values for ${JSON.stringify(wrong[0])}, one for each place; got ${wrong[1].length}`,
    );
  }
}

/** The values in words: for each curve its first and its last. */
export function describeCurves({ title, x, y, curves }: Curves, language: Language): string {
  const lines = Object.entries(curves).map(([name, values]) => {
    const known = values.flatMap((value, i) => (Number.isFinite(value) ? [{ value, place: x.labels[i] ?? "" }] : []));
    const points = known.map(({ value, place }) => `${place}: ${written(value, y.percent)}`);
    return `${name}${language === "en" ? ": " : "："}${points.join(", ")}`;
  });
  return [`${title} (${y.name} / ${x.name})`, ...lines].join("\n");
}

/** The curves as a self-contained SVG. */
export function drawCurves(chart: Curves): string {
  const { title, x, y, curves } = chart;
  const names = Object.keys(curves);
  const labelWidth = Math.min(190, 12 * Math.max(...names.map(textWidth)) + 22);
  const right = width - 14 - labelWidth;
  const finite = Object.values(curves).flat().filter(Number.isFinite);
  const top = y.to ?? Math.max(...finite, Number.MIN_VALUE);
  const places = x.labels.length;
  const across = (i: number): number => plot.left + (places === 1 ? 0.5 : i / (places - 1)) * (right - plot.left - 12);
  const up = (value: number): number => plot.bottom - (value / top) * (plot.bottom - plot.top);
  const grid = [0, 0.25, 0.5, 0.75, 1].flatMap((part) => [
    element("line", { x1: plot.left, x2: right, y1: up(part * top), y2: up(part * top), stroke: card.edge }),
    text(written(part * top, y.percent), { x: plot.left - 8, y: up(part * top) + 4, "text-anchor": "end", fill: card.quiet }),
  ]);
  const labels = x.labels.map((label, i) =>
    text(label, { x: across(i), y: plot.bottom + 20, "text-anchor": "middle", fill: card.quiet }),
  );
  const ends = endsOf(Object.values(curves), up);
  const drawn = Object.entries(curves).flatMap(([name, values], n) => {
    const color = colors[n % colors.length] ?? card.ink;
    const points = values.flatMap((value, i) => (Number.isFinite(value) ? [[across(i), up(value)] as const] : []));
    const path = points.map(([px, py], i) => `${i === 0 ? "M" : "L"}${px.toFixed(1)} ${py.toFixed(1)}`).join("");
    const labelled = { x: right + 10, y: (ends[n] ?? plot.bottom) + 4, fill: color, "font-weight": 600 };
    return [
      element("path", { d: path, fill: "none", stroke: color, "stroke-width": 2, "stroke-linejoin": "round" }),
      ...points.map(([px, py]) => mark(n, px, py, color)),
      text(clipText(name, (labelWidth - 12) / 12), labelled),
    ];
  });
  return drawCard(
    { width, height, fontSize: 12, title, description: describeCurves(chart, "en") },
    text(clipText(title, (width - 2 * 14) / 13), { x: 14, y: 26, "font-size": 13, "font-weight": 600 }),
    text(clipText(y.name, (width - 2 * 14) / 12), { x: 14, y: 46, fill: card.quiet }),
    ...grid,
    ...labels,
    text(x.name, { x: (plot.left + right) / 2, y: plot.bottom + 44, "text-anchor": "middle", fill: card.quiet }),
    ...drawn,
  );
}

/** Where the names at the ends of the curves stand: beside the last value, pushed apart where they would meet. */
function endsOf(curves: readonly (readonly number[])[], up: (value: number) => number): number[] {
  const wanted = curves.map((values, n) => ({ n, y: up(values.findLast(Number.isFinite) ?? 0) }));
  wanted.sort((a, b) => a.y - b.y);
  for (let i = 1; i < wanted.length; i += 1) {
    const [above, here] = [wanted[i - 1], wanted[i]];
    if (above && here) here.y = Math.max(here.y, above.y + lineHeight);
  }
  const ends: number[] = [];
  for (const { n, y } of wanted) ends[n] = y;
  return ends;
}

/** Disc, square, triangle, diamond, ring: curves differ in more than colour. */
function mark(n: number, x: number, y: number, color: string): string {
  switch (n % 5) {
    case 1:
      return element("rect", { x: x - 4, y: y - 4, width: 8, height: 8, fill: color });
    case 2:
      return element("path", { d: `M${x} ${y - 5}L${x + 5} ${y + 4}L${x - 5} ${y + 4}Z`, fill: color });
    case 3:
      return element("path", { d: `M${x} ${y - 5.5}L${x + 5.5} ${y}L${x} ${y + 5.5}L${x - 5.5} ${y}Z`, fill: color });
    case 4:
      return element("circle", { cx: x, cy: y, r: 4, fill: card.ground, stroke: color, "stroke-width": 2 });
    default:
      return element("circle", { cx: x, cy: y, r: 4.5, fill: color });
  }
}

const written = (value: number, percent = false): string =>
  percent ? `${Number((value * 100).toPrecision(3))} %` : String(Number(value.toPrecision(3)));
