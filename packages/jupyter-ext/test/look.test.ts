import { makeNote } from "heed/note";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { drawNote } from "../src/view/drawing.js";
import { lookAt, placeOfToken, readingsOf, tokenAt, type Look } from "../src/view/look.js";
import { factsOf } from "../src/view/wording.js";
import { english, options } from "./drawing-options.js";

const axis = {
  text: "playing cats",
  tokens: ["[CLS]", "play", "##ing", "cats", "[SEP]"],
  offsets: [
    [0, 0],
    [0, 4],
    [4, 7],
    [8, 12],
    [0, 0],
  ],
  words: [-1, 0, 0, 1, -1],
  special: [0, 4],
} as const;

const note = makeNote({
  weights: [
    [0.2, 0.2, 0.2, 0.2, 0.2],
    [0.5, 0.1, 0.2, 0.1, 0.1],
    [0.1, 0.3, 0.2, 0.3, 0.1],
    [0, 0.5, 0.25, 0.25, 0],
    [1, 0, 0, 0, 0],
  ],
  scores: Array.from({ length: 5 }, (_, row) => Array.from({ length: 5 }, (_, column) => row * 5 + column)),
  rows: axis,
  columns: axis,
});
const base = { head: 0, row: 0 };
const matrix = ({ cells }: Look): number[][] =>
  Array.from({ length: cells.shape[0] }, (_, row) =>
    Array.from(cells.values.subarray(row * cells.shape[1], (row + 1) * cells.shape[1]), (x) => Number(x.toFixed(4))),
  );

test("a note is read as it is unless the reader wants otherwise", () => {
  const look = lookAt(note, base);
  expect(look.rows).toBe(note.axes.rows);
  expect(look.hidden).toBeUndefined();
  expect(matrix(look)[3]).toEqual([0, 0.5, 0.25, 0.25, 0]);
});

test("words: the sum over the pieces looked at, the mean over the pieces that look; rows still sum to 1", () => {
  const look = lookAt(note, { ...base, joinsWords: true });
  expect(look.rows.tokens).toEqual(["[CLS]", "playing", "cats", "[SEP]"]);
  expect(matrix(look)).toEqual([
    [0.2, 0.4, 0.2, 0.2],
    [0.3, 0.4, 0.2, 0.1],
    [0, 0.75, 0.25, 0],
    [1, 0, 0, 0],
  ]);
  expect(look.cells.scores).toBeUndefined();
  expect(factsOf(look, english)).toMatch(/^words: sum over/);
});

test("hidden special tokens leave the rest unscaled, and what they hold is said", () => {
  const look = lookAt(note, { ...base, hidesSpecial: true });
  expect(look.rows.tokens).toEqual(["play", "##ing", "cats"]);
  expect(matrix(look)).toEqual([
    [0.1, 0.2, 0.1],
    [0.3, 0.2, 0.3],
    [0.5, 0.25, 0.25],
  ]);
  expect(Array.from(look.hidden ?? [], (x) => Number(x.toFixed(4)))).toEqual([0.6, 0.2, 0]);
  // (0.6 + 0.2 + 0) / 3
  expect(factsOf(look, english)).toBe(
    "hidden: tokens marked special ([CLS] [SEP]), with 26.7 % of an average row; nothing is rescaled",
  );
  expect(look.cells.scores?.[0]).toBe(6);
});

test("a drawing of fewer tokens knows the note's own cells behind it", () => {
  const drawing = drawNote(note, { ...base, hidesSpecial: true, joinsWords: true }, options());
  const [region] = drawing.regions;
  expect(region.shape).toEqual([2, 2]);
  expect(region.cellAt?.(1, 0)).toEqual({ row: 3, column: 1 });
  expect(region.placeOf?.({ row: 2, column: 3 })).toEqual({ row: 0, column: 1 });
  expect(region.placeOf?.({ row: 0, column: 3 })).toBeUndefined();
  expect(region.say(0, 1)).toMatchObject({ from: "playing (2)", to: "cats (4)" });
  expect(region.say(0, 1).facts.at(-1)).toBe("hidden tokens hold 40 % of this row");
});

test("only what a note has can be read otherwise", () => {
  expect(readingsOf(note)).toEqual({ words: true, special: true });
  expect(readingsOf(makeNote({ weights: [[1]] }))).toEqual({ words: false, special: false });
  const special = { tokens: ["[CLS]"], special: [0] };
  const only = makeNote({ weights: [[1]], rows: special, columns: special });
  expect(readingsOf(only).special).toBe(false);
  expect(lookAt(only, { ...base, hidesSpecial: true }).rows.tokens).toEqual(["[CLS]"]);
});

test("masked pieces are left out of sums, and a wholly masked word is masked", () => {
  const causal = makeNote({
    weights: [
      [1, 0, 0],
      [0.5, 0.5, 0],
      [0.2, 0.3, 0.5],
    ],
    mask: [
      [1, 0, 0],
      [1, 1, 0],
      [1, 1, 1],
    ],
    rows: { tokens: ["a", "b", "c"], words: [0, 1, 1] },
    columns: { tokens: ["a", "b", "c"], words: [0, 1, 1] },
  });
  expect(matrix(lookAt(causal, { ...base, joinsWords: true }))).toEqual([
    [1, NaN],
    [0.35, 0.65],
  ]);
});

test("joined rows sum to 1 whatever the words are, and every token is found again", () => {
  const words = fc.array(fc.boolean(), { minLength: 2, maxLength: 9 });
  fc.assert(
    fc.property(words, fc.infiniteStream(fc.double({ min: 0.01, max: 1, noNaN: true })), (begins, numbers) => {
      let word = -1;
      const tokens = begins.map((_, i) => `t${i}`);
      const read = { tokens, words: begins.map((isNew) => (isNew || word < 0 ? ++word : word)) };
      const rows = tokens.map(() => tokens.map(() => Number(numbers.next().value)));
      const weights = rows.map((row) => row.map((x) => x / row.reduce((sum, y) => sum + y, 0)));
      const look = lookAt(makeNote({ weights, rows: read, columns: read }), { ...base, joinsWords: true });
      for (const row of matrix(look)) expect(row.reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 2);
      for (const token of tokens.keys()) {
        const place = placeOfToken(look.rows, token);
        expect(place).toBeDefined();
        expect(tokenAt(look.rows, place ?? -1)).toBeLessThanOrEqual(token);
      }
    }),
  );
});
