import type { Data } from "plotly.js";
import { colourAt, type Rgb } from "./colour.js";
import { inCell } from "./colour-value.js";
import type { DrawingOptions } from "./options.js";

/** What numbers are written on: cells of a matrix, row by row, coloured by `values` between `low` and `high`. */
export interface NumberedCells {
  /** The numbers to write. */
  readonly numbers: Float32Array;
  readonly columns: number;
  readonly values: Float32Array;
  readonly low: number;
  readonly high: number;
}

/**
 * Numbers in cells, each black or white, whichever has the higher contrast with its cell. (A heat map's own texts would be dark
 * grey on a medium blue.)
 */
export function numberTrace(cells: NumberedCells, size: number, options: DrawingOptions, xaxis: "x" | "x2" = "x"): Data[] {
  if (size === 0) return [];
  const { numbers, columns, values, low, high } = cells;
  const written = Array.from(numbers.keys()).filter((i) => !Number.isNaN(numbers[i]));
  return [
    {
      type: "scatter",
      name: "numbers",
      mode: "text",
      xaxis,
      yaxis: "y",
      x: written.map((i) => i % columns),
      y: written.map((i) => Math.floor(i / columns)),
      text: written.map((i) => inCell(numbers[i] ?? 0)),
      textposition: "middle center",
      textfont: {
        size,
        family: options.theme.font,
        color: written.map((i) =>
          inkOn(colourAt(options.colourScale, options.theme.dark, ((values[i] ?? 0) - low) / (high - low))),
        ),
      },
      hoverinfo: "skip",
      showlegend: false,
    },
  ];
}

/** Black or white: the one that can be read better on a colour (WCAG 2.2 contrast). */
export function inkOn(colour: Rgb): "#000" | "#fff" {
  const [red = 0, green = 0, blue = 0] = colour.map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  // (1 + 0.05) / (L + 0.05) against (L + 0.05) / (0 + 0.05)
  return (luminance + 0.05) ** 2 > 1.05 * 0.05 ? "#000" : "#fff";
}
