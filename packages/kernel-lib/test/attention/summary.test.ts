import { expect, test } from "vitest";
import { summaryAttention, tensor, toNested } from "../../src/index.js";

const H = [
  [1, 0],
  [0, 1],
  [1, 1],
];
const W = [
  [1, 0],
  [0, 1],
];

test("vector form: f = va tanh(W h) for each hidden state, a = softmax(f), c = a H", async () => {
  const { scores, weights, output, axes } = await summaryAttention({ H, W, V: [1, 3] });
  const f = H.map(([x = 0, y = 0]) => Math.tanh(x) + 3 * Math.tanh(y));
  f.forEach((value, t) => expect(scores.data[t]).toBeCloseTo(value, 5));
  const [a = 0, b = 0, c = 0] = weights.data;
  expect(a + b + c).toBeCloseTo(1, 6);
  expect([...output.data]).toEqual([Math.fround(a + c), Math.fround(b + c)]);
  expect(axes).toMatchObject({ weights: ["T"], output: ["width"] });
});

test("hops that look at one token each, all different, have no penalty; hops that agree have", async () => {
  const sure = {
    H: [
      [1, 0],
      [0, 1],
    ],
    W: [
      [9, 0],
      [0, 9],
    ],
  };
  const apart = await summaryAttention({
    ...sure,
    V: [
      [199, 0],
      [0, 199],
    ],
  });
  expect(toNested(apart.weights)).toEqual([
    [1, 0],
    [0, 1],
  ]);
  expect(toNested(apart.overlap)).toEqual([
    [1, 0],
    [0, 1],
  ]);
  expect(apart.penalty.data[0]).toBe(0);
  const together = await summaryAttention({
    ...sure,
    V: [
      [199, 0],
      [199, 0],
    ],
  });
  expect(together.penalty.data[0]).toBe(2); // AAᵀ − I has two ones off the diagonal
});

test("padding gets no weight, and an empty text is reported", async () => {
  const batch = [H, H];
  const { weights, maskedRows, penalty } = await summaryAttention({ H: batch, W, V: [[1, 2]], mask: { lengths: [2, 0] } });
  expect(weights.shape).toEqual([2, 1, 3]);
  expect(weights.data[2]).toBe(0);
  expect(weights.data.slice(3)).toEqual(Float32Array.of(0, 0, 0));
  expect(maskedRows).toEqual([1]);
  expect(penalty.shape).toEqual([2]);
});

test("a note of kind summary, with a row for each hop", async () => {
  const result = await summaryAttention({
    H,
    W,
    V: [
      [1, 2],
      [2, 1],
    ],
  });
  const note = result.toNote({ columns: ["我", "是", "中国人"], detail: "all" });
  expect(note.kind).toBe("summary");
  expect(note.axes.rows.tokens).toHaveLength(2);
  expect(note.score?.name).toBe("summary");
  expect(note.output?.shape).toEqual([2, 2]);
  const vector = await summaryAttention({ H: [H], W, V: [1, 2] });
  expect(vector.toNote().weights.shape).toEqual([1, 3]);
});

test.each([
  [{ H: [1, 2], W, V: [1, 2] }, "summaryAttention: expected hidden states H [T, width] or [B, T, width]; got [2]"],
  [{ H, W: [[1, 0, 0]], V: [1] }, "summaryAttention: expected W [A, width=2]; got [1, 3]"],
  [{ H, W, V: [1, 2, 3] }, "summaryAttention: expected V [A=2] or [R, A=2]; got [3]"],
])("shapes that do not fit: %#", async (input, message) => {
  await expect(summaryAttention(input)).rejects.toThrow(new TypeError(message));
});

test("tensors of any kind are taken", async () => {
  const nested = await summaryAttention({ H, W, V: [1, 2] });
  const typed = await summaryAttention({
    H: tensor(Int32Array.from(H.flat()), [3, 2]),
    W: tensor(W),
    V: Float64Array.of(1, 2),
  });
  expect(typed.weights).toEqual(nested.weights);
});
