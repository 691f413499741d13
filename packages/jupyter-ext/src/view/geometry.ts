import { canStack, elide, visibleToken } from "./labels.js";
import type { DrawingOptions } from "./options.js";

/** How the labels of the columns are set. */
export type LabelDirection = "across" | "stacked" | "slanted" | "upwards";

/** The labels of one axis as drawn: every `stride`-th, the first at `start`. */
export interface TickLabels {
  readonly positions: readonly number[];
  readonly texts: readonly string[];
  readonly fontSize: number;
}

/** Where everything is, in pixels from the picture's top left corner. */
export interface Geometry {
  readonly width: number;
  readonly height: number;
  readonly cell: { readonly width: number; readonly height: number };
  /** The rectangle that the cells fill. */
  readonly grid: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
  /** Room for the labels of the rows left of the cells, and for those of the columns above them. */
  readonly labels: { readonly left: number; readonly top: number };
  readonly rows: TickLabels;
  readonly columns: TickLabels & { readonly direction: LabelDirection };
}

export const fontSizes = { label: 12, small: 10, title: 14 } as const;

/** Space for the name of an axis, between labels and cells, at the picture's right edge, for the legend below. */
export const space = { axisName: 20, gap: 6, right: 14, legend: 44, title: 34 } as const;

const tallest = 720;
const longestLabel = { row: 140, column: 96 } as const;
const lineHeight = 1.15;

/** Cells that can be told apart on this width; more are drawn as blocks. */
export function cellLimit(width: number): [number, number] {
  return [512, Math.max(64, Math.min(512, Math.floor(width * 0.9)))];
}

interface Axes {
  /** A label for each cell, as its token is written. */
  readonly rows: readonly string[];
  readonly columns: readonly string[];
}

/**
 * Lays a matrix out: cells as square as the labels allow, as large as the settings say and the width permits.
 *
 * @param aside pixels kept free at the right of the cells
 */
export function layOut(axes: Axes, options: DrawingOptions, aside = 0): Geometry {
  const { measure } = options;
  const rowLabels = axes.rows.map(visibleToken);
  const columnLabels = axes.columns.map(visibleToken);
  const rowWidth = Math.min(widest(rowLabels, measure), longestLabel.row, options.width * 0.3);
  const left = Math.ceil(space.axisName + rowWidth + space.gap);
  const available = Math.max(40, options.width - left - space.right - aside);

  const cell = cellSize(rowLabels.length, columnLabels, available, options);
  const direction = directionOf(columnLabels, cell.width, measure);
  const columns = columnTicks(columnLabels, cell.width, direction, measure);
  const labelHeight = heightOf(columns.texts, columns.fontSize, direction, measure);
  const top = Math.ceil((options.title ? space.title : 0) + space.axisName + labelHeight + space.gap);
  const rows = ticks(rowLabels, cell.height, rowWidth, measure);

  const grid = { left, top, width: cell.width * columnLabels.length, height: cell.height * rowLabels.length };
  const overhang = direction === "slanted" ? labelHeight : 0;
  return {
    width: Math.ceil(Math.max(left + grid.width + Math.max(space.right, overhang) + aside, left + 200)),
    height: Math.ceil(top + grid.height + space.legend),
    cell,
    grid,
    labels: { left: Math.ceil(rowWidth + space.gap), top: Math.ceil(labelHeight + space.gap) },
    rows,
    columns: { ...columns, direction },
  };
}

function cellSize(rows: number, columnLabels: readonly string[], available: number, options: DrawingOptions): Geometry["cell"] {
  const columns = Math.max(1, columnLabels.length);
  const fit = available / columns;
  const square = Math.min(options.cellSize, fit, tallest / Math.max(1, rows));
  // words beside each other read better than words on their side, so cells may become somewhat wider than high
  const widths = columnLabels.map((label) => widest([label], options.measure)).sort((a, b) => b - a);
  const wanted = (widths[mostCut(widths.length)] ?? 0) + 12;
  const wide = wanted > square && wanted <= Math.min(fit, square * 1.9) ? wanted : square;
  // a few columns beside very many rows are not a hairline, and one row over very many columns is none either
  const width = Math.min(fit, Math.max(wide, Math.min(24, 320 / columns)));
  // few rows are high enough for a name beside each
  const least = rows <= 3 ? 26 : rows * 2 <= columns && rows <= 12 ? 16 : 0;
  const height = Math.max(square, Math.min(least, options.cellSize));
  return { width: wholePixels(width), height: wholePixels(height) };
}

