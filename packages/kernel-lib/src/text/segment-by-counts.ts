/**
 * Cuts a text into the words of a corpus, so that the product of their frequencies is largest (a shortest path over the words that
 * begin at each character, as jieba finds it with its own dictionary). White space always separates. What is no word becomes tokens
 * of one character each, or of one Latin word.
 *
 * @param counts how often each word occurs in the corpus
 * @example
 * ```ts
 * import { segmentByCounts } from "heed/data";
 * const counts = new Map([["我", 9], ["是", 9], ["中国", 2], ["中国人", 5], ["人", 2]]);
 * console.log(segmentByCounts("我是中国人", counts)); // ["我", "是", "中国人"]
 * ```
 */
export function segmentByCounts(text: string, counts: ReadonlyMap<string, number>): string[] {
  let total = 1;
  let longest = 1;
  for (const [word, count] of counts) {
    total += count;
    longest = Math.max(longest, word.length);
  }
  const costOf = (word: string): number => Math.log(total / (counts.get(word) ?? 0.5));
  return text.split(/\s+/u).flatMap((part) => cheapestPath(part, counts, longest, costOf));
}

function cheapestPath(
  text: string,
  counts: ReadonlyMap<string, number>,
  longest: number,
  costOf: (word: string) => number,
): string[] {
  // best[i]: the least cost of text from i on, and the word to take there; filled from the end
  const best: { cost: number; word: string }[] = [];
  best[text.length] = { cost: 0, word: "" };
  for (let start = text.length - 1; start >= 0; start -= 1) {
    const candidates = [unknownAt(text, start)];
    for (let end = start + 1; end <= Math.min(text.length, start + longest); end += 1) {
      if (counts.has(text.slice(start, end))) candidates.push(text.slice(start, end));
    }
    for (const word of candidates) {
      const cost = costOf(word) + (best[start + word.length]?.cost ?? 0);
      if (cost < (best[start]?.cost ?? Infinity)) best[start] = { cost, word };
    }
  }
  const words: string[] = [];
  for (let start = 0; start < text.length; start += best[start]?.word.length ?? 1) words.push(best[start]?.word ?? "");
  return words;
}

/** A run of Latin letters and digits, or one whole character. */
function unknownAt(text: string, start: number): string {
  const run = /^[\p{Script=Latin}\p{Number}]+/u.exec(text.slice(start, start + 64))?.[0];
  return run ?? String.fromCodePoint(text.codePointAt(start) ?? 0);
}
