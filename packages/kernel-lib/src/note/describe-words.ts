/** The words that sentences about notes are made of. */
import { placeOfMatrix } from "./matrices.js";
import type { Note } from "./schema.js";
import { isolated, nameOfUnseen, titleText, visibleToken } from "./visible-token.js";
import type { Language } from "./wording.js";

/** Chooses one of two wordings. */
export type Say = (english: string, chinese: string) => string;

export const sayIn =
  (language: Language): Say =>
  (english, chinese) =>
    language === "en" ? english : chinese;

/** A token as part of a sentence; one that cannot be seen is named. */
export function quote(token: string, say: Say): string {
  const name = say(nameOfUnseen(token, "en") ?? "", nameOfUnseen(token, "zh-CN") ?? "");
  return `${name && say(`the ${name} `, name)}“${isolated(inShort(visibleToken(token)))}”`;
}

/** A title or the name of a head as part of a sentence. */
export const inSentence = (text: string): string => isolated(inShort(titleText(text)));

/** Characters of a token or title that a sentence has room for. */
const longest = 60;

function inShort(text: string): string {
  const letters = Array.from(text.slice(0, 4 * longest));
  return letters.length > longest ? `${letters.slice(0, longest).join("")}…` : text;
}

/** A hop that has only a number is called by it; one with a name by its name. */
export function hopName(token: string, say: Say): string {
  return /^\d+$/.test(token) ? say(`hop ${token}`, `第 ${token} 跳`) : token;
}

export function rowName(note: Note, row: number, say: Say): string {
  const token = note.axes.rows.tokens[row] ?? "";
  return note.kind === "summary" && hopName(token, say) !== token ? hopName(token, say) : quote(token, say);
}

export function keyName(note: Note, column: number, say: Say): string {
  if (!note.image) return quote(note.axes.columns.tokens[column] ?? "", say);
  const width = note.image.grid[1];
  const [row, place] = [Math.floor(column / width) + 1, (column % width) + 1];
  return say(`the part in row ${row}, column ${place}`, `第 ${row} 行第 ${place} 列的部分`);
}

/** "layer 3 head 5": which matrix of a note; empty where there is one without a name. */
export function matrixName(note: Note, matrix: number, say: Say): string {
  const { layer, head } = placeOfMatrix(note, matrix);
  return [
    ...(layer === undefined ? [] : [say(`layer ${inSentence(layer)}`, `第 ${inSentence(layer)} 层`)]),
    ...(head === undefined ? [] : [say(`head ${inSentence(head)}`, `头 ${inSentence(head)}`)]),
  ].join(say(" ", ""));
}

export const count = (amount: number, noun: string): string => `${amount} ${noun}${amount === 1 ? "" : "s"}`;

/** Three significant digits at most. */
export const short = (number: number): string => `${Number(number.toPrecision(3))}`;

/** A share in percent, with 100% and 0% kept for what is exactly that. */
export function percent(share: number): string {
  if (share > 0 && share < 0.0005) return "<0.1%";
  const shown = (share * 100).toFixed(1).replace(/\.0$/, "");
  return share < 1 && shown === "100" ? ">99.9%" : `${shown}%`;
}

/** A weight as it is written: a share of its row, or a number where rows are no distributions. */
export const amountIn =
  (note: Note): ((value: number) => string) =>
  (value) =>
    note.normalised === false ? short(value) : percent(value);

/** How far such an amount may be off, in the same unit. */
export const errorIn = (note: Note, error: number): string =>
  note.normalised === false ? `${Number(error.toPrecision(1))}` : `${Number((error * 100).toPrecision(1))}%`;
