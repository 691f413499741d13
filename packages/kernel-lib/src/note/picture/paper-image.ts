import type { NoteImage } from "../schema.js";
import { fit, smallText, type PaperMatrix, type PaperPage } from "./paper-page.js";
import type { Drawn } from "./panel.js";
import { element, text } from "./svg.js";

/** Points. */
const widest = 200;
const smallestPart = 4;

/** One ink, from clear to almost opaque, so that what is looked at stays visible underneath. */
const ink = "#ffc828";
const strongest = 0.82;

/** The ink on white, for the legend. */
export function imageInk(share: number): string {
  const channels = [255, 200, 40].map((channel) => Math.round(255 + (channel - 255) * strongest * share));
  return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

/** The image, each part tinted by the weight of one token, with the borders of the parts: their grid is all that is known. */
export function drawPaperImage(image: NoteImage, matrix: PaperMatrix, row: number, page: PaperPage): Drawn {
  const [rows, columns] = image.grid;
  const top = page.fontSize * 1.7;
  const width = Math.min(page.width, widest);
  const height = Math.min((width * image.height) / image.width, 500);
  const [partWidth, partHeight] = [width / columns, height / rows];
  const tints = Array.from({ length: rows * columns }, (_, i) => {
    const share = matrix.shares[row * matrix.shape[1] + i] ?? Number.NaN;
    if (!(share > 0)) return "";
    return element("rect", {
      x: (i % columns) * partWidth,
      y: top + Math.floor(i / columns) * partHeight,
      width: partWidth,
      height: partHeight,
      fill: ink,
      "fill-opacity": strongest * share,
    });
  });
  const lines = Math.min(partWidth, partHeight) < smallestPart ? "" : gridLines(image.grid, width, height, top);
  const head = fit(matrix.rows[row] ?? "", width, page.fontSize, page);
  const svg = [
    text(head, { x: 0, y: page.fontSize, "font-size": page.fontSize * smallText }),
    element("image", {
      x: 0,
      y: top,
      width,
      height,
      preserveAspectRatio: "none",
      href: `data:${image.mediaType};base64,${image.data}`,
    }),
    ...tints,
    lines,
  ].join("");
  return { svg, width, height: top + height };
}

function gridLines([rows, columns]: readonly [number, number], width: number, height: number, top: number): string {
  let d = "";
  for (let i = 0; i <= columns; i++) d += `M${round((i * width) / columns)} ${round(top)}v${round(height)}`;
  for (let i = 0; i <= rows; i++) d += `M0 ${round(top + (i * height) / rows)}h${round(width)}`;
  return element("path", { d, fill: "none", stroke: "#ffffff", "stroke-opacity": 0.7, "stroke-width": 0.4 });
}

const round = (value: number): number => Math.round(value * 100) / 100;
