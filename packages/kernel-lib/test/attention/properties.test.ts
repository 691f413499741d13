/** What holds for attention whatever the numbers, shapes and masks. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { attention, tensor, type Tensor } from "../../src/index.js";

const size = fc.integer({ min: 1, max: 5 });
const number = fc.float({ min: -8, max: 8, noNaN: true });

/** Few shapes, as each is compiled; many numbers. */
const shapes = fc.constantFrom([1, 1, 1, 3, 2], [2, 1, 3, 5, 4], [2, 3, 4, 2, 3]);

const filled = (...shape: number[]): fc.Arbitrary<Tensor> => {
  const count = shape.reduce((product, n) => product * n, 1);
  return fc.array(number, { minLength: count, maxLength: count }).map((values) => tensor(Float32Array.from(values), shape));
};

const given = shapes.chain(([B = 1, H = 1, Q = 1, K = 1, D = 1]) => {
  const mask = fc
    .array(fc.boolean(), { minLength: Q * K, maxLength: Q * K })
    .map((allowed): Tensor => ({ shape: [Q, K], dtype: "bool", data: Uint8Array.from(allowed, Number) }));
  return fc.record({ query: filled(B, H, Q, D), keys: filled(B, H, K, D), values: filled(B, H, K, D), mask });
});

test("rows sum to 1 or are empty, masked weights are exactly 0, and outputs lie between the values", async () => {
  await fc.assert(
    fc.asyncProperty(given, async ({ query, keys, values, mask }) => {
      const { weights, output, maskedRows } = await attention({ query, keys, values, mask, score: "dot" });
      const [Q = 1, K = 1] = weights.shape.slice(-2);
      const D = output.shape.at(-1) ?? 1;
      for (let row = 0; row < weights.data.length / K; row++) {
        const a = weights.data.slice(row * K, (row + 1) * K);
        const allowed = mask.data.slice((row % Q) * K, ((row % Q) + 1) * K);
        const sum = a.reduce((total, weight) => total + weight, 0);
        expect(sum).toBeCloseTo(maskedRows.includes(row) ? 0 : 1, 5);
        expect(Array.from(a).every((weight, k) => weight >= 0 && (allowed[k] === 1 || weight === 0))).toBe(true);
        const visible = Array.from({ length: D }, (_, d) =>
          Array.from({ length: K }, (__, k) => values.data[(Math.floor(row / Q) * K + k) * D + d] ?? Number.NaN).filter(
            (___, k) => allowed[k] === 1,
          ),
        );
        visible.forEach((column, d) => {
          const value = output.data[row * D + d] ?? Number.NaN;
          const [low, high] = column.length > 0 ? [Math.min(...column), Math.max(...column)] : [0, 0];
          expect(value >= low - 1e-5 && value <= high + 1e-5).toBe(true);
        });
      }
    }),
    { numRuns: 60 },
  );
});

test("another order of the keys is the same order of the weights, and the same output", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(number, number), { minLength: 5, maxLength: 5 }), size, async (keys, by) => {
      const turned = [...keys.slice(by), ...keys.slice(0, by)];
      const query = [[1, -0.5]];
      const plain = await attention({ query, keys });
      const moved = await attention({ query, keys: turned });
      const expected = [...plain.weights.data.slice(by), ...plain.weights.data.slice(0, by)];
      expect(Math.max(...expected.map((weight, k) => Math.abs(weight - (moved.weights.data[k] ?? Number.NaN))))).toBeLessThan(
        1e-6,
      );
      expect(
        Math.max(...Array.from(plain.output.data, (value, d) => Math.abs(value - (moved.output.data[d] ?? 0)))),
      ).toBeLessThan(1e-4);
    }),
    { numRuns: 40 },
  );
});

test("a bias that is left out is a bias of 0, with and without a mask", async () => {
  const input = {
    query: [[1, 2]],
    keys: [
      [1, 0],
      [0, 1],
      [1, 1],
    ],
  };
  const parameters = {
    kind: "additive" as const,
    W: [
      [1, 0],
      [0, 1],
    ],
    U: [
      [0.5, 0],
      [0, 2],
    ],
    v: [1, -1],
  };
  for (const mask of [undefined, [[true, false, true]]]) {
    const without = await attention({ ...input, score: parameters, ...(mask && { mask }) });
    const zero = await attention({ ...input, score: { ...parameters, b: [0, 0] }, ...(mask && { mask }) });
    expect(without.weights).toEqual(zero.weights);
  }
});
