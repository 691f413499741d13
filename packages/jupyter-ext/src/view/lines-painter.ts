import { lineColour } from "./colour.js";
import { fontSizes } from "./geometry.js";
import { lineWidth, type Line } from "./lines.js";
import type { DrawingOptions } from "./options.js";
import type { TokenCell, TokenPlace } from "./selection.js";
import { shadeAt } from "./shade.js";
import { lineBetween, sentenceSize, type SideNames, type TokenBox, type TokenLayout } from "./token-layout.js";

/** What is painted. */
export interface LinesPicture {
  readonly layout: TokenLayout;
  readonly names: SideNames;
  readonly lines: readonly Line[];
  /** The token whose lines these are, the one that is asked about, and the chosen cell. */
  readonly source: TokenPlace | undefined;
  readonly visited: TokenPlace | undefined;
  readonly cell: TokenCell | undefined;
  /** How a token is shaded: from 0 to 1, NaN for masked; of several heads by each in its ink. */
  readonly shades: (token: TokenPlace) => readonly { readonly strength: number; readonly ink?: string }[];
  readonly isSpecial: (token: TokenPlace) => boolean;
  readonly isMarked: (token: TokenPlace) => boolean;
  /** Colours of the page that a canvas cannot ask for by name. */
  readonly accent: string;
  readonly markColour: string;
  readonly options: DrawingOptions;
}

/** Opacity of stripes behind a token. */
const mostOpaque = 0.45;

/** The part of the picture that is seen. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Paints what the window shows of the picture; of ten thousand tokens only those. */
export function paintLines(context: CanvasRenderingContext2D, picture: LinesPicture, seen: Window): void {
  const { layout, lines, options } = picture;
  context.save();
  context.clearRect(0, 0, seen.width, seen.height);
  context.translate(-seen.left, -seen.top);
  context.lineCap = "butt";
  const ink = lineColour(options.colourScale, options.theme.dark);
  for (const line of lines) {
    context.strokeStyle = line.ink ?? ink;
    strokeLine(context, layout, line, seen);
  }
  if (picture.cell) {
    context.strokeStyle = picture.accent;
    strokeLine(context, layout, { ...picture.cell, strength: 1, opacity: 1 }, seen);
  }
  context.globalAlpha = 1;
  paintNames(context, picture);
  for (const axis of ["rows", "columns"] as const) {
    for (const [index, box] of layout[axis].entries()) {
      if (isSeen(box.left, box.top, box.left + box.width, box.top + box.height, seen)) {
        paintToken(context, { axis, index }, box, picture);
      }
    }
  }
  context.restore();
}

function isSeen(x0: number, y0: number, x1: number, y1: number, { left, top, width, height }: Window): boolean {
  return x1 >= left && x0 <= left + width && y1 >= top && y0 <= top + height;
}

function strokeLine(context: CanvasRenderingContext2D, layout: TokenLayout, line: Line, seen: Window): void {
  const ends = lineBetween(layout, line.row, line.column);
  if (!ends) return;
  const along = line.shift ?? 0;
  const [alongX, alongY] = layout.direction === "down" ? [0, along] : [along, 0];
  const [x0, y0, x1, y1] = [ends[0] + alongX, ends[1] + alongY, ends[2] + alongX, ends[3] + alongY];
  const [, , , , bendX, bendY] = ends;
  if (!isSeen(Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1), seen)) return;
  context.globalAlpha = Math.min(1, line.opacity);
  context.lineWidth = lineWidth(line.strength);
  context.beginPath();
  context.moveTo(x0, y0);
  context.bezierCurveTo(x0 + bendX, y0 + bendY, x1 - bendX, y1 - bendY, x1, y1);
  context.stroke();
}

function paintNames(context: CanvasRenderingContext2D, { layout, names, options }: LinesPicture): void {
  const { rows, columns, direction } = layout;
  context.font = `11px ${options.theme.font}`;
  context.fillStyle = options.theme.mutedText;
  context.textBaseline = "top";
  const [from, to] = [rows[0], columns[0]];
  if (!from || !to) return;
  if (direction === "down") {
    context.textAlign = "right";
    context.fillText(names.rows, from.left + from.width - 6, 3);
    context.textAlign = "left";
    context.fillText(names.columns, to.left + 6, 3);
  } else {
    context.textAlign = "left";
    context.fillText(names.columns, to.left + 6, 3);
    context.fillText(names.rows, from.left + 6, from.top + from.height + 5);
  }
}

function paintToken(context: CanvasRenderingContext2D, token: TokenPlace, box: TokenBox, picture: LinesPicture): void {
  const { options, layout, source, visited } = picture;
  const { theme } = options;
  const { left, top, width, height } = box;
  const shades = picture.shades(token);
  const [{ strength: shade } = { strength: undefined }] = shades;
  const isSource = source?.axis === token.axis && source.index === token.index;
  const isVisited = visited?.axis === token.axis && visited.index === token.index;
  let ink = picture.isSpecial(token) ? theme.mutedText : theme.text;
  const isStriped = shades.some((one) => one.ink !== undefined);
  if (isStriped && !isSource) paintStripes(context, shades, box);
  const shaded =
    shade === undefined || Number.isNaN(shade) || isSource || isStriped
      ? undefined
      : shadeAt(options.colourScale, theme.dark, shade);
  if (shaded) {
    context.fillStyle = shaded.background;
    context.fillRect(left, top + 1, width, height - 2);
    ({ ink } = shaded);
  }
  if (picture.isMarked(token)) {
    // around the token: what is behind it is its weight
    context.strokeStyle = picture.markColour;
    context.lineWidth = 1.5;
    context.strokeRect(left + 0.75, top + 1.75, width - 1.5, height - 3.5);
  }
  if (isSource || isVisited) {
    context.strokeStyle = picture.accent;
    context.lineWidth = isSource ? 2 : 1;
    context.strokeRect(left + 1, top + 2, width - 2, height - 4);
  }
  context.globalAlpha = Number.isNaN(shade) ? 0.35 : 1;
  context.fillStyle = ink;
  context.font = `${layout.direction === "down" ? fontSizes.label : sentenceSize}px ${theme.font}`;
  context.textBaseline = "middle";
  const right = layout.direction === "down" && token.axis === "rows";
  context.textAlign = layout.direction === "across" ? "center" : right ? "right" : "left";
  const x = layout.direction === "across" ? left + width / 2 : right ? left + width - 6 : left + 6;
  context.fillText(box.label, x, top + height / 2 + 0.5);
  context.globalAlpha = 1;
}

/** A stripe for each head, so faint that the token can be read on the strongest. */
function paintStripes(
  context: CanvasRenderingContext2D,
  shades: ReturnType<LinesPicture["shades"]>,
  { left, top, width, height }: TokenBox,
): void {
  const stripe = width / shades.length;
  for (const [i, { strength, ink }] of shades.entries()) {
    if (ink === undefined || !(strength > 0)) continue;
    context.fillStyle = ink;
    context.globalAlpha = mostOpaque * Math.min(1, strength);
    context.fillRect(left + i * stripe, top + 1, stripe, height - 2);
  }
  context.globalAlpha = 1;
}
