import { nearlySame, type Note } from "heed/note";
import type { Cells } from "./cells.js";
import { brief } from "./colour-value.js";
import type { Figure } from "./figure.js";
import { cellLimit } from "./geometry.js";
import { heatmapFigure } from "./heatmap.js";
import { imageFigure } from "./image.js";
import { cellWith, lookAt, tokensAt, type Look } from "./look.js";
import type { DrawingOptions, Phrases } from "./options.js";
import { scaleOf, type Selection, type TokenCell } from "./selection.js";
import { summaryFigure } from "./summary.js";
import { axisName, cellText, hopName, precise, sentence, type CellText } from "./wording.js";

/** A matrix of cells that the pointer and the keyboard can walk. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly cell: { readonly width: number; readonly height: number };
  /** [rows, columns] */
  readonly shape: readonly [number, number];
  readonly say: (row: number, column: number) => CellText;
  /** The weight that a cell shows; none where a cell stands for something else. */
  readonly cellAt?: (row: number, column: number) => TokenCell;
  /** Where a weight is shown. */
  readonly placeOf?: (cell: TokenCell) => { readonly row: number; readonly column: number } | undefined;
}

/** A picture of a note with the cells that can be asked about; the first region is the weights. */
export interface Drawing extends Figure {
  readonly look: Look;
  readonly cells: Cells;
  readonly regions: readonly [Region, ...Region[]];
  /** ‖AAᵀ − I‖² of a summary's hops. */
  readonly penalty?: number;
}

/** Draws the selected part of a note as its kind asks. */
export function drawNote(note: Note, selection: Selection, options: DrawingOptions): Drawing {
  const { phrases } = options;
  const numbers = note.view?.numbers;
  const settings =
    numbers === undefined || options.numbers !== "auto"
      ? options
      : ({ ...options, numbers: numbers ? "always" : "never" } as const);
  const image = selection.view === "matrix" || note.weights.encoding === "external" ? undefined : note.image;
  const look = image ? lookAt(note, { head: selection.head, row: 0 }) : lookAt(note, selection, cellLimit(options.width));
  const { cells, rows, columns } = look;
  const meaning = scaleOf(note, selection);
  if (image) {
    const figure = imageFigure({ image, cells, row: selection.row, meaning }, settings);
    const { grid } = image;
    const say = (row: number, column: number): CellText => {
      const text = cellText(look, selection.row, row * grid[1] + column, phrases);
      return sentence(text.from, phrases.__("part at row %1, column %2", row + 1, column + 1), text.facts);
    };
    const cellAt = (row: number, column: number): TokenCell => ({ row: selection.row, column: row * grid[1] + column });
    const placeOf = ({ row, column }: TokenCell): { row: number; column: number } | undefined =>
      row === selection.row ? { row: Math.floor(column / grid[1]), column: column % grid[1] } : undefined;
    return { ...figure, look, cells, regions: [{ ...place(figure), shape: grid, say, cellAt, placeOf }] };
  }
  const names = { rows: axisName(rows.name, phrases), columns: axisName(columns.name, phrases) };
  const content = { cells, rows, columns, names, meaning };
  const say = (row: number, column: number): CellText => cellText(look, row, column, phrases);
  const places: Pick<Region, "cellAt" | "placeOf"> = {
    cellAt: (row, column) => tokensAt(look, row, column),
    placeOf: (cell) => cellWith(look, cell),
  };
  if (note.kind !== "summary") {
    const figure = heatmapFigure(content, settings);
    return { ...figure, look, cells, regions: [{ ...place(figure), shape: cells.shape, say, ...places }] };
  }
  const { overlap, ...figure } = summaryFigure(content, settings);
  const main: Region = { ...place(figure), shape: cells.shape, say, ...places };
  if (!overlap) return { ...figure, look, cells, regions: [main] };
  const hops = cells.shape[0];
  const aside: Region = {
    left: overlap.left,
    top: main.top,
    cell: { width: overlap.cellWidth, height: main.cell.height },
    shape: [hops, hops],
    say: (row, column) => {
      const value = overlap.matrix[row * hops + column] ?? 0;
      return sentence(hopName(rows.tokens[row] ?? "", phrases), hopName(rows.tokens[column] ?? "", phrases), [
        phrases.__("overlap %1", precise(value)),
        ...(row === column ? [] : [likeness(overlap.cosines[row * hops + column] ?? 0, phrases)]),
      ]);
    },
  };
  return { ...figure, look, cells, regions: [main, aside], penalty: overlap.penalty };
}

/** The cosine of two hops, and whether it is high enough to call them nearly the same. */
function likeness(cosine: number, phrases: Phrases): string {
  const shown = brief(cosine);
  return cosine >= nearlySame
    ? phrases.__("cosine %1: nearly the same (from %2)", shown, nearlySame)
    : phrases.__("cosine %1", shown);
}

function place({ geometry: { grid, cell } }: Figure): Pick<Region, "left" | "top" | "cell"> {
  return { left: grid.left, top: grid.top, cell };
}
