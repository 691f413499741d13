/** What is drawn over the cells of a map: labels, chosen tokens, the cell that is asked about. */
import { screenDensity } from "../client.js";
import { placeOfToken, type Look } from "../look.js";
import type { DrawingOptions } from "../options.js";
import type { TokenCell } from "../selection.js";
import type { Marks } from "../view.js";
import { axisName } from "../wording.js";
import { drawAxes, nameHeight, roomy } from "./axes.js";
import { cellSize } from "./camera.js";
import { fitCanvas } from "./paint.js";
import { placeOfBlock, type Block, type MapGeometry } from "./places.js";

/** Room beyond the cells for the last labels, whose middle is at the edge. */
export const edge = { right: 14, bottom: 6 };

/** What is outlined. */
export interface Outlined {
  readonly asked: Block | undefined;
  readonly chosen: TokenCell | undefined;
  readonly marks: Marks;
}

/** Draws it all anew. */
export function drawOverlay(
  canvas: HTMLCanvasElement,
  geometry: MapGeometry,
  look: Look,
  { theme, measure, phrases }: DrawingOptions,
  { asked, chosen, marks }: Outlined,
): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const { frame, camera, margins } = geometry;
  const [width, height] = [margins.left + frame.width + edge.right, margins.top + frame.height + edge.bottom];
  const density = screenDensity(canvas);
  fitCanvas(canvas, { width, height }, density);
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, width, height);
  const names = { rows: axisName(look.rows.name, phrases), columns: axisName(look.columns.name, phrases) };
  const texts = { rows: look.rows.tokens, columns: look.columns.tokens, names };
  drawAxes(context, texts, margins, frame, camera, theme, measure);
  context.save();
  context.beginPath();
  context.rect(margins.left, margins.top, frame.width, frame.height);
  context.clip();
  const style = getComputedStyle(canvas);
  const outline = (block: Block, colour: string, line: number): void => {
    const spot = placeOfBlock(block, geometry);
    context.strokeStyle = style.getPropertyValue(colour);
    context.lineWidth = line;
    // a cell smaller than its outline is found by the outline
    const grow = Math.max(0, (4 - spot.width) / 2);
    context.strokeRect(spot.left - grow, spot.top - grow, spot.width + 2 * grow, spot.height + 2 * grow);
  };
  const all: Block = { row: 0, column: 0, height: frame.size[0], width: frame.size[1] };
  if (asked) {
    outline({ ...all, row: asked.row, height: asked.height }, "--jp-brand-color1", 0.5);
    outline({ ...all, column: asked.column, width: asked.width }, "--jp-brand-color1", 0.5);
    outline(asked, "--jp-brand-color1", 2);
  }
  if (chosen) outline({ ...chosen, height: 1, width: 1 }, "--jp-content-font-color0", 2);
  context.restore();
  markLabels(context, geometry, look, marks, style.getPropertyValue("--jp-warn-color1"));
}

/** Pixels along an axis of a mark beside cells that are smaller. */
const leastMark = 5;
/** Pixels that a mark reaches from the cells, where they have no labels. */
const tick = 8;

/** Around the labels of tokens that were chosen in another figure: beside the cells, whose colours are the data. */
function markLabels(context: CanvasRenderingContext2D, geometry: MapGeometry, look: Look, marks: Marks, colour: string): void {
  const { frame, camera, margins } = geometry;
  const cell = cellSize(frame, camera.zoom);
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  for (const row of placesOf(look.rows, marks.rows)) {
    const [depth, size] = [cell.y >= roomy ? margins.left - nameHeight - 2 : tick, Math.max(leastMark, cell.y - 1)];
    const middle = margins.top + (row + 0.5 - camera.row) * cell.y;
    if (middle < margins.top || middle > margins.top + frame.height) continue;
    context.strokeRect(margins.left - depth - 1.5, middle - size / 2, depth, size);
  }
  for (const column of placesOf(look.columns, marks.columns)) {
    const [depth, size] = [cell.x >= roomy ? margins.top - nameHeight - 2 : tick, Math.max(leastMark, cell.x - 1)];
    const middle = margins.left + (column + 0.5 - camera.column) * cell.x;
    if (middle < margins.left || middle > margins.left + frame.width) continue;
    context.strokeRect(middle - size / 2, margins.top - depth - 1.5, size, depth);
  }
}

/** Where tokens of the note are read; those that are hidden are nowhere. */
function placesOf(axis: Look["rows"], tokens: readonly number[]): number[] {
  return [...new Set(tokens.flatMap((token) => placeOfToken(axis, token) ?? []))];
}
