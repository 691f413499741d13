import { headsOfLayer, type Note } from "heed/note";
import type { ColourValues } from "./colour-value.js";
import { element } from "./element.js";
import { HeadTile } from "./head-tile.js";
import { colourTogether, headFacts, layOutGrid, layOutLayer, type TileLayout } from "./head-tiles.js";
import { Legend } from "./legend.js";
import { lookAt, tokensAt } from "./look.js";
import type { DrawingOptions } from "./options.js";
import { RadioRow } from "./radio-row.js";
import { scaleOf } from "./selection.js";
import { thumbnailSize } from "./thumbnail-size.js";
import { Tooltip } from "./tooltip.js";
import type { Scene, View, ViewHost } from "./view.js";
import { axisName, cellText, factsOf, headName, nameInLayer, precise } from "./wording.js";

/** Which heads are shown: all of all layers, or those of the chosen head's layer. */
export type HeadsScope = "all" | "layer";

/** Pixels kept for the names of layers. */
const labelWidth = 44;
/** Cells along a side of a tile in the grid of all heads: more would not be seen. */
const gridCells = 48;
/** Tiles painted before the browser may do something else. */
const paintedAtOnce = 12;

/**
 * Many heads side by side. Over a tile the same cell is framed in all of them; a click or Enter opens the head.
 *
 * Keys: arrows walk the heads (all layers) or the cells of a head (one layer), where Page Up and Page Down change the head.
 */
export class HeadsView implements View {
  readonly node = element("div", "jp-HeedHeads");
  readonly focusable = element("div", "jp-HeedHeads-tiles");
  readonly #scope: HeadsScope;
  readonly #host: ViewHost;
  readonly #layers: RadioRow<number>;
  readonly #legend = new Legend();
  readonly #box: Tooltip;
  #scene: Scene | undefined;
  #layout: TileLayout | undefined;
  #tiles: HeadTile[] = [];
  /** The tile and its cell that are asked about. */
  #at: { readonly tile: number; readonly row: number; readonly column: number } | undefined;
  #painting = 0;
  #isDisposed = false;

