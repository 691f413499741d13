import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  entropy,
  flow,
  groupsOf,
  headRoles,
  hideTokens,
  inductionShare,
  joinWords,
  keyShare,
  meanDistance,
  offsetShare,
  rollout,
  splitWords,
  uniformLike,
} from "../../../src/attention/analysis/index.js";
import { tensor, toNested, type Tensor } from "../../../src/engine/index.js";

type Golden = Record<string, { shape: number[]; data: number[] }> & { ids: number[]; separators: number[] };
const golden = JSON.parse(readFileSync(join(import.meta.dirname, "../../golden/analysis.json"), "utf8")) as unknown as Golden;
const read = (name: string): Tensor => tensor(Float32Array.from(golden[name]?.data ?? []), golden[name]?.shape ?? []);
const weights = read("weights");

/** float32 against the reference's float64, sums of a few numbers below 1 */
function expectClose(got: Tensor, name: string, tolerance = 1e-6): void {
  const want = read(name);
  expect(got.shape).toEqual(want.shape);
  const worst = Math.max(...got.data.map((value, i) => Math.abs(value - (want.data[i] ?? Number.NaN))));
  expect(worst).toBeLessThan(tolerance);
}

describe("equal to the reference implementations", () => {
  test("entropy, distance and shares", () => {
    expectClose(entropy(weights), "entropy");
    expectClose(meanDistance(weights), "meanDistance");
    expectClose(offsetShare(weights, -1), "previous");
    expectClose(offsetShare(weights, 0), "same");
    expectClose(offsetShare(weights, 1), "next");
    expectClose(keyShare(weights, [0]), "first");
    expectClose(keyShare(weights, golden.separators), "separator");
    expectClose(inductionShare(weights, golden.ids), "induction");
  });

  test("rollout", async () => expectClose(await rollout(weights), "rollout"));

  test("flow, against networkx", async () => {
    const done: number[] = [];
    expectClose(await flow(weights, { onProgress: (share) => done.push(share) }), "flow");
    expect(done).toHaveLength(7);
    expect(done.at(-1)).toBe(1);
  });
});

test("flow can be cancelled", async () => {
  await expect(flow(weights, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
});

test("measures of rows that can be checked by hand", () => {
  const rows = tensor([
    [1, 0, 0],
    [0.5, 0.5, 0],
    [0.25, 0.25, 0.5],
  ]);
  expect(toNested(entropy(rows))).toEqual([0, Math.fround(Math.log(2)), Math.fround(1.5 * Math.log(2))]);
  expect(meanDistance(rows).data[0]).toBeCloseTo((0 + 0.5 + 0.75) / 3, 6);
  expect(offsetShare(rows, -1).data[0]).toBe(0.375);
  expect(offsetShare(rows, -2).data[0]).toBe(0.25);
  expect(inductionShare(rows, ["a", "b", "a"]).data[0]).toBe(0.25);
  expect(toNested(uniformLike(rows))).toEqual([[1, 0, 0], [0.5, 0.5, 0], [1, 1, 1].map((x) => Math.fround(x / 3))]);
});

test("rows without weight count nowhere", () => {
  expect(
    offsetShare(
      tensor([
        [1, 0],
        [0, 0],
      ]),
      0,
    ).data[0],
  ).toBe(1);
});

test("roles follow the largest share, and are compared with attention without preference", () => {
  const previous = [
    [1, 0, 0],
    [0.9, 0.1, 0],
    [0, 0.9, 0.1],
  ];
  const broad = Array.from({ length: 3 }, () => [0.34, 0.33, 0.33]);
  const { roles, uniform, measures } = headRoles(tensor([previous, broad]), { ids: [7, 8, 9] });
  expect(roles).toEqual(["previous", "broad"]);
  expect(uniform.previous.data[1]).toBeCloseTo(1 / 3, 6);
  expect(measures.induction).toBeUndefined();
});

test.each([
  [() => offsetShare(tensor([[1, 0]]), 0), "offsetShare: expected tokens that attend to themselves, [..., T, T]; got Q=1, K=2"],
  [() => keyShare(tensor([[1, 0]]), [2]), "keyShare: expected positions from 0 to 1; got 2"],
  [
    () =>
      inductionShare(
        tensor([
          [1, 0],
          [0, 1],
        ]),
        [1, 2],
      ),
    "inductionShare: expected a token that occurs twice; got none",
  ],
  [
    () => joinWords(tensor([[1, 0]]), [[0]], [[0]]),
    "joinWords: expected groups that hold each of the 2 keys once; got 1 tokens",
  ],
  [() => entropy(tensor([1, 0])), "entropy: expected weights [..., Q, K]; got [2] with 2 numbers"],
])("a mistake is told (%#)", (call, message) => expect(call).toThrow(message));

describe("words", () => {
  const distributions = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 7 })).chain(([Q, K]) =>
    fc.record({
      rows: fc.array(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: K, maxLength: K }), {
        minLength: Q,
        maxLength: Q,
      }),
      rowWords: fc.array(fc.integer({ min: -1, max: 3 }), { minLength: Q, maxLength: Q }),
      columnWords: fc.array(fc.integer({ min: -1, max: 3 }), { minLength: K, maxLength: K }),
    }),
  );

  test("rows sum to 1 after joining and after splitting, and joining undoes splitting", () => {
    fc.assert(
      fc.property(distributions, ({ rows, rowWords, columnWords }) => {
        const normal = rows.map((row) => row.map((x) => x / row.reduce((sum, y) => sum + y, 0)));
        const [rowGroups, columnGroups] = [groupsOf(rowWords), groupsOf(columnWords)];
        const joined = joinWords(tensor(normal), rowGroups, columnGroups);
        const split = splitWords(joined, rowGroups, columnGroups);
        const again = joinWords(split, rowGroups, columnGroups);
        for (const { shape, data } of [joined, split]) {
          const K = shape.at(-1) ?? 1;
          for (let start = 0; start < data.length; start += K) {
            expect(data.slice(start, start + K).reduce((sum: number, x: number) => sum + x, 0)).toBeCloseTo(1, 5);
          }
        }
        expect(Math.max(...again.data.map((x, i) => Math.abs(x - (joined.data[i] ?? Number.NaN))))).toBeLessThan(1e-6);
      }),
      { numRuns: 50 },
    );
  });

  test("a word gets the sum of its subwords and gives their mean", () => {
    const joined = joinWords(
      tensor([
        [0.5, 0.25, 0.25],
        [0, 1, 0],
        [0.5, 0, 0.5],
      ]),
      groupsOf([-1, 0, 0]),
    );
    expect(toNested(joined)).toEqual([
      [0.5, 0.5],
      [0.25, 0.75],
    ]);
  });
});

test("hidden tokens are left out, the rest sums to 1, and what was hidden is told", () => {
  const { weights: rest, hiddenShare } = hideTokens(
    tensor([
      [0.5, 0.25, 0.25],
      [0, 0.5, 0.5],
      [1, 0, 0],
    ]),
    [0],
  );
  expect(toNested(rest)).toEqual([
    [0.5, 0.5],
    [0, 0],
  ]);
  expect(toNested(hiddenShare)).toEqual([0, 1]);
});
