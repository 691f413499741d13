/** The tokens along a map, as many as there is room for; numbers where there is room for none. */
import type { Theme } from "../options.js";
import { elide, visibleToken, type MeasureText } from "../labels.js";
import { cellSize, type Camera, type Frame } from "./camera.js";

/** Space for labels, in pixels: left of the rows and above the columns. */
export interface Margins {
  readonly left: number;
  readonly top: number;
}

/** What is written along one axis. */
export interface Label {
  /** Middle of the cell, in pixels from the beginning of the axis. */
  readonly at: number;
  readonly text: string;
  readonly isToken: boolean;
}

const fontSize = 11;
const widestLabel = 96;
/** Pixels of a cell from which its token can be written beside it. */
export const roomy = 13;
/** Room for what the axis is. */
export const nameHeight = 16;
/** Pixels between numbers. */
const spacing = 56;

/** The same for every zoom, so that the picture does not jump. */
export function marginsFor(rows: readonly string[], columns: readonly string[], measure: MeasureText): Margins {
  const widest = (tokens: readonly string[]): number => {
    let width = measure(String(tokens.length), fontSize);
    for (const token of tokens.slice(0, 2_048)) width = Math.max(width, measure(visibleToken(token).slice(0, 24), fontSize));
    return Math.min(widestLabel, width);
  };
  return { left: Math.ceil(widest(rows)) + 12 + nameHeight, top: Math.ceil(widest(columns)) + 12 + nameHeight };
}

/** Tokens where a cell has room for one; otherwise every so many the number of the token. */
export function labelsOf(
  tokens: readonly string[],
  start: number,
  cell: number,
  length: number,
  measure: MeasureText,
): Label[] {
  const isToken = cell >= roomy;
  const step = isToken ? 1 : roundStep(spacing / cell);
  const labels: Label[] = [];
  const last = Math.min(tokens.length - 1, Math.floor(start + length / cell));
  // numbers count from 1: 1, 101, 201 …
  for (let i = Math.ceil(Math.floor(start) / step) * step; i <= last; i += step) {
    const at = (i + 0.5 - start) * cell;
    if (at < 0 || at > length) continue;
    labels.push({
      at,
      text: isToken ? elide(visibleToken(tokens[i] ?? ""), widestLabel, fontSize, measure) : `${i + 1}`,
      isToken,
    });
  }
  return labels;
}

/** 1, 2, 5, 10, 20 …: the first that is not smaller. */
export function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return ([1, 2, 5].find((factor) => factor * power >= least) ?? 10) * power;
}

/** What is written along a map. */
export interface AxisTexts {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** What rows and columns are. */
  readonly names: { readonly rows: string; readonly columns: string };
}

export function drawAxes(
  context: CanvasRenderingContext2D,
  { rows, columns, names }: AxisTexts,
  { left, top }: Margins,
  frame: Frame,
  camera: Camera,
  theme: Theme,
  measure: MeasureText,
): void {
  const cell = cellSize(frame, camera.zoom);
  context.font = `${fontSize}px ${theme.font}`;
  context.fillStyle = theme.mutedText;
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
  context.textBaseline = "middle";
  context.textAlign = "left";
  // close above what is written along the axis
  context.fillText(`${names.columns} →`, left, cell.x >= roomy ? nameHeight / 2 : top - 12 - nameHeight);
  context.save();
  context.translate(nameHeight / 2, top);
  context.rotate(-Math.PI / 2);
  context.textAlign = "right";
  context.fillText(`← ${names.rows}`, 0, 0);
  context.restore();
  context.textAlign = "right";
  for (const { at, text, isToken } of labelsOf(rows, camera.row, cell.y, frame.height, measure)) {
    context.fillText(text, left - 6, top + at);
    if (!isToken) line(context, left - 4, top + at, left - 1, top + at);
  }
  for (const { at, text, isToken } of labelsOf(columns, camera.column, cell.x, frame.width, measure)) {
    if (isToken) {
      context.save();
      context.translate(left + at, top - 5);
      context.rotate(-Math.PI / 2);
      context.textAlign = "left";
      context.fillText(text, 0, 0);
      context.restore();
    } else {
      context.textAlign = "center";
      context.fillText(text, left + at, top - 11);
      line(context, left + at, top - 4, left + at, top - 1);
    }
  }
}

function line(context: CanvasRenderingContext2D, x: number, y: number, toX: number, toY: number): void {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, toY);
  context.stroke();
}
