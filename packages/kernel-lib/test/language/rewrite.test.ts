import { expect, test } from "vitest";
import { parseWrittenNote, rewriteNote, type NoteChanges } from "../../src/language/index.js";

test.each<[string, string, NoteChanges, string]>([
  [
    "a number, and nothing around it",
    "query: { h1: [1, 0,  2] } # looks\nkeys: [[1, 1, 0],\n       [0, 1, 1]]",
    { numbers: { query: [[1, 0.25, 2]] } },
    "query: { h1: [1, 0.25,  2] } # looks\nkeys: [[1, 1, 0],\n       [0, 1, 1]]",
  ],
  [
    "numbers in lists of lines",
    "query:\n  - 1\n  - 0\nkeys:\n  s1:\n    - 1\n    - 2\n",
    { numbers: { keys: [[1, -3]] } },
    "query:\n  - 1\n  - 0\nkeys:\n  s1:\n    - 1\n    - -3\n",
  ],
  [
    "a fraction only where it changes",
    "query: [1/3, 1/2]\nkeys: [[1, 1]]",
    { numbers: { query: [[1 / 3, 0.4]] } },
    "query: [1/3, 0.4]\nkeys: [[1, 1]]",
  ],
  ["a new field at the end", "query: [1]\nkeys: [[1]]", { temperature: 0.5 }, "query: [1]\nkeys: [[1]]\ntemperature: 0.5"],
  [
    "a new field after a comment",
    "query: [1]\nkeys: [[1]] # last",
    { score: "dot" },
    "query: [1]\nkeys: [[1]] # last\nscore: dot",
  ],
  [
    "a new field in indented text",
    "  query: [1]\n  keys: [[1]]",
    { score: "dot" },
    "  query: [1]\n  keys: [[1]]\n  score: dot",
  ],
  [
    "a field that is there",
    "temperature:   2   # hot\nquery: [1]\nkeys: [[1]]",
    { temperature: 4 },
    "temperature:   4   # hot\nquery: [1]\nkeys: [[1]]",
  ],
  [
    "a field that is no longer needed",
    "query: [1]\ntemperature: 2 # hot\nkeys: [[1]]",
    { temperature: 1 },
    "query: [1]\nkeys: [[1]]",
  ],
  ["the last field taken away", "query: [1]\nkeys: [[1]]\nmask: causal", { mask: {} }, "query: [1]\nkeys: [[1]]"],
  [
    "a mask of lines in words",
    "query: [1]\nkeys: [[1], [2]]\nmask:\n  - [1, 0]\nscore: dot",
    { mask: { lengths: 1 } },
    "query: [1]\nkeys: [[1], [2]]\nmask: { lengths: 1 }\nscore: dot",
  ],
  ["a mask row by row", "query: [1]\nkeys: [[1], [2]]", { mask: [[0, 1]] }, "query: [1]\nkeys: [[1], [2]]\nmask: [[0, 1]]"],
  ["a note in braces", "{ query: [1], keys: [[1]] }", { temperature: 2 }, "{ query: [1], keys: [[1]], temperature: 2 }"],
  ["taking away in braces", "{ query: [1], temperature: 2, keys: [[1]] }", { temperature: 1 }, "{ query: [1], keys: [[1]] }"],
  [
    "keys that are written as values",
    "query: [1]\nvalues: [[1], [2]]",
    { numbers: { keys: [[1], [3]] } },
    "query: [1]\nvalues: [[1], [3]]",
  ],
  ["no change", "query: [1]\nkeys: [[1]]", {}, "query: [1]\nkeys: [[1]]"],
])("rewrites %s", (_, text, changes, expected) => {
  const rewritten = rewriteNote(text, changes);
  expect(rewritten).toBe(expected);
  expect(() => parseWrittenNote(rewritten)).not.toThrow();
});

test("numbers are written in six digits at most", () => {
  expect(rewriteNote("query: [1]\nkeys: [[1]]", { numbers: { query: [[1 / 3]] } })).toBe("query: [0.333333]\nkeys: [[1]]");
});

test("what is no note, or would be none, is refused", () => {
  expect(() => rewriteNote("query: [", { temperature: 2 })).toThrow("note, line 1");
  expect(() => rewriteNote("query: [1]\nkeys: [[1]]", { temperature: 1e9 })).toThrow("temperature");
  expect(() => rewriteNote("weights: [[1]]", { numbers: { query: [[1]] } })).toThrow("expected the field query");
});
