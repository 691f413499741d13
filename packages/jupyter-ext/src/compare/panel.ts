import { Cursor } from "../view/cursor.js";
import type { Region } from "../view/drawing.js";
import { element } from "../view/element.js";
import type { Figure } from "../view/figure.js";
import { loadPlotly, plotlyConfig, type Plotly } from "../view/plotly.js";
import type { ViewHost } from "../view/view.js";

/** One of the three pictures of a comparison. */
export class ComparisonPanel {
  readonly node = element("div", "jp-HeedComparison-panel");
  readonly #heading = element("h2", "");
  readonly #frame = element("div", "jp-HeedFigure-frame");
  readonly #plot = element("div", "jp-HeedFigure-plot");
  readonly #picture = element("div", "jp-HeedFigure-picture");
  readonly #cursor: Cursor;
  #plotly: Plotly | undefined;

  constructor(host: ViewHost) {
    this.#picture.setAttribute("aria-hidden", "true");
    this.#plot.tabIndex = 0;
    this.#plot.setAttribute("role", "application");
    this.#plot.append(this.#picture);
    this.#frame.append(this.#plot);
    this.#cursor = new Cursor(this.#plot, host, this.#frame);
    this.node.append(this.#heading, this.#frame);
  }

  /** Outlines a cell that is looked at in another of the pictures. */
  get cursor(): Cursor {
    return this.#cursor;
  }

  name(heading: string, spoken: string): void {
    this.#heading.textContent = heading;
    this.#plot.setAttribute("aria-label", spoken);
  }

  async draw({ data, layout, geometry }: Figure, say: Region["say"], shape: Region["shape"]): Promise<void> {
    this.#plot.style.height = `${geometry.height}px`;
    this.#plotly ??= await loadPlotly();
    if (!this.node.isConnected) return;
    await this.#plotly.react(this.#picture, data, layout, plotlyConfig);
    const { grid, cell } = geometry;
    this.#cursor.setRegions([
      {
        left: grid.left,
        top: grid.top,
        cell,
        shape,
        say,
        cellAt: (row, column) => ({ row, column }),
        placeOf: (place) => place,
      },
    ]);
  }

  dispose(): void {
    this.#plotly?.purge(this.#picture);
    this.node.remove();
  }
}
