import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random, toNested } from "../../src/engine/index.js";
import { batchesOf, padded } from "../../src/training/index.js";

const list = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const collate = (rows: readonly number[]): readonly number[] => rows;

describe("batchesOf", () => {
  test("every example comes once in an epoch, whatever the options", () => {
    const options = fc.record({
      size: fc.integer({ min: 1, max: 7 }),
      shuffle: fc.boolean(),
      byLength: fc.boolean(),
      count: fc.integer({ min: 1, max: 41 }),
      seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    });
    fc.assert(
      fc.property(options, ({ size, shuffle, byLength, count, seed }) => {
        const make = batchesOf(list(count), (rows) => rows, {
          size,
          shuffle,
          ...(byLength && { lengthOf: (i: number) => i % 5 }),
        });
        const batches = [...make(new Random(seed))];
        expect(batches.every((batch) => batch.length <= size)).toBe(true);
        expect(batches.flat().toSorted((a, b) => a - b)).toEqual(list(count));
      }),
    );
  });

  test("the same random numbers give the same order, others another", () => {
    const make = batchesOf(list(31), (rows) => rows, { size: 4 });
    const first = [...make(new Random(3))];
    expect([...make(new Random(3))]).toEqual(first);
    expect([...make(new Random(4))]).not.toEqual(first);
    expect(first.flat()).not.toEqual(list(31));
  });

  test("batches by length hold like lengths, and do not come sorted", () => {
    const rows = list(60).map((i) => "x".repeat((i * 7) % 30));
    const lengths = [
      ...batchesOf(rows, (batch) => batch.map((row) => row.length), { size: 5, lengthOf: (row) => row.length })(new Random(1)),
    ];
    const spread = lengths.map((batch) => Math.max(...batch) - Math.min(...batch));
    expect(Math.max(...spread)).toBeLessThanOrEqual(3); // 60 rows of 30 lengths: each batch of 5 spans three of them
    const firsts = lengths.map((batch) => batch[0] ?? 0);
    expect(firsts).not.toEqual(firsts.toSorted((a, b) => a - b));
  });

  test("a last batch that is not full can be left out", () => {
    const make = batchesOf(list(7), (rows) => rows.length, { size: 3, dropLast: true });
    expect([...make(new Random(0))]).toEqual([3, 3]);
  });

  test("what has no meaning is refused", () => {
    expect(() => batchesOf([1], collate, { size: 0 })).toThrow("batchesOf: expected size to be a whole number ≥ 1; got 0");
    expect(() => batchesOf([], collate, { size: 1 })).toThrow("batchesOf: expected at least one example; got none");
    expect(() => batchesOf([1], collate, { size: 2, dropLast: true })).toThrow("1 examples make no batch of 2");
  });
});

describe("padded", () => {
  test("fills rows up to a multiple, and says where tokens are", () => {
    const { ids, mask } = padded([[3, 1, 4], [], [1]], { multipleOf: 5, padding: 9 });
    expect(ids.dtype).toBe("int32");
    expect(toNested(ids)).toEqual([
      [3, 1, 4, 9, 9],
      [9, 9, 9, 9, 9],
      [1, 9, 9, 9, 9],
    ]);
    expect(toNested(mask)).toEqual([
      [true, true, true, false, false],
      [false, false, false, false, false],
      [true, false, false, false, false],
    ]);
  });

  test("cuts rows at a given length", () => {
    const { ids, mask } = padded([[3, 1, 4], [1]], { length: 2 });
    expect(toNested(ids)).toEqual([
      [3, 1],
      [1, 0],
    ]);
    expect(toNested(mask)).toEqual([
      [true, true],
      [true, false],
    ]);
  });

  test("no rows are refused", () => {
    expect(() => padded([])).toThrow("padded: expected at least one row; got none");
  });
});
