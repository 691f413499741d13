import { plotlyColourScale } from "./colour.js";
import type { ColourValues } from "./colour-value.js";
import { element } from "./element.js";
import type { DrawingOptions } from "./options.js";

/** What colours mean, below a view that is not drawn by Plotly: the scale, its ends, and remarks. */
export class Legend {
  readonly node = element("div", "jp-HeedLegend");

  #shown = "";

  /** @param isFaded whether strength alone says how large a weight is, where colours say something else */
  show({ legend }: Pick<ColourValues, "legend">, remarks: readonly string[], options: DrawingOptions, isFaded = false): void {
    const shown = JSON.stringify([legend, remarks, options.colourScale, options.theme.dark, isFaded]);
    // views call this whenever they paint
    if (shown === this.#shown) return;
    this.#shown = shown;
    const bar = element("span", "jp-HeedLegend-bar");
    const stops = isFaded
      ? ["transparent", options.theme.text]
      : plotlyColourScale(options.colourScale, options.theme.dark).map(([at, colour]) => `${colour} ${at * 100}%`);
    bar.style.backgroundImage = `linear-gradient(to right, ${stops.join(", ")})`;
    this.node.replaceChildren(
      element("span", "", legend.low),
      bar,
      element("span", "", legend.high),
      element("span", "jp-HeedLegend-title", legend.title),
      ...remarks.map((remark) => element("span", "jp-HeedLegend-remark", remark)),
    );
  }
}