  constructor(host: ViewHost, scope: HeadsScope) {
    this.#host = host;
    this.#scope = scope;
    this.#layers = new RadioRow((layer) => {
      const note = this.#scene?.note;
      if (note) host.select({ head: layer * headsOfLayer(note) + ((this.#scene?.selection.head ?? 0) % headsOfLayer(note)) });
    });
    this.focusable.tabIndex = 0;
    this.focusable.setAttribute("role", "application");
    this.#box = new Tooltip(this.focusable);
    this.#box.hide();
    this.node.append(this.#layers.node, this.focusable, this.#legend.node);
    this.focusable.addEventListener("pointermove", (event) => this.#point(event));
    this.focusable.addEventListener("pointerleave", ({ pointerType }) => pointerType !== "touch" && this.#visit(undefined));
    this.focusable.addEventListener("click", (event) => {
      this.#point(event);
      this.#open();
    });
    this.focusable.addEventListener("keydown", (event) => this.#press(event));
    this.focusable.addEventListener("focus", () => {
      if (this.focusable.matches(":focus-visible") && !this.#at) this.#start();
    });
    this.focusable.addEventListener("blur", () => this.#visit(undefined));
    // a double click here must not open the Markdown source of a written note
    this.node.addEventListener("dblclick", (event) => event.stopPropagation());
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  place(scene: Scene): string {
    const { note, selection, options } = scene;
    const { phrases } = options;
    this.#scene = scene;
    const layer = Math.floor(selection.head / headsOfLayer(note));
    const layout =
      this.#scope === "all" ? layOutGrid(note, options.width, labelWidth) : layOutLayer(note, layer, options.width);
    this.#layout = layout;
    this.#offerLayers(note, layer, options);
    this.focusable.setAttribute("aria-roledescription", phrases.__("heads side by side"));
    this.focusable.style.setProperty("--jp-heed-columns", String(layout.columns));
    this.focusable.style.setProperty("--jp-heed-side", `${layout.side}px`);
    this.focusable.classList.toggle("jp-mod-named", this.#scope === "layer");
    this.#at = undefined;
    this.#box.hide();
    this.#makeTiles(scene, layout);
    const first = this.#tiles[0];
    return first ? factsOf(first.look, phrases) : "";
  }

  async draw(): Promise<void> {
    const [scene, tiles] = [this.#scene, this.#tiles];
    if (!scene) return;
    const { selection, note, options } = scene;
    const meaning = scaleOf(note, selection);
    const painting = ++this.#painting;
    // the heads of a layer on one scale; of all layers each on its own, because reading all of them first would take long
    const together =
      this.#scope === "layer"
        ? colourTogether(
            tiles.map(({ look }) => look.cells),
            meaning,
            options.phrases,
          )
        : undefined;
    for (const [i, tile] of tiles.entries()) {
      if (i > 0 && i % paintedAtOnce === 0) await new Promise((resolve) => setTimeout(resolve, 0));
      if (painting !== this.#painting || this.#isDisposed) return;
      const coloured = together?.[i] ?? colourTogether([tile.look.cells], meaning, options.phrases)[0];
      if (coloured) tile.paint(coloured, options);
      if (i === 0 && coloured) this.#explain(coloured, options);
    }
  }

  choose(): void {
    // a chosen cell is shown where a head is large
  }

  mark(): void {
    // the tiles are too small for single tokens
  }

  dispose(): void {
    this.#isDisposed = true;
    this.node.remove();
  }

  #offerLayers(note: Note, layer: number, { phrases }: DrawingOptions): void {
    const { layers, heads } = note.axes;
    const isOffered = this.#scope === "layer" && layers !== undefined && heads !== undefined;
    const tokens = isOffered ? layers.tokens : [];
    this.#layers.offer(
      phrases.__("Layers"),
      tokens.map((token, i) => ({ value: i, label: phrases.__("layer %1", token) })),
    );
    this.#layers.mark(layer);
  }

  #makeTiles({ note, selection, options }: Scene, { heads, side, columns }: TileLayout): void {
    const limit = this.#scope === "all" ? gridCells : side * 2;
    const { layers, heads: names } = note.axes;
    const size = thumbnailSize([note.axes.rows.tokens.length, note.axes.columns.tokens.length], side);
    const nodes: HTMLElement[] = [];
    if (this.#scope === "all") {
      nodes.push(heading(axisName("layer", options.phrases)), ...(names?.tokens ?? []).map(heading));
    }
    this.#tiles = heads.map((head, i) => {
      if (this.#scope === "all" && i % columns === 0) nodes.push(heading(layers?.tokens[Math.floor(i / columns)] ?? ""));
      const tile = new HeadTile(head, size, () => lookAt(note, { ...selection, head }, [limit, limit]));
      if (this.#scope === "layer")
        tile.node.prepend(element("div", "jp-HeedHeads-name", nameInLayer(note, head, options.phrases)));
      tile.node.classList.toggle("jp-mod-chosen", head === selection.head);
      nodes.push(tile.node);
      return tile;
    });
    this.focusable.replaceChildren(...nodes, this.#box.node);
    this.focusable.classList.toggle("jp-mod-grid", this.#scope === "all");
  }

  #explain(coloured: ColourValues, options: DrawingOptions): void {
    const { phrases } = options;
    const own = { legend: { ...coloured.legend, high: phrases.__("its largest") } };
    const isOwn = this.#scope === "all" && coloured.legend.title === phrases.__("weight");
    const remark =
      this.#scope === "all" ? phrases.__("each head on its own scale") : phrases.__("one scale for all these heads");
    const isMasked = coloured.values.some((value) => Number.isNaN(value));
    const remarks = [remark, ...(isMasked ? [phrases.__("hatched: masked")] : []), phrases.__("a click opens a head")];
    this.#legend.show(isOwn ? own : coloured, remarks, options);
  }

  #point(event: MouseEvent): void {
    const { target } = event;
    const tile = this.#tiles.findIndex(({ node }) => target instanceof Node && node.contains(target));
    const found = this.#tiles[tile];
    if (!found) return this.#visit(undefined);
    const { row, column } = found.cellUnder(event);
    this.#visit({ tile, row, column });
  }

  #start(): void {
    const tile = this.#tiles.findIndex(({ head }) => head === this.#scene?.selection.head);
    this.#visit({ tile: Math.max(0, tile), row: 0, column: 0 }, true);
  }

  #press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { columns = 1 } = this.#layout ?? {};
    const heads: Readonly<Record<string, number>> =
      this.#scope === "all"
        ? { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }
        : { PageUp: -1, PageDown: 1 };
    const cells: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
    };
    const at = this.#at ?? { tile: 0, row: 0, column: 0 };
    const [byHead, byCell] = [heads[event.key], cells[event.key]];
    if (byHead !== undefined) {
      if (this.#tiles[at.tile + byHead]) this.#visit({ ...at, tile: at.tile + byHead }, true);
    } else if (byCell) {
      const [rows = 1, columns = 1] = this.#tiles[at.tile]?.look.cells.shape ?? [];
      this.#visit({ ...at, row: clamp(at.row + byCell[0], rows), column: clamp(at.column + byCell[1], columns) }, true);
    } else if (event.key === "Enter" || event.key === " ") this.#open();
    else if (event.key === "Escape" && this.#at) this.#visit(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #open(): void {
    const tile = this.#at && this.#tiles[this.#at.tile];
    if (!tile || !this.#at) return;
    const { look, head } = tile;
    if (this.#scope === "all") return this.#host.select({ head, view: "matrix" });
    this.#host.select({ head, view: "matrix", cell: tokensAt(look, this.#at.row, this.#at.column) });
  }

  #visit(at: { tile: number; row: number; column: number } | undefined, isSpoken = false): void {
    this.#at = at;
    const tile = at && this.#tiles[at.tile];
    for (const other of this.#tiles) {
      other.node.classList.toggle("jp-mod-visited", other === tile);
      other.frame(this.#scope === "layer" ? at : undefined);
    }
    const scene = this.#scene;
    if (!at || !tile || !scene) {
      this.#box.hide();
      return this.#host.visit(undefined);
    }
    const { phrases } = scene.options;
    const name = headName(scene.note, tile.head, phrases);
    const spot = tile.spotIn(this.focusable);
    if (this.#scope === "all") {
      const { largest, entropy } = headFacts(tile.look.cells);
      const facts = [
        phrases.__("largest weight %1", precise(largest)),
        ...(entropy === undefined ? [] : [phrases.__("mean entropy of a row %1 bits", precise(entropy))]),
      ];
      this.#box.show({ from: name, to: "", facts, spoken: "" }, spot);
      this.#host.visit(undefined);
      if (isSpoken) this.#host.announce(`${name}: ${facts.join(", ")}`);
      return;
    }
    const text = cellText(tile.look, at.row, at.column, phrases);
    this.#box.show({ ...text, facts: [name, ...text.facts] }, spot);
    this.#host.visit(tokensAt(tile.look, at.row, at.column));
    if (isSpoken) this.#host.announce(`${name}, ${text.spoken}`);
  }
}

function heading(text: string): HTMLElement {
  return element("span", "jp-HeedHeads-heading", text);
}

function clamp(value: number, size: number): number {
  return Math.min(Math.max(0, value), size - 1);
}
