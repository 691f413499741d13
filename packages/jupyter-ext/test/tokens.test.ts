import { makeNote } from "heed/note";
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

test("a chosen cell is two tokens, a chosen token one", () => {
  const chosen = tokensOf(note, { cell: { row: 1, column: 2 } });
  expect(chosen.map(({ axis, index }) => axis.tokens[index])).toEqual(["cat", "the"]);
  expect(tokensOf(note, { token: { axis: "columns", index: 0 } })).toEqual([{ axis: note.axes.columns, index: 0 }]);
  expect(tokensOf(note, {})).toEqual([]);
});

test("a token is found by its place where the axis is the same, and by its text elsewhere", () => {
  const chosen = [{ axis: note.axes.columns, index: 2 }];
  expect(findTokens(chosen, note)).toEqual({ rows: [0], columns: [2] });
  const other = makeNote({ weights: [[0.5, 0.25, 0.25]], rows: ["dog"], columns: ["the", "the", "dog"] });
  expect(findTokens(chosen, other)).toEqual({ rows: [], columns: [0, 1] });
});

test("what is chosen is kept as far as another note has it", () => {
  const selection = { head: 3, row: 5, cell: { row: 1, column: 2 }, token: { axis: "rows", index: 2 } } as const;
  expect(fitSelection(note, selection)).toEqual({ ...selection, head: 0, row: 1, token: undefined });
});

test("a view that does not suit the note gives way to the one it opens with", () => {
  expect(viewOf(note, { head: 0, row: 0, view: "image" })).toBe(viewsOf(note)[0]);
  expect(viewOf(note, { head: 0, row: 0, view: "matrix" })?.name).toBe("matrix");
});
