import * as fc from "fast-check";
import { expect, test } from "vitest";
import { canStack, elide, escapeForPlotly, visibleToken } from "../src/view/labels.js";

const measure = (text: string, size: number): number => Array.from(text).length * size;

test.each([
  ["<s>", "<s>"],
  ["&amp;", "&amp;"],
  ["中国人", "中国人"],
  ["", "∅"],
  ["  ", "␣␣"],
  ["a\nb\tc", "a⏎b⇥c"],
  ["a\u202eb", "a\\u202eb"],
  ["\u200b", "\\u200b"],
])("%j is shown as %s", (token, shown) => {
  expect(visibleToken(token)).toBe(shown);
});

test("no shown token holds a control or bidirectional character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (token) => {
      expect(visibleToken(token)).not.toMatch(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
    }),
    { numRuns: 50 },
  );
});

test("markup in a token is text for Plotly", () => {
  expect(escapeForPlotly("<b>R&D</b><a href='x'>")).toBe("&lt;b&gt;R&amp;D&lt;/b&gt;&lt;a href='x'&gt;");
});

test("a label is cut where it must be, between characters", () => {
  expect(elide("attention", 90, 10, measure)).toBe("attention");
  expect(elide("attention", 50, 10, measure)).toBe("atte…");
  expect(elide("👩‍🚀👩‍🚀", 20, 10, measure)).toBe("👩…");
  expect(elide("abc", 0, 10, measure)).toBe("…");
});

test("what is cut fits, and what fits is not cut", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 10, max: 300 }), (label, width) => {
      const cut = elide(label, width, 10, measure);
      expect(measure(cut, 10)).toBeLessThanOrEqual(Math.max(width, 10));
      if (measure(label, 10) <= width) expect(cut).toBe(label);
      expect(label.startsWith(cut.replace(/…$/, ""))).toBe(true);
    }),
  );
});

test("Chinese may be set upright in a column; a Latin word may not", () => {
  expect(canStack("注意力")).toBe(true);
  expect(canStack("ひらがな")).toBe(true);
  expect(canStack("。")).toBe(true);
  expect(canStack("a")).toBe(true);
  expect(canStack("am")).toBe(false);
  expect(canStack("一二三四五六七")).toBe(false);
});
