import type { Note, NoteImage } from "../schema.js";
import { card } from "./colors.js";
import { readGrid, type Grid } from "./grid.js";
import { visibleToken } from "../visible-token.js";
import { fontSize, type Drawn } from "./panel.js";
import { element, text } from "./svg.js";
import { clipText } from "./text-width.js";

/** Larger images stay in the note alone: the picture would carry them a second time. */
const mostImage = 400_000;
/** Parts of all the pictures together: 60 kB of SVG. */
export const mostParts = 2_048;
const side = 150;
const gap = 12;
const across = 4;

/** The image once for each token, behind a veil that is thinner where the token looks, and gone where it looks most. */
export function drawSpotlights(note: Note, image: NoteImage): Drawn & { readonly grids: readonly Grid[] } {
  const parts = image.grid[0] * image.grid[1];
  const tokens = note.axes.rows.tokens;
  const shown = Math.max(1, Math.min(tokens.length, 12, Math.floor(mostParts / parts)));
  const grid = readGrid(note, 0, { rows: tokens.length, columns: parts });
  const ratio = Math.min(4, Math.max(0.25, image.width / image.height));
  const [width, height] = ratio >= 1 ? [side, side / ratio] : [side * ratio, side];
  const id = `heed-${hash(note.weights.encoding === "external" ? note.weights.file : note.weights.data)}`;
  const hasImage = image.data.length <= mostImage;
  const source = `data:${image.mediaType};base64,${image.data}`;
  const picture = (index: number): string => {
    if (!hasImage) return element("rect", { width, height, fill: card.quiet });
    if (index > 0) return element("use", { href: `#${id}` });
    return element("image", { id, width, height, preserveAspectRatio: "none", href: source });
  };
  const spots = Array.from({ length: shown }, (_, index) => {
    const row = Array.prototype.slice.call(grid.values, index * parts, (index + 1) * parts) as number[];
    const largest = Math.max(0, ...row);
    const place = `translate(${(index % across) * (width + gap)} ${Math.floor(index / across) * (height + 30)})`;
    return element(
      "g",
      { transform: place },
      text(clipText(visibleToken(tokens[index] ?? ""), width / fontSize - 3), { x: 0, y: fontSize }),
      text(`${Number(largest.toPrecision(2))}`, { x: width, y: fontSize, "text-anchor": "end", fill: card.quiet }),
      element(
        "g",
        { transform: `translate(0 ${fontSize + 6})` },
        picture(index),
        ...drawVeil(row, image.grid, width, height, largest),
      ),
    );
  });
  const lines = Math.ceil(shown / across);
  return {
    svg: spots.join(""),
    width: Math.min(shown, across) * (width + gap) - gap,
    height: lines * (height + 30) - gap,
    grids: [grid],
  };
}

function drawVeil(
  row: readonly number[],
  [rows, columns]: readonly [number, number],
  width: number,
  height: number,
  largest: number,
): string[] {
  const [partWidth, partHeight] = [width / columns, height / rows];
  const paths = new Map<number, string>();
  row.forEach((weight, i) => {
    const clear = largest > 0 ? Math.round((weight / largest) * 15) : 0;
    const d = `M${round((i % columns) * partWidth)} ${round(Math.floor(i / columns) * partHeight)}h${round(partWidth)}v${round(partHeight)}h${round(-partWidth)}z`;
    paths.set(clear, (paths.get(clear) ?? "") + d);
  });
  return [...paths].map(([clear, d]) =>
    element("path", {
      d,
      fill: card.ground,
      "fill-opacity": 0.9 * (1 - clear / 15),
      stroke: card.ground,
      "stroke-opacity": 0.35,
      "stroke-width": 0.5,
    }),
  );
}

/** A short name from a text, so that two pictures on a page do not share an id (FNV-1a). */
function hash(content: string): string {
  let state = 0x811c9dc5;
  for (let i = 0; i < content.length; i += Math.ceil(content.length / 4096))
    state = Math.imul(state ^ content.charCodeAt(i), 0x01000193);
  return (state >>> 0).toString(36);
}

const round = (value: number): number => Math.round(value * 100) / 100;
