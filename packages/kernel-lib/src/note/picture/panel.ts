import { visibleToken } from "../visible-token.js";
import { blank, card, levels } from "./colors.js";
import { levelsOf, type Grid } from "./grid.js";
import { encodePng } from "./png.js";
import { element, text } from "./svg.js";
import { clipText, textWidth } from "./text-width.js";

/** A piece of the picture, drawn from its upper left corner at 0, 0. */
export interface Drawn {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

export interface PanelInput {
  readonly grid: Grid;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly largest: number;
  readonly scale: "row" | "global";
  readonly numbers: boolean;
  readonly caption?: string;
}

export const fontSize = 12;
const longestLabel = 13;
const widest = 560;
/** From this level on white numbers are easier to read than dark ones. */
const darkLevel = 9;
/** More cells than this are drawn as one image. */
const mostElements = 1_024;

/** One head with the labels of its rows and columns. */
export function drawPanel(input: PanelInput): Drawn {
  const { grid, caption } = input;
  const rows = labelsOf(input.rows, grid.rows, grid.block[0]);
  const columns = labelsOf(input.columns, grid.columns, grid.block[1]);
  const widestColumn = Math.max(0, ...columns.map(textWidth)) * fontSize;
  const isFew = grid.columns <= 12;
  const cellWidth = isFew ? between(widestColumn + 10, 44, 84) : between(Math.floor(widest / grid.columns), 2, 40);
  const cellHeight = grid.rows <= 12 ? 30 : between(Math.floor(widest / grid.rows), 2, Math.max(cellWidth, 22));
  const isFlat = widestColumn + 4 <= cellWidth;
  const left = Math.ceil(Math.max(0, ...rows.map(textWidth)) * fontSize) + 8;
  const headHeight = isFlat ? fontSize + 8 : Math.ceil((widestColumn + fontSize) * Math.SQRT1_2) + 10;
  const captionHeight = caption === undefined ? 0 : fontSize + 8;
  const top = captionHeight + headHeight;
  const [width, height] = [grid.columns * cellWidth, grid.rows * cellHeight];
  const slant = isFlat ? 0 : Math.ceil(widestColumn * Math.SQRT1_2);
  const cells = levelsOf(grid, input.largest, input.scale);
  const svg = [
    ...(caption === undefined ? [] : [text(caption, { x: left, y: fontSize, fill: card.quiet })]),
    ...drawColumnLabels(columns, cellWidth, left, top, isFlat),
    ...drawRowLabels(rows, cellHeight, left, top),
    element("rect", { x: left, y: top, width, height, fill: card.masked }),
    cells.length <= mostElements
      ? drawCells(cells, grid.columns, left, top, cellWidth, cellHeight)
      : drawImage(cells, grid.columns, grid.rows, { x: left, y: top, width, height }),
    ...(input.numbers && cellWidth >= 30 && cellHeight >= 20 && cells.length <= 400
      ? [drawNumbers(grid, cells, left, top, cellWidth, cellHeight)]
      : []),
  ].join("");
  return { svg, width: left + Math.max(width, width - cellWidth / 2 + slant + 4), height: top + height };
}

/** The label of each cell; of a block the first, unless it is a single one. */
function labelsOf(tokens: readonly string[], cells: number, block: number): string[] {
  return Array.from({ length: cells }, (_, i) => clipText(visibleToken(tokens[i * block] ?? ""), longestLabel));
}

function drawColumnLabels(labels: readonly string[], cellWidth: number, left: number, top: number, isFlat: boolean): string[] {
  const step = Math.ceil((fontSize + 2) / cellWidth);
  return labels.flatMap((label, i) => {
    if (i % step !== 0) return [];
    const x = left + (i + 0.5) * cellWidth;
    if (isFlat) return [text(label, { x, y: top - 7, "text-anchor": "middle" })];
    return [text(label, { transform: `translate(${round(x + fontSize / 4)} ${top - 6}) rotate(-45)` })];
  });
}

function drawRowLabels(labels: readonly string[], cellHeight: number, left: number, top: number): string[] {
  const step = Math.ceil((fontSize + 2) / cellHeight);
  return labels.flatMap((label, i) =>
    i % step === 0
      ? [text(label, { x: left - 6, y: top + (i + 0.5) * cellHeight + fontSize * 0.35, "text-anchor": "end" })]
      : [],
  );
}

/** Cells of one colour are one path, so that the picture stays small. */
function drawCells(cells: Uint8Array, columns: number, left: number, top: number, width: number, height: number): string {
  const paths = levels.map(() => "");
  cells.forEach((level, i) => {
    if (level === blank) return;
    const x = left + (i % columns) * width + 0.5;
    const y = top + Math.floor(i / columns) * height + 0.5;
    paths[level] += `M${round(x)} ${round(y)}h${round(width - 1)}v${round(height - 1)}h${round(1 - width)}z`;
  });
  return paths.map((d, level) => (d === "" ? "" : element("path", { fill: levels[level] ?? "", d }))).join("");
}

/** Cells as one image of one pixel each. */
export function drawImage(
  cells: Uint8Array,
  columns: number,
  rows: number,
  place: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): string {
  return element("image", {
    ...place,
    preserveAspectRatio: "none",
    style: "image-rendering:pixelated",
    href: `data:image/png;base64,${encodePng(columns, rows, cells, levels)}`,
  });
}

function drawNumbers(grid: Grid, cells: Uint8Array, left: number, top: number, width: number, height: number): string {
  const numbers = Array.from(cells, (level, i) => {
    if (level === blank) return "";
    const x = left + ((i % grid.columns) + 0.5) * width;
    const y = top + (Math.floor(i / grid.columns) + 0.5) * height + 4;
    return text(cellNumber(grid.values[i] ?? 0), { x, y, ...(level >= darkLevel && { fill: card.ground }) });
  });
  return element("g", { "text-anchor": "middle", "font-size": 11 }, ...numbers);
}

/** Two decimals, with 0 and 1 kept for what is exactly that. */
function cellNumber(value: number): string {
  if (value === 0 || value === 1) return `${value}`;
  if (value < 0.005) return "<.01";
  if (value > 0.995 && value < 1) return ">.99";
  return value < 100 ? value.toFixed(2).replace(/^0/, "") : value.toPrecision(2);
}

const between = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));
const round = (value: number): number => Math.round(value * 100) / 100;
