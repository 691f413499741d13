/** The parts of Plotly that figures use. Imported lazily, so that a page without a note never loads it. */
import core from "plotly.js/lib/core";
import heatmap from "plotly.js/lib/heatmap";
import scatter from "plotly.js/lib/scatter";
import { plotCells } from "./plotly-cells.js";

// Plotly's own style asks what Plotly bound to the nodes it drew; there is none to set
const cells = { ...heatmap, plot: plotCells, style: () => undefined };

core.register([cells, scatter]);

export const plotly: typeof core = core;
