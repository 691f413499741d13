import { isolated, placeOfMatrix, titleText, rankIn, rowOf, type Axis, type Note } from "heed/note";
import { visibleToken } from "./labels.js";
import { tokenAt, type Look, type ReadAxis } from "./look.js";
import type { Phrases } from "./options.js";

/** The standard names of axes in the reader's language; a name that the author made up is shown as it is. */
export function axisName(name: string | undefined, phrases: Phrases): string {
  switch (name) {
    case "query":
      return phrases.__("query");
    case "key":
      return phrases.__("key");
    case "hop":
      return phrases.__("hop");
    case "token":
      return phrases.__("token");
    case "target":
      return phrases.__("target");
    case "source":
      return phrases.__("source");
    case "part":
      return phrases.__("part");
    case "head":
      return phrases.__("head");
    case "layer":
      return phrases.__("layer");
    default:
      return visibleToken(name ?? "");
  }
}

export function kindName(note: Pick<Note, "kind">, phrases: Phrases): string {
  switch (note.kind) {
    case "attention":
      return phrases.__("attention");
    case "summary":
      return phrases.__("summary attention");
    case "alignment":
      return phrases.__("alignment");
    case "image":
      return phrases.__("image attention");
  }
}

/** The name of a matrix: "layer 3, head 5". */
export function headName(note: Note, index: number, phrases: Phrases): string {
  const { layer, head } = placeOfMatrix(note, index);
  const names = [
    layer && phrases.__("layer %1", isolated(visibleToken(layer))),
    head && phrases.__("head %1", isolated(visibleToken(head))),
  ];
  return names.filter((name) => name).join(", ");
}

/** The name of a head beside others of its layer: "head 5". */
export function nameInLayer(note: Note, index: number, phrases: Phrases): string {
  const { head } = placeOfMatrix(note, index);
  return head === undefined ? headName(note, index, phrases) : phrases.__("head %1", isolated(visibleToken(head)));
}

/** The size of a note: "12 heads, 24 × 24". */
export function sizeText(note: Note, phrases: Phrases): string {
  const [rows = 0, columns = 0] = note.weights.shape.slice(-2);
  const { heads, layers } = note.axes;
  return [
    layers && phrases._n("%1 layer", "%1 layers", layers.tokens.length),
    heads && phrases._n("%1 head", "%1 heads", heads.tokens.length),
    `${rows} × ${columns}`,
  ]
    .filter((part) => part)
    .join(", ");
}

/** What is said of one cell: in a box at the pointer, and to a screen reader. */
export interface CellText {
  readonly from: string;
  readonly to: string;
  readonly facts: readonly string[];
  /** All of it in one sentence. */
  readonly spoken: string;
}

/** A number as it is stated: four decimals, or three digits of a small one. */
export function precise(value: number): string {
  if (value === 0) return "0";
  return Math.abs(value) >= 0.001 && Math.abs(value) < 1e6 ? String(Number(value.toFixed(4))) : value.toExponential(2);
}

/** The text of a cell of a head. */
export function cellText(look: Look, row: number, column: number, phrases: Phrases): CellText {
  const { block } = look.cells;
  const isHop = look.note.kind === "summary" && block[0] === 1;
  const from = isHop ? hopName(look.rows.tokens[row] ?? "", phrases) : placeLabel(look.rows, row * block[0], block[0]);
  const to = placeLabel(look.columns, column * block[1], block[1]);
  return sentence(from, to, cellFacts(look, row, column, phrases));
}

/** What is known of a cell, in short phrases. */
export function cellFacts({ note, cells, hidden }: Look, row: number, column: number, phrases: Phrases): string[] {
  const at = row * cells.shape[1] + column;
  const weight = cells.values[at] ?? Number.NaN;
  if (Number.isNaN(weight)) return [phrases.__("masked: not looked at")];
  const stated = `${precise(weight)}${note.maxError >= 5e-5 ? ` ± ${precise(note.maxError)}` : ""}`;
  if (cells.means)
    return [phrases.__("largest weight %1", stated), phrases.__("mean %1", precise(cells.means[at] ?? Number.NaN))];
  const values = rowOf(cells.values, cells.shape[1], row);
  const seen = values.reduce((count, value) => (Number.isNaN(value) ? count : count + 1), 0);
  const score = cells.scores?.[at];
  return [
    phrases.__("weight %1", stated),
    ...(score === undefined ? [] : [phrases.__("score %1", precise(score))]),
    ...(seen > 1 ? [phrases.__("rank %1 of %2", rankIn(values, column), seen)] : []),
    ...(hidden ? [phrases.__("hidden tokens hold %1 of this row", share(hidden[row] ?? 0))] : []),
  ];
}

/** The name of a hop as it is spoken of: a number alone is called a hop. */
export function hopName(token: string, phrases: Phrases): string {
  return /^\d+$/.test(token) ? phrases.__("hop %1", token) : brieflyShown(token);
}

/** A share in percent. */
export function share(part: number): string {
  return `${Number((part * 100).toFixed(1))} %`;
}

export function sentence(from: string, to: string, facts: readonly string[]): CellText {
  return { from, to, facts, spoken: `${from} → ${to}: ${facts.join(", ")}` };
}

/** Characters of a token that a box at the pointer can hold. */
const shownCharacters = 120;

function brieflyShown(token: string): string {
  const shown = visibleToken(token);
  return isolated(shown.length > shownCharacters ? `${Array.from(shown).slice(0, shownCharacters).join("")}…` : shown);
}

/**
 * A token with its number, which keeps repeated tokens apart (of a token without a name the number alone); of a block, its first and its last. Where some are hidden or joined,
 * the numbers are still those of the note's own tokens.
 */
export function placeLabel(axis: ReadAxis, start: number, length: number): string {
  const end = Math.min(axis.tokens.length, start + length) - 1;
  const label = (i: number): string => {
    const [shown, number] = [brieflyShown(axis.tokens[i] ?? ""), String(tokenAt(axis, i) + 1)];
    return shown === number ? shown : `${shown} (${number})`;
  };
  return end > start ? `${label(start)} … ${label(end)}` : label(start);
}

/** What is worth knowing beside the sentence: how exact the numbers are, what was left out, what made them. */
export function factsOf({ note, cells, columns, rows, hidden }: Look, phrases: Phrases): string {
  const [down, across] = cells.block;
  const special = [...new Set([...specialNames(note.axes.rows), ...specialNames(note.axes.columns)])].slice(0, 8).join(" ");
  const mean = hidden ? hidden.reduce((sum, part) => sum + part, 0) / Math.max(1, hidden.length) : 0;
  const isJoined = [rows, columns].some(({ groups }) => groups?.some((group) => group.length > 1));
  return [
    down > 1 || across > 1 ? phrases.__("overview: each cell is the largest of %1 × %2 weights", down, across) : "",
    isJoined ? phrases.__("words: sum over the pieces looked at, mean over the pieces that look") : "",
    hidden
      ? phrases.__("hidden: tokens marked special (%1), with %2 of an average row; nothing is rescaled", special, share(mean))
      : "",
    note.maxError >= 5e-5 ? phrases.__("stored to within ±%1", precise(note.maxError)) : "",
    titleText(note.source.model ?? ""),
  ]
    .filter((fact) => fact)
    .join(" · ");
}

const specialNames = (axis: Axis): string[] =>
  (axis.special ?? []).map((token) => isolated(visibleToken(axis.tokens[token] ?? "")));
