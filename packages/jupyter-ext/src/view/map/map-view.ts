import { colourAt } from "../colour.js";
import { element } from "../element.js";
import { Legend } from "../legend.js";
import { placeOfToken, tokenAt, type Look } from "../look.js";
import type { Selection, TokenCell } from "../selection.js";
import { Tooltip } from "../tooltip.js";
import type { Marks, Scene, View, ViewHost } from "../view.js";
import { cellFacts, factsOf, placeLabel, sentence, type CellText } from "../wording.js";
import { drawAxes, marginsFor, type Margins } from "./axes.js";
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
import { rowsInView, samplePixels } from "./sample.js";
import { contentOf, type MapContent } from "./scale.js";
import { chooseLevel } from "./source.js";
import { colourPixels } from "../pixels.js";

const zoomStep = 1.6;
/** Room for the last labels, whose middle is at the edge. */
const margin = { right: 14, bottom: 6 };
/** Colours of the scale, evenly spaced. */
const colourCount = 256;

/** A block of cells, or a single one. */
interface Block {
  readonly row: number;
  readonly column: number;
  readonly height: number;
  readonly width: number;
}

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
    this.#tooltip = new Tooltip(this.#stage);
    this.#tooltip.hide();
    for (const canvas of [this.#cells, this.#over]) canvas.setAttribute("aria-hidden", "true");
    this.#stage.append(this.#cells, this.#over, this.#tooltip.node);
    this.#picture.append(this.#stage, this.#controls.node);
    this.node.append(this.#picture, this.#legend.node);
    this.#input = new MapInput(this.#stage, this.#over, {
      pan: (x, y) => this.#look(panBy(this.#frame, this.#camera, x, y)),
      zoom: (factor, x, y) =>
        this.#look(zoomAt(this.#frame, this.#camera, factor, x - this.#margins.left, y - this.#margins.top)),
      point: (x, y) => this.#point(x, y),
      choose: () => this.#choose(),
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
    const frame = frameFor(this.#content.source.size, Math.max(120, options.width - this.#margins.left - margin.right));
    // heads of one note are compared at the same place
    this.#camera = frame.size.join() === this.#frame.size.join() ? clampCamera(frame, this.#camera) : wholeView;
    this.#frame = frame;
    this.#picture.style.width = `${this.#margins.left + frame.width + margin.right}px`;
    this.#stage.style.height = `${this.#margins.top + frame.height + margin.bottom}px`;
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
    const density = Math.min(2, window.devicePixelRatio || 1);
    const { colourScale, theme } = scene.options;
    this.#level = this.#levelAtHand(content, density);
    const values = samplePixels(content.coloured, this.#level, this.#frame, this.#camera, density);
    const colours = Array.from({ length: colourCount }, (_, i) => colourAt(colourScale, theme.dark, i / (colourCount - 1)));
    const { left, top } = this.#margins;
    const [width, height] = [Math.round(this.#frame.width * density), Math.round(this.#frame.height * density)];
    fit(this.#cells, width, height, this.#frame.width, this.#frame.height);
    this.#cells.style.transform = `translate(${left}px, ${top}px)`;
    const pixels = colourPixels(values, content.position, colours);
    this.#cells.getContext("2d")?.putImageData(new ImageData(pixels, width, height), 0, 0);
    this.#controls.enable(this.#camera.zoom <= 1, this.#camera.zoom >= mostZoom(this.#frame) - 1e-9);
    const block = content.source.levels[this.#level]?.block ?? [1, 1];
    this.node.dataset["heedBlock"] = block.join("×");
    this.node.dataset["heedZoom"] = this.#camera.zoom.toFixed(2);
    // a finger moves the picture once there is something to move, and the page before
    this.node.toggleAttribute("data-heed-moves", this.#camera.zoom > 1);
    this.#writeLegend(block);
    this.#drawOver();
  }

  /** The level that fits the zoom, if its rows are there; until then the finest coarser one that is. */
  #levelAtHand({ source, coloured }: MapContent, density: number): number {
    const cell = cellSize(this.#frame, this.#camera.zoom);
    const wanted = chooseLevel(source.levels, { x: cell.x * density, y: cell.y * density });
    for (const [level, found] of source.levels.entries()) {
      if (level < wanted) continue;
      const { start, end } = rowsInView(found, this.#frame, this.#camera);
      let row = start;
      while (row < end && coloured.row(level, row)) row++;
      if (row === end) return level;
      if (level === wanted) source.want(level, start, end);
    }
    return source.levels.length - 1;
  }

  /** Labels, chosen tokens and the cell that is asked about. */
  #drawOver(): void {
    const scene = this.#scene;
    const context = this.#over.getContext("2d");
    if (!scene || !context) return;
    const density = Math.min(2, window.devicePixelRatio || 1);
    const { left, top } = this.#margins;
    const [width, height] = [left + this.#frame.width + margin.right, top + this.#frame.height + margin.bottom];
    fit(this.#over, Math.round(width * density), Math.round(height * density), width, height);
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, width, height);
    const look = this.#content?.look;
    if (!look) return;
    drawAxes(
      context,
      { rows: look.rows.tokens, columns: look.columns.tokens },
      this.#margins,
      this.#frame,
      this.#camera,
      scene.options.theme,
      scene.options.measure,
    );
    context.save();
    context.beginPath();
    context.rect(left, top, this.#frame.width, this.#frame.height);
    context.clip();
    const style = getComputedStyle(this.node);
    const [brand, warn, ink] = ["--jp-brand-color1", "--jp-warn-color1", "--jp-content-font-color0"].map((name) =>
      style.getPropertyValue(name),
    );
    const everything: Block = { row: 0, column: 0, height: this.#frame.size[0], width: this.#frame.size[1] };
    for (const row of placesOf(look.rows, this.#marks.rows)) this.#outline(context, { ...everything, row, height: 1 }, warn, 1);
    for (const column of placesOf(look.columns, this.#marks.columns)) {
      this.#outline(context, { ...everything, column, width: 1 }, warn, 1);
    }
    if (this.#asked) {
      const block = this.#blockAt(this.#asked);
      this.#outline(context, { ...everything, row: block.row, height: block.height }, brand, 0.5);
      this.#outline(context, { ...everything, column: block.column, width: block.width }, brand, 0.5);
      this.#outline(context, block, brand, 2);
    }
    const chosen = this.#chosen && placeOfCell(look, this.#chosen);
    if (chosen) this.#outline(context, { ...chosen, height: 1, width: 1 }, ink, 2);
    context.restore();
  }

  #outline(context: CanvasRenderingContext2D, block: Block, colour: string | undefined, width: number): void {
    const { x, y, right, bottom } = this.#placeOf(block);
    context.strokeStyle = colour ?? "";
    context.lineWidth = width;
    // a cell smaller than its outline is found by the outline
    const grow = Math.max(0, (4 - (right - x)) / 2);
    context.strokeRect(x - grow, y - grow, right - x + 2 * grow, bottom - y + 2 * grow);
  }

  #placeOf({ row, column, height, width }: Block): { x: number; y: number; right: number; bottom: number } {
    const cell = cellSize(this.#frame, this.#camera.zoom);
    const { left, top } = this.#margins;
    const x = left + (column - this.#camera.column) * cell.x;
    const y = top + (row - this.#camera.row) * cell.y;
    return { x, y, right: x + width * cell.x, bottom: y + height * cell.y };
  }

  /** What is asked about at a cell: the cell, or the block of what is drawn that it is in. */
  #blockAt({ row, column }: TokenCell): Block {
    const [height, width] = this.#content?.source.levels[this.#level]?.block ?? [1, 1];
    return { row: row - (row % height), column: column - (column % width), height, width };
  }

  #point(x: number, y: number): void {
    const cell = cellSize(this.#frame, this.#camera.zoom);
    const row = Math.floor(this.#camera.row + (y - this.#margins.top) / cell.y);
    const column = Math.floor(this.#camera.column + (x - this.#margins.left) / cell.x);
    const isInside = x >= this.#margins.left && y >= this.#margins.top;
    if (isInside && row < this.#frame.size[0] && column < this.#frame.size[1]) this.#ask({ row, column });
    else this.#leave();
  }

  #ask(cell: TokenCell): CellText | undefined {
    const scene = this.#scene;
    if (!scene) return undefined;
    this.#asked = cell;
    const text = this.#textOf(scene, this.#blockAt(cell));
    this.#drawOver();
    const { x, y, right, bottom } = this.#placeOf(this.#blockAt(cell));
    this.#tooltip.show(text, { left: x, top: y, width: right - x, height: bottom - y });
    if (this.#content) this.#host.visit(cellAt(this.#content.look, cell));
    return text;
  }

  #textOf({ options }: Scene, { row, column, height, width }: Block): CellText {
    const content = this.#content;
    if (!content) return sentence("", "", []);
    const { rows, columns, hidden, note } = content.look;
    const [from, to] = [placeLabel(rows, row, height), placeLabel(columns, column, width)];
    const found = content.source.row(this.#level, Math.floor(row / height));
    if (!found) return sentence(from, to, []);
    const isOne = height * width === 1;
    const scores = isOne
      ? content.look.cells.scores?.subarray(row * found.max.length, (row + 1) * found.max.length)
      : undefined;
    const cells = {
      size: this.#frame.size,
      block: [height, width] as const,
      shape: [1, found.max.length] as const,
      values: found.max,
      ...(!isOne && { means: found.mean ?? found.max }),
      ...(scores && { scores }),
    };
    const line = { note, rows, columns, cells, ...(hidden && isOne && { hidden: hidden.subarray(row, row + 1) }) };
    return sentence(from, to, cellFacts(line, 0, Math.floor(column / width), options.phrases));
  }

  #choose(): void {
    const [asked, content] = [this.#asked, this.#content];
    if (!asked || !content) return;
    const [height, width] = content.source.levels[this.#level]?.block ?? [1, 1];
    // a block is no cell that could be explained; it is looked into
    if (height * width > 1) return this.#zoomAround(asked, 4);
    const cell = cellAt(content.look, asked);
    const isAgain = this.#chosen?.row === cell.row && this.#chosen.column === cell.column;
    this.#host.select({ cell: isAgain ? undefined : cell });
  }

  #walk(down: number, across: number): void {
    const [height, width] = this.#content?.source.levels[this.#level]?.block ?? [1, 1];
    const [rows, columns] = this.#frame.size;
    const from = this.#asked ?? { row: Math.ceil(this.#camera.row), column: Math.ceil(this.#camera.column) };
    const cell = {
      row: down === 0 ? from.row : step(from.row, down, height, rows),
      column: across === 0 ? from.column : step(from.column, across, width, columns),
    };
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
    const { x, y } = this.#placeOf({ ...at, height: 1, width: 1 });
    this.#look(zoomAt(this.#frame, this.#camera, factor, x - this.#margins.left, y - this.#margins.top));
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
  #writeLegend([down, across]: readonly [number, number]): void {
    const [scene, content] = [this.#scene, this.#content];
    if (!scene || !content) return;
    const { phrases } = scene.options;
    const cell = cellSize(this.#frame, this.#camera.zoom);
    const isOne = down * across === 1 && Math.min(cell.x, cell.y) >= 1;
    const remark = isOne
      ? phrases.__("each cell is one weight")
      : down * across === 1
        ? phrases.__("each pixel is the largest of its weights")
        : phrases.__("each pixel is the largest of blocks of %1 × %2 weights", down, across);
    this.#legend.show(content, [remark], scene.options);
  }
}

/** Where tokens of the note are read; those that are hidden are nowhere. */
function placesOf(axis: Look["rows"], tokens: readonly number[]): number[] {
  return [...new Set(tokens.flatMap((token) => placeOfToken(axis, token) ?? []))];
}

function placeOfCell({ rows, columns }: Look, cell: TokenCell): TokenCell | undefined {
  const [row, column] = [placeOfToken(rows, cell.row), placeOfToken(columns, cell.column)];
  return row === undefined || column === undefined ? undefined : { row, column };
}

const cellAt = ({ rows, columns }: Look, { row, column }: TokenCell): TokenCell => ({
  row: tokenAt(rows, row),
  column: tokenAt(columns, column),
});

/** Some blocks farther along an axis, but not beyond it. */
const step = (at: number, by: number, block: number, count: number): number =>
  Math.min(count - 1, Math.max(0, (Math.floor(at / block) + by) * block));

/** Gives a canvas a size in pixels of the screen and of the page; the same size keeps what is drawn. */
function fit(canvas: HTMLCanvasElement, width: number, height: number, pageWidth: number, pageHeight: number): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.style.width = `${pageWidth}px`;
  canvas.style.height = `${pageHeight}px`;
}
