import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tokenize, type TokenizeBy } from "../../src/entries/data.js";

const cut = (text: string, by?: TokenizeBy): readonly string[] => tokenize(text, by && { by }).tokens;

describe("words", () => {
  test.each([
    ["我是中国人", ["我", "是", "中国人"]],
    ["中国人民和中国人口,美国人", ["中国", "人民", "和", "中国", "人口", ",", "美国人"]],
    ["我来到北京清华大学。", ["我", "来到", "北京", "清华大学", "。"]],
    ["I don't know 中国 well-known 3.14!", ["I", "don't", "know", "中国", "well-known", "3.14", "!"]],
    ["我用 Python 3.11 写代码,很好!", ["我用", "Python", "3.11", "写", "代码", ",", "很", "好", "!"]],
    ["GDP增长3.5%", ["GDP", "增长", "3.5", "%"]],
    ["私は学生です", ["私", "は", "学生", "です"]],
    ["«Voilà», dit-il…", ["«", "Voilà", "»", ",", "dit-il", "…"]],
    ["<s> a_b </s>", ["<", "s", ">", "a_b", "<", "/", "s", ">"]],
    ["👩‍💻👍🏽 ok", ["👩‍💻", "👍🏽", "ok"]],
    ["", []],
    [" \n\t", []],
  ])("%s", (text, expected) => {
    expect(cut(text)).toEqual(expected);
  });
});

describe("white space and punctuation", () => {
  test.each([
    ["我是中国人。I don't know.", ["我是中国人", "。", "I", "don't", "know", "."]],
    ["rock'n'roll 'quoted' end-", ["rock'n'roll", "'", "quoted", "'", "end", "-"]],
    ["1,000.50, a.b", ["1,000.50", ",", "a", ".", "b"]],
    ["naïve café", ["naïve", "café"]],
  ])("%s", (text, expected) => {
    expect(cut(text, "whitespace")).toEqual(expected);
  });
});

describe("characters", () => {
  test.each([
    ["我是 a", ["我", "是", " ", "a"]],
    ["e\u0301x", ["e\u0301", "x"]],
    ["👩‍💻!", ["👩‍💻", "!"]],
    ["\r\n", ["\r\n"]],
    ["한글", ["한", "글"]],
  ])("%j", (text, expected) => {
    expect(cut(text, "characters")).toEqual(expected);
  });

  const rich = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({
      unit: fc.constantFrom("a", "é", "\u0301", "我", "か", "\u3099", "\u200d", "👩", "🇨", "\u00ad", "\r", "\n", "©", "\ufe0f"),
    }),
    fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  );

  test("are those of the Unicode segmenter, whatever the text", () => {
    const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });
    fc.assert(
      fc.property(rich, (text) => {
        expect(cut(text, "characters")).toEqual(Array.from(segmenter.segment(text), ({ segment }) => segment));
      }),
      { numRuns: 1000 },
    );
  });

  test.each(["words", "characters", "whitespace"] as const)(
    "by %s, tokens are where they say, in order, and nothing but space is lost",
    (by) => {
      fc.assert(
        fc.property(rich, (text) => {
          const { tokens, offsets } = tokenize(text, { by });
          expect(offsets.map(([start, end]) => text.slice(start, end))).toEqual(tokens);
          const between = [0, ...offsets.map(([, end]) => end)].map((end, i) =>
            text.slice(end, offsets[i]?.[0] ?? text.length),
          );
          expect(between.join("").trim()).toBe("");
        }),
        { numRuns: 500 },
      );
    },
  );
});

test("a lone surrogate is a token as it is", () => {
  expect(tokenize("a\ud83d b")).toEqual({
    text: "a\ud83d b",
    tokens: ["a", "\ud83d", "b"],
    offsets: [
      [0, 1],
      [1, 2],
      [3, 4],
    ],
  });
});

test.each([
  ["whitespace", 10_000_000],
  ["characters", 1_000_000],
  ["words", 1_000_000],
] as const)(
  "a long text is cut by %s: %i characters",
  (by, length) => {
    const sentence = "the cat 我是中国人。";
    const text = sentence.repeat(Math.ceil(length / sentence.length));
    const { tokens, offsets } = tokenize(text, { by });
    expect(tokens.at(-1)).toBe("。");
    expect(offsets.at(-1)).toEqual([text.length - 1, text.length]);
  },
  60_000,
);

test("what is not a text, or not a way to cut one, is refused", () => {
  expect(() => tokenize(7 as unknown as string)).toThrow(new TypeError("tokenize: expected a text; got number"));
  expect(() => tokenize("a", { by: "toString" as "words" })).toThrow(
    new TypeError('tokenize: expected by words, characters, whitespace; got "toString"'),
  );
});
