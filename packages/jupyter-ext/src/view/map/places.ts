/** Where cells and blocks of a map are: on the screen, in the matrix, and among the note's own tokens. */
import { placeOfToken, tokenAt, type Look } from "../look.js";
import type { TokenCell } from "../selection.js";
import type { Spot } from "../tooltip.js";
import type { Margins } from "./axes.js";
import { cellSize, type Camera, type Frame } from "./camera.js";

/** A block of cells, or a single one, by its first cell. */
export interface Block {
  readonly row: number;
  readonly column: number;
  readonly height: number;
  readonly width: number;
}

/** Where the map is and what of it is seen. */
export interface MapGeometry {
  readonly frame: Frame;
  readonly camera: Camera;
  readonly margins: Margins;
}

/** A block in pixels from the corner of the canvas. */
export function placeOfBlock({ row, column, height, width }: Block, { frame, camera, margins }: MapGeometry): Spot {
  const cell = cellSize(frame, camera.zoom);
  return {
    left: margins.left + (column - camera.column) * cell.x,
    top: margins.top + (row - camera.row) * cell.y,
    width: width * cell.x,
    height: height * cell.y,
  };
}

/** The cell at a point of the canvas; undefined beside the cells. */
export function cellUnder({ frame, camera, margins }: MapGeometry, x: number, y: number): TokenCell | undefined {
  const cell = cellSize(frame, camera.zoom);
  const [across, down] = [x - margins.left, y - margins.top];
  const row = Math.floor(camera.row + down / cell.y);
  const column = Math.floor(camera.column + across / cell.x);
  const isInside = across >= 0 && down >= 0 && across < frame.width && down < frame.height;
  return isInside && row < frame.size[0] && column < frame.size[1] ? { row, column } : undefined;
}

/** The block that a cell is in, where a level has blocks of `height` × `width`. */
export function blockAround({ row, column }: TokenCell, [height, width]: readonly [number, number]): Block {
  return { row: row - (row % height), column: column - (column % width), height, width };
}

/** Some blocks farther down and across, but not beyond the matrix. */
export function stepFrom(
  { row, column }: TokenCell,
  [down, across]: readonly [number, number],
  [height, width]: readonly [number, number],
  { size }: Frame,
): TokenCell {
  return { row: step(row, down, height, size[0]), column: step(column, across, width, size[1]) };
}

const step = (at: number, by: number, block: number, count: number): number =>
  by === 0 ? at : Math.min(count - 1, Math.max(0, (Math.floor(at / block) + by) * block));

/** Where a cell of the note is read. */
export function placeOfCell({ rows, columns }: Look, cell: TokenCell): TokenCell | undefined {
  const [row, column] = [placeOfToken(rows, cell.row), placeOfToken(columns, cell.column)];
  return row === undefined || column === undefined ? undefined : { row, column };
}

/** The note's own tokens behind a cell that is read. */
export function weightAt({ rows, columns }: Look, { row, column }: TokenCell): TokenCell {
  return { row: tokenAt(rows, row), column: tokenAt(columns, column) };
}
