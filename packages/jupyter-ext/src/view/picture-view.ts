import { colourValues } from "./colour-value.js";
import { Cursor } from "./cursor.js";
import { drawNote, type Drawing } from "./drawing.js";
import { element } from "./element.js";
import { nameElidedLabels } from "./elided-labels.js";
import type { Geometry } from "./geometry.js";
import { MarkLayer } from "./mark-layer.js";
import { pixelImage } from "./image-element.js";
import { coloured, showPixels } from "./pixel-image.js";
import { loadPlotly, plotlyConfig, type Plotly } from "./plotly.js";
import { scaleOf, type Selection } from "./selection.js";
import type { Marks, Scene, View, ViewHost } from "./view.js";
import { factsOf } from "./wording.js";

/** One head as a matrix of cells, or one token's look at an image: a Plotly picture that can be asked about its cells. */
export class PictureView implements View {
  readonly node = element("div", "jp-HeedFigure-frame");
  readonly focusable = element("div", "jp-HeedFigure-plot");
  readonly #picture = element("div", "jp-HeedFigure-picture");
  readonly #marks: MarkLayer;
  readonly #cursor: Cursor;
  #scene: Scene | undefined;
  #drawing: Drawing | undefined;
  /** The size of what is drawn. */
  #drawn: Geometry | undefined;
  /** What is chosen by now, which may be after the picture was placed. */
  #chosen: Selection | undefined;
  #plotly: Plotly | undefined;
  #isDisposed = false;

  constructor(host: ViewHost) {
    this.focusable.tabIndex = 0;
    this.focusable.setAttribute("role", "application");
    this.#picture.setAttribute("aria-hidden", "true");
    this.#marks = new MarkLayer();
    this.focusable.append(this.#picture, this.#marks.node);
    this.node.append(this.focusable);
    this.#cursor = new Cursor(this.focusable, host, this.node);
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  place(scene: Scene): string {
    const { note, selection, options } = scene;
    const drawing = drawNote(note, selection, options);
    this.#scene = scene;
    this.#drawing = drawing;
    this.#chosen = selection;
    this.focusable.style.height = `${drawing.geometry.height}px`;
    this.focusable.setAttribute("aria-roledescription", options.phrases.__("heat map"));
    return factsOf(drawing.look, options.phrases);
  }

  /** The cells alone, in their colours. */
  sketch(): void {
    const [scene, drawing] = [this.#scene, this.#drawing];
    // of an image only one token's look is drawn
    if (!scene || !drawing || drawing.regions[0].shape !== drawing.cells.shape) return;
    const { cells, geometry } = drawing;
    const { note, selection, options } = scene;
    const values = colourValues(cells.values, cells.shape[1], scaleOf(note, selection), options.phrases);
    const sketch = pixelImage("jp-HeedFigure-sketch");
    showPixels(sketch, coloured(values, options.colourScale, options.theme.dark), cells.shape);
    for (const side of ["left", "top", "width", "height"] as const) sketch.style[side] = `${geometry.grid[side]}px`;
    this.#picture.replaceChildren(sketch);
  }

  hasSameSize(): boolean {
    return JSON.stringify(this.#drawing?.geometry) === JSON.stringify(this.#drawn);
  }

  async draw(): Promise<void> {
    const [scene, drawing] = [this.#scene, this.#drawing];
    if (!scene || !drawing) return;
    this.#plotly ??= await loadPlotly();
    if (this.#isDisposed) return;
    this.#drawn = drawing.geometry;
    this.#picture.querySelector(".jp-HeedFigure-sketch")?.remove();
    await this.#plotly.react(this.#picture, drawing.data, drawing.layout, plotlyConfig);
    if (this.#isDisposed) return;
    this.#cursor.setRegions(drawing.regions);
    this.#cursor.choose(this.#chosen?.cell);
    this.#marks.place(drawing, this.#chosen?.token);
    nameElidedLabels(this.#picture, drawing);
  }

  choose(selection: Selection): void {
    this.#chosen = selection;
    this.#cursor.choose(selection.cell);
    this.#marks.choose(selection.token);
  }

  mark(marks: Marks): void {
    this.#marks.mark(marks);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#plotly?.purge(this.#picture);
    this.node.remove();
  }
}
