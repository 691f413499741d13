import type { Axis } from "../note/index.js";
import { tokenize } from "../text/tokenize.js";

/**
 * Divides a text at its spaces, with punctuation as tokens of its own. Han characters are one token each – unless the author has put
 * spaces between them, and so said what the words are: `我 是 中国人`. No dictionary takes part: a note reads the same everywhere.
 */
export function divideText(text: string): Axis {
  const whole = tokenize(text, { by: "whitespace" });
  if (/\p{Script=Han}\s+\p{Script=Han}/u.test(text)) return whole;
  const pieces = whole.tokens.flatMap((token, i) => {
    const start = whole.offsets[i]?.[0] ?? 0;
    return Array.from(token.matchAll(/\p{Script=Han}|\P{Script=Han}+/gu), ({ 0: piece, index }) => ({
      piece,
      start: start + index,
    }));
  });
  return {
    text,
    tokens: pieces.map(({ piece }) => piece),
    offsets: pieces.map(({ piece, start }): [number, number] => [start, start + piece.length]),
  };
}
