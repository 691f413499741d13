import type { Note } from "heed/note";
import { cellsOf, type Cells } from "./cells.js";
import type { Figure } from "./figure.js";
import { cellLimit } from "./geometry.js";
import { heatmapFigure } from "./heatmap.js";
import { imageFigure } from "./image.js";
import type { DrawingOptions } from "./options.js";
import { summaryFigure } from "./summary.js";
import { axisName, cellText, placeLabel, precise, sentence, type CellText } from "./wording.js";

/** Which part of a note is drawn large. */
export interface Selection {
  /** layer × heads + head */
  readonly head: number;
  /** The token whose look at an image is drawn. */
  readonly row: number;
}

/** A matrix of cells that the pointer and the keyboard can walk. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly cell: { readonly width: number; readonly height: number };
  /** [rows, columns] */
  readonly shape: readonly [number, number];
  readonly say: (row: number, column: number) => CellText;
}

/** A picture of a note with the cells that can be asked about; the first region is the weights. */
export interface Drawing extends Figure {
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
  const cells = cellsOf(note, selection.head, note.kind === "image" ? [Infinity, Infinity] : cellLimit(options.width));
  const meaning = note.view?.scale ?? "global";
  if (note.kind === "image" && note.image && cells.block[0] === 1 && cells.block[1] === 1) {
    const figure = imageFigure({ image: note.image, cells, row: selection.row, meaning }, settings);
    const grid = note.image.grid;
    const say = (row: number, column: number): CellText => {
      const text = cellText(note, cells, selection.row, row * grid[1] + column, phrases);
      return sentence(text.from, phrases.__("part at row %1, column %2", row + 1, column + 1), text.facts);
    };
    return { ...figure, cells, regions: [{ ...place(figure), shape: grid, say }] };
  }
  const { rows, columns } = note.axes;
  const names = { rows: axisName(rows.name, phrases), columns: axisName(columns.name, phrases) };
  const content = { cells, rows, columns, names, meaning };
  const say = (row: number, column: number): CellText => cellText(note, cells, row, column, phrases);
  if (note.kind !== "summary") {
    const figure = heatmapFigure(content, settings);
    return { ...figure, cells, regions: [{ ...place(figure), shape: cells.shape, say }] };
  }
  const { overlap, ...figure } = summaryFigure(content, settings);
  const main: Region = { ...place(figure), shape: cells.shape, say };
  if (!overlap) return { ...figure, cells, regions: [main] };
  const hops = cells.shape[0];
  const aside: Region = {
    left: overlap.left,
    top: main.top,
    cell: { width: overlap.cellWidth, height: main.cell.height },
    shape: [hops, hops],
    say: (row, column) => {
      const value = overlap.matrix[row * hops + column] ?? 0;
      return sentence(placeLabel(rows.tokens, row, 1), placeLabel(rows.tokens, column, 1), [
        phrases.__("overlap %1", precise(value)),
      ]);
    },
  };
  return { ...figure, cells, regions: [main, aside], penalty: overlap.penalty };
}

function place({ geometry: { grid, cell } }: Figure): Pick<Region, "left" | "top" | "cell"> {
  return { left: grid.left, top: grid.top, cell };
}
