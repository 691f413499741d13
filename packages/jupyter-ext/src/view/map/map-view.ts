import { screenDensity } from "../client.js";
import { element } from "../element.js";
import { Legend } from "../legend.js";
import type { Selection, TokenCell } from "../selection.js";
import { Tooltip } from "../tooltip.js";
import type { Marks, Scene, View, ViewHost } from "../view.js";
import { factsOf, type CellText } from "../wording.js";
import { marginsFor, type Margins } from "./axes.js";
import { blockText, pixelText } from "./block-text.js";
import {
  cellSize,
  clampCamera,
  frameFor,
  mostZoom,
  panBy,
  reveal,
  wholeView,
  zoomAt,
  type Camera,
  type Frame,
} from "./camera.js";
import { MapControls, type MapAction } from "./controls.js";
import { MapInput } from "./input.js";
import { MiniMap } from "./mini-map.js";
import { drawOverlay, edge } from "./overlay.js";
import { levelAtHand, paintCells } from "./paint.js";
import { blockAround, cellUnder, placeOfBlock, placeOfCell, stepFrom, weightAt, type MapGeometry } from "./places.js";
import { contentOf, type MapContent } from "./scale.js";

const zoomStep = 1.6;

/**
 * One head of many tokens, on a canvas that is zoomed and panned like a map. Only what is on the screen is read and drawn; a pixel that
 * stands for many weights shows the largest.
 */
export class MapView implements View {
  readonly node = element("div", "jp-HeedMap");
  readonly #host: ViewHost;
  readonly #stage = element("div", "jp-HeedMap-stage");
  readonly focusable: HTMLElement = this.#stage;
  readonly #picture = element("div", "jp-HeedMap-picture");
  readonly #cells = element("canvas", "jp-HeedMap-cells");
  readonly #over = element("canvas", "jp-HeedMap-over");
  readonly #legend = new Legend();
  readonly #tooltip: Tooltip;
  readonly #mini = new MiniMap();
  readonly #controls = new MapControls((action) => this.#act(action));
  readonly #input: MapInput;
  #scene: Scene | undefined;
  #content: MapContent | undefined;
  #frame: Frame = { width: 1, height: 1, size: [1, 1] };
  #margins: Margins = { left: 0, top: 0 };
  #camera: Camera = wholeView;
  /** What is drawn now: an index of the content's levels. */
  #level = 0;
  #asked: TokenCell | undefined;
  #chosen: TokenCell | undefined;
  #marks: Marks = { rows: [], columns: [] };
  #paintings = 0;
  #isDisposed = false;

