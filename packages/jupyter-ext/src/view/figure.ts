import type { Data, Layout } from "plotly.js";
import type { Geometry } from "./geometry.js";
import type { DrawingOptions } from "./options.js";

/** A picture, ready for Plotly, and where things are in it. */
export interface Figure {
  /** Named by what they show: `weights`, `numbers`, `masked`, `overlap`. */
  readonly data: Data[];
  readonly layout: Partial<Layout>;
  readonly geometry: Geometry;
}

/** The parts of a layout that all figures share: fixed size, no interaction of Plotly's own, the page's font and colours. */
export function baseLayout(geometry: Geometry, options: DrawingOptions): Partial<Layout> {
  const { theme } = options;
  const { grid, width, height } = geometry;
  return {
    width,
    height,
    autosize: false,
    margin: { l: grid.left, t: grid.top, r: width - grid.left - grid.width, b: height - grid.top - grid.height, pad: 0 },
    paper_bgcolor: theme.background,
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: theme.font, color: theme.text, size: 12 },
    hovermode: false,
    dragmode: false,
    showlegend: false,
  };
}
