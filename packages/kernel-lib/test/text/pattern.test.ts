/** Patterns of tokenizers: matched in linear time, or refused by name. What they match is compared with Python in code-points and subwords. */
import { expect, test } from "vitest";
import { patternOf } from "../../src/text/subwords/pattern.js";
import { Tokenizer } from "../../src/index.js";

const matches = (Regex: string, text: string): string[] =>
  patternOf({ type: "Split", pattern: { Regex } })
    .matches(text)
    .map(([start, end]) => text.slice(start, end));

// Backtracking would take 2^n steps, or n³, for each of these.
test.each([
  ["(a+)+$", `${"a".repeat(5000)}!`, []],
  ["(a|a)*b", "a".repeat(5000), []],
  ["(?:a?){500}a{500}", "a".repeat(500), ["a".repeat(500)]],
  [String.raw`(\s*\s*)*x`, " ".repeat(5000), []],
  [String.raw`(\p{L}+)*[0-9]`, "é".repeat(5000), []],
])("%s takes linear time", (pattern, text, expected) => {
  expect(matches(pattern, text)).toEqual(expected);
});

test("a tokenizer whose pattern would backtrack for ever encodes", () => {
  const tokenizer = new Tokenizer({
    model: { type: "WordLevel", vocab: { "?": 0 }, unk_token: "?" },
    pre_tokenizer: { type: "Split", pattern: { Regex: "(a+)+$" }, behavior: "Isolated" },
  });
  expect(tokenizer.encode(`${"a".repeat(32)}!`).tokens).toEqual(["?"]);
  expect(tokenizer.encode("b a".repeat(32)).tokens).toHaveLength(2);
});

test("a text is given up where each match looks to its end", () => {
  expect(() => matches("a.*z|a", "a".repeat(100_000))).toThrow(
    /^tokenizer: the pattern a\.\*z\|a takes too long on a text of 100000 characters$/u,
  );
});

test.each([
  [String.raw`\s+(?!\S)|\s+`, "a   b  ", ["  ", " ", "  "]],
  [String.raw`(?:\s+(?!\S)|\s+)`, "a   b", ["  ", " "]],
  ["a(?=bc|d)", "abc ad ae", ["a", "a"]],
  ["a(?![bc])", "ab ac ad a", ["a", "a"]],
  [String.raw`x\Z`, "x x\n", ["x"]],
  ["(?<!a)b", "ab b", ["b"]],
  ["[^a-c&&[a-z]]", "abcd", ["d"]],
  ["[a-z&&[^aeiou]]+", "hello", ["h", "ll"]],
  ["(?i)k", "kK\u212a", ["k", "K", "\u212a"]],
  [String.raw`\R`, "a\r\nb\u2028", ["\r\n", "\u2028"]],
  ["a++b", "aab", ["aab"]],
])("%s of %j", (pattern, text, expected) => {
  expect(matches(pattern, text)).toEqual(expected);
});

test.each([
  [String.raw`(a)\1`, "a backreference cannot be matched in linear time"],
  ["a(?=b)c", "a lookahead that does not end an alternative of the whole pattern"],
  ["(?:a(?=b))+", "a lookahead that does not end an alternative of the whole pattern"],
  ["a(?!bc)", "a negative lookahead of more than one character"],
  ["a(?=b*c)", "a lookahead of unlimited length"],
  ["(?>a|ab)c", "an atomic group"],
  ["a++a", "a possessive quantifier"],
  [String.raw`\bword`, String.raw`\b cannot be matched`],
  [String.raw`\X`, String.raw`\X cannot be matched`],
  [String.raw`a\Kb`, String.raw`\K cannot be matched`],
  [String.raw`(?<x>a\g<x>?)`, "a subroutine"],
  [String.raw`\p{Klingon}`, "Klingon"],
  ["(a{1000}){1000}", "invalid repeat count"],
  ["[", "got ["],
  ["(".repeat(10_000), "got (((("],
  ["a".repeat(20_001), "a pattern of at most 20000 characters"],
])("%s is refused by name", (pattern, message) => {
  expect(() => matches(pattern, "a")).toThrow(SyntaxError);
  expect(() => matches(pattern, "a")).toThrow(message);
});
