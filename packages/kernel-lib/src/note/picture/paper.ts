import { matrixCount } from "../matrices.js";
import type { Note } from "../schema.js";
import type { Language } from "../wording.js";
import { card } from "./colors.js";
import { readGrid } from "./grid.js";
import { colouringOf, matrixOf, weightsOf } from "./paper-cells.js";
import { drawAllHeads } from "./paper-heads.js";
import { drawPaperImage, imageInk } from "./paper-image.js";
import { labelGap } from "./paper-layout.js";
import { withLegend } from "./paper-legend.js";
import { drawLines, type HeadInk } from "./paper-lines.js";
import { drawMatrix } from "./paper-matrix.js";
import { fit, makePage, type Coloured, type Ink, type PaperMatrix, type PaperPage } from "./paper-page.js";
import { drawRunningText } from "./paper-text.js";
import { titleText } from "../visible-token.js";
import type { Drawn } from "./panel.js";
import { element, escapeXml, text } from "./svg.js";

/** What {@link paperFigure} draws and how; everything has a default that suits one column of a paper. */
export interface PaperOptions {
  /** Which head: layer × heads + head. Where absent, all of them side by side. */
  readonly head?: number;
  /**
   * `cells`: a heat map. `lines`: lines from the rows' tokens at the left to the columns' at the right. `text`: the columns' tokens
   * as running text, shaded by the weights of one row. `image`: the image that was looked at, tinted by one row; the default where
   * the note has one.
   */
  readonly form?: "cells" | "lines" | "text" | "image";
  /** Of `lines`: the colours of the note's first heads, which are then drawn together. */
  readonly inks?: readonly HeadInk[];
  /** The row that `text` and images show. */
  readonly row?: number;
  /** Millimetres that the figure may be wide: 84 is a column of two, 174 the page. */
  readonly width?: number;
  /** Points. */
  readonly fontSize?: number;
  readonly fontFamily?: string;
  /** Writes the note's title above, or a text that says which head it is; a paper's own caption usually says the title. */
  readonly title?: boolean | string;
  /** What the figure says to those who do not see it. */
  readonly description?: string;
  /** Writes the weights into the cells where they fit. */
  readonly numbers?: boolean;
  /** The colour, as #rrggbb, of a share from 0 to 1. */
  readonly colour?: Ink;
  /** What is coloured: the weights relative to the largest of all where absent, or to their row's as the note asks. */
  readonly colouring?: (weights: Float32Array, columns: number) => Coloured;
  /** The width of a text in a font size, both in the same unit; a wide font is assumed where absent. */
  readonly measure?: (text: string, fontSize: number) => number;
  readonly language?: Language;
}

const pointsPerMillimetre = 72 / 25.4;
const sans = "Helvetica, Arial, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif";
/** More cells along an axis are drawn as the largest of each block. */
const mostCells = 512;
/** Points around everything, so that no letter touches the edge. */
const margin = 2;
/** More hops than this have no room for their overlap. */
const mostHops = 32;

/**
 * A figure for a paper as SVG: cells and lines as vectors, text as text, sizes in points and the width in millimetres, on white.
 * Placed without scaling it has the font size that was asked for.
 *
 * @throws RangeError when `width` or `fontSize` leave nothing to draw on, `head` is not in the note, or there are more `inks` than heads
 * @example
 * ```ts
 * import { makeNote, paperFigure } from "heed/note";
 * const note = makeNote({ weights: [[0.25, 0.75]], rows: ["h1"], columns: ["s1", "s2"] });
 * const svg = paperFigure(note, { width: 84, fontSize: 8 });
 * console.log(svg.startsWith("<svg ")); // true
 * ```
 */
