import { matrixCount } from "../matrices.js";
import type { Note } from "../schema.js";
import { readGrid } from "./grid.js";
import { weightsOf } from "./paper-cells.js";
import { withLegend } from "./paper-legend.js";
import { drawSmallMatrix } from "./paper-matrix.js";
import { fit, smallText, type Coloured, type PaperPage } from "./paper-page.js";
import { visibleToken } from "../visible-token.js";
import type { Drawn } from "./panel.js";
import { text } from "./svg.js";

/** Cells along a side of a head among many, and points it may be wide. */
const mostCells = 64;
const widest = 90;

/** Every head as a small multiple, all on one scale: layers down and heads across, or heads one after another. */
export function drawAllHeads(
  note: Note,
  colouring: (weights: Float32Array, columns: number) => Coloured,
  page: PaperPage,
): Drawn {
  const count = matrixCount(note);
  const { layers, heads } = note.axes;
  const table = layers && heads ? { layers: layers.tokens, heads: heads.tokens } : undefined;
  const across = table ? table.heads.length : Math.min(count, count <= 4 ? count : count <= 24 ? 6 : 12);
  const small = page.fontSize * smallText;
  const left = table ? page.fontSize * 2 : 0;
  const gap = Math.max(0.5, Math.min(6, page.width / across / 10));
  const width = Math.min(widest, (page.width - left - gap * (across - 1)) / across);

  const side = Math.max(8, Math.min(mostCells, Math.floor(1200 / across)));
  const grids = Array.from({ length: count }, (_, i) => readGrid(note, i, { rows: side, columns: side }));
  const { rows, columns, block } = grids[0] ?? { rows: 1, columns: 1, block: [1, 1] as const };
  const size = rows * columns;
  const weights = new Float32Array(count * size);
  for (const [i, grid] of grids.entries()) weights.set(weightsOf(grid), i * size);
  const coloured = colouring(weights, columns);

  const height = Math.max(width / 8, Math.min(width * 2, (width * rows) / columns));
  const captionHeight = table ? 0 : small * 1.4;
  const top = table ? small * 1.6 : 0;
  const pitch = height + gap + captionHeight;
  const place = (i: number): { x: number; y: number } => ({
    x: left + (i % across) * (width + gap),
    y: top + Math.floor(i / across) * pitch + captionHeight,
  });
  const cells = grids.map((_, i) =>
    drawSmallMatrix(
      { shape: [rows, columns], shares: coloured.shares.subarray(i * size, (i + 1) * size) },
      { ...place(i), width, height },
      page.colour,
    ),
  );
  const label = (words: string, room: number, at: Record<string, string | number>): string =>
    text(fit(visibleToken(words), room, small, page), { ...at, "font-size": small });
  const step = Math.ceil((small * 1.6) / (width + gap));
  const stepDown = Math.ceil((small * 1.2) / pitch);
  const labels = table
    ? [
        ...table.heads.flatMap((head, i) =>
          i % step === 0
            ? [label(head, (width + gap) * step, { x: place(i).x + width / 2, y: top - small * 0.4, "text-anchor": "middle" })]
            : [],
        ),
        ...table.layers.flatMap((layer, i) =>
          i % stepDown === 0
            ? [
                label(layer, left - 3, {
                  x: left - 3,
                  y: place(i * across).y + height / 2 + small * 0.35,
                  "text-anchor": "end",
                }),
              ]
            : [],
        ),
      ]
    : (heads ?? layers)?.tokens.map((name, i) => label(name, width, { x: place(i).x, y: place(i).y - small * 0.35 }));
  const sheet: Drawn = {
    svg: [...(labels ?? []), ...cells].join(""),
    width: left + across * (width + gap) - gap,
    height: top + Math.ceil(count / across) * pitch - gap,
  };
  return withLegend([sheet], coloured, block, page);
}
