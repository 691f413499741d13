import type { Box } from "./client.js";
import type { Drawing } from "./drawing.js";
import { element } from "./element.js";
import { placeOfToken } from "./look.js";
import type { TokenPlace } from "./selection.js";
import type { Marks } from "./view.js";

/**
 * Outlines of a matrix: around the labels of tokens that were chosen in another figure, never over its cells, whose colours are the data; and
 * around the row or column of the token that is chosen here.
 */
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
      ...(["rows", "columns"] as const).flatMap((axis) => labelsOf(drawing, axis, this.#marks[axis])),
    );
  }
}

function bandsOf(drawing: Drawing, axis: TokenPlace["axis"], tokens: readonly number[], className: string): HTMLElement[] {
  const { grid, cell } = drawing.geometry;
  return placesOf(drawing, axis, tokens).map((place) =>
    axis === "rows"
      ? box(className, { left: 0, top: grid.top + place * cell.height, width: grid.left + grid.width, height: cell.height })
      : box(className, { left: grid.left + place * cell.width, top: 0, width: cell.width, height: grid.top + grid.height }),
  );
}

/** The places along an axis of a drawing that stand for tokens of its note. */
function placesOf({ cells, look }: Drawing, axis: TokenPlace["axis"], tokens: readonly number[]): number[] {
  const block = cells.block[axis === "rows" ? 0 : 1];
  const places = tokens.flatMap((token) => placeOfToken(look[axis], token) ?? []);
  return [...new Set(places.map((place) => Math.floor(place / block)))];
}

/** Pixels of a label's outline where a cell is smaller than a line of text. */
const line = 16;

/** Around labels, whether they are drawn there or left out for want of room. */
function labelsOf(drawing: Drawing, axis: TokenPlace["axis"], tokens: readonly number[]): HTMLElement[] {
  const { grid, cell, rows, columns, labels } = drawing.geometry;
  const size = Math.min(axis === "rows" ? cell.height : cell.width, Math.max(line, axis === "rows" ? rows.fontSize * 2 : 0));
  return placesOf(drawing, axis, tokens).map((place) => {
    if (axis === "rows") {
      const top = grid.top + (place + 0.5) * cell.height - size / 2;
      return box("jp-HeedMarks-label", { left: grid.left - labels.left - 2, top, width: labels.left, height: size });
    }
    const middle = grid.left + (place + 0.5) * cell.width;
    if (columns.direction !== "slanted") {
      const width = columns.direction === "upwards" ? size : cell.width - 2;
      return box("jp-HeedMarks-label", {
        left: middle - width / 2,
        top: grid.top - labels.top + 1,
        width,
        height: labels.top - 2,
      });
    }
    // along the slope, from the foot of the label
    const node = box("jp-HeedMarks-label", {
      left: middle,
      top: grid.top - line - 2,
      width: labels.top * Math.SQRT2,
      height: line,
    });
    node.style.transform += " rotate(-45deg)";
    node.style.transformOrigin = `0 ${line}px`;
    return node;
  });
}

function box(className: string, { left, top, width, height }: Box): HTMLElement {
  const node = element("div", className);
  node.style.transform = `translate(${left}px, ${top}px)`;
  node.style.width = `${width}px`;
  node.style.height = `${height}px`;
  return node;
}
