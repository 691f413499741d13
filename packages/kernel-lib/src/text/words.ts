import { cutChinese } from "#cut-chinese";
import { characters } from "./characters.js";
import type { Piece } from "./tokens.js";

/**
 * A word: letters, digits and underscores, with an apostrophe or hyphen between letters (don't, well-known) and a point or comma
 * between digits (3.14) as part of it. What is neither a word nor white space is matched by the second half.
 */
const wordOrOther =
  /[\p{L}\p{M}\p{N}_]+(?:(?<=\p{L}\p{M}*)['’-](?=\p{L})[\p{L}\p{M}\p{N}_]+|(?<=\p{N})[.,](?=\p{N})[\p{L}\p{M}\p{N}_]+)*|[^\p{L}\p{M}\p{N}_\s]+/gu;
const isWord = /^[\p{L}\p{M}\p{N}_]/u;

/** Cut at white space, with each mark of punctuation, symbol and emoji a token of its own. */
export function* spacedWords(text: string): Generator<Piece> {
  for (const match of text.matchAll(wordOrOther)) {
    if (isWord.test(match[0])) yield { piece: match[0], start: match.index };
    else for (const { piece, start } of characters(match[0])) yield { piece, start: match.index + start };
  }
}

const han = /\p{Script=Han}/u;
/** Scripts that write without spaces between words, other than Han alone; Japanese mixes Han with kana. */
const unspaced = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Words of mixed text: Chinese by dictionary, other scripts without spaces by Unicode's rules, the rest as {@link spacedWords}. */
export function* words(text: string): Generator<Piece> {
  for (const spaced of spacedWords(text)) {
    const { piece, start } = spaced;
    if (unspaced.test(piece)) yield* cutUnspaced(piece, start);
    else if (han.test(piece)) yield* inOrder(cutChinese(piece), start);
    else yield spaced;
  }
}

let segmenter: Intl.Segmenter | undefined;

function* cutUnspaced(text: string, start: number): Generator<Piece> {
  segmenter ??= new Intl.Segmenter("ja", { granularity: "word" });
  for (const { segment, index } of segmenter.segment(text)) yield { piece: segment, start: start + index };
}

function* inOrder(pieces: readonly string[], start: number): Generator<Piece> {
  let next = start;
  for (const piece of pieces) {
    yield { piece, start: next };
    next += piece.length;
  }
}
