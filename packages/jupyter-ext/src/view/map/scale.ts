import { colourValues, type ColourMeaning, type ColourValues } from "../colour-value.js";
import { lookAt, type Look } from "../look.js";
import type { DrawingOptions } from "../options.js";
import { scaleOf } from "../selection.js";
import type { Scene } from "../view.js";
import { wholeMatrixCells } from "../side-weights.js";
import { MemorySource, type MapSource } from "./source.js";
import { SideSource } from "./side-source.js";

/** What a map is drawn from: the weights, and what is coloured of them. */
export interface MapContent {
  readonly look: Look;
  readonly source: MapSource;
  /** The same as `source` where weights themselves are coloured. */
  readonly coloured: MapSource;
  /** From 0 to 1, of a coloured value. */
  readonly position: (value: number) => number;
  readonly legend: ColourValues["legend"];
  stop(): void;
}

/** Finds what there is to draw of a head: in memory, or, of a large one in a file, what will be read of it. */
export function contentOf({ note, selection, side, options }: Scene, onArrive: () => void): MapContent {
  const look = lookAt(note, selection);
  const { cells } = look;
  const meaning = scaleOf(note, selection);
  const isLarge = cells.size[0] * cells.size[1] > wholeMatrixCells;
  if (side && isLarge) return ofFile(side, look, selection.head, meaning, options, onArrive);
  const coloured = colourValues(cells.values, cells.shape[1], meaning, options.phrases);
  const source = new MemorySource(cells);
  return {
    look,
    source,
    coloured: coloured.values === cells.values ? source : new MemorySource({ ...cells, values: coloured.values }),
    position: linear(coloured),
    legend: coloured.legend,
    stop: () => undefined,
  };
}

/** Only a scale that does not need whole rows can be drawn from parts of them. */
function ofFile(
  side: NonNullable<Scene["side"]>,
  look: Look,
  head: number,
  wanted: ColourMeaning,
  { phrases }: DrawingOptions,
  onArrive: () => void,
): MapContent {
  const meaning = wanted === "log" ? "log" : "global";
  const { low, high, legend } = colourValues(look.cells.values, look.cells.shape[1], meaning, phrases);
  const source = new SideSource(side, head, look.note.mask, onArrive);
  const place = linear({ low, high });
  return {
    look,
    source,
    coloured: source,
    position: meaning === "log" ? (value) => place(Math.log10(Math.max(value, 1e-30))) : place,
    legend,
    stop: () => source.stop(),
  };
}

const linear =
  ({ low, high }: Pick<ColourValues, "low" | "high">) =>
  (value: number): number =>
    (value - low) / (high - low);
