/** The parts of Plotly that figures use. Imported lazily, so that a page without a note never loads it. */
import core from "plotly.js/lib/core";
import heatmap from "plotly.js/lib/heatmap";
import scatter from "plotly.js/lib/scatter";

core.register([heatmap, scatter]);

export const plotly: typeof core = core;
