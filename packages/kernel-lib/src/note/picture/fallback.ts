import { describeNote } from "../describe.js";
import { hopName, matrixName, sayIn, type Say } from "../describe-words.js";
import { matrixCount } from "../matrices.js";
import type { Note } from "../schema.js";
import { titleText } from "../visible-token.js";
import type { Language } from "../wording.js";
import { drawCard } from "./card.js";
import { card, levels } from "./colors.js";
import { largestOf, readGrid, type Grid } from "./grid.js";
import { drawPanel, fontSize, type Drawn } from "./panel.js";
import { drawSpotlights, mostParts } from "./spotlight.js";
import { element, text } from "./svg.js";
import { clipText, textWidth } from "./text-width.js";
import { drawThumbnails } from "./thumbnails.js";

const margin = 14;
/** Up to this many heads of up to this many tokens get labels of their own. */
const panels = 6;
const panelTokens = 12;
const mostSide = 180;
const pageWidth = 700;
const legendSize = fontSize - 1;
const titleSize = 14;
/** Bold letters are wider. */
const titleScale = titleSize * 1.12;

interface Content extends Drawn {
  readonly grids: readonly Grid[];
  readonly largest: number;
}

/**
 * A picture of a note for viewers that cannot draw it: a self-contained SVG without scripts, links or fonts of its own.
 * Of many weights it shows the largest of each block, and says so; several heads are small multiples on one scale.
 */
export function fallbackSvg(note: Note, language: Language = "en", words: string = describeNote(note, language)): string {
  const say = sayIn(language);
  const scale = note.view?.scale === "row" ? "row" : "global";
  const content = drawContent(note, scale, say);
  const legend = drawLegend(note, content, scale, say);
  const given = titleText(note.title ?? "");
  const titleHeight = given === "" ? 0 : 26;
  const titleWidth = titleScale * textWidth(given.slice(0, 200));
  const inner = Math.max(content.width, legend.width, Math.min(titleWidth, 420));
  const title = clipText(given, inner / titleScale);
  const width = Math.ceil(inner + 2 * margin);
  const height = Math.ceil(titleHeight + content.height + legend.height + 2 * margin + 12);
  return drawCard(
    { width, height, fontSize, title: given || say("Attention", "注意力"), description: words },
    ...(given === "" ? [] : [text(title, { x: margin, y: margin + 14, "font-size": titleSize, "font-weight": 600 })]),
    element("g", { transform: `translate(${margin} ${margin + titleHeight})` }, content.svg),
    element("g", { transform: `translate(${margin} ${margin + titleHeight + content.height + 12})` }, legend.svg),
  );
}

/** Whether the picture shows the image itself: of several heads, many parts, or without the numbers at hand, it shows the weights alone. */
function isSpotlit(note: Note): boolean {
  if (!note.image || matrixCount(note) > 1 || note.weights.encoding === "external") return false;
  return note.image.grid[0] * note.image.grid[1] <= mostParts;
}

function drawContent(note: Note, scale: "row" | "global", say: Say): Content {
  const matrices = matrixCount(note);
  const { rows, columns } = note.axes;
  if (note.image && isSpotlit(note)) return { ...drawSpotlights(note, note.image), largest: 0 };
  const isSmall = Math.max(rows.tokens.length, columns.tokens.length) <= panelTokens;
  if (matrices > panels || (matrices > 1 && !isSmall)) return drawThumbnails(note, scale);
  const most = { rows: mostSide, columns: mostSide };
  const grids = Array.from({ length: matrices }, (_, index) => readGrid(note, index, most));
  const largest = largestOf(grids);
  const drawn = grids.map((grid, index) => {
    const name = matrixName(note, index, say);
    return drawPanel({
      grid,
      rows: note.kind === "summary" ? rows.tokens.map((hop) => hopName(hop, say)) : rows.tokens,
      columns: columns.tokens,
      largest,
      scale,
      numbers: note.view?.numbers ?? true,
      ...(name !== "" && { caption: clipText(name, 16) }),
    });
  });
  return { ...arrange(drawn), grids, largest };
}

/** Pieces of the same size side by side, as many in a line as the page is wide. */
function arrange(pieces: readonly Drawn[]): Drawn {
  const gap = 18;
  const width = Math.max(...pieces.map((piece) => piece.width));
  const height = Math.max(...pieces.map((piece) => piece.height));
  const across = Math.max(1, Math.min(pieces.length, Math.floor((pageWidth + gap) / (width + gap))));
  const down = Math.ceil(pieces.length / across);
  const placed = pieces.map(({ svg }, i) =>
    i === 0
      ? svg
      : element(
          "g",
          { transform: `translate(${(i % across) * (width + gap)} ${Math.floor(i / across) * (height + gap)})` },
          svg,
        ),
  );
  return { svg: placed.join(""), width: across * (width + gap) - gap, height: down * (height + gap) - gap };
}

