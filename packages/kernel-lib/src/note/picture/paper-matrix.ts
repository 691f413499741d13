import { labelGap, layOutMatrix, type Rectangle } from "./paper-layout.js";
import { inkOn, smallText, type Ink, type PaperMatrix, type PaperPage } from "./paper-page.js";
import type { Drawn } from "./panel.js";
import { encodePng } from "./png.js";
import { element, text } from "./svg.js";

/** More cells than this are one image of a pixel each: as vectors they would be megabytes. */
const mostVectors = 20_000;
/** More masked cells than this are grey only. */
const mostHatched = 4_000;
/** A colour has one of so many steps; a reader sees no more, and equal cells join. */
const steps = 200;
/** Points between the lines of hatching. */
const hatchDistance = 4;
const maskedFill = "#ececec";
const quiet = "#444444";

/** A matrix, and where its cells begin and how high they are, for what stands in line with it. */
export interface DrawnMatrix extends Drawn {
  readonly top: number;
  readonly rowHeight: number;
}

/** A head with its tokens and the names of its axes. */
export function drawMatrix(matrix: PaperMatrix, numbers: boolean, page: PaperPage): DrawnMatrix {
  const [rows, columns] = matrix.shape;
  const { area, columnLabels, rowLabels, overhang } = layOutMatrix(matrix, page);
  const [width, height] = [area.width / columns, area.height / rows];
  const { size, direction } = columnLabels;
  const base = area.y - labelGap;
  const svg = [
    ...drawNames(matrix, area, page),
    element(
      "g",
      { "font-size": size, ...(direction === "across" && { "text-anchor": "middle" }) },
      ...columnLabels.texts.map(({ label, place }) => {
        const x = area.x + (place + 0.5) * width;
        if (direction === "across") return text(label, { x, y: base - size * 0.2 });
        const [shift, angle] = direction === "slanted" ? [0.2, -45] : [0.35, -90];
        return text(label, { transform: `translate(${round(x + size * shift)} ${round(base)}) rotate(${angle})` });
      }),
    ),
    element(
      "g",
      { "font-size": rowLabels.size, "text-anchor": "end" },
      ...rowLabels.texts.map(({ label, place }) =>
        text(label, { x: area.x - labelGap, y: area.y + (place + 0.5) * height + rowLabels.size * 0.35 }),
      ),
    ),
    drawCells(matrix, area, page.colour),
    // nothing to see: what a page around the figure needs to know which cell the pointer is on
    element("rect", { ...area, class: "heed-cells", "data-rows": `${rows}`, "data-columns": `${columns}`, fill: "none" }),
    numbers ? drawNumbers(matrix, area, page) : "",
  ].join("");
  return { svg, width: area.x + area.width + overhang, height: area.y + area.height, top: area.y, rowHeight: height };
}

/** A head among many: its cells alone. */
export function drawSmallMatrix(matrix: Pick<PaperMatrix, "shape" | "shares">, area: Rectangle, colour: Ink): string {
  return drawCells(matrix, area, colour, 1_024);
}

function drawNames({ names }: PaperMatrix, area: Rectangle, { fontSize }: PaperPage): string[] {
  const name = { "font-size": fontSize * smallText, fill: quiet };
  return [
    ...(names.columns === "" ? [] : [text(`${names.columns} →`, { x: area.x, y: fontSize, ...name })]),
    ...(names.rows === ""
      ? []
      : [
          text(`← ${names.rows}`, {
            ...name,
            transform: `translate(${round(fontSize * 0.85)} ${round(area.y)}) rotate(-90)`,
            "text-anchor": "end",
          }),
        ]),
  ];
}

