import { nearlySame, overlapOf, type HopOverlap } from "heed/note";
import type { Data, Layout } from "plotly.js";
import { plotlyColourScale } from "./colour.js";
import type { Figure } from "./figure.js";
import { fontSizes, numberSize, space, type Geometry } from "./geometry.js";
import { gapFor, heatmapFigure, rowViews, type HeatmapContent } from "./heatmap.js";
import { escapeForPlotly } from "./labels.js";
import { cellColour, numberTrace } from "./numbers.js";
import type { DrawingOptions } from "./options.js";

/** More hops than this have no room for their overlap beside them. */
const mostHops = 64;
const distance = 40;

export interface SummaryFigure extends Figure {
  /** The overlap and where it stands; it shares the rows of the hops. */
  readonly overlap?: HopOverlap & { readonly left: number; readonly cellWidth: number };
}

/** Hops × tokens, and beside it AAᵀ with one row for each hop, in line with the hop's own row. */
export function summaryFigure(content: HeatmapContent, options: DrawingOptions): SummaryFigure {
  const { cells } = content;
  const hops = cells.shape[0];
  if (hops < 2 || hops > mostHops || cells.block[0] > 1 || cells.block[1] > 1) return heatmapFigure(content, options);

  const cellWidth = Math.floor(Math.max(6, Math.min(options.cellSize, (options.width * 0.28) / hops)));
  const aside = distance + cellWidth * hops;
  const main = heatmapFigure(content, options, aside);
  const { grid } = main.geometry;
  const left = grid.left + grid.width + distance;
  const right = left + cellWidth * hops;
  const name = overlapName(options, left);
  const width = Math.ceil(Math.max(main.geometry.width, right + space.right, left + options.measure(name, 12)));
  const geometry: Geometry = { ...main.geometry, width };
  const across = right - grid.left;
  const stride = Math.ceil(16 / cellWidth);
  const numbered = Array.from({ length: Math.ceil(hops / stride) }, (_, i) => i * stride);
  const overlap = overlapOf(cells.values, hops);
  return {
    data: [...main.data, ...overlapTraces(overlap, { ...geometry, cell: { ...geometry.cell, width: cellWidth } }, options)],
    layout: {
      ...main.layout,
      width,
      margin: { ...main.layout.margin, r: width - right },
      xaxis: { ...main.layout.xaxis, domain: [0, grid.width / across] },
      xaxis2: {
        ...main.layout.xaxis,
        anchor: "y",
        domain: [(left - grid.left) / across, 1],
        range: [-0.5, hops - 0.5],
        tickvals: numbered,
        ticktext: numbered.map((hop) => String(hop + 1)),
        tickangle: 0,
        tickfont: { size: fontSizes.small, color: options.theme.mutedText },
      },
      shapes: likenessShapes(overlap.cosines, hops, options),
      annotations: [
        ...(main.layout.annotations ?? []),
        {
          text: escapeForPlotly(name),
          font: { size: 11, color: options.theme.mutedText },
          showarrow: false,
          xref: "paper",
          yref: "paper",
          x: (left - grid.left) / across,
          y: 1,
          xanchor: "left",
          yanchor: "top",
          yshift: grid.top - (options.title ? space.title : 0),
        },
      ],
    },
    geometry,
    overlap: { ...overlap, left, cellWidth },
  };
}

/** What is written above the overlap: its formula alone where there is no room for words. */
function overlapName({ phrases, measure, width }: DrawingOptions, left: number): string {
  const name = phrases.__("overlap A Aᵀ, 0 … 1");
  return left + measure(name, 12) <= width ? name : "A Aᵀ";
}

/** Frames around the pairs of hops that are nearly the same. */
function likenessShapes(cosines: Float32Array, hops: number, { theme }: DrawingOptions): NonNullable<Layout["shapes"]> {
  const pairs = Array.from(cosines.keys()).filter(
    (at) => Math.floor(at / hops) !== at % hops && (cosines[at] ?? 0) >= nearlySame,
  );
  return pairs.map((at) => ({
    type: "rect",
    xref: "x2",
    yref: "y",
    x0: (at % hops) - 0.5,
    x1: (at % hops) + 0.5,
    y0: Math.floor(at / hops) - 0.5,
    y1: Math.floor(at / hops) + 0.5,
    line: { color: theme.text, width: 1.5, dash: "dot" },
  }));
}

function overlapTraces({ matrix }: HopOverlap, geometry: Geometry, options: DrawingOptions): Data[] {
  const hops = Math.sqrt(matrix.length);
  const size = numberSize(geometry, matrix.length, options);
  const gap = gapFor(geometry);
  const trace: Data = {
    type: "heatmap",
    name: "overlap",
    xaxis: "x2",
    yaxis: "y",
    z: rowViews(matrix, hops) as never,
    zmin: 0,
    zmax: 1,
    zsmooth: false,
    xgap: gap,
    ygap: gap,
    colorscale: plotlyColourScale(options.colourScale, options.theme.dark),
    showscale: false,
    hoverinfo: "skip",
  };
  const colour = cellColour({ values: matrix, low: 0, high: 1 }, options);
  return [trace, ...numberTrace({ numbers: matrix, columns: hops, colour }, size, options, "x2")];
}
