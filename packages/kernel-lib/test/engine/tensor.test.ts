import { expect, test } from "vitest";
import { compile, ops, tensor, toNested, transpose } from "../../src/index.js";

test("nested numbers become a tensor and back", () => {
  const values = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  const made = tensor(values);
  expect(made.shape).toEqual([2, 3]);
  expect(made.dtype).toBe("float32");
  expect(toNested(made)).toEqual(values);
});

test("ragged rows are refused with their place", () => {
  expect(() => tensor([[1, 2], [3]])).toThrow(new TypeError("tensor: expected 2 elements at [1], as in the first row; got 1"));
});

test("a compiled program runs over tensors and trees", async () => {
  const program = compile((x: { a: ops.Traced; b: ops.Traced }) => ({
    product: ops.matmul(x.a, x.b),
    doubled: [ops.multiply(x.a, 2)],
  }));
  const { product, doubled } = await program({ a: tensor([[1, 2]]), b: tensor([[3], [4]]) });
  expect(toNested(product)).toEqual([[11]]);
  expect(doubled[0] && toNested(doubled[0])).toEqual([[2, 4]]);
});

test("transposing exchanges the last two axes of every matrix", () => {
  const turned = transpose([
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    [
      [7, 8, 9],
      [10, 11, 12],
    ],
  ]);
  expect(toNested(turned)).toEqual([
    [
      [1, 4],
      [2, 5],
      [3, 6],
    ],
    [
      [7, 10],
      [8, 11],
      [9, 12],
    ],
  ]);
  expect(transpose(transpose(turned))).toEqual(turned);
  expect(() => transpose([1, 2])).toThrow(new TypeError("transpose: expected two axes or more; got [2]"));
});
