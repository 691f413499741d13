import { fit, smallText, type PaperMatrix, type PaperPage } from "./paper-page.js";
import type { Drawn } from "./panel.js";
import { element, text } from "./svg.js";

/** Weights below this share of the largest are not drawn: thousands of faint lines would add up to black. */
const leastShare = 0.02;
const mostLines = 20_000;
/** Points. */
const widestLine = 1.6;

/** The rows' tokens at the left, the columns' at the right, and between them a line for each weight, as thick as it is large. */
export function drawLines(matrix: PaperMatrix, page: PaperPage): Drawn {
  const { fontSize, measure } = page;
  const [rows, columns] = matrix.shape;
  const pitch = fontSize * 1.3;
  const labelRoom = (labels: readonly string[]): number =>
    Math.min(page.width * 0.3, Math.max(0, ...labels.map((label) => measure(label, fontSize))));
  const leftRoom = Math.max(labelRoom(matrix.rows), measure(matrix.names.rows, fontSize * smallText));
  const rightRoom = labelRoom(matrix.columns);
  const span = Math.max(40, Math.min(140, page.width - leftRoom - rightRoom - 8));
  const [from, to] = [leftRoom + 4, leftRoom + 4 + span];
  const top = fontSize * 1.6;
  const y = (i: number): number => top + (i + 0.5) * pitch;
  const lines: { readonly share: number; readonly d: string }[] = [];
  matrix.shares.forEach((share, i) => {
    if (!(share >= leastShare)) return;
    const d = `M${round(from)} ${round(y(Math.floor(i / columns)))}L${round(to)} ${round(y(i % columns))}`;
    lines.push({ share, d });
  });
  // strong lines lie on top
  lines.sort((a, b) => a.share - b.share);
  const drawn = lines
    .slice(-mostLines)
    .map(({ share, d }) =>
      element("path", { d, stroke: page.colour(0.25 + 0.75 * share), "stroke-width": Math.max(0.15, widestLine * share) }),
    );
  const name = { y: fontSize, "font-size": fontSize * smallText, fill: "#444444" };
  const svg = [
    text(matrix.names.rows, { x: leftRoom, ...name, "text-anchor": "end" }),
    text(matrix.names.columns, { x: to + 4, ...name }),
    element("g", { fill: "none" }, ...drawn),
    element(
      "g",
      { "text-anchor": "end" },
      ...matrix.rows.map((label, i) =>
        text(fit(label, leftRoom + 0.5, fontSize, page), { x: leftRoom, y: y(i) + fontSize * 0.35 }),
      ),
    ),
    ...matrix.columns.map((label, i) =>
      text(fit(label, rightRoom + 0.5, fontSize, page), { x: to + 4, y: y(i) + fontSize * 0.35 }),
    ),
  ].join("");
  const nameWidth = measure(matrix.names.columns, fontSize * smallText);
  return { svg, width: to + 4 + Math.max(rightRoom, nameWidth), height: top + Math.max(rows, columns) * pitch };
}

const round = (value: number): number => Math.round(value * 100) / 100;
