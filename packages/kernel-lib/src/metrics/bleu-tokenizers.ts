/** The tokenizations that sacrebleu 2 applies before it counts n-grams, character for character. */

/** `13a`: mteval-v13a, for Western languages; `zh`: each Chinese character alone; `char`; `none`: split at spaces only. */
export type BleuTokenizer = "13a" | "zh" | "char" | "none";

// What Python's str.split() and str.strip() take for white space; JavaScript's \s differs (U+FEFF, U+0085, U+001C…).
// oxlint-disable-next-line no-control-regex -- the separators U+001C…U+001F are white space to Python
const space = /[\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;
const trailingSpace = new RegExp(`${space.source}$`, "u");
const surroundingSpace = new RegExp(`^${space.source}|${space.source}$`, "gu");

/** The words of a line, split as Python's `str.split()` does. */
function words(line: string): string[] {
  return line.split(space).filter((word) => word !== "");
}

function splitPunctuation(line: string): string {
  return line
    .replace(/([{-~[-` -&(-+:-@/])/gu, " $1 ")
    .replace(/([^0-9])([.,])/gu, "$1 $2 ")
    .replace(/([.,])([^0-9])/gu, " $1 $2")
    .replace(/([0-9])(-)/gu, "$1 $2 ");
}

function tokenize13a(line: string): string {
  const unescaped = line
    .replaceAll("<skipped>", "")
    .replaceAll("-\n", "")
    .replaceAll("\n", " ")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">");
  return splitPunctuation(` ${unescaped} `);
}

// sacrebleu writes its two ranges beyond U+FFFF as "\u20000" and "\u2f800", which Python reads as four digits and a fifth
// character; the ranges that result (U+2001–U+2A6D, U+2F81–U+2FA1) are kept so that scores agree.
const chineseRanges: readonly (readonly [number, number])[] = [
  [0x3400, 0x4db5],
  [0x4e00, 0x9fbb],
  [0xf900, 0xfa2d],
  [0xfa30, 0xfa6a],
  [0x2001, 0x2a6d],
  [0x2f81, 0x2fa1],
  [0xff00, 0xffef],
  [0x2e80, 0x2eff],
  [0x3000, 0x303f],
  [0x31c0, 0x31ef],
  [0x2f00, 0x2fdf],
  [0x2ff0, 0x2fff],
  [0x3100, 0x312f],
  [0x31a0, 0x31bf],
  [0xfe10, 0xfe1f],
  [0xfe30, 0xfe4f],
  [0x3200, 0x33ff],
];

function isChinese(character: string): boolean {
  const point = character.codePointAt(0) ?? 0;
  return chineseRanges.some(([first, last]) => first <= point && point <= last);
}

function tokenizeZh(line: string): string {
  const characters = Array.from(line.replace(surroundingSpace, ""), (character) =>
    isChinese(character) ? ` ${character} ` : character,
  );
  return splitPunctuation(characters.join(""));
}

/** The tokens of one sentence as sacrebleu counts them. */
export function bleuTokens(sentence: string, tokenizer: BleuTokenizer): string[] {
  const line = sentence.replace(trailingSpace, "");
  switch (tokenizer) {
    case "13a":
      return words(tokenize13a(line));
    case "zh":
      return words(tokenizeZh(line));
    case "char":
      return words(Array.from(line).join(" "));
    case "none":
      return words(line);
    default:
      throw new RangeError(`bleu: expected tokenize "13a", "zh", "char" or "none"; got ${JSON.stringify(tokenizer)}`);
  }
}
