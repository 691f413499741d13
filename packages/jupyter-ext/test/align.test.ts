import * as fc from "fast-check";
import type { Axis } from "heed/note";
import { expect, test } from "vitest";
import { alignTokens } from "../src/view/align.js";

/** An axis whose tokens are cut from a text at these places. */
const cut = (text: string, at: readonly number[]): Axis => {
  const ends = [...new Set([...at, text.length])].filter((end) => end > 0 && end <= text.length).toSorted((a, b) => a - b);
  const offsets = ends.map((end, i): [number, number] => [ends[i - 1] ?? 0, end]);
  return { tokens: offsets.map(([start, end]) => text.slice(start, end)), offsets, text };
};

const pairs = (a: Axis, b: Axis): string[] | undefined =>
  alignTokens(a, b)?.groups.map((group) => `${group.a.join("+")}=${group.b.join("+")}`);

test("the same tokens pair one by one, repeated ones too", () => {
  const axis = { tokens: ["the", "cat", "the"] };
  expect(pairs(axis, { tokens: ["the", "cat", "the"] })).toEqual(["0=0", "1=1", "2=2"]);
  expect(alignTokens(axis, axis)?.isSame).toBe(true);
});

test("tokens that cover the same text are joined: 中国人 beside 中国 and 人", () => {
  const words = {
    tokens: ["我", "是", "中国人"],
    text: "我是中国人",
    offsets: [
      [0, 1],
      [1, 2],
      [2, 5],
    ],
  } as const;
  const pieces = {
    tokens: ["我是", "中国", "人"],
    text: "我是中国人",
    offsets: [
      [0, 2],
      [2, 4],
      [4, 5],
    ],
  } as const;
  const alignment = alignTokens(words, pieces);
  expect(alignment?.groups).toEqual([
    { a: [0, 1], b: [0], label: "我是" },
    { a: [2], b: [1, 2], label: "中国人" },
  ]);
  expect(alignment?.leftOut).toEqual({ a: [], b: [] });
});

test("without offsets the tokens set end to end say where they stand; marks of subwords and blanks do not count", () => {
  expect(pairs({ tokens: ["I", "am", "Chin", "##ese"] }, { tokens: ["I", "am", "Chinese"] })).toEqual(["0=0", "1=1", "2+3=2"]);
  expect(pairs({ tokens: ["▁I", "▁am"] }, { tokens: ["I", " am"] })).toEqual(["0=0", "1=1"]);
  expect(
    pairs(
      {
        tokens: ["i", "am"],
        text: "I am",
        offsets: [
          [0, 1],
          [2, 4],
        ],
      },
      { tokens: ["I", "Ġam"] },
    ),
  ).toEqual(["0=0", "1=1"]);
});

test("special tokens pair by name; one that the other side lacks is left out", () => {
  const bert = { tokens: ["[CLS]", "a", "b", "[SEP]"], special: [0, 3] };
  const plain = { tokens: ["ab", "[SEP]"], special: [1] };
  const alignment = alignTokens(bert, plain);
  expect(alignment?.groups.map(({ a, b }) => [a, b])).toEqual([
    [[1, 2], [0]],
    [[3], [1]],
  ]);
  expect(alignment?.leftOut).toEqual({ a: [0], b: [] });
});

test("other texts do not correspond", () => {
  expect(alignTokens({ tokens: ["a", "b"] }, { tokens: ["a", "c"] })).toBeUndefined();
  expect(alignTokens({ tokens: ["1", "2", "3"] }, { tokens: ["1", "2"] })).toBeUndefined();
  expect(alignTokens({ tokens: [""] }, { tokens: ["", ""] })).toBeUndefined();
});

test("however a text is cut, every token is in one group, in order, and a group covers the same text on both sides", () => {
  const places = fc.array(fc.integer({ min: 1, max: 12 }));
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom("a", "b", "中", "国") }),
      places,
      places,
      (text, x, y) => {
        const [a, b] = [cut(text, x), cut(text, y)];
        const alignment = alignTokens(a, b);
        const joined = (axis: Axis, side: "a" | "b"): string[] | undefined =>
          alignment?.groups.map((group) => group[side].map((i) => axis.tokens[i]).join(""));
        expect(joined(a, "a")).toEqual(joined(b, "b"));
        expect(joined(a, "a")?.join("")).toBe(text);
        // no group could be divided further
        const shared = a.offsets?.filter(([, end]) => b.offsets?.some(([, other]) => end === other));
        expect(alignment?.groups).toHaveLength(shared?.length ?? 0);
      },
    ),
  );
});
