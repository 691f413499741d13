import { makeNote } from "heed/note";
import { expect, test } from "vitest";
import { colourValues, type ColourMeaning } from "../src/view/colour-value.js";
import { lineStrengths, lineWidth, linesOfHeads, linesOfToken, type Lines } from "../src/view/lines.js";
import { lookAt, type Look } from "../src/view/look.js";
import { layOutColumns, layOutSentences, lineBetween, spaceBetween, type TokenLayout } from "../src/view/token-layout.js";
import { english, options } from "./drawing-options.js";

const { measure } = options();
const lookOf = (weights: number[][], mask?: number[][]): Look =>
  lookAt(makeNote({ weights, ...(mask && { mask }) }), { head: 0, row: 0 });
const names = { rows: "query", columns: "key" };
const layoutOf = ({ rows, columns }: Look): TokenLayout =>
  layOutColumns({ rows: rows.tokens, columns: columns.tokens }, names, 700, measure);
const strengthsIn = (look: Look, meaning: ColourMeaning = "global"): Float32Array =>
  lineStrengths(look, colourValues(look.cells.values, look.cells.shape[1], meaning, english));
const head = (look: Look, meaning: ColourMeaning = "global"): Lines =>
  linesOfHeads([{ shape: look.cells.shape, strengths: strengthsIn(look, meaning) }], layoutOf(look), english);

test("a sharp head is drawn as strong as its weights, the strongest on top, masked weights not at all", () => {
  const look = lookOf(
    [
      [1, 0],
      [0.25, 0.75],
    ],
    [
      [1, 0],
      [1, 1],
    ],
  );
  const { lines, remarks } = head(look);
  expect(lines.map(({ row, column }) => [row, column])).toEqual([
    [1, 0],
    [1, 1],
    [0, 0],
  ]);
  expect(lines.map(({ opacity }) => opacity)).toEqual([0.25, 0.75, 1]);
  expect(remarks).toEqual([]);
});

test.each([64, 256])("%i even weights do not add up to black: their ink stays within the budget, and it is said", (size) => {
  const even = Array.from({ length: size }, () => Array<number>(size).fill(1 / size));
  const look = lookOf(even);
  const { lines, remarks } = head(look);
  const layout = layoutOf(look);
  const ink = lines.reduce((sum, { row, column, strength, opacity }) => {
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = lineBetween(layout, row, column) ?? [];
    return sum + opacity * lineWidth(strength) * Math.hypot(x1 - x0, y1 - y0);
  }, 0);
  expect(ink / spaceBetween(layout)).toBeLessThanOrEqual(0.3001);
  expect(remarks[0]).toMatch(/^all lines dimmed to \d/);
  // which of the equal ones are drawn does not depend on where they are
  const above = lines.filter(({ row }) => row < size / 2).length;
  expect(above / lines.length).toBeCloseTo(0.5, 1);
});

test("what is too faint to be seen is left out and counted", () => {
  const { lines, remarks } = head(lookOf([[0.99, 0.01]]));
  expect(lines).toHaveLength(1);
  expect(remarks).toEqual(["1 weaker line not drawn"]);
});

test("one token's lines are not dimmed; they are those of its row or its column", () => {
  const look = lookOf([
    [0.5, 0.5],
    [1, 0],
  ]);
  const of = (axis: "rows" | "columns", index: number): number[][] =>
    linesOfToken(look, { axis, index }, strengthsIn(look)).map(({ row, column, opacity }) => [row, column, opacity]);
  expect(of("rows", 0)).toEqual([
    [0, 0, 0.5],
    [0, 1, 0.5],
  ]);
  expect(of("columns", 0)).toEqual([
    [0, 0, 0.5],
    [1, 0, 1],
  ]);
});

test("two columns: lines run from the right edge of what looks to the left edge of what is looked at", () => {
  const layout = layOutColumns({ rows: ["a", "bb"], columns: ["c"] }, names, 600, measure);
  expect(layout.rows).toHaveLength(2);
  const [x0 = 0, y0, x1 = 0, y1 = 0] = lineBetween(layout, 1, 0) ?? [];
  const [row, column] = [layout.rows[1], layout.columns[0]];
  expect(x0).toBe((row?.left ?? 0) + (row?.width ?? 0));
  expect(x1).toBe(column?.left);
  expect(y0).toBe(y1 + 22);
  expect(lineBetween(layout, 2, 0)).toBeUndefined();
});

test("columns fit a narrow page, with long tokens cut", () => {
  const long = "antidisestablishmentarianism".repeat(3);
  const layout = layOutColumns({ rows: [long], columns: [long] }, names, 400, measure);
  expect(layout.width).toBeLessThanOrEqual(400);
  expect(layout.rows[0]?.label).toMatch(/…$/);
});

test("two sentences stand above each other, or not at all where they do not fit", () => {
  const texts = { rows: ["I", "am", "Chinese"], columns: ["我", "是", "中国人"] };
  const layout = layOutSentences(texts, 600, measure);
  expect(layout?.direction).toBe("across");
  expect(layout?.columns[0]?.top).toBeLessThan(layout?.rows[0]?.top ?? 0);
  for (const boxes of [layout?.rows ?? [], layout?.columns ?? []]) {
    for (const [i, box] of boxes.entries()) {
      const next = boxes[i + 1];
      if (next) expect(box.left + box.width).toBeLessThanOrEqual(next.left);
    }
  }
  expect(layOutSentences(texts, 120, measure)).toBeUndefined();
});

test("a weight of 0 has no line, also where its place in the row is coloured", () => {
  const { lines } = head(lookOf([[0, 0.75, 0, 0.25]]), "rank");
  expect(lines.map(({ column }) => column)).toEqual([3, 1]);
});
