import { entropyOf, headsOfLayer, matrixCount, rowOf, type Note } from "heed/note";
import { extent, type Cells } from "./cells.js";
import { colourValues, type ColourMeaning, type ColourValues } from "./colour-value.js";
import type { Phrases } from "./options.js";

/** Where the heads stand: rows of tiles with a name each, and names above where all rows are alike. */
export interface TileLayout {
  /** Pixels of a tile's longer side. */
  readonly side: number;
  readonly columns: number;
  /** Indices of the matrices, row by row. */
  readonly heads: readonly number[];
}

const gap = 4;
const largest = { grid: 96, layer: 240 } as const;
const smallest = { grid: 12, layer: 110 } as const;

/** All layers × heads: a row of tiles for each layer, small enough for the width. */
export function layOutGrid(note: Note, width: number, labels: number): TileLayout {
  const columns = note.axes.heads?.tokens.length ?? 1;
  const side = Math.floor((width - labels) / columns) - gap;
  return {
    side: Math.max(smallest.grid, Math.min(largest.grid, side)),
    columns,
    heads: Array.from({ length: matrixCount(note) }, (_, head) => head),
  };
}

/** The heads of one layer, as large as leaves no row with a single one where that can be. */
export function layOutLayer(note: Note, layer: number, width: number): TileLayout {
  const count = headsOfLayer(note);
  const most = Math.max(1, Math.floor((width + gap) / (smallest.layer + gap)));
  const wanted = Math.max(1, Math.min(count, most, Math.ceil(width / (180 + gap))));
  // rows that are filled: of 12 heads 4 + 4 + 4 rather than 5 + 5 + 2
  const rows = Math.ceil(count / wanted);
  const columns = Math.min(most, Math.ceil(count / rows));
  const side = Math.floor((width + gap) / columns) - gap;
  return {
    side: Math.max(40, Math.min(largest.layer, side)),
    columns,
    heads: Array.from({ length: count }, (_, head) => layer * count + head),
  };
}

/** The colours of several heads on one scale: what is 0.5 in one is the same colour in another. */
export function colourTogether(heads: readonly Cells[], meaning: ColourMeaning, phrases: Phrases): ColourValues[] {
  const largest = heads.reduce((most, { values }) => Math.max(most, extent(values).high), 0);
  return heads.map(({ values, shape }) => colourValues(values, shape[1], meaning, phrases, largest));
}

/** What is said of a head as a whole. Of a head that is drawn in blocks only its largest weight is known. */
export function headFacts({ values, shape, means }: Cells): { readonly largest: number; readonly entropy?: number } {
  const { high } = extent(values);
  if (means) return { largest: high };
  let [sum, rows] = [0, 0];
  for (let row = 0; row < shape[0]; row++) {
    const weights = rowOf(values, shape[1], row);
    if (weights.every((weight) => Number.isNaN(weight))) continue;
    sum += entropyOf(weights.map((weight) => weight || 0));
    rows++;
  }
  return { largest: high, entropy: rows === 0 ? 0 : sum / rows };
}
