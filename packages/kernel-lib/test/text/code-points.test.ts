/** What every code point is taken for, against Python's tokenizers; see golden/code_points.py. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { AlignedText } from "../../src/text/subwords/aligned-text.js";
import {
  isChinese,
  isMark,
  isNonSpacingMark,
  isNumber,
  isPunctuation,
  isRemovedByBert,
  isWhitespace,
} from "../../src/text/subwords/characters.js";
import { parseRanges } from "../../src/text/subwords/code-points.js";
import { makeNormaliser } from "../../src/text/subwords/normalise.js";
import { patternOf } from "../../src/text/subwords/pattern.js";
import { makePreTokeniser } from "../../src/text/subwords/pre-tokenise.js";

const golden = JSON.parse(readFileSync(new URL("../golden/code-points.json", import.meta.url), "utf8")) as {
  sets: Record<string, string>;
  patterns: Record<string, string>;
  changes: Record<string, string>;
};
const isSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdfff;
const points = Array.from({ length: 0x110000 }, (_, code) => code).filter((code) => !isSurrogate(code));
/** One byte for each code point: 1 for those that something holds for. */
const pick = (holds: (character: string) => boolean): Uint8Array => {
  const has = new Uint8Array(0x110000);
  for (const code of points) if (holds(String.fromCodePoint(code))) has[code] = 1;
  return has;
};
const wanted = (ranges: string): Uint8Array => {
  const has = new Uint8Array(0x110000);
  for (const [first, last] of parseRanges(ranges)) has.fill(1, first, last + 1);
  return has;
};
const different = (x: Uint8Array, y: Uint8Array): string[] =>
  points.filter((code) => x[code] !== y[code]).map((code) => `U+${code.toString(16).toUpperCase().padStart(4, "0")}`);
/** Node's own tables, which numbers and lower case follow, were those of Rust when the golden file was made. */
const isSameUnicode = process.versions["unicode"] === "17.0";

const words = makePreTokeniser({ type: "Whitespace" });
test.each<[string, (character: string) => boolean]>([
  ["punctuation", isPunctuation],
  ["mark", isMark],
  ["nonSpacingMark", isNonSpacingMark],
  ["removedByBert", isRemovedByBert],
  ["whitespace", isWhitespace],
  ["chinese", isChinese],
  ["word", (character) => words(AlignedText.of(`a${character}a`)).length === 1],
])("%s", (name, holds) => {
  const has = pick((character) => holds(character));
  expect(different(has, wanted(golden.sets[name] ?? ""))).toEqual([]);
});

test.skipIf(!isSameUnicode)("number", () => {
  expect(different(pick(isNumber), wanted(golden.sets["number"] ?? ""))).toEqual([]);
});

const everything = points.map((code) => String.fromCodePoint(code)).join("");
test.each(Object.entries(golden.patterns))("%s", (Regex, ranges) => {
  const has = new Uint8Array(0x110000);
  for (const [start, end] of patternOf({ type: "Split", pattern: { Regex } }).matches(everything)) {
    for (const character of everything.slice(start, end)) has[character.codePointAt(0) ?? 0] = 1;
  }
  // ʕ was a lower-case letter until Unicode 16; RE2JS has the tables of 17.
  expect(different(has, wanted(ranges))).toEqual(/Ll|lower/u.test(Regex) ? ["U+0295"] : []);
});

test.each(["NFC", "NFD", "NFKC", "NFKD"])("%s of every code point", (type) => {
  expect(changesOf(type)).toBe(golden.changes[type]);
});
test.skipIf(!isSameUnicode)("lower case of every code point", () => {
  expect(changesOf("Lowercase")).toBe(golden.changes["Lowercase"]);
});

const hex = (character: string): string => (character.codePointAt(0) ?? 0).toString(16);

function changesOf(type: string): string {
  const normalise = makeNormaliser({ type });
  const hash = createHash("sha256");
  for (const code of points) {
    if (code >= 0x40000) break;
    const made = normalise(AlignedText.of(String.fromCodePoint(code))).text;
    hash.update(`${code.toString(16)} ${Array.from(made, hex).join(" ")}\n`);
  }
  return hash.digest("hex");
}
