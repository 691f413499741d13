import { describe, expect, test } from "vitest";
import { Bench, rowOf, type Case, type Row } from "../../bench/harness.ts";
import { isSteady, quantile } from "../../bench/steadiness.ts";

/** Milliseconds of one small program, recorded on two cores that others used more or less. */
const recorded = {
  calm: [1.35, 1.32, 1.23, 1.52, 1.33, 1.27, 1.31, 11.96, 2.2, 2.34, 1.11, 1.52, 1.26, 1.3, 1.29],
  alsoCalm: [0.99, 2.36, 1.02, 1.7, 1.39, 1.7, 1.29, 1.33, 1.46, 1.7, 1.38, 1.36, 1.57, 1.91, 1.33],
  busy: [2.34, 4.56, 1.14, 1.02, 1.03, 1.63, 1.34, 1.41, 8.8, 5.07, 1.32, 1.02, 1.64, 1.34, 1.36],
};
/** A peer that takes 17 ms and took 569 in most of one run: its median made a ratio of 30. */
const hiccup = [17.1, 16.9, 17.3, 568.8, 569.4, 571.2, 569];

describe("samples are steady", () => {
  test("where a few lie far out", () => {
    expect(isSteady(recorded.calm)).toBe(true);
    expect(isSteady(recorded.alsoCalm)).toBe(true);
    expect(isSteady([3])).toBe(true);
    expect(isSteady([0, 0, 0])).toBe(true);
  });

  test("not where half of them lie apart, or most are slowed", () => {
    expect(isSteady(recorded.busy)).toBe(false);
    expect(isSteady(hiccup)).toBe(false);
    expect(isSteady([569, 568.8, 17, 569.4, 571.2, 569, 569])).toBe(false);
    expect(isSteady([10, 10, 10, 10, 20, 20, 20, 20])).toBe(false);
  });
});

test("quantiles are interpolated, as NumPy's are", () => {
  expect([0.25, 0.5, 0.75].map((part) => quantile([4, 1, 3, 2], part))).toEqual([1.75, 2.5, 3.25]);
});

const entry: Case = {
  name: "1 × 16",
  unit: "ms",
  ours: () => Promise.resolve(1),
  peer: { name: "transformers", sample: () => Promise.resolve(1) },
};

describe("a row", () => {
  test("has a ratio above 1 where ours is better", () => {
    const row = rowOf(entry, { mine: [10, 10, 11], theirs: [20, 21, 20] });
    expect(row).toMatchObject({
      case: "1 × 16",
      ours: 10,
      peer: 20,
      peerName: "transformers",
      unit: "ms",
      ratio: 2,
      unsteady: null,
    });
    expect(rowOf({ ...entry, better: "higher" }, { mine: [10, 10], theirs: [20, 20] }).ratio).toBe(0.5);
  });

  test("says whose samples are unsteady, and has no ratio then", () => {
    expect(rowOf(entry, { mine: [19, 19, 20], theirs: hiccup })).toMatchObject({
      ours: 19,
      peer: 568.8,
      ratio: null,
      unsteady: "peer",
    });
    expect(rowOf(entry, { mine: recorded.busy, theirs: recorded.calm })).toMatchObject({ ratio: null, unsteady: "ours" });
    expect(rowOf(entry, { mine: recorded.busy, theirs: hiccup })).toMatchObject({ ratio: null, unsteady: "both" });
  });
});

const measure = async (peerSamples: readonly number[]): Promise<readonly [Row, number]> => {
  let calls = 0;
  const reported: Row[] = [];
  const bench = new Bench((row) => reported.push(row));
  await bench.compare({
    ...entry,
    peer: { name: "transformers", sample: () => Promise.resolve(peerSamples[calls++ % peerSamples.length] ?? 0) },
    samples: hiccup.length,
    warmUp: 0,
  });
  return [reported[0] as Row, calls];
};

describe("a case is measured", () => {
  test("again until it is steady", async () => {
    const [row, calls] = await measure([...hiccup, ...hiccup.map(() => 17)]);
    expect(row).toMatchObject({ peer: 17, ratio: 17, unsteady: null, attempts: 2 });
    expect(calls).toBe(2 * hiccup.length);
  });

  test("three times at most", async () => {
    const [row, calls] = await measure(hiccup);
    expect(row).toMatchObject({ ratio: null, unsteady: "peer", attempts: 3 });
    expect(calls).toBe(3 * hiccup.length);
  });
});
