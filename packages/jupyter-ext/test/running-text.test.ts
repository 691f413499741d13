import { expect, test } from "vitest";
import { runningText } from "../src/view/running-text.js";

const joined = (axis: Parameters<typeof runningText>[0]): string =>
  runningText(axis)
    .map(({ before, text }) => before + text)
    .join("");

test("the text itself is read where it is known, with what stands between the tokens", () => {
  const text = "Don't  stop!\nNow";
  const offsets = [
    [0, 3],
    [3, 5],
    [7, 11],
    [11, 12],
    [13, 16],
  ] as const;
  const pieces = runningText({ tokens: ["don", "'t", "stop", "!", "now"], text, offsets });
  expect(pieces.map((piece) => piece.text)).toEqual(["Don", "'t", "stop", "!", "Now"]);
  expect(pieces.map(({ before }) => before)).toEqual(["", "", "  ", "", "\n"]);
});

test("special tokens have no place in the text and are set apart from it", () => {
  const axis = {
    tokens: ["[CLS]", "我", "是", "[SEP]"],
    text: "我是",
    offsets: [
      [0, 0],
      [0, 1],
      [1, 2],
      [0, 0],
    ] as const,
    special: [0, 3],
  };
  expect(runningText(axis).map(({ special }) => special)).toEqual([true, false, false, true]);
  expect(joined(axis)).toBe(" [CLS]我是 [SEP]");
});

test("several pieces of one character show it once, and each stays visible", () => {
  const pieces = runningText({
    tokens: ["ð", "Ł"],
    text: "🙂",
    offsets: [
      [0, 2],
      [0, 2],
    ],
  });
  expect(pieces.map(({ text }) => text)).toEqual(["🙂", "Ł"]);
});

test.each([
  [["I", "am", "here", ",", "you", "(", "too", ")", "."], "I am here, you (too)."],
  [["play", "##ing", "cats"], "playing cats"],
  [["The", "Ġcat", "s", "Ġsat"], "The cats sat"],
  [["▁Hel", "lo", "▁you"], "Hello you"],
  [["我", "看", "你", ",", "北京", "GDP"], "我看你, 北京 GDP"],
  [["我", "是", "中国人", "。"], "我是中国人。"],
])("%j is read as %j", (tokens, text) => {
  expect(joined({ tokens })).toBe(text);
});

test("a token of blanks is seen, a line break breaks the line, and nothing reorders the text", () => {
  const text = "a\nb\u202ec";
  const offsets = [
    [0, 1],
    [1, 2],
    [2, 5],
  ] as const;
  const pieces = runningText({ tokens: ["a", "\n", "bc"], text, offsets });
  expect(pieces.map((piece) => piece.text)).toEqual(["a", "⏎\n", "b\\u202ec"]);
});
