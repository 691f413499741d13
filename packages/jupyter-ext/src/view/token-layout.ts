import { fontSizes } from "./geometry.js";
import { elide, visibleToken, type MeasureText } from "./labels.js";

/** Where a token stands, in pixels, and where its lines begin or end. */
export interface TokenBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** As it is written, cut to fit. */
  readonly label: string;
}

/** Two rows of tokens and the lines' space between them. */
export interface TokenLayout {
  /** `down`: two columns, tokens below each other; `across`: two sentences, one above the other. */
  readonly direction: "down" | "across";
  readonly width: number;
  readonly height: number;
  readonly rows: readonly TokenBox[];
  readonly columns: readonly TokenBox[];
}

export interface TokenTexts {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
}

/** What the two sides are called. */
export interface SideNames {
  readonly rows: string;
  readonly columns: string;
}

const pitch = 22;
const padding = 6;
/** Pixels above the tokens for the names of the two sides. */
const heading = 22;
const linesAcross = { least: 90, most: 260 } as const;
const linesDown = 120;

/** Two columns: what looks on the left, set to the right; what is looked at on the right. */
export function layOutColumns(texts: TokenTexts, names: SideNames, width: number, measure: MeasureText): TokenLayout {
  const most = Math.max(48, (width - linesAcross.least) / 2);
  const widest = (tokens: readonly string[], name: string): number =>
    Math.ceil(
      Math.min(
        most,
        tokens.reduce((size, token) => Math.max(size, labelWidth(token, measure)), measure(name, 11)) + 2 * padding,
      ),
    );
  const [left, right] = [widest(texts.rows, names.rows), widest(texts.columns, names.columns)];
  const between = Math.max(linesAcross.least, Math.min(linesAcross.most, width - left - right));
  const boxes = (tokens: readonly string[], start: number, size: number): TokenBox[] =>
    tokens.map((token, i) => ({
      left: start,
      top: heading + i * pitch,
      width: size,
      height: pitch,
      label: elide(visibleToken(token.slice(0, mostCharacters)), size - 2 * padding, fontSizes.label, measure),
    }));
  return {
    direction: "down",
    width: left + between + right,
    height: heading + pitch * Math.max(texts.rows.length, texts.columns.length),
    rows: boxes(texts.rows, 0, left),
    columns: boxes(texts.columns, left + between, right),
  };
}

/** Two sentences, the one that is looked at above; undefined where either does not fit in one line. */
export function layOutSentences(texts: TokenTexts, width: number, measure: MeasureText): TokenLayout | undefined {
  const sentence = (tokens: readonly string[], top: number): TokenBox[] => {
    let left = 0;
    return tokens.map((token) => {
      const label = visibleToken(token.slice(0, mostCharacters));
      const size = Math.ceil(measure(label, sentenceSize)) + 2 * padding;
      const box = { left, top, width: size, height: pitch + 4, label };
      left += size + 4;
      return box;
    });
  };
  const columns = sentence(texts.columns, heading);
  const rows = sentence(texts.rows, heading + pitch + 4 + linesDown);
  const [above, below] = [end(columns), end(rows)];
  if (Math.max(above, below) > width) return undefined;
  const whole = Math.max(above, below);
  return {
    direction: "across",
    width: whole,
    height: heading * 2 + 2 * (pitch + 4) + linesDown,
    rows: shift(rows, Math.floor((whole - below) / 2)),
    columns: shift(columns, Math.floor((whole - above) / 2)),
  };
}

const end = (boxes: readonly TokenBox[]): number => boxes.reduce((most, box) => Math.max(most, box.left + box.width), 0);

const shift = (boxes: readonly TokenBox[], by: number): TokenBox[] => boxes.map((box) => ({ ...box, left: box.left + by }));

/** Pixels of the letters of sentences that are aligned; they are read, not looked up. */
export const sentenceSize = 14;

/** More characters than any label has room for. */
const mostCharacters = 200;

function labelWidth(token: string, measure: MeasureText): number {
  // no label is drawn wider than this, so measuring the rest of a long one would be waste
  return measure(visibleToken(token.slice(0, 64)), fontSizes.label);
}

/** The points between which a line runs, and its bend: it leaves and arrives at a right angle to its side. */
export function lineBetween(
  layout: TokenLayout,
  row: number,
  column: number,
): readonly [x0: number, y0: number, x1: number, y1: number, bendX: number, bendY: number] | undefined {
  const [from, to] = [layout.rows[row], layout.columns[column]];
  if (!from || !to) return undefined;
  if (layout.direction === "down") {
    const [x0, x1] = [from.left + from.width, to.left];
    const [y0, y1] = [from.top + from.height / 2, to.top + to.height / 2];
    return [x0, y0, x1, y1, bend(x1 - x0, y1 - y0), 0];
  }
  const [y0, y1] = [from.top, to.top + to.height];
  const [x0, x1] = [from.left + from.width / 2, to.left + to.width / 2];
  return [x0, y0, x1, y1, 0, bend(y1 - y0, x1 - x0)];
}

/** Steep lines are bent less: bent as much, they would all run together along the tokens. */
function bend(across: number, along: number): number {
  return (across / 2) * Math.min(1, Math.max(0.2, Math.abs(across) / (Math.abs(along) + 1)));
}

/** Square pixels of the space in which lines run. */
export function spaceBetween({ direction, rows, columns }: TokenLayout): number {
  const [from, to] = [rows[0], columns[0]];
  if (!from || !to) return 0;
  const sides = [rows, columns].map((boxes) =>
    direction === "down" ? boxes.length * pitch : end(boxes) - (boxes[0]?.left ?? 0),
  );
  const depth = direction === "down" ? to.left - from.left - from.width : from.top - to.top - to.height;
  return depth * Math.max(...sides);
}