  constructor(host: ViewHost) {
    this.#host = host;
    this.#stage.tabIndex = 0;
    this.#stage.setAttribute("role", "application");
    this.#tooltip = new Tooltip(this.#picture);
    this.#tooltip.hide();
    for (const canvas of [this.#cells, this.#over]) canvas.setAttribute("aria-hidden", "true");
    this.#stage.append(this.#cells, this.#over);
    this.#picture.append(this.#stage, this.#mini.node, this.#controls.node, this.#tooltip.node);
    this.node.append(this.#picture, this.#legend.node);
    this.#input = new MapInput(this.#stage, this.#over, {
      pan: (x, y) => this.#look(panBy(this.#frame, this.#camera, x, y)),
      zoom: (factor, x, y) =>
        this.#look(zoomAt(this.#frame, this.#camera, factor, x - this.#margins.left, y - this.#margins.top)),
      point: (x, y) => this.#point(x, y),
      choose: (by) => this.#choose(by),
      walk: (down, across) => this.#walk(down, across),
      page: (down, across) => this.#page(down, across),
      act: (action) => this.#act(action),
      leave: () => this.#leave(),
    });
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  place(scene: Scene): string {
    const { options } = scene;
    const { phrases } = options;
    this.#scene = scene;
    this.#chosen = scene.selection.cell;
    this.#asked = undefined;
    this.#tooltip.hide();
    this.#content?.stop();
    this.#content = contentOf(scene, () => this.#request());
    const { rows, columns } = this.#content.look;
    this.#margins = marginsFor(rows.tokens, columns.tokens, options.measure);
    const frame = frameFor(this.#content.source.size, Math.max(120, options.width - this.#margins.left - edge.right));
    // heads of one note are compared at the same place
    this.#camera = frame.size.join() === this.#frame.size.join() ? clampCamera(frame, this.#camera) : wholeView;
    this.#frame = frame;
    this.#mini.paint(this.#content, frame, screenDensity(this.#stage), options);
    this.#mini.node.style.top = `${this.#margins.top + 6}px`;
    this.#picture.style.width = `${this.#margins.left + frame.width + edge.right}px`;
    this.#stage.style.height = `${this.#margins.top + frame.height + edge.bottom}px`;
    this.#stage.setAttribute("aria-roledescription", phrases.__("heat map"));
    this.#controls.name(phrases);
    const { look } = this.#content;
    // what a pixel stands for depends on the zoom, and is said beside the colours
    const facts = factsOf({ ...look, cells: { ...look.cells, block: [1, 1] } }, phrases);
    return [facts, phrases.__("drag to move, Ctrl + wheel or + and − to zoom")].filter((fact) => fact).join(" · ");
  }

  draw(): Promise<void> {
    this.#paint();
    return Promise.resolve();
  }

  choose({ cell }: Selection): void {
    this.#chosen = cell;
    const at = cell && this.#content && placeOfCell(this.#content.look, cell);
    if (at && this.#camera.zoom > 1) this.#look(reveal(this.#frame, this.#camera, at.row, at.column));
    this.#drawOver();
  }

  mark(marks: Marks): void {
    this.#marks = marks;
    this.#drawOver();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#content?.stop();
    this.#input.dispose();
    this.node.remove();
  }

  #look(camera: Camera): void {
    this.#camera = camera;
    this.#request();
  }

  /** Paints once before the next frame, however often something changes. */
  #request(): void {
    const painting = ++this.#paintings;
    requestAnimationFrame(() => {
      if (painting === this.#paintings && !this.#isDisposed) this.#paint();
    });
  }

  #paint(): void {
    const [scene, content] = [this.#scene, this.#content];
    if (!scene || !content) return;
    const density = screenDensity(this.#stage);
    this.#level = levelAtHand(content, this.#frame, this.#camera, density);
    paintCells(this.#cells, content, this.#level, this.#frame, this.#camera, density, scene.options);
    const { left, top } = this.#margins;
    this.#cells.style.transform = `translate(${left}px, ${top}px)`;
    this.#mini.frame(this.#frame, this.#camera);
    this.#controls.enable(this.#camera.zoom <= 1, this.#camera.zoom >= mostZoom(this.#frame) - 1e-9);
    const block = this.#block;
    this.node.dataset["heedBlock"] = block.join("×");
    this.node.dataset["heedZoom"] = this.#camera.zoom.toFixed(2);
    // a finger moves the picture once there is something to move, and the page before
    this.node.toggleAttribute("data-heed-moves", this.#camera.zoom > 1);
    this.#writeLegend(block);
    this.#drawOver();
  }

  /** Labels, chosen tokens and the cell that is asked about. */
  #drawOver(): void {
    const [scene, content] = [this.#scene, this.#content];
    if (!scene || !content) return;
    const { look } = content;
    drawOverlay(this.#over, this.#geometry(), look, scene.options, {
      asked: this.#asked && blockAround(this.#asked, this.#block),
      chosen: this.#chosen && placeOfCell(look, this.#chosen),
      marks: this.#marks,
    });
  }

  #geometry(): MapGeometry {
    return { frame: this.#frame, camera: this.#camera, margins: this.#margins };
  }

  /** Weights that a cell of what is drawn stands for, down and across. */
  get #block(): readonly [number, number] {
    return this.#content?.source.levels[this.#level]?.block ?? [1, 1];
  }

  #point(x: number, y: number): void {
    const cell = cellUnder(this.#geometry(), x, y);
    if (cell) this.#ask(cell);
    else this.#leave();
  }

  #ask(cell: TokenCell): CellText | undefined {
    const [scene, content] = [this.#scene, this.#content];
    if (!scene || !content) return undefined;
    this.#asked = cell;
    const block = blockAround(cell, this.#block);
    const text = blockText(content, this.#level, block, scene.options.phrases);
    this.#drawOver();
    this.#tooltip.show(text, placeOfBlock(block, this.#geometry()), "across");
    this.#host.visit(weightAt(content.look, cell));
    return text;
  }

  #choose(by: "pointer" | "keyboard"): void {
    const [asked, content] = [this.#asked, this.#content];
    if (!asked || !content) return;
    const [height, width] = this.#block;
    if (height * width > 1) {
      // a block is no cell that could be explained; it is looked into, by pointer with a double click
      if (by === "keyboard") this.#zoomAround(asked, 4);
      return;
    }
    const cell = weightAt(content.look, asked);
    const isAgain = this.#chosen?.row === cell.row && this.#chosen.column === cell.column;
    this.#host.select({ cell: isAgain ? undefined : cell });
  }

  #walk(down: number, across: number): void {
    const from = this.#asked ?? { row: Math.ceil(this.#camera.row), column: Math.ceil(this.#camera.column) };
    const cell = stepFrom(from, [down, across], this.#block, this.#frame);
    this.#look(reveal(this.#frame, this.#camera, cell.row, cell.column));
    const text = this.#ask(cell);
    if (text) this.#host.announce(text.spoken);
  }

  #page(down: number, across: number): void {
    this.#look(panBy(this.#frame, this.#camera, (-across * this.#frame.width) / 2, (-down * this.#frame.height) / 2));
  }

  #act(action: MapAction): void {
    if (action === "whole") return this.#look(wholeView);
    const middle = { row: this.#camera.row, column: this.#camera.column };
    const cell = cellSize(this.#frame, this.#camera.zoom);
    const at = this.#asked ?? {
      row: middle.row + this.#frame.height / cell.y / 2,
      column: middle.column + this.#frame.width / cell.x / 2,
    };
    this.#zoomAround(at, action === "in" ? zoomStep : 1 / zoomStep);
  }

  #zoomAround(at: TokenCell, factor: number): void {
    const { left, top } = placeOfBlock({ ...at, height: 1, width: 1 }, this.#geometry());
    this.#look(zoomAt(this.#frame, this.#camera, factor, left - this.#margins.left, top - this.#margins.top));
    this.#tooltip.hide();
  }

  #leave(): void {
    if (!this.#asked) return;
    this.#asked = undefined;
    this.#tooltip.hide();
    this.#host.visit(undefined);
    this.#drawOver();
  }

  /** What colours mean, and how much a pixel stands for at this zoom. */
  #writeLegend(block: readonly [number, number]): void {
    const [scene, content] = [this.#scene, this.#content];
    if (!scene || !content) return;
    const remark = pixelText(block, cellSize(this.#frame, this.#camera.zoom), scene.options.phrases);
    this.#legend.show(content, [remark], scene.options);
  }
}