function drawCells(
  { shape, shares }: Pick<PaperMatrix, "shape" | "shares">,
  area: Rectangle,
  colour: Ink,
  most = mostVectors,
): string {
  const [rows, columns] = shape;
  const ground = element("rect", { ...area, fill: maskedFill });
  const hasMasked = shares.some(Number.isNaN);
  if (shares.length > most) return (hasMasked ? ground : "") + drawPixels(shape, shares, area, colour);
  const [width, height] = [area.width / columns, area.height / rows];
  const isSpaced = Math.min(width, height) >= 7;
  // cells that touch reach a little under each other, so that no printer shows a seam between them
  const [inset, reach] = isSpaced ? [0.25, -0.25] : [0, Math.min(0.1, width / 10)];
  const levelAt = (row: number, column: number): number => Math.round((shares[row * columns + column] ?? Number.NaN) * steps);
  const paths = new Map<string, string>();
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const level = levelAt(row, column);
      if (Number.isNaN(level)) continue;
      const start = column;
      if (!isSpaced) while (column + 1 < columns && levelAt(row, column + 1) === level) column++;
      const [x, y] = [area.x + start * width + inset, area.y + row * height + inset];
      const [w, h] = [width * (column - start + 1) - inset + reach, height - inset + reach];
      const fill = colour(level / steps);
      paths.set(fill, `${paths.get(fill) ?? ""}M${round(x)} ${round(y)}h${round(w)}v${round(h)}h${round(-w)}z`);
    }
  }
  const cells = [...paths].map(([fill, d]) => element("path", { fill, d }));
  return [hasMasked ? ground + drawHatching(shape, shares, area) : "", ...cells].join("");
}

/** Slanted lines over the masked cells: not looked at is something else than a small weight. */
function drawHatching([rows, columns]: readonly [number, number], shares: Float32Array, area: Rectangle): string {
  const [width, height] = [area.width / columns, area.height / rows];
  const masked = Array.from(shares.keys()).filter((i) => Number.isNaN(shares[i]));
  if (masked.length > mostHatched || Math.min(width, height) < 2) return "";
  const lines = Math.max(1, Math.round(Math.min(width, height) / hatchDistance));
  const d = masked.flatMap((i) => {
    const [x, y] = [area.x + (i % columns) * width, area.y + Math.floor(i / columns) * height];
    return Array.from({ length: 2 * lines }, (_, line) => {
      const at = (line + 0.5) / lines;
      const [low, high] = [Math.max(0, at - 1), Math.min(1, at)];
      return `M${round(x + low * width)} ${round(y + high * height)}L${round(x + high * width)} ${round(y + low * height)}`;
    });
  });
  return element("path", { d: d.join(""), stroke: "#b0b0b0", "stroke-width": 0.4, fill: "none" });
}

function drawPixels([rows, columns]: readonly [number, number], shares: Float32Array, area: Rectangle, colour: Ink): string {
  const palette = Array.from({ length: steps + 1 }, (_, i) => colour(i / steps));
  const pixels = Uint8Array.from(shares, (share) => (Number.isNaN(share) ? palette.length : Math.round(share * steps)));
  return element("image", {
    ...area,
    preserveAspectRatio: "none",
    style: "image-rendering:pixelated",
    href: `data:image/png;base64,${encodePng(columns, rows, pixels, palette)}`,
  });
}

function drawNumbers(
  { shape, values, shares }: PaperMatrix,
  area: Rectangle,
  { fontSize, colour, measure }: PaperPage,
): string {
  const [rows, columns] = shape;
  const [width, height] = [area.width / columns, area.height / rows];
  const size = Math.min(fontSize * smallText, height * 0.7, (width - 2) / measure("0.00", 1));
  if (size < 4.5) return "";
  const written = Array.from(values, (value, i) => {
    if (Number.isNaN(value)) return "";
    const fill = inkOn(colour(shares[i] ?? 0));
    const x = area.x + ((i % columns) + 0.5) * width;
    const y = area.y + (Math.floor(i / columns) + 0.5) * height + size * 0.35;
    return text(cellNumber(value), { x, y, ...(fill !== "#000000" && { fill }) });
  });
  return element("g", { "text-anchor": "middle", "font-size": size }, ...written);
}

/** Two decimals; a plain 0 or 1 is exactly that. */
function cellNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 100) return `${value}`;
  return Math.abs(value) < 9.995 ? value.toFixed(2) : value.toPrecision(3);
}

const round = (value: number): number => Math.round(value * 100) / 100;
