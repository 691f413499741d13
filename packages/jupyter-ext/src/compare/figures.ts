import type { Data } from "plotly.js";
import { matrixAxes } from "../view/axes.js";
import { plotlyColourScale, type Rgb } from "../view/colour.js";
import { brief, inCell } from "../view/colour-value.js";
import { baseLayout, type Figure } from "../view/figure.js";
import { layOut, numberSize, type Geometry } from "../view/geometry.js";
import { colourBar, gapFor, rowViews } from "../view/heatmap.js";
import { maskedRuns, maskTrace } from "../view/masking.js";
import { cellColour, numberTrace } from "../view/numbers.js";
import type { DrawingOptions } from "../view/options.js";
import type { Comparison } from "./comparison.js";
import { differenceColour, differenceScale } from "./diverging.js";

/** The three pictures of a comparison, over the same rows and columns: A and B in the same colours, and A − B with 0 in the middle. */
export function comparisonFigures(
  comparison: Comparison,
  names: { readonly rows: string; readonly columns: string },
  options: DrawingOptions,
): Readonly<Record<"a" | "b" | "difference", Figure>> {
  const { a, b, difference, rows, columns } = comparison;
  const geometry = layOut({ rows, columns }, options);
  const high = Math.max(largest(a), largest(b)) || 1;
  const reach = largest(difference.map(Math.abs)) || 1;
  const shape = [rows.length, columns.length] as const;
  const figure = (values: Float32Array, data: Data[]): Figure => ({
    data: [...data, ...maskTrace(maskedRuns(values, shape[1]), geometry.cell, options)],
    layout: { ...baseLayout(geometry, options), ...matrixAxes(geometry, shape, names, options) },
    geometry,
  });
  const size = numberSize(geometry, a.length, options);
  const weights = (values: Float32Array): Figure => {
    const legend = { title: options.phrases.__("weight"), low: "0", high: brief(high) };
    const trace = {
      ...cellTrace("weights", values, shape[1], geometry),
      zmin: 0,
      zmax: high,
      colorscale: plotlyColourScale(options.colourScale, options.theme.dark),
      ...colourBar(legend, { low: 0, high }, geometry, options),
    } as Data;
    const numbers = numberTrace(
      { numbers: values, columns: shape[1], colour: cellColour({ values, low: 0, high }, options) },
      size,
      options,
    );
    return figure(values, [trace, ...numbers]);
  };
  const legend = { title: "A − B", low: `−${brief(reach)}`, high: `+${brief(reach)}` };
  const trace = {
    ...cellTrace("difference", difference, shape[1], geometry),
    zmin: -reach,
    zmax: reach,
    colorscale: differenceScale(options.theme.dark),
    ...colourBar(legend, { low: -reach, high: reach }, geometry, options),
  } as Data;
  const colour = (at: number): Rgb => differenceColour(options.theme.dark, (difference[at] ?? 0) / reach);
  // a sign takes room
  const signedSize = size === 0 ? 0 : Math.max(8, size - 1);
  const numbers = numberTrace({ numbers: difference, columns: shape[1], colour, written: signed }, signedSize, options);
  return { a: weights(a), b: weights(b), difference: figure(difference, [trace, ...numbers]) };
}

function cellTrace(name: string, values: Float32Array, columns: number, geometry: Geometry): Partial<Data> {
  const gap = gapFor(geometry);
  const rows = rowViews(values, columns) as never;
  return { type: "heatmap", name, z: rows, customdata: rows, zsmooth: false, xgap: gap, ygap: gap, hoverinfo: "skip" };
}

/** A number with its sign, two decimals wide. */
export function signed(value: number): string {
  const text = inCell(Math.abs(value));
  return Number(text) === 0 ? "0" : `${value < 0 ? "−" : "+"}${text}`;
}

function largest(values: Float32Array): number {
  return values.reduce((most, value) => (value > most ? value : most), 0);
}