/** What the colours mean, how exact the numbers are, and what the picture leaves out. */
function drawLegend(note: Note, { grids, largest, width }: Content, scale: "row" | "global", say: Say): Drawn {
  const room = Math.max(width, 300);
  const phrases = legendNotes(note, grids, say);
  if (isSpotlit(note)) return drawLines(wrap(phrases, room / legendSize, say("; ", "；")), []);
  const bar = 120;
  const step = bar / levels.length;
  const top = scale === "row" ? say("each row's largest", "每行最大值") : short(largest);
  const swatches = levels.map((fill, i) => element("rect", { x: 14 + i * step, y: 0, width: step + 0.3, height: 10, fill }));
  const edge = element("rect", { x: 14, y: 0, width: bar, height: 10, fill: "none", stroke: card.edge });
  const svg = [...swatches, edge, text("0", { x: 0, y: 9 }), text(top, { x: bar + 20, y: 9 })];
  const masked = grids.some((grid) => grid.masked.includes(1)) ? say("masked", "被遮住") : "";
  const maskedWidth = masked === "" ? 0 : 26 + textWidth(masked) * legendSize;
  const [first = "", ...others] = phrases;
  let x = bar + 32 + textWidth(top) * legendSize;
  const isBeside = x + textWidth(first) * legendSize + maskedWidth <= room;
  if (isBeside) {
    svg.push(text(first, { x, y: 9 }));
    x += textWidth(first) * legendSize + 12;
  }
  if (masked !== "") {
    svg.push(element("rect", { x, y: 0, width: 10, height: 10, fill: card.masked }), text(masked, { x: x + 14, y: 9 }));
  }
  const lines = drawLines(wrap(isBeside ? others : phrases, room / legendSize, say("; ", "；")), svg, 16);
  return { ...lines, width: Math.max(lines.width, x - 12 + maskedWidth) };
}

/** Lines of small text below what has been drawn already. */
function drawLines(lines: readonly string[], above: readonly string[], top = 0): Drawn {
  const written = lines.map((line, i) => text(line, { x: 0, y: top + 10 + i * 15 }));
  return {
    svg: element("g", { "font-size": legendSize, fill: card.quiet }, ...above, ...written),
    width: Math.max(0, ...lines.map((line) => textWidth(line) * legendSize)),
    height: top - 4 + lines.length * 15,
  };
}

function legendNotes(note: Note, grids: readonly Grid[], say: Say): string[] {
  const [rows, columns] = grids[0]?.block ?? [1, 1];
  const matrices = matrixCount(note);
  return [
    note.maxError < 1e-6 ? say("weights", "权重") : say(`weights ± ${short(note.maxError)}`, `权重 ± ${short(note.maxError)}`),
    ...(rows * columns === 1
      ? []
      : [say(`a cell is the largest of ${rows} × ${columns} weights`, `每格为 ${rows} × ${columns} 个权重中的最大值`)]),
    ...(isSpotlit(note)
      ? [
          say(
            "the clearer a part, the more attention, up to the largest weight beside the token",
            "越清晰的部分受到的关注越多，最大权重写在词旁",
          ),
        ]
      : []),
    ...(grids.length < matrices && !note.image
      ? [say(`the first ${grids.length} of ${matrices} heads`, `${matrices} 个头中的前 ${grids.length} 个`)]
      : []),
    ...(note.weights.encoding === "external"
      ? [
          say(
            `all ${note.weights.shape.join(" × ")} in ${note.weights.file}`,
            `全部 ${note.weights.shape.join(" × ")} 个存于 ${note.weights.file}`,
          ),
        ]
      : []),
  ];
}

/** Joins phrases into lines of at most `width` font sizes. */
function wrap(phrases: readonly string[], width: number, separator: string): string[] {
  const lines: string[] = [];
  for (const phrase of phrases) {
    const last = lines.at(-1);
    const joined = last === undefined ? phrase : `${last}${separator}${phrase}`;
    if (last !== undefined && textWidth(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(clipText(phrase, Math.max(width, 60)));
  }
  return lines;
}

const short = (number: number): string => `${Number(number.toPrecision(2))}`;
