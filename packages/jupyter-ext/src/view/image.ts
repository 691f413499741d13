import type { Data, Layout } from "plotly.js";
import type { NoteImage } from "heed/note";
import { titleLayout } from "./axes.js";
import type { Cells } from "./cells.js";
import { overlayColourScale } from "./colour.js";
import { colourValues, type ColourMeaning } from "./colour-value.js";
import { baseLayout, type Figure } from "./figure.js";
import { space, type Geometry } from "./geometry.js";
import { colourBar, rowViews } from "./heatmap.js";
import type { DrawingOptions } from "./options.js";

/** What is drawn of an image that was looked at: where one token looks. */
export interface ImageContent {
  readonly image: NoteImage;
  readonly cells: Cells;
  /** The row of the weights that is laid over the image. */
  readonly row: number;
  readonly meaning: ColourMeaning;
}

const largestImage = 420;
const margin = 12;
/** Room for the frame of a chosen part and for the name of the legend, which begins somewhat before its bar. */
const frame = 6;
/** Pixels of a part whose borders are drawn. */
const smallestPart = 5;

/** The image under its grid of parts, each tinted by its weight. Parts are never smoothed: the grid is all that is known. */
export function imageFigure({ image, cells, row, meaning }: ImageContent, options: DrawingOptions): Figure {
  const [rows, columns] = image.grid;
  const width = Math.min(largestImage, options.width - 2 * margin, Math.max(image.width, 240));
  const height = Math.min((width * image.height) / image.width, largestImage * 1.5);
  const scaled = { width: (height * image.width) / image.height, height };
  const top = (options.title ? space.title : 0) + margin;
  const none = { positions: [], texts: [], fontSize: 12 };
  const geometry: Geometry = {
    width: Math.ceil(Math.max(scaled.width + 2 * margin, 240)),
    height: Math.ceil(top + scaled.height + space.legend),
    cell: { width: scaled.width / columns, height: scaled.height / rows },
    grid: { left: frame, top, ...scaled },
    labels: { left: 0, top: 0 },
    rows: none,
    columns: { ...none, direction: "across" },
  };
  const weights = cells.values.slice(row * rows * columns, (row + 1) * rows * columns);
  const coloured = colourValues(weights, weights.length, meaning, options.phrases);
  const trace: Data = {
    type: "heatmap",
    name: "weights",
    z: rowViews(coloured.values, columns) as never,
    customdata: rowViews(weights, columns) as never,
    zmin: coloured.low,
    zmax: coloured.high,
    zsmooth: false,
    colorscale: overlayColourScale(options.colourScale),
    hoverinfo: "skip",
    ...colourBar(coloured.legend, coloured, geometry, options),
  };
  const axis = { visible: false, fixedrange: true } as const;
  return {
    data: [trace],
    layout: {
      ...baseLayout(geometry, options),
      ...titleLayout(geometry, options),
      xaxis: { ...axis, range: [-0.5, columns - 0.5] },
      yaxis: { ...axis, range: [rows - 0.5, -0.5] },
      images: [
        {
          source: `data:${image.mediaType};base64,${image.data}`,
          xref: "paper",
          yref: "paper",
          x: 0,
          y: 1,
          sizex: 1,
          sizey: 1,
          sizing: "stretch",
          layer: "below",
        },
      ],
      // a finer grid would cover the image it divides
      shapes: Math.min(geometry.cell.width, geometry.cell.height) >= smallestPart ? gridLines(rows, columns) : [],
    },
    geometry,
  };
}

/** The borders of the parts, white and black, so that they show on any image. */
function gridLines(rows: number, columns: number): NonNullable<Layout["shapes"]> {
  const shapes: NonNullable<Layout["shapes"]> = [];
  const line = (x0: number, y0: number, x1: number, y1: number): void => {
    const place = { type: "line", xref: "x", yref: "y", x0, y0, x1, y1 } as const;
    shapes.push({ ...place, line: { color: "rgba(0,0,0,0.35)", width: 1.5 } });
    shapes.push({ ...place, line: { color: "rgba(255,255,255,0.75)", width: 0.75 } });
  };
  for (let row = 0; row <= rows; row++) line(-0.5, row - 0.5, columns - 0.5, row - 0.5);
  for (let column = 0; column <= columns; column++) line(column - 0.5, -0.5, column - 0.5, rows - 0.5);
  return shapes;
}
