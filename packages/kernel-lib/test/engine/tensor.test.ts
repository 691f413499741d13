import { describe, expect, test } from "vitest";
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

describe("transpose", () => {
  const x = tensor(
    Float32Array.from({ length: 30 }, (_, i) => i),
    [2, 3, 5],
  );

  test.each([[undefined], [[0, 2, 1]], [[2, 0, 1]], [[1, 0, 2]]])("%o is what ops.transpose does", async (order) => {
    const inside = await compile((y: ops.Traced) => ops.transpose(y, order))(x);
    expect(transpose(x, order)).toEqual(inside);
  });

  test("reverses the axes, and a vector and a number stay", () => {
    expect(
      toNested(
        transpose([
          [1, 2, 3],
          [4, 5, 6],
        ]),
      ),
    ).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    expect(transpose(x).shape).toEqual([5, 3, 2]);
    expect(toNested(transpose([1, 2]))).toEqual([1, 2]);
    expect(toNested(transpose(3))).toBe(3);
  });

  test("refuses what is no order of the axes", () => {
    expect(() => transpose(x, [0, 1])).toThrow(
      new TypeError("transpose: expected the axes 0, 1, 2 of [2, 3, 5] in some order; got [0, 1]"),
    );
    expect(() => transpose(x, [0, 0, 1])).toThrow("got [0, 0, 1]");
  });
});
