import { fit, inkOn, smallText, type PaperMatrix, type PaperPage } from "./paper-page.js";
import type { Drawn } from "./panel.js";
import { element, text } from "./svg.js";

/** Points inside a token's box at either side, and between boxes. */
const padding = 1.5;
const gap = 1;

/** The columns' tokens as running text, each on the colour of its weight in one row. */
export function drawRunningText(matrix: PaperMatrix, row: number, page: PaperPage): Drawn {
  const { fontSize, measure } = page;
  const columns = matrix.shape[1];
  const lineHeight = fontSize * 1.8;
  const headHeight = fontSize * 1.7;
  const pieces: string[] = [];
  let [x, y, widest] = [0, headHeight, 0];
  matrix.columns.forEach((token, i) => {
    const label = fit(token, page.width - 2 * padding, fontSize, page);
    const width = measure(label, fontSize) + 2 * padding;
    if (x > 0 && x + width > page.width) [x, y] = [0, y + lineHeight];
    const share = matrix.shares[row * columns + i] ?? Number.NaN;
    const fill = Number.isNaN(share) ? "#ffffff" : page.colour(share);
    pieces.push(element("rect", { x, y, width, height: fontSize * 1.45, rx: 1, fill }));
    pieces.push(text(label, { x: x + padding, y: y + fontSize * 1.05, fill: inkOn(fill) }));
    x += width + gap;
    widest = Math.max(widest, x - gap);
  });
  const head = fit(`${matrix.names.rows} ${matrix.rows[row] ?? ""} →`.trim(), page.width, fontSize * smallText, page);
  const svg = text(head, { x: 0, y: fontSize, "font-size": fontSize * smallText, fill: "#444444" }) + pieces.join("");
  return { svg, width: widest, height: y + fontSize * 1.45 };
}
