import { expect, test } from "vitest";
import { overlapOf } from "../src/view/overlap.js";

test("hops that look at different single tokens overlap like the identity and cost nothing", () => {
  const { matrix, penalty } = overlapOf(Float32Array.of(1, 0, 0, 0, 0, 1), 2);
  expect(Array.from(matrix)).toEqual([1, 0, 0, 1]);
  expect(penalty).toBe(0);
});

test("hops that are the same cost most", () => {
  expect(overlapOf(Float32Array.of(0, 1, 0, 1), 2).penalty).toBe(2);
});

test("a masked token counts as 0", () => {
  expect(Array.from(overlapOf(Float32Array.of(0.5, NaN, 0.5, 1, NaN, 0), 2).matrix)).toEqual([0.5, 0.5, 0.5, 1]);
});
