import type { Data } from "plotly.js";
import { colourAt, type Rgb } from "./colour.js";
import { inCell, type ColourValues } from "./colour-value.js";
import type { DrawingOptions } from "./options.js";

/** What numbers are written on: cells of a matrix, row by row. */
export interface NumberedCells {
  /** The numbers to write; none where NaN. */
  readonly numbers: Float32Array;
  readonly columns: number;
  /** The colour of each cell. */
  readonly colour: (at: number) => Rgb;
  /** How a number is written; two decimals wide where absent. */
  readonly written?: (number: number) => string;
}

/**
 * Numbers in cells, each black or white, whichever has the higher contrast with its cell. (A heat map's own texts would be dark
 * grey on a medium blue.)
 */
export function numberTrace(cells: NumberedCells, size: number, options: DrawingOptions, xaxis: "x" | "x2" = "x"): Data[] {
  if (size === 0) return [];
  const { numbers, columns, colour, written = inCell } = cells;
  const shown = Array.from(numbers.keys()).filter((i) => !Number.isNaN(numbers[i]));
  return [
    {
      type: "scatter",
      name: "numbers",
      mode: "text",
      xaxis,
      yaxis: "y",
      x: shown.map((i) => i % columns),
      y: shown.map((i) => Math.floor(i / columns)),
      text: shown.map((i) => written(numbers[i] ?? 0)),
      textposition: "middle center",
      textfont: {
        size,
        family: options.theme.font,
        color: shown.map((i) => inkOn(colour(i))),
      },
      hoverinfo: "skip",
      showlegend: false,
    },
  ];
}

/** The colours of a heat map of weights, see {@link ColourValues}. */
export function cellColour(
  { values, low, high }: Pick<ColourValues, "values" | "low" | "high">,
  { colourScale, theme }: DrawingOptions,
): NumberedCells["colour"] {
  return (at) => colourAt(colourScale, theme.dark, ((values[at] ?? 0) - low) / (high - low));
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
