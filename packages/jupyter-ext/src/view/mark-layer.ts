import type { Drawing } from "./drawing.js";
import { element } from "./element.js";
import { placeOfToken } from "./look.js";
import type { TokenPlace } from "./selection.js";
import type { Marks } from "./view.js";

/** Bands over the rows and columns of a matrix: of tokens that were chosen in another figure, and of the token that is chosen here. */
export class MarkLayer {
  readonly node = element("div", "jp-HeedMarks");
  #drawing: Drawing | undefined;
  #marks: Marks = { rows: [], columns: [] };
  #chosen: TokenPlace | undefined;

  constructor() {
    this.node.setAttribute("aria-hidden", "true");
  }

  place(drawing: Drawing, chosen: TokenPlace | undefined): void {
    this.#drawing = drawing;
    this.choose(chosen);
  }

  choose(token: TokenPlace | undefined): void {
    this.#chosen = token;
    this.#draw();
  }

  mark(marks: Marks): void {
    this.#marks = marks;
    this.#draw();
  }

  #draw(): void {
    const drawing = this.#drawing;
    // over an image there are no rows and columns of tokens
    if (!drawing || drawing.regions[0].shape !== drawing.cells.shape) return this.node.replaceChildren();
    const chosen = this.#chosen;
    this.node.replaceChildren(
      ...(chosen ? bandsOf(drawing, chosen.axis, [chosen.index], "jp-HeedMarks-chosen") : []),
      ...(["rows", "columns"] as const).flatMap((axis) => bandsOf(drawing, axis, this.#marks[axis], "jp-HeedMarks-band")),
    );
  }
}

function bandsOf(drawing: Drawing, axis: TokenPlace["axis"], tokens: readonly number[], className: string): HTMLElement[] {
  const { geometry, cells, look } = drawing;
  const { grid, cell } = geometry;
  const block = cells.block[axis === "rows" ? 0 : 1];
  const places = tokens.flatMap((token) => placeOfToken(look[axis], token) ?? []);
  return [...new Set(places.map((place) => Math.floor(place / block)))].map((place) =>
    axis === "rows"
      ? band(className, 0, grid.top + place * cell.height, grid.left + grid.width, cell.height)
      : band(className, grid.left + place * cell.width, 0, cell.width, grid.top + grid.height),
  );
}

function band(className: string, left: number, top: number, width: number, height: number): HTMLElement {
  const node = element("div", className);
  node.style.transform = `translate(${left}px, ${top}px)`;
  node.style.width = `${width}px`;
  node.style.height = `${height}px`;
  return node;
}
