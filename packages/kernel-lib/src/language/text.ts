import type { Axis } from "../note/index.js";

const parts = /\p{Script=Han}|[\p{L}\p{N}\p{M}_]+(?:['’][\p{L}\p{M}]+)*|[^\s]/gu;

/**
 * Divides a text into tokens: words and numbers, and every punctuation mark for itself. Han characters are one token each – unless
 * the author has put spaces between words, which then are the tokens: `我 是 中国人`.
 */
export function divideText(text: string): Axis {
  const tokens: string[] = [];
  const offsets: [number, number][] = [];
  const add = (token: string, start: number): void => {
    tokens.push(token);
    offsets.push([start, start + token.length]);
  };
  const isSpaced = /\p{Script=Han}\s+\p{Script=Han}/u.test(text);
  for (const { 0: chunk, index } of text.matchAll(/\S+/gu)) {
    const pattern = isSpaced ? /[\p{L}\p{N}\p{M}_'’]+|[^\s]/gu : parts;
    for (const { 0: token, index: at } of chunk.matchAll(pattern)) add(token, index + at);
  }
  return { tokens, offsets, text };
}
