import { matrixCount, placeOfMatrix, type Note } from "heed/note";
import { cellsOf, type Cells } from "./cells.js";
import type { Phrases } from "./options.js";
import type { Choice, Offer } from "./picker.js";
import { thumbnailCells } from "./thumbnail-size.js";
import { axisName, headName, placeLabel } from "./wording.js";

/** Thumbnails offered at once; a note with more heads than any model has is not one to be browsed. */
export const mostChoices = 1_024;

/** The heads of a note: of several layers as a grid, layers down and heads across. */
export function offerHeads(note: Note, phrases: Phrases): Offer {
  const { layers, heads, rows, columns } = note.axes;
  const count = Math.min(matrixCount(note), mostChoices);
  const choices = Array.from({ length: count }, (_, index): Choice => {
    const { layer, head } = placeOfMatrix(note, index);
    return {
      label: head ?? layer ?? "",
      name: headName(note, index, phrases),
      shape: [rows.tokens.length, columns.tokens.length],
      cells: () => thumbnailCellsOf(note, index),
    };
  });
  const name = phrases.__("Heads");
  if (!layers || !heads || count < matrixCount(note)) return { name, choices };
  const corner = `${axisName("layer", phrases)} \\ ${axisName("head", phrases)}`;
  return { name, choices, grid: { columns: heads.tokens, rows: layers.tokens, corner } };
}

/** The tokens that look at an image; of other notes all tokens are drawn together, and there is nothing to choose. */
export function offerRows(note: Note, head: number, phrases: Phrases): Offer {
  const name = axisName(note.axes.rows.name, phrases);
  const parts = note.kind === "image" ? note.image?.grid : undefined;
  if (!parts || note.weights.encoding === "external") return { name, choices: [] };
  const { tokens } = note.axes.rows;
  let whole: Cells | undefined;
  const choices = tokens.slice(0, mostChoices).map((token, row): Choice => ({
    label: token,
    name: placeLabel(note.axes.rows, row, 1),
    shape: parts,
    cells: () => {
      whole ??= cellsOf(note, head, [Infinity, Infinity]);
      const size = parts[0] * parts[1];
      return { ...whole, shape: parts, values: whole.values.slice(row * size, (row + 1) * size) };
    },
  }));
  return { name, choices };
}

/** The cells of a head, few enough for a thumbnail. */
export function thumbnailCellsOf(note: Note, head: number): Cells {
  return cellsOf(note, head, [thumbnailCells, thumbnailCells]);
}
