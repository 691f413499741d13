import { makeNote, type Note } from "heed/note";
import { expect, test } from "vitest";
import { findTokens, tokensOf } from "../src/view/tokens.js";
import { fitSelection, viewOf, viewsOf } from "../src/view/views.js";

const note = makeNote({
  weights: [
    [0.1, 0.2, 0.7],
    [0.3, 0.3, 0.4],
  ],
  rows: ["the", "cat"],
  columns: ["the", "cat", "the"],
});

const formula = (...keys: string[]): Note =>
  makeNote({ weights: [keys.map(() => 1 / keys.length)], rows: ["h1"], columns: keys });

test("a chosen cell is two tokens, a chosen token one", () => {
  const chosen = tokensOf(note, { cell: { row: 1, column: 2 } });
  expect(chosen.map(({ axis, index }) => axis.tokens[index])).toEqual(["cat", "the"]);
  expect(tokensOf(note, { token: { axis: "columns", index: 0 } })).toEqual([{ axis: note.axes.columns, index: 0 }]);
  expect(tokensOf(note, {})).toEqual([]);
});

test("a token is found by its place in the same text, however that is cut", () => {
  const chosen = [{ axis: note.axes.columns, index: 2 }];
  expect(findTokens(chosen, note)).toEqual({ rows: [], columns: [2] });
  const pieces = makeNote({
    weights: [[0.25, 0.25, 0.25, 0.25, 0]],
    rows: ["dog"],
    columns: { tokens: ["[CLS]", "the", "cat", "th", "##e"], special: [0] },
  });
  expect(findTokens(chosen, pieces)).toEqual({ rows: [], columns: [3, 4] });
  expect(findTokens([{ axis: pieces.axes.columns, index: 4 }], note)).toEqual({ rows: [], columns: [2] });
});

test("a token of the same name in another text is another one", () => {
  const other = makeNote({ weights: [[0.5, 0.25, 0.25]], rows: ["cat"], columns: ["the", "the", "dog"] });
  expect(findTokens([{ axis: note.axes.columns, index: 2 }], other)).toEqual({ rows: [], columns: [] });
  const [three, four] = [formula("s1", "s2", "s3"), formula("s1", "s2", "s3", "s4")];
  expect(findTokens([{ axis: three.axes.columns, index: 1 }], four)).toEqual({ rows: [], columns: [] });
});

test("what is chosen is kept as far as another note has it", () => {
  const selection = { head: 3, row: 5, cell: { row: 1, column: 2 }, token: { axis: "rows", index: 2 } } as const;
  expect(fitSelection(note, selection)).toEqual({ ...selection, head: 0, row: 1, token: undefined });
});

test("a view that does not suit the note gives way to the one it opens with", () => {
  expect(viewOf(note, { head: 0, row: 0, view: "image" })).toBe(viewsOf(note)[0]);
  expect(viewOf(note, { head: 0, row: 0, view: "matrix" })?.name).toBe("matrix");
});
