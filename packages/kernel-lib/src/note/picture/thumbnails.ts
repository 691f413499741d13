import { matrixCount } from "../matrices.js";
import type { Note } from "../schema.js";
import { visibleToken } from "../visible-token.js";
import { blank, card } from "./colors.js";
import { largestOf, levelsOf, readGrid, type Grid } from "./grid.js";
import { drawImage, fontSize, type Drawn } from "./panel.js";
import { element, text } from "./svg.js";
import { clipText } from "./text-width.js";

/** Cells of all thumbnails together: 8 kB of SVG; fewer where the numbers of many heads leave little room in 3.2 MB. */
const mostCells = 12_288;
const mostCellsOfMany = 9_216;
/** More heads than this are not drawn: 32 layers of 32. */
const mostHeads = 1_024;
/** Of more heads only the first of each line is named. */
const mostNamed = 72;
const widest = 660;

export interface Thumbnails extends Drawn {
  readonly grids: readonly Grid[];
  readonly largest: number;
}

/** Every head as a small picture: layers as rows and heads as columns, or heads one after another. */
export function drawThumbnails(note: Note, scale: "row" | "global"): Thumbnails {
  const count = Math.min(matrixCount(note), mostHeads);
  const { layers, heads } = note.axes;
  const side = Math.min(64, Math.max(4, Math.floor(Math.sqrt((count > mostNamed ? mostCellsOfMany : mostCells) / count))));
  const grids = Array.from({ length: count }, (_, index) => readGrid(note, index, { rows: side, columns: side }));
  const [{ rows, columns } = { rows: 1, columns: 1 }] = grids;
  const isTable = layers !== undefined && heads !== undefined;
  const across = isTable
    ? heads.tokens.length
    : Math.min(count, count <= 4 ? count : count <= 24 ? Math.ceil(count / Math.ceil(count / 6)) : 12);
  const down = Math.ceil(count / across);

  const left = isTable ? 26 : 0;
  // pixels that a cell is drawn with: the same for all, a whole number where there is room for it
  const room = Math.min((widest - left) / (across * (columns + 1)), 150 / Math.max(columns, rows));
  const unit = room >= 1 ? Math.floor(room) : room;
  const gap = Math.max(1, Math.ceil(4 / unit));
  const captionGap = isTable ? gap : Math.ceil((fontSize + 4) / unit);
  const [pitchX, pitchY] = [columns + gap, rows + captionGap];
  const [sheetColumns, sheetRows] = [across * pitchX - gap, down * pitchY - captionGap];

  const largest = largestOf(grids);
  const sheet = new Uint8Array(sheetColumns * sheetRows).fill(blank);
  grids.forEach((grid, index) => {
    const start = Math.floor(index / across) * pitchY * sheetColumns + (index % across) * pitchX;
    const cells = levelsOf(grid, largest, scale);
    for (let row = 0; row < rows; row++)
      sheet.set(cells.subarray(row * columns, (row + 1) * columns), start + row * sheetColumns);
  });

  const top = fontSize + 4;
  const [width, height] = [sheetColumns * unit, sheetRows * unit];
  const at = (index: number): { x: number; y: number } => ({
    x: left + (index % across) * pitchX * unit,
    y: top + Math.floor(index / across) * pitchY * unit,
  });
  const grounds = grids.map(
    (_, index) =>
      `M${round(at(index).x)} ${round(at(index).y)}h${round(columns * unit)}v${round(rows * unit)}h${round(-columns * unit)}z`,
  );
  const step = Math.ceil((fontSize * 1.5) / (pitchX * unit));
  const stepDown = Math.ceil((fontSize + 2) / (pitchY * unit));
  const wide = (pitchX * unit * step) / (fontSize - 1) - 0.5;
  const captions = isTable
    ? [
        ...heads.tokens.map((head, i) =>
          i % step === 0 ? text(clipText(visibleToken(head), wide), { x: at(i).x, y: top - 4 }) : "",
        ),
        ...layers.tokens.slice(0, down).map((layer, i) =>
          i % stepDown === 0
            ? text(clipText(visibleToken(layer), 2), {
                x: left - 5,
                y: at(i * across).y + Math.min(rows * unit, 14) - 2,
                "text-anchor": "end",
              })
            : "",
        ),
      ]
    : (heads ?? layers)?.tokens
        .slice(0, count)
        .map((head, i) =>
          i % (count > mostNamed ? across : 1) === 0
            ? text(clipText(visibleToken(head), wide), { x: at(i).x, y: at(i).y - 4 })
            : "",
        );
  const svg = [
    element("path", { fill: card.masked, d: grounds.join("") }),
    drawImage(sheet, sheetColumns, sheetRows, { x: left, y: top, width, height }),
    element("g", { "font-size": fontSize - 1, fill: card.quiet }, ...(captions ?? [])),
  ].join("");
  return { svg, width: left + width, height: top + height, grids, largest };
}

const round = (value: number): number => Math.round(value * 100) / 100;