export function paperFigure(note: Note, options: PaperOptions = {}): string {
  const { width = 84, fontSize = 8, fontFamily = sans, language = "en" } = options;
  if (!(width >= 20 && width <= 2000)) throw new RangeError(`paperFigure: width: expected 20 to 2000 mm; got ${width}`);
  if (!(fontSize >= 4 && fontSize <= 40)) throw new RangeError(`paperFigure: fontSize: expected 4 to 40 pt; got ${fontSize}`);
  const count = matrixCount(note);
  const { head } = options;
  if (head !== undefined && !(Number.isInteger(head) && head >= 0 && head < count)) {
    throw new RangeError(`paperFigure: head: expected 0 to ${count - 1}; got ${head}`);
  }
  const { length: together = 0 } = options.inks ?? [];
  if (together > count)
    throw new RangeError(`paperFigure: inks: expected at most ${count}, one for each head; got ${together}`);
  const page = makePage(width * pointsPerMillimetre - 2 * margin, fontSize, language, options);
  const body = drawBody(note, options, page);
  const titleSize = fontSize * 1.15;
  const above = titleText(options.title === true ? (note.title ?? "") : options.title || "");
  const title = above === "" ? undefined : fit(above, page.width, titleSize, page);
  const top = title === undefined ? 0 : fontSize * 2;
  const inner = Math.min(page.width, Math.max(body.width, title === undefined ? 0 : page.measure(title, titleSize)));
  const [full, height] = [inner + 2 * margin, top + body.height + 2 * margin];
  const millimetres = (points: number): string => `${Number((points / pointsPerMillimetre).toFixed(3))}mm`;
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${Number(full.toFixed(2))} ${Number(height.toFixed(2))}`,
      width: millimetres(full),
      height: millimetres(height),
      "font-family": fontFamily,
      "font-size": fontSize,
      fill: "#000000",
    },
    element("title", {}, escapeXml(titleText(note.title ?? "") || page.say("Attention", "注意力"))),
    options.description === undefined ? "" : element("desc", {}, escapeXml(options.description)),
    element("rect", { width: full, height, fill: card.ground }),
    title === undefined ? "" : text(title, { x: margin, y: margin + titleSize, "font-size": titleSize, "font-weight": 600 }),
    element("g", { transform: `translate(${margin} ${margin + top})` }, body.svg),
  );
}

function drawBody(note: Note, options: PaperOptions, page: PaperPage): Drawn {
  const colouring = options.colouring ?? colouringOf(note, page);
  const { inks = [] } = options;
  if (options.form === "lines" && inks.length > 1) return drawTogether(note, inks, colouring, page);
  if (options.head === undefined && matrixCount(note) > 1) return drawAllHeads(note, colouring, page);
  const grid = readGrid(note, options.head ?? 0, { rows: mostCells, columns: mostCells });
  const coloured = colouring(weightsOf(grid), grid.columns);
  const matrix = matrixOf(note, grid, coloured.shares);
  const row = Math.max(0, Math.min(options.row ?? 0, grid.rows - 1));
  const isWhole = grid.block[0] === 1 && grid.block[1] === 1;
  if (note.image && isWhole && (options.form ?? "image") === "image") {
    return withLegend([drawPaperImage(note.image, matrix, row, page)], coloured, grid.block, { ...page, colour: imageInk });
  }
  return withLegend(drawForm(note, matrix, row, isWhole, options, page), coloured, grid.block, page);
}

/** Several heads as lines of one picture, on one scale. */
function drawTogether(
  note: Note,
  inks: readonly HeadInk[],
  colouring: NonNullable<PaperOptions["colouring"]>,
  page: PaperPage,
): Drawn {
  const grids = inks.map((_, head) => readGrid(note, head, { rows: mostCells, columns: mostCells }));
  const [first] = grids;
  if (!first || first.block[0] > 1 || first.block[1] > 1) return drawAllHeads(note, colouring, page);
  const size = first.rows * first.columns;
  const weights = new Float32Array(grids.length * size);
  for (const [head, grid] of grids.entries()) weights.set(weightsOf(grid), head * size);
  const coloured = colouring(weights, first.columns);
  const matrix = matrixOf(note, first, coloured.shares);
  // colours say which head it is, and greys how large a weight
  return withLegend([drawLines(matrix, page, inks)], coloured, first.block, { ...page, colour: greyOf });
}

function greyOf(share: number): string {
  const level = Math.round(255 - share * 191)
    .toString(16)
    .padStart(2, "0");
  return `#${level}${level}${level}`;
}

function drawForm(
  note: Note,
  matrix: PaperMatrix,
  row: number,
  isWhole: boolean,
  options: PaperOptions,
  page: PaperPage,
): Drawn[] {
  if (options.form === "text" && isWhole) return [drawRunningText(matrix, row, page)];
  if (options.form === "lines" && isWhole) return [drawLines(matrix, page)];
  const numbers = options.numbers ?? note.view?.numbers ?? true;
  const [hops, tokens] = matrix.shape;
  if (note.kind !== "summary" || hops < 2 || hops > mostHops) return [drawMatrix(matrix, numbers, page)];
  const room = Math.min(page.width * 0.32, hops * 26 + 14);
  const main = drawMatrix(matrix, numbers, { ...page, width: page.width - room - 14 });
  const values = overlapOf(matrix.values, hops, tokens);
  const labels = Array.from({ length: hops }, (_, i) => `${i + 1}`);
  const overlap: PaperMatrix = {
    shape: [hops, hops],
    values,
    shares: values,
    rows: labels,
    columns: labels,
    names: { rows: "", columns: "A Aᵀ" },
  };
  // its rows are in line with those of the hops
  const left = Math.max(...labels.map((label) => page.measure(label, page.fontSize))) + labelGap;
  const aside = drawMatrix(overlap, numbers, { ...page, width: Math.min(room, left + hops * main.rowHeight) });
  const down = Math.max(0, main.top - aside.top);
  return [main, { ...aside, svg: element("g", { transform: `translate(0 ${down})` }, aside.svg), height: aside.height + down }];
}

/** A Aᵀ of hops × tokens: how much each two hops look at the same. */
function overlapOf(weights: Float32Array, hops: number, tokens: number): Float32Array {
  return Float32Array.from({ length: hops * hops }, (_, at) => {
    const [a, b] = [Math.floor(at / hops) * tokens, (at % hops) * tokens];
    let sum = 0;
    for (let i = 0; i < tokens; i++) sum += (weights[a + i] || 0) * (weights[b + i] || 0);
    return sum;
  });
}
