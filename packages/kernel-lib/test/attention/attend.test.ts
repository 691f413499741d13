import { expect, test } from "vitest";
import { attend, compile, ops, toNested } from "../../src/entries/program.js";

const query = [
  [1, 0],
  [0, 1],
];
const keys = [
  [1, 0],
  [0, 1],
  [1, 1],
];
const values = [[6], [12], [24]];

test("a bias is added to the scores, which say so, and weights follow", async () => {
  const biased = compile((q: ops.Traced, k: ops.Traced, v: ops.Traced, bias: ops.Traced) =>
    attend(q, k, v, { score: "dot", bias }),
  );
  // One bias for both queries: it evens out the scores of the first.
  const { scores, weights, output } = await biased(query, keys, values, [[0, 1, 0]]);
  expect(toNested(scores)).toEqual([
    [1, 1, 1],
    [0, 2, 1],
  ]);
  const [even = [], other = []] = toNested(weights) as number[][];
  for (const weight of even) expect(weight).toBeCloseTo(1 / 3, 6);
  const total = 1 + Math.exp(2) + Math.exp(1);
  expect(other[1]).toBeCloseTo(Math.exp(2) / total, 6);
  expect((toNested(output) as number[][])[0]?.[0]).toBeCloseTo(14, 4);
});

test("a single query takes a bias of one axis less", async () => {
  const once = compile((q: ops.Traced, k: ops.Traced, v: ops.Traced, bias: ops.Traced) =>
    attend(q, k, v, { score: "dot", bias }),
  );
  const batch = await once(
    query,
    [keys, keys],
    [values, values],
    [
      [0, 1, 0],
      [1, 0, 0],
    ],
  );
  expect(toNested(batch.scores)).toEqual([
    [1, 1, 1],
    [1, 1, 1],
  ]);
});

test("an edit changes the weights before they meet the values, and nothing before", async () => {
  const halved = compile((q: ops.Traced, k: ops.Traced, v: ops.Traced, factor: ops.Traced) => {
    const plain = attend(q, k, v, { score: "dot" });
    const edited = attend(q, k, v, { score: "dot", edit: (weights) => ops.multiply(weights, factor) });
    return { plain, edited };
  });
  const { plain, edited } = await halved(query, keys, values, [[0.5]]);
  expect(edited.scores).toEqual(plain.scores);
  expect(Array.from(edited.weights.data)).toEqual(Array.from(plain.weights.data, (weight) => weight / 2));
  edited.output.data.forEach((read, i) => expect(read).toBeCloseTo((plain.output.data[i] ?? 0) / 2, 4));
});
