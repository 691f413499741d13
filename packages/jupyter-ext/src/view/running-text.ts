import type { Axis } from "heed/note";
import { visibleToken } from "./labels.js";

/** A token in running text. */
export interface Piece {
  /** What is read, or a sign where the token has nothing to read. */
  readonly text: string;
  /** What stands between the token before and this one: blanks, line breaks, text that no token covers. */
  readonly before: string;
  /** Marked as special, such as [CLS]; set apart from the text. */
  readonly special: boolean;
}

/** An axis as a reader would read its text: the text itself where the axis knows it, otherwise tokens put together. */
export function runningText(axis: Axis): Piece[] {
  const special = new Set(axis.special);
  const { text, offsets } = axis;
  return text !== undefined && offsets ? fromText(axis, text, offsets, special) : fromTokens(axis, special);
}

function fromText(axis: Axis, text: string, offsets: NonNullable<Axis["offsets"]>, special: ReadonlySet<number>): Piece[] {
  let read = 0;
  return axis.tokens.map((token, i): Piece => {
    const [start, end] = offsets[i] ?? [0, 0];
    const before = start > read ? plain(text.slice(read, start)) : "";
    // pieces of one character share its place; the first of them shows it
    const own = text.slice(Math.max(start, read), end);
    read = Math.max(read, end);
    if (own === "") return { text: visibleToken(token), before: special.has(i) ? " " : before, special: special.has(i) };
    // a token of nothing but blanks must be seen, and a line break break the line as well
    const shown = own.trim() === "" ? `${visibleToken(own)}${own.includes("\n") ? "\n" : ""}` : plain(own);
    return { text: shown, before, special: special.has(i) };
  });
}

/** Characters of one piece that are read; a token of thousands is not a word. */
const mostCharacters = 200;

/** Text with its blanks as they are, and what is unseen or would reorder the line made visible. */
function plain(text: string): string {
  const shown = text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
  return shown.replaceAll(/\S+/g, visibleToken);
}

/** Scripts that are written without blanks between words. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\u3000-\u303f\uff00-\uffef]/u;
const closing = /^[\p{Pe}\p{Pf},.;:!?…%'’]/u;
const opening = /[\p{Ps}\p{Pi}$#]$/u;

function fromTokens(axis: Axis, special: ReadonlySet<number>): Piece[] {
  // tokenizers that mark where words begin leave every other token without a blank before it
  const marksWords = axis.tokens.some((token) => /^[Ġ▁]/.test(token));
  let previous = "";
  return axis.tokens.map((token, i): Piece => {
    const isSpecial = special.has(i);
    const continues = /^##./.test(token);
    const begins = /^[Ġ▁]/.test(token);
    const bare = continues ? token.slice(2) : begins ? token.slice(1) : token;
    const text = visibleToken((isSpecial || bare === "" ? token : bare).slice(0, mostCharacters));
    const joins = previous === "" || continues || (marksWords && !begins) || (!begins && fitsClose(previous, text));
    previous = text;
    return { text, before: i === 0 ? "" : isSpecial || special.has(i - 1) || !joins ? " " : "", special: isSpecial };
  });
}

function fitsClose(previous: string, text: string): boolean {
  const last = Array.from(previous).at(-1) ?? "";
  const [first = ""] = Array.from(text);
  return (unspaced.test(last) && unspaced.test(first)) || closing.test(text) || opening.test(previous);
}
