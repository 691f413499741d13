import type { plotly } from "./plotly-bundle.js";

export type Plotly = typeof plotly;

let loading: Promise<Plotly> | undefined;

/** Plotly, loaded once. A failed load is tried again by the next figure. */
export function loadPlotly(): Promise<Plotly> {
  loading ??= import("./plotly-bundle.js").then(
    (module) => module.plotly,
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

/** Everything Plotly would do by itself is off: figures have their own hover and keyboard, and no note may cause a request. */
export const plotlyConfig = {
  staticPlot: true,
  displayModeBar: false,
  displaylogo: false,
  responsive: false,
  typesetMath: false,
} as const;
