import { expect, test } from "vitest";
import { compile, ops, tensor, toNested, type Traced } from "../../src/index.js";

const product = compile((x: Traced, y: Traced) => ops.matmul(x, y));
const count = (...shape: number[]) => {
  const size = shape.reduce((total, n) => total * n, 1);
  return tensor(
    Float32Array.from({ length: size }, (_, i) => i),
    shape,
  );
};

// expected values: numpy.matmul of numpy.arange
test.each([
  { x: [2, 3], y: [5, 3, 4], shape: [5, 2, 4], first: [20, 23, 26, 29, 56, 68, 80, 92] },
  { x: [7, 5, 2, 3], y: [5, 3, 4], shape: [7, 5, 2, 4], first: [20, 23, 26, 29, 56, 68, 80, 92] },
  { x: [5, 2, 3], y: [3, 4], shape: [5, 2, 4], first: [20, 23, 26, 29, 56, 68, 80, 92] },
  { x: [3], y: [3, 4], shape: [4], first: [20, 23, 26, 29] },
])("matmul of $x and $y broadcasts as NumPy does", async ({ x, y, shape, first }) => {
  const result = await product(count(...x), count(...y));
  expect(result.shape).toEqual(shape);
  expect(Array.from(result.data.subarray(0, 8))).toEqual(first);
});

test("every example of a batch meets the one matrix", async () => {
  expect(
    toNested(
      await product(
        [[1, 2]],
        [
          [[1], [0]],
          [[0], [1]],
        ],
      ),
    ),
  ).toEqual([[[1]], [[2]]]);
});
