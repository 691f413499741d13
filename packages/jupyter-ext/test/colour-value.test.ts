import { expect, test } from "vitest";
import { brief, colourValues, inCell } from "../src/view/colour-value.js";
import { english } from "./drawing-options.js";

const weights = Float32Array.of(0.5, 0.25, 0.25, 0.02, 0.08, NaN);
const rounded = (values: Float32Array): number[] => Array.from(values, (value) => Number(value.toFixed(4)));

test("globally, a colour is the weight from 0 to the largest, and the legend says so", () => {
  const coloured = colourValues(weights, 3, "global", english);
  expect(coloured).toMatchObject({ low: 0, high: 0.5, legend: { title: "weight", low: "0", high: "0.5" } });
  expect(coloured.values).toBe(weights);
});

test("by rows, the largest of each row has the strongest colour", () => {
  const coloured = colourValues(weights, 3, "row", english);
  expect(rounded(coloured.values)).toEqual([1, 0.5, 0.5, 0.25, 1, NaN]);
  expect(coloured.legend).toEqual({ title: "weight ÷ the largest of its row", low: "0", high: "1" });
});

test("logarithmically, small weights can be told apart down to 1/10,000 of the largest", () => {
  const coloured = colourValues(Float32Array.of(1, 0.1, 1e-6, 0), 4, "log", english);
  expect(rounded(coloured.values)).toEqual([0, -1, -4, -4]);
  expect(coloured).toMatchObject({ low: -4, high: 0, legend: { low: "≤ 1.0e-4", high: "1" } });
});

test("by rank, equal weights share the better place", () => {
  expect(rounded(colourValues(weights, 3, "rank", english).values)).toEqual([1, 0.5, 0.5, 0, 1, NaN]);
});

test("weights that are all 0 have a scale all the same", () => {
  expect(colourValues(new Float32Array(4), 2, "global", english)).toMatchObject({ low: 0, high: 1 });
  expect(rounded(colourValues(new Float32Array(4), 2, "row", english).values)).toEqual([0, 0, 0, 0]);
});

test.each([
  [0, "0", "0"],
  [0.0321, "0.0321", "0.03"],
  [0.6439, "0.64", "0.64"],
  [1, "1", "1.00"],
  [12.34, "12.3", "12.3"],
  [-1.5, "-1.5", "-1.50"],
  [0.00004, "4.0e-5", "0.00"],
  [123456, "1.2e5", "123456"],
])("%f is written %s, and in a cell %s", (value, short, cell) => {
  expect(brief(value)).toBe(short);
  expect(inCell(value)).toBe(cell);
});
