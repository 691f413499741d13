import * as fc from "fast-check";
import { describeExternal, makeNote, type Note } from "heed/note";
import { expect, test } from "vitest";
import { cellsOf, extent, matrixOf } from "../src/view/cells.js";

const weights = [
  [0.5, 0.25, 0.25],
  [0.1, 0.2, 0.7],
];
const all: [number, number] = [Infinity, Infinity];

test("the cells of a small note are its weights", () => {
  const cells = cellsOf(makeNote({ weights }), 0, all);
  expect(cells).toMatchObject({ size: [2, 3], block: [1, 1], shape: [2, 3] });
  expect(Array.from(cells.values)).toEqual(Array.from(Float32Array.from(weights.flat())));
  expect(cells.means).toBeUndefined();
});

test("a masked cell is no number, also in a row that is fully masked", () => {
  const note = makeNote({
    weights: [
      [1, 0, 0],
      [0.4, 0.6, 0],
      [0, 0, 0],
    ],
    mask: [
      [1, 0, 0],
      [1, 1, 0],
      [0, 0, 0],
    ],
  });
  const values = Array.from(cellsOf(note, 0, all).values, (value) => Number(value.toFixed(2)));
  expect(values).toEqual([1, NaN, NaN, 0.4, 0.6, NaN, NaN, NaN, NaN]);
});

test("each head has its own cells and scores", () => {
  const note = makeNote({
    weights: [weights, [weights[1] ?? [], weights[0] ?? []]],
    scores: [
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [
        [7, 8, 9],
        [10, 11, 12],
      ],
    ],
    detail: "all",
  });
  expect(cellsOf(note, 1, all).values[0]).toBeCloseTo(0.1);
  expect(Array.from(cellsOf(note, 1, all).scores ?? [])).toEqual([7, 8, 9, 10, 11, 12]);
  expect(matrixOf(undefined, 0)).toBeUndefined();
});

test("where there are too many, a cell is the largest and the mean of its block: no spike is ever hidden", () => {
  const sizes = fc.tuple(fc.integer({ min: 1, max: 41 }), fc.integer({ min: 1, max: 37 }));
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 13 }), fc.nat(), ([rows, columns], most, at) => {
      const flat = Float64Array.from({ length: rows * columns }, (_, i) => ((i * 7919) % 101) / 1000);
      flat[at % flat.length] = 0.9;
      const note = makeNote({ weights: { shape: [rows, columns], data: flat }, normalised: false });
      const cells = cellsOf(note, 0, [most, most]);
      expect(cells.shape[0]).toBeLessThanOrEqual(most);
      expect(cells.shape[1]).toBeLessThanOrEqual(most);
      const [row, column] = [Math.floor((at % flat.length) / columns), (at % flat.length) % columns];
      const cell = Math.floor(row / cells.block[0]) * cells.shape[1] + Math.floor(column / cells.block[1]);
      expect(cells.values[cell]).toBeCloseTo(0.9, 6);
      if (!cells.means) return;
      // blocks at the edges hold fewer weights, so the whole is compared by sums
      const counts = Array.from(cells.means, (_, i) => {
        const [r, c] = [Math.floor(i / cells.shape[1]), i % cells.shape[1]];
        return Math.min(cells.block[0], rows - r * cells.block[0]) * Math.min(cells.block[1], columns - c * cells.block[1]);
      });
      const sum = cells.means.reduce((total, mean, i) => total + mean * (counts[i] ?? 0), 0);
      expect(sum).toBeCloseTo(
        flat.reduce((total, value) => total + value, 0),
        3,
      );
    }),
    { numRuns: 60 },
  );
});

test("a block that is masked in part shows what is not masked; one that is masked whole shows nothing", () => {
  const note = makeNote({
    weights: [
      [1, 0, 0, 0],
      [0.5, 0.5, 0, 0],
    ],
    mask: [
      [1, 0, 0, 0],
      [1, 1, 0, 0],
    ],
  });
  const cells = cellsOf(note, 0, [1, 2]);
  expect(Array.from(cells.values)).toEqual([1, NaN]);
  expect(cells.means?.[0]).toBeCloseTo(2 / 3);
});

test("weights beside the notebook are drawn from their overview", () => {
  const shape = [700, 700];
  const data = Float32Array.from({ length: 490_000 }, (_, i) => (i === 123_456 ? 0.9 : 1e-4));
  const inline = makeNote({ weights: [[1]] });
  const external = describeExternal({ shape, data }, { file: "a.safetensors", tensor: "weights", maxError: 0 });
  const tokens = Array.from({ length: 700 }, (_, i) => `${i}`);
  const note: Note = { ...inline, axes: { rows: { tokens }, columns: { tokens } }, weights: external };
  const cells = cellsOf(note, 0, all);
  expect(cells.size).toEqual([700, 700]);
  expect(cells.shape).toEqual([Math.ceil(700 / cells.block[0]), Math.ceil(700 / cells.block[1])]);
  expect(extent(cells.values).high).toBeCloseTo(0.9, 2);
});

test("the range begins at 0 and ends at the largest weight that is not masked", () => {
  expect(extent(Float32Array.of(0.2, NaN, 0.7))).toEqual({ low: 0, high: Math.fround(0.7) });
  expect(extent(Float32Array.of(NaN))).toEqual({ low: 0, high: 0 });
});
