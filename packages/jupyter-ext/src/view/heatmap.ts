import type { Data, HeatmapData } from "plotly.js";
import type { Axis } from "heed/note";
import { matrixAxes, titleLayout } from "./axes.js";
import type { Cells } from "./cells.js";
import { plotlyColourScale } from "./colour.js";
import { colourValues, type ColourMeaning, type ColourValues } from "./colour-value.js";
import { baseLayout, type Figure } from "./figure.js";
import { layOut, numberSize, type Geometry } from "./geometry.js";
import { escapeForPlotly } from "./labels.js";
import { maskedRuns, maskTrace } from "./masking.js";
import { cellColour, numberTrace } from "./numbers.js";
import type { DrawingOptions } from "./options.js";

/** What a heat map shows of a note. */
export interface HeatmapContent {
  readonly cells: Cells;
  readonly rows: Axis;
  readonly columns: Axis;
  /** What the rows and the columns are, in the reader's language. */
  readonly names: { readonly rows: string; readonly columns: string };
  readonly meaning: ColourMeaning;
}

/**
 * One head as a heat map: rows look, columns are looked at.
 *
 * Every heat map carries its weights as `customdata`, whatever its colours mean.
 */
export function heatmapFigure(content: HeatmapContent, options: DrawingOptions, aside = 0): Figure {
  const { cells } = content;
  const axes = {
    rows: cellLabels(content.rows.tokens, cells.block[0], cells.shape[0]),
    columns: cellLabels(content.columns.tokens, cells.block[1], cells.shape[1]),
  };
  const geometry = layOut(axes, options, aside);
  const coloured = colourValues(cells.values, cells.shape[1], content.meaning, options.phrases);
  const size = numberSize(geometry, cells.values.length, options);
  return {
    data: [
      weightTrace(cells, coloured, geometry, options),
      ...numberTrace({ numbers: cells.values, columns: cells.shape[1], colour: cellColour(coloured, options) }, size, options),
      ...maskTrace(maskedRuns(cells.values, cells.shape[1]), geometry.cell, options),
    ],
    layout: {
      ...baseLayout(geometry, options),
      ...matrixAxes(geometry, cells.shape, content.names, options),
      ...titleLayout(geometry, options),
    },
    geometry,
  };
}

/** A label for each cell along an axis: its token, or where each cell is a block, the number of its first token. */
export function cellLabels(tokens: readonly string[], block: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => (block === 1 ? (tokens[i] ?? "") : String(i * block + 1)));
}

/** The rows of a matrix, as views on it. */
export function rowViews(values: Float32Array, columns: number): Float32Array[] {
  return Array.from({ length: columns === 0 ? 0 : values.length / columns }, (_, row) =>
    values.subarray(row * columns, (row + 1) * columns),
  );
}

function weightTrace(cells: Cells, coloured: ColourValues, geometry: Geometry, options: DrawingOptions): Data {
  const columns = cells.shape[1];
  const gap = gapFor(geometry);
  return {
    type: "heatmap",
    name: "weights",
    z: rowViews(coloured.values, columns) as never,
    customdata: rowViews(cells.values, columns) as never,
    zmin: coloured.low,
    zmax: coloured.high,
    zsmooth: false,
    xgap: gap,
    ygap: gap,
    colorscale: plotlyColourScale(options.colourScale, options.theme.dark),
    hoverinfo: "skip",
    ...colourBar(coloured.legend, coloured, geometry, options),
  };
}

/** Pixels between cells: visible grid where cells are large, none where it would eat them up. */
export function gapFor({ cell }: Geometry): number {
  const side = Math.min(cell.width, cell.height);
  return side >= 24 ? 2 : side >= 9 ? 1 : 0;
}

export function colourBar(
  legend: ColourValues["legend"],
  range: { low: number; high: number },
  { grid }: Geometry,
  options: DrawingOptions,
): Partial<HeatmapData> {
  const length = Math.max(80, Math.min(160, grid.width));
  const plotHeight = Math.max(1, grid.height);
  return {
    showscale: true,
    colorbar: {
      orientation: "h",
      thickness: 8,
      len: length,
      lenmode: "pixels",
      outlinewidth: 0,
      x: 0,
      xanchor: "left",
      xpad: 0,
      y: -10 / plotHeight,
      yanchor: "top",
      ypad: 0,
      ticks: "",
      tickmode: "array",
      tickvals: [range.low, range.high],
      ticktext: [escapeForPlotly(legend.low), escapeForPlotly(legend.high)],
      ticklabelposition: "outside",
      tickfont: { size: 11, color: options.theme.mutedText },
      title: { text: escapeForPlotly(legend.title), side: "right", font: { size: 11, color: options.theme.mutedText } },
    },
  };
}
