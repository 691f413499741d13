/** What tokenizers take for white space, punctuation and so on; the definitions are those of Hugging Face's tokenizers (in Rust). */

/** A test of one character; ASCII, most of most texts, is looked up. */
function characterTest(pattern: RegExp): (character: string) => boolean {
  const ascii = Array.from({ length: 128 }, (_, code) => pattern.test(String.fromCharCode(code)));
  return (character) => ascii[character.charCodeAt(0)] ?? pattern.test(character);
}

export const isWhitespace: (character: string) => boolean = characterTest(/^\p{White_Space}$/u);

/** Unicode's punctuation, and the symbols of ASCII. */
export const isPunctuation: (character: string) => boolean = characterTest(/^[\p{P}!-/:-@[-`{-~]$/u);

export const isNumber: (character: string) => boolean = characterTest(/^\p{N}$/u);

export const isMark: (character: string) => boolean = characterTest(/^\p{M}$/u);

export const isNonSpacingMark: (character: string) => boolean = characterTest(/^\p{Mn}$/u);

/** Removed by BERT's cleaning: U+FFFD and every control, format and private-use character except tab and line ends. */
export const isRemovedByBert: (character: string) => boolean = characterTest(/^(?:\ufffd|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}])$/u);

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
