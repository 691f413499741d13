import type { Phrases } from "../options.js";
import { cellFacts, placeLabel, sentence, type CellText } from "../wording.js";
import type { Block } from "./places.js";
import type { MapContent } from "./scale.js";

/** How much a pixel stands for, where a cell is `x` × `y` pixels and the level has blocks of `down` × `across`. */
export function pixelText(
  [down, across]: readonly [number, number],
  { x, y }: { readonly x: number; readonly y: number },
  phrases: Phrases,
): string {
  if (down * across > 1) return phrases.__("each pixel is the largest of blocks of %1 × %2 weights", down, across);
  return Math.min(x, y) >= 1 ? phrases.__("each cell is one weight") : phrases.__("each pixel is the largest of its weights");
}

/** What is said of a cell, or of a block: its tokens from the first to the last, the largest weight and the mean. */
export function blockText({ look, source }: MapContent, level: number, block: Block, phrases: Phrases): CellText {
  const { row, column, height, width } = block;
  const { rows, columns, hidden, note } = look;
  const [from, to] = [placeLabel(rows, row, height), placeLabel(columns, column, width)];
  const found = source.row(level, Math.floor(row / height));
  if (!found) return sentence(from, to, []);
  const isOne = height * width === 1;
  const length = found.max.length;
  const scores = isOne ? look.cells.scores?.subarray(row * length, (row + 1) * length) : undefined;
  const cells = {
    size: look.cells.size,
    block: [height, width] as const,
    shape: [1, length] as const,
    values: found.max,
    ...(!isOne && { means: found.mean ?? found.max }),
    ...(scores && { scores }),
  };
  const line = { note, rows, columns, cells, ...(hidden && isOne && { hidden: hidden.subarray(row, row + 1) }) };
  return sentence(from, to, cellFacts(line, 0, Math.floor(column / width), phrases));
}
