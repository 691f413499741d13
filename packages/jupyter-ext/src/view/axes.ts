import type { Layout, LayoutAxis } from "plotly.js";
import { fontSizes, space, type Geometry } from "./geometry.js";
import { escapeForPlotly } from "./labels.js";
import type { DrawingOptions } from "./options.js";

/** Numeric axes with a text for each place: an axis of categories would merge repeated tokens. */
export function matrixAxes(
  { grid, rows, columns }: Geometry,
  shape: readonly [number, number],
  names: { readonly rows: string; readonly columns: string },
  options: DrawingOptions,
): Pick<Layout, "xaxis" | "yaxis" | "annotations"> {
  const common = {
    tickmode: "array",
    ticks: "",
    showgrid: false,
    zeroline: false,
    showline: false,
    fixedrange: true,
    automargin: false,
    // the labels are cut to fit already; Plotly measuring each once more would take half of the drawing's time
    ticklabeloverflow: "allow",
  } as const;
  const stacked = columns.direction === "stacked";
  const columnText = columns.texts.map((text) =>
    stacked ? Array.from(text, escapeForPlotly).join("<br>") : escapeForPlotly(text),
  );
  const xaxis: Partial<LayoutAxis> = {
    ...common,
    side: "top",
    range: [-0.5, shape[1] - 0.5],
    tickvals: [...columns.positions],
    ticktext: columnText,
    tickangle: { across: 0, stacked: 0, slanted: -45, upwards: -90 }[columns.direction],
    tickfont: { size: columns.fontSize },
    ticklabelstandoff: 2,
  };
  const yaxis: Partial<LayoutAxis> = {
    ...common,
    range: [shape[0] - 0.5, -0.5],
    tickvals: [...rows.positions],
    ticktext: rows.texts.map(escapeForPlotly),
    tickfont: { size: rows.fontSize },
    ticklabelstandoff: 3,
  };
  // the names of the axes stand outside the labels, at fixed places, so they never push the cells about
  const name = { xref: "paper", yref: "paper", showarrow: false, font: { size: 11, color: options.theme.mutedText } } as const;
  const annotations: NonNullable<Layout["annotations"]> = [
    {
      ...name,
      text: `${escapeForPlotly(names.columns)} →`,
      x: 0,
      y: 1,
      xanchor: "left",
      yanchor: "top",
      yshift: grid.top - (options.title ? space.title : 0),
    },
    {
      ...name,
      text: `← ${escapeForPlotly(names.rows)}`,
      textangle: -90,
      x: 0,
      y: 1,
      xanchor: "left",
      yanchor: "top",
      xshift: -grid.left,
    },
  ];
  return { xaxis, yaxis, annotations };
}

export function titleLayout(geometry: Geometry, options: DrawingOptions): Partial<Layout> {
  if (!options.title) return {};
  const text = escapeForPlotly(options.title);
  return {
    title: {
      text,
      x: 0,
      xref: "container",
      xanchor: "left",
      y: 1,
      yref: "container",
      yanchor: "top",
      pad: { l: 6, t: 8 },
      font: { size: fontSizes.title },
    },
  };
}