/** Cells that are large enough for it end on pixels, so that their edges are sharp. */
function wholePixels(size: number): number {
  return size >= 8 ? Math.floor(size) : size;
}

function widest(labels: readonly string[], measure: DrawingOptions["measure"]): number {
  let width = 0;
  for (const label of labels) {
    // no label is drawn wider than this, so measuring the rest of a long one would be waste
    const head = label.length > 64 ? label.slice(0, 64) : label;
    width = Math.max(width, measure(head, fontSizes.label));
    if (width > longestLabel.row) break;
  }
  return width;
}

/** Pixels of a cell in which the beginning of a label says something. */
const leastCut = 32;

/** A few long labels among many are cut, and do not turn all the others: of four or more one in eight, and at least one. */
const mostCut = (count: number): number => (count < 4 ? 0 : Math.max(1, Math.floor(count / 8)));

function directionOf(labels: readonly string[], cellWidth: number, measure: DrawingOptions["measure"]): LabelDirection {
  const long = labels.reduce((count, label) => count + Number(measure(label, fontSizes.label) > cellWidth - 4), 0);
  if (long === 0) return "across";
  if (cellWidth >= fontSizes.label && labels.every(canStack)) return "stacked";
  if (cellWidth >= leastCut && long <= mostCut(labels.length)) return "across";
  return cellWidth >= 20 ? "slanted" : "upwards";
}

function ticks(labels: readonly string[], step: number, width: number, measure: DrawingOptions["measure"]): TickLabels {
  const fontSize = step >= fontSizes.label * lineHeight ? fontSizes.label : fontSizes.small;
  const stride = Math.max(1, Math.ceil((fontSize * lineHeight) / step));
  const positions: number[] = [];
  for (let i = 0; i < labels.length; i += stride) positions.push(i);
  return { positions, texts: positions.map((i) => elide(labels[i] ?? "", width, fontSize, measure)), fontSize };
}

function columnTicks(labels: readonly string[], step: number, direction: LabelDirection, measure: DrawingOptions["measure"]) {
  if (direction === "across") return ticks(labels, Math.max(step, fontSizes.label * lineHeight), step - 4, measure);
  if (direction === "stacked") return ticks(labels, Math.max(step, fontSizes.label * lineHeight), Infinity, measure);
  const slope = direction === "slanted" ? Math.SQRT1_2 : 1;
  return ticks(labels, step * slope, longestLabel.column, measure);
}

function heightOf(
  texts: readonly string[],
  size: number,
  direction: LabelDirection,
  measure: DrawingOptions["measure"],
): number {
  const line = size * lineHeight;
  if (direction === "across") return line;
  if (direction === "stacked") return line * Math.max(1, ...texts.map((text) => Array.from(text).length));
  const longest = Math.max(0, ...texts.map((text) => measure(text, size)));
  return direction === "slanted" ? (longest + line) * Math.SQRT1_2 : longest;
}

/** Size of the numbers inside cells, or 0 where they do not fit. */
export function numberSize({ cell }: Geometry, cells: number, options: DrawingOptions): number {
  const { numbers } = options;
  if (numbers === "never") return 0;
  const [smallest, most] = numbers === "always" ? [7, 4_096] : [10, 900];
  if (cells > most) return 0;
  for (let size = 13; size >= smallest; size--) {
    if (options.measure("0.00", size) + 6 <= cell.width && size * 1.5 <= cell.height) return size;
  }
  return 0;
}
