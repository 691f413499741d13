import { fit, smallText, type PaperMatrix, type PaperPage } from "./paper-page.js";
import type { Drawn } from "./panel.js";
import { element, text } from "./svg.js";

/** Weights below this share of the largest are not drawn: thousands of faint lines would add up to black. */
const leastShare = 0.02;
const mostLines = 20_000;
/** Points. */
const widestLine = 1.6;

/** Points between the lines of two heads. */
const apart = 1.2;

/** A head among others of one picture. */
export interface HeadInk {
  /** As #rrggbb. */
  readonly colour: string;
  readonly name: string;
}

/**
 * The rows' tokens at the left, the columns' at the right, and between them a line for each weight, as thick as it is large.
 *
 * @param inks of several heads, whose shares then follow each other: lines of each in its colour, as opaque as the weight is large
 */
export function drawLines(matrix: PaperMatrix, page: PaperPage, inks: readonly HeadInk[] = []): Drawn {
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
  const lines: { readonly share: number; readonly d: string; readonly ink: HeadInk | undefined }[] = [];
  matrix.shares.forEach((share, i) => {
    if (!(share >= leastShare)) return;
    const [head, at] = [Math.floor(i / (rows * columns)), i % (rows * columns)];
    const shift = (head - (Math.max(1, inks.length) - 1) / 2) * apart;
    const d = `M${round(from)} ${round(y(Math.floor(at / columns)) + shift)}L${round(to)} ${round(y(at % columns) + shift)}`;
    lines.push({ share, d, ink: inks[head] });
  });
  // strong lines lie on top
  lines.sort((a, b) => a.share - b.share);
  const drawn = lines.slice(-mostLines).map(({ share, d, ink }) => {
    const stroke = ink ? { stroke: ink.colour, "stroke-opacity": share } : { stroke: page.colour(0.25 + 0.75 * share) };
    return element("path", { d, ...stroke, "stroke-width": Math.max(0.15, widestLine * share) });
  });
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
  const key = drawKey(inks, top + Math.max(rows, columns) * pitch + fontSize, page);
  const nameWidth = measure(matrix.names.columns, fontSize * smallText);
  return {
    svg: svg + key.svg,
    width: Math.max(key.width, to + 4 + Math.max(rightRoom, nameWidth)),
    height: top + Math.max(rows, columns) * pitch + key.height,
  };
}

/** Which colour is which head, as many in a line as fit. */
function drawKey(inks: readonly HeadInk[], top: number, page: PaperPage): Drawn {
  const small = page.fontSize * smallText;
  const [sample, gap, lineHeight] = [12, 10, small * 1.5];
  let [x, y, width] = [0, top, 0];
  const svg = inks.map(({ colour, name }) => {
    const label = fit(name, page.width / 2, small, page);
    const size = sample + 3 + page.measure(label, small);
    if (x > 0 && x + size > page.width) [x, y] = [0, y + lineHeight];
    const left = x;
    x += size + gap;
    width = Math.max(width, x - gap);
    return (
      element("rect", { x: left, y: y - small * 0.45, width: sample, height: widestLine, fill: colour }) +
      text(label, { x: left + sample + 3, y, "font-size": small })
    );
  });
  return { svg: svg.join(""), width, height: inks.length === 0 ? 0 : y - top + lineHeight };
}

const round = (value: number): number => Math.round(value * 100) / 100;
