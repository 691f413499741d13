import { expect, test } from "vitest";
import { closestHop, coveredTokens, overlapOf, ownShare, penaltyOf } from "../../src/note/hops.js";

test("hops that look at different single tokens overlap like the identity and cost nothing", () => {
  const { matrix, cosines, penalty } = overlapOf(Float32Array.of(1, 0, 0, 0, 0, 1), 2);
  expect(Array.from(matrix)).toEqual([1, 0, 0, 1]);
  expect(Array.from(cosines)).toEqual([1, 0, 0, 1]);
  expect(penalty).toBe(0);
});

test("hops that are the same cost most", () => {
  expect(overlapOf(Float32Array.of(0, 1, 0, 1), 2).penalty).toBe(2);
});

test("a masked token counts as 0", () => {
  expect(Array.from(overlapOf(Float32Array.of(0.5, NaN, 0.5, 1, NaN, 0), 2).matrix)).toEqual([0.5, 0.5, 0.5, 1]);
});

test("the cosine tells likeness from sharpness: an even hop is like itself and half like a sharp one", () => {
  const { matrix, cosines } = overlapOf(Float32Array.of(0.25, 0.25, 0.25, 0.25, 1, 0, 0, 0), 2);
  expect(Array.from(matrix)).toEqual([0.25, 0.25, 0.25, 1]);
  expect(Array.from(cosines)).toEqual([1, 0.5, 0.5, 1]);
});

test("the hop most like another, and what the penalty is without one of two equal ones", () => {
  const weights = Float32Array.of(1, 0, 1, 0, 0, 1);
  const overlap = overlapOf(weights, 3);
  expect(closestHop(overlap, 3, 0)).toEqual({ hop: 1, cosine: 1 });
  expect(closestHop(overlap, 3, 2)).toEqual({ hop: 0, cosine: 0 });
  expect(closestHop(overlapOf(Float32Array.of(1), 1), 1, 0)).toBeUndefined();
  expect(overlap.penalty).toBe(2);
  expect(penaltyOf(overlap.matrix, 3, 0)).toBe(0);
  expect(penaltyOf(overlap.matrix, 3, 2)).toBe(2);
});

test("tokens are covered by more than an even share", () => {
  const weights = Float32Array.of(0.75, 0.25, 0, 0, 0, 0.5, 0.5, 0);
  // an even share is 0.25, which is not more than itself
  expect(coveredTokens(weights, 2)).toBe(3);
  expect(coveredTokens(weights, 2, 0)).toBe(2);
  expect(coveredTokens(weights, 2, 1)).toBe(1);
});

test("a hop's own share is what the others' vectors cannot make", () => {
  // (3, 4) beside (1, 0): 4² of 5² is its own
  expect(ownShare(Float32Array.of(3, 4, 1, 0), 2, 0)).toBeCloseTo(16 / 25, 6);
  // (1, 1) lies in the span of the other two
  expect(ownShare(Float32Array.of(1, 1, 1, 0, 0, 2), 3, 0)).toBeCloseTo(0, 6);
  // two of the others are the same; that must not count twice
  expect(ownShare(Float32Array.of(0, 3, 1, 0, 1, 0), 3, 0)).toBeCloseTo(1, 6);
  expect(ownShare(Float32Array.of(0, 0, 1, 0), 2, 0)).toBe(0);
});
