import type { Drawing } from "./drawing.js";
import { element } from "./element.js";
import { placeOfToken, type ReadAxis } from "./look.js";
import type { Marks } from "./view.js";

/** Bands over the rows and columns of a matrix whose tokens were chosen in another figure. */
export class MarkLayer {
  readonly node = element("div", "jp-HeedMarks");
  #drawing: Drawing | undefined;
  #marks: Marks = { rows: [], columns: [] };

  constructor() {
    this.node.setAttribute("aria-hidden", "true");
  }

  place(drawing: Drawing): void {
    this.#drawing = drawing;
    this.#draw();
  }

  mark(marks: Marks): void {
    this.#marks = marks;
    this.#draw();
  }

  #draw(): void {
    if (!this.#drawing) return;
    const { geometry, cells, look, regions } = this.#drawing;
    const { grid, cell } = geometry;
    // over an image there are no rows and columns of tokens
    const isMatrix = regions[0].shape === cells.shape;
    const bands = (axis: ReadAxis, tokens: readonly number[], block: number): number[] => {
      const places = tokens.flatMap((token) => placeOfToken(axis, token) ?? []);
      return isMatrix ? [...new Set(places.map((place) => Math.floor(place / block)))] : [];
    };
    this.node.replaceChildren(
      ...bands(look.rows, this.#marks.rows, cells.block[0]).map((row) =>
        band(0, grid.top + row * cell.height, grid.left + grid.width, cell.height),
      ),
      ...bands(look.columns, this.#marks.columns, cells.block[1]).map((column) =>
        band(grid.left + column * cell.width, 0, cell.width, grid.top + grid.height),
      ),
    );
  }
}

function band(left: number, top: number, width: number, height: number): HTMLElement {
  const node = element("div", "jp-HeedMarks-band");
  node.style.transform = `translate(${left}px, ${top}px)`;
  node.style.width = `${width}px`;
  node.style.height = `${height}px`;
  return node;
}
