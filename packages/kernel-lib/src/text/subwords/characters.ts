/**
 * What tokenizers take for white space, punctuation and so on, as Hugging Face's tokenizers do. These are several programs with Unicode
 * tables of several versions; where JavaScript's own would give other tokens, the code points are listed (unicode-tables.ts).
 *
 * | what                                              | version of Unicode               |
 * | ------------------------------------------------- | -------------------------------- |
 * | lower case, white space, numbers                  | JavaScript's (17 in Node 24)     |
 * | letters of `Whitespace`, classes of patterns      | 16                               |
 * | BERT's punctuation, controls and accents          | 8                                |
 * | NFC, NFD, NFKC, NFKD, `StripAccents`              | 9                                |
 */
import { CodePoints, parseRanges } from "./code-points.js";
import {
  markRanges,
  nonSpacingMarkRanges,
  punctuationRanges,
  removedByBertRanges,
  unknownToPatternsRanges,
} from "./unicode-tables.js";

/** A test of one character; ASCII, most of most texts, is looked up. */
function characterTest(test: (character: string) => boolean): (character: string) => boolean {
  const ascii = Array.from({ length: 128 }, (_, code) => test(String.fromCharCode(code)));
  return (character) => ascii[character.charCodeAt(0)] ?? test(character);
}

function listed(ranges: string): (character: string) => boolean {
  const points = new CodePoints(parseRanges(ranges));
  return characterTest((character) => points.has(character.codePointAt(0) ?? 0));
}

export const isWhitespace: (character: string) => boolean = characterTest((character) => /^\p{White_Space}$/u.test(character));

/** Unicode's punctuation, and the symbols of ASCII. */
export const isPunctuation = listed(punctuationRanges);

export const isNumber: (character: string) => boolean = characterTest((character) => /^\p{N}$/u.test(character));

export const isMark = listed(markRanges);

export const isNonSpacingMark = listed(nonSpacingMarkRanges);

/** Removed by BERT's cleaning: U+FFFD and every control, format and private-use character except tab and line ends. */
export const isRemovedByBert = listed(removedByBertRanges);

const newer = new CodePoints(parseRanges(unknownToPatternsRanges)).toRegExp();

/**
 * The text with a character that no Unicode has in place of each that the patterns of Hugging Face's tokenizers do not know, of the same
 * length.
 */
export const withoutNewer = (text: string): string =>
  text.replace(newer, (character) => (character.length > 1 ? "\u{EFFFD}" : "\u0378"));

/** Han characters by block (the fifth block begins late in the original, and so here). */
export function isChinese(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code >= 0x3400 && chineseBlocks.some(([first, last]) => code >= first && code <= last);
}

const chineseBlocks = [
  [0x4e00, 0x9fff],
  [0x3400, 0x4dbf],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  [0x2b920, 0x2ceaf],
  [0xf900, 0xfaff],
  [0x2f800, 0x2fa1f],
] as const;
