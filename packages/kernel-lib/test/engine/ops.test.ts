/** What each operation computes, on numbers that can be checked by hand, on both runners; and its gradient against differences. */
import { describe, expect, test } from "vitest";
import {
  compile,
  ops,
  tensor,
  toNested,
  valueAndGrad,
  type Nested,
  type Tensor,
  type TensorLike,
  type Traced,
} from "../../src/engine/index.js";
import { numbers, random } from "./agree.js";

type Program = (...inputs: Traced[]) => Traced;
type Row = [name: string, program: Program, inputs: TensorLike[], expected: Nested];

const whole = (...values: number[]): Tensor => tensor(Int32Array.from(values));
const matrix = [
  [1, 2, 3],
  [4, 5, 6],
];
const T = true;
const F = false;

const values: Row[] = [
  [
    "add",
    ops.add,
    [matrix, [10, 20, 30]],
    [
      [11, 22, 33],
      [14, 25, 36],
    ],
  ],
  ["add a number", (x) => ops.add(x, 1), [[1, 2]], [2, 3]],
  [
    "subtract",
    ops.subtract,
    [
      [5, 7],
      [2, 3],
    ],
    [3, 4],
  ],
  [
    "multiply",
    ops.multiply,
    [matrix, [[2], [3]]],
    [
      [2, 4, 6],
      [12, 15, 18],
    ],
  ],
  [
    "divide",
    ops.divide,
    [
      [6, 8],
      [2, 4],
    ],
    [3, 2],
  ],
  ["divide whole numbers", (x) => ops.divide(x, 2), [whole(3, 5)], [1.5, 2.5]],
  [
    "maximum",
    ops.maximum,
    [
      [1, 5],
      [3, 2],
    ],
    [3, 5],
  ],
  [
    "minimum",
    ops.minimum,
    [
      [1, 5],
      [3, 2],
    ],
    [1, 2],
  ],
  ["negate", ops.negate, [[1, -2]], [-1, 2]],
  ["square", ops.square, [[3, -2]], [9, 4]],
  ["sqrt", ops.sqrt, [[9, 4]], [3, 2]],
  ["reciprocal", ops.reciprocal, [[2, 4]], [0.5, 0.25]],
  ["abs", ops.abs, [[-3, 2]], [3, 2]],
  ["sign", ops.sign, [[-3, 0, 2]], [-1, 0, 1]],
  ["floor", ops.floor, [[1.5, -1.5]], [1, -2]],
  ["ceil", ops.ceil, [[1.5, -1.5]], [2, -1]],
  ["clip", (x) => ops.clip(x, -1, 2), [[-3, 0, 5]], [-1, 0, 2]],
  ["power 3", (x) => ops.power(x, 3), [[2, -3]], [8, -27]],
  ["power 0", (x) => ops.power(x, 0), [[2, -3]], [1, 1]],
  ["power −2", (x) => ops.power(x, -2), [[2, -4]], [0.25, 0.0625]],
  ["power 0.5", (x) => ops.power(x, 0.5), [[9]], [3]],
  ["relu", ops.relu, [[-3, 2]], [0, 2]],
  ["sigmoid", ops.sigmoid, [[0, 1000, -1000]], [0.5, 1, 0]],
  ["softplus of the large and the small", ops.softplus, [[1000, -1000]], [1000, 0]],
  ["silu", ops.silu, [[0, 1000]], [0, 1000]],
  ["gelu", (x) => ops.gelu(x), [[0, 1000, -1000]], [0, 1000, 0]],
  [
    "equal",
    ops.equal,
    [
      [1, 2],
      [1, 3],
    ],
    [T, F],
  ],
  [
    "less",
    ops.less,
    [
      [1, 2],
      [1, 3],
    ],
    [F, T],
  ],
  [
    "lessEqual",
    ops.lessEqual,
    [
      [1, 4],
      [1, 3],
    ],
    [T, F],
  ],
  [
    "greater",
    ops.greater,
    [
      [1, 4],
      [1, 3],
    ],
    [F, T],
  ],
  [
    "greaterEqual",
    ops.greaterEqual,
    [
      [1, 2],
      [1, 3],
    ],
    [T, F],
  ],
  [
    "logicalAnd",
    ops.logicalAnd,
    [
      [T, T, F],
      [T, F, F],
    ],
    [T, F, F],
  ],
  [
    "logicalOr",
    ops.logicalOr,
    [
      [T, T, F],
      [T, F, F],
    ],
    [T, T, F],
  ],
  ["logicalNot", ops.logicalNot, [[T, F]], [F, T]],
  [
    "where",
    ops.where as Program,
    [
      [T, F],
      [1, 2],
      [3, 4],
    ],
    [1, 4],
  ],
  ["sum", (x) => ops.sum(x), [matrix], 21],
  ["sum over an axis", (x) => ops.sum(x, -1, { keepdims: true }), [matrix], [[6], [15]]],
  ["mean", (x) => ops.mean(x, 0), [matrix], [2.5, 3.5, 4.5]],
  ["product", (x) => ops.product(x, 1), [matrix], [6, 120]],
  ["max", (x) => ops.max(x, 0), [matrix], [4, 5, 6]],
  ["min", (x) => ops.min(x, [0, 1]), [matrix], 1],
  [
    "any",
    (x) => ops.any(x, 0),
    [
      [
        [T, F],
        [T, F],
      ],
    ],
    [T, F],
  ],
  [
    "all",
    (x) => ops.all(x, 1),
    [
      [
        [T, F],
        [T, T],
      ],
    ],
    [F, T],
  ],
  ["variance", (x) => ops.variance(x, 0), [[1, 3, 8]], 26 / 3],
  ["variance of a sample", (x) => ops.variance(x, 0, { correction: 1 }), [[1, 3, 8]], 13],
  [
    "argmax, the first of equal ones",
    (x) => ops.argmax(x, -1),
    [
      [
        [1, 5, 5],
        [7, 2, 3],
      ],
    ],
    [1, 0],
  ],
  [
    "argmin",
    (x) => ops.argmin(x, 0),
    [
      [
        [1, 5],
        [0, 6],
      ],
    ],
    [1, 0],
  ],
  ["softmax", (x) => ops.softmax(x, 0), [[0, 0, 0, 0]], [0.25, 0.25, 0.25, 0.25]],
  ["softmax of the large", (x) => ops.softmax(x, 0), [[1e30, 0]], [1, 0]],
  ["logSumExp of the large", (x) => ops.logSumExp(x, 0), [[1000, -1000]], 1000],
  [
    "cumulativeSum",
    (x) => ops.cumulativeSum(x, 1),
    [matrix],
    [
      [1, 3, 6],
      [4, 9, 15],
    ],
  ],
  ["sort", (x) => ops.sort(x), [[3, 1, 2]], [1, 2, 3]],
  ["argsort, equal ones in their order", (x) => ops.argsort(x), [[3, 1, 3, 1]], [1, 3, 0, 2]],
  ["topK values", (x) => ops.topK(x, 2).values, [[3, 1, 2]], [3, 2]],
  ["topK indices", (x) => ops.topK(x, 2, 0).indices, [[[3], [1], [2]]], [[0], [2]]],
  [
    "matmul",
    ops.matmul,
    [
      matrix,
      [
        [1, 0],
        [0, 1],
        [1, 1],
      ],
    ],
    [
      [4, 5],
      [10, 11],
    ],
  ],
  [
    "matmul of vectors",
    ops.matmul,
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    32,
  ],
  ["einsum", (x, y) => ops.einsum("ij,kj->ki", x, y), [matrix, [[1, 0, 1]]], [[4, 10]]],
  ["convolve", (x, k) => ops.convolve(x, k), [[[[1, 2, 3, 4]]], [[[1, 10]]]], [[[21, 32, 43]]]],
  [
    "convolve, strides and padding",
    (x, k) => ops.convolve(x, k, { strides: 2, padding: [[1, 1]] }),
    [[[[1, 2, 3, 4]]], [[[1, 10]]]],
    [[[10, 32, 4]]],
  ],
  ["convolve, dilation", (x, k) => ops.convolve(x, k, { dilation: 2 }), [[[[1, 2, 3, 4]]], [[[1, 10]]]], [[[31, 42]]]],
  [
    "convolve in groups",
    (x, k) => ops.convolve(x, k, { groups: 2 }),
    [
      [
        [
          [1, 2],
          [3, 4],
        ],
      ],
      [[[10]], [[100]]],
    ],
    [
      [
        [10, 20],
        [300, 400],
      ],
    ],
  ],
  ["maxPool", (x) => ops.maxPool(x, [2]), [[[[1, 5, 2, 3, 9]]]], [[[5, 3]]]],
  [
    "averagePool",
    (x) => ops.averagePool(x, [2, 2], [1, 1]),
    [
      [
        [1, 2, 3],
        [3, 4, 5],
      ],
    ],
    [[2.5, 3.5]],
  ],
  [
    "transpose",
    (x) => ops.transpose(x),
    [matrix],
    [
      [1, 4],
      [2, 5],
      [3, 6],
    ],
  ],
  [
    "swapAxes",
    (x) => ops.swapAxes(x, 0, -1),
    [[matrix]],
    [
      [[1], [4]],
      [[2], [5]],
      [[3], [6]],
    ],
  ],
  [
    "reshape",
    (x) => ops.reshape(x, [3, -1]),
    [matrix],
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
  ],
  ["expandDims", (x) => ops.expandDims(x, [0, -1]), [[1, 2]], [[[1], [2]]]],
  ["squeeze", (x) => ops.squeeze(x, 0), [[[1, 2]]], [1, 2]],
  [
    "broadcastTo",
    (x) => ops.broadcastTo(x, [2, 2]),
    [[1, 2]],
    [
      [1, 2],
      [1, 2],
    ],
  ],
  ["concatenate", (x, y) => ops.concatenate([x, y], 0), [[1, 2], [3]], [1, 2, 3]],
  [
    "stack",
    (x, y) => ops.stack([x, y], 1),
    [
      [1, 2],
      [3, 4],
    ],
    [
      [1, 3],
      [2, 4],
    ],
  ],
  ["split", (x) => ops.split(x, 3, 1)[2] as Traced, [matrix], [[3], [6]]],
  ["split at places", (x) => ops.split(x, [1, 2], 1)[0] as Traced, [matrix], [[1], [4]]],
  [
    "slice",
    (x) => ops.slice(x, 1, 3, -1),
    [matrix],
    [
      [2, 3],
      [5, 6],
    ],
  ],
  [
    "flip",
    (x) => ops.flip(x, 1),
    [matrix],
    [
      [3, 2, 1],
      [6, 5, 4],
    ],
  ],
  ["pad", (x) => ops.pad(x, [[1, 2]]), [[7]], [0, 7, 0, 0]],
  [
    "tile",
    (x) => ops.tile(x, [2, 2]),
    [[[1, 2]]],
    [
      [1, 2, 1, 2],
      [1, 2, 1, 2],
    ],
  ],
  [
    "take",
    (x, i) => ops.take(x, i, 0),
    [matrix, whole(1, 0, 1)],
    [
      [4, 5, 6],
      [1, 2, 3],
      [4, 5, 6],
    ],
  ],
  ["takeAlong", (x, i) => ops.takeAlong(x, ops.reshape(i, [2, 1]), 1), [matrix, whole(2, 0)], [[3], [4]]],
  [
    "oneHot",
    (i) => ops.oneHot(i, 3),
    [whole(2, 0)],
    [
      [0, 0, 1],
      [1, 0, 0],
    ],
  ],
  ["cast", (x) => ops.cast(x, "int32"), [[1.7, -1.7]], [1, -1]],
  ["arange", (x) => ops.add(ops.arange(3), ops.cast(x, "int32")), [[0]], [0, 1, 2]],
  [
    "identity",
    (x) => ops.multiply(ops.identity(2), x),
    [[1, 2]],
    [
      [1, 0],
      [0, 2],
    ],
  ],
  [
    "lowerTriangle",
    (x) => ops.logicalAnd(ops.lowerTriangle(2, 3), x),
    [[T, T, T]],
    [
      [T, F, F],
      [T, T, F],
    ],
  ],
  ["full", (x) => ops.add(ops.full([2], 5), x), [0], [5, 5]],
  ["constant", (x) => ops.add(ops.constant(tensor([1, 2])), x), [1], [2, 3]],
  ["stopGradient", ops.stopGradient, [[1, 2]], [1, 2]],
];

describe.each(["onnx", "jax"] as const)("%s", (runner) => {
  test.each(values)("%s", async (_, program, inputs, expected) => {
    const result = await (compile(program, { runner }) as (...given: TensorLike[]) => Promise<Tensor>)(...inputs);
    const wanted = tensor(expected);
    expect(result.shape).toEqual(wanted.shape);
    result.data.forEach((x, i) => expect(x).toBeCloseTo(wanted.data[i] ?? Number.NaN, 5));
    if (result.dtype === "bool") expect(toNested(result)).toEqual(expected);
  });
});

/** Each is summed up with its own factors; x stays away from where a function has a corner. */
const smooth: [string, Program, Tensor[]][] = [
  [
    "arithmetic",
    (x, y) => ops.divide(ops.multiply(ops.add(x, 2), ops.subtract(x, y)), ops.add(ops.square(y), 1)),
    [random(3, 5), random(5)],
  ],
  ["exp, log, sqrt", (x) => ops.log(ops.add(ops.sqrt(ops.exp(x)), ops.log1p(ops.square(x)))), [random(7)]],
  [
    "sin, cos, tanh, sigmoid, erf",
    (x) => ops.erf(ops.add(ops.multiply(ops.sin(x), ops.cos(x)), ops.tanh(ops.sigmoid(x)))),
    [random(7)],
  ],
  ["silu, softplus, gelu", (x) => ops.add(ops.silu(x), ops.add(ops.softplus(x), ops.gelu(x))), [random(7)]],
  ["gelu with tanh, powers", (x) => ops.add(ops.gelu(x, { approximate: "tanh" }), ops.power(ops.add(x, 2), 2.5)), [random(7)]],
  [
    "maximum, where, clip",
    (x, y) => ops.where(ops.less(x, y), ops.maximum(x, -0.5), ops.clip(y, -0.7, 0.7)),
    [random(11), random(11)],
  ],
  [
    "mean, variance, product",
    (x) => ops.add(ops.mean(x, 0), ops.multiply(ops.variance(x, 0), ops.product(x, 0))),
    [random(3, 5)],
  ],
  ["max, logSumExp", (x) => ops.add(ops.max(x, 1), ops.logSumExp(x, 1)), [random(3, 5)]],
  ["softmax, logSoftmax", (x) => ops.multiply(ops.softmax(x, 0), ops.logSoftmax(x, 1)), [random(3, 5)]],
  ["matmul", (x, y) => ops.matmul(x, y), [random(2, 3, 5), random(5, 7)]],
  ["einsum", (x, y) => ops.einsum("abc,cbd->dab", x, y), [random(2, 3, 5), random(5, 3, 7)]],
  [
    "convolve",
    (x, y) => ops.convolve(x, y, { strides: [2, 1], padding: "same", dilation: [1, 2] }),
    [random(2, 3, 7, 5), random(5, 3, 3, 3)],
  ],
  ["convolve in groups", (x, y) => ops.convolve(x, y, { groups: 3, strides: 2 }), [random(2, 3, 11), random(6, 1, 3)]],
  ["maxPool, averagePool", (x) => ops.add(ops.maxPool(x, [2, 3]), ops.averagePool(x, [2, 3])), [random(2, 5, 7)]],
  ["overlapping pools", (x) => ops.averagePool(x, [3], [2]), [random(2, 11)]],
  [
    "movement",
    (x) =>
      ops.pad(ops.flip(ops.transpose(ops.slice(x, 1, 3, 0)), 1), [
        [1, 0],
        [0, 2],
      ]),
    [random(5, 3)],
  ],
  [
    "concatenate, stack, split, tile",
    (x, y) => ops.tile(ops.stack(ops.split(ops.concatenate([x, y], 0), 2, 0), 1), [1, 2, 1]),
    [random(3, 5), random(7, 5)],
  ],
  ["take", (x) => ops.take(x, ops.constant(whole(2, 0, 2, 1, 2)), 0), [random(3, 5)]],
  ["takeAlong, sort", (x) => ops.add(ops.sort(x, 0), ops.takeAlong(x, ops.argsort(ops.stopGradient(x), 1), 1)), [random(3, 5)]],
  ["topK", (x) => ops.topK(x, 3).values, [random(2, 7)]],
  ["cumulativeSum", (x) => ops.cumulativeSum(x, 1), [random(3, 5)]],
];

describe("gradients against differences", () => {
  test.each(smooth)("%s", async (_, program, inputs) => {
    const next = numbers(17);
    const loss = (given: Traced[]): Traced => {
      const y = program(...given);
      const factors = Float32Array.from({ length: y.shape.reduce((a, b) => a * b, 1) }, numbers(5));
      return ops.sum(ops.multiply(y, ops.constant(tensor(factors, y.shape))));
    };
    const [, gradients] = await compile(valueAndGrad(loss))(inputs);
    const value = compile(loss);
    // along a random direction d: (f(x + εd) − f(x − εd)) / 2ε, float32 leaves about 1e-7 · |f| / ε
    const direction = inputs.map(({ shape, data }) => tensor(Float32Array.from(data, next), shape));
    const epsilon = 5e-3;
    const moved = (step: number): Tensor[] =>
      inputs.map(({ shape, data }, i) =>
        tensor(
          Float32Array.from(data, (x, at) => x + step * (direction[i]?.data[at] ?? 0)),
          shape,
        ),
      );
    const [above, below] = [await value(moved(epsilon)), await value(moved(-epsilon))];
    const difference = ((above.data[0] ?? Number.NaN) - (below.data[0] ?? Number.NaN)) / (2 * epsilon);
    const along = gradients.reduce(
      (sum, { data }, i) =>
        sum + Array.from(data as Float32Array, (x, at) => x * (direction[i]?.data[at] ?? 0)).reduce((a, b) => a + b, 0),
      0,
    );
    expect(Math.abs(along - difference) / Math.max(1, Math.abs(difference))).toBeLessThan(3e-3);
  });
});

test("a gradient stays finite where sigmoid has no slope left", async () => {
  const [, gradient] = await compile(valueAndGrad((x: Traced) => ops.sum(ops.sigmoid(x))))([-1000, -89, 89, 1000]);
  expect([...gradient.data]).toEqual([0, 0, 0, 0]);
});

const larger = (pair: { x: Traced; y: Traced }): Traced =>
  ops.sum(ops.multiply(ops.maximum(ops.exp(pair.x), ops.exp(pair.y)), ops.add(ops.arange(3), 1)));

test("the gradient of the larger of two goes to one of them, to the first if they are equal", async () => {
  const pair = { x: [0, Math.LN2, 0], y: [Math.LN2, 0, 0] };
  for (const runner of ["onnx", "jax"] as const) {
    const [, { x, y }] = await compile(valueAndGrad(larger), { runner })(pair);
    expect([...x.data].map(Math.round)).toEqual([0, 4, 3]);
    expect([...y.data].map(Math.round)).toEqual([2, 0, 0]);
  }
});

test("random numbers are those of their key", async () => {
  const draw = compile((key: Traced) => {
    const [first, second] = ops.splitKey(key, 2) as [Traced, Traced];
    return [ops.randomUniform(first, [1009]), ops.randomNormal(second, [1009])];
  });
  const key = tensor(Uint32Array.of(3, 5));
  const [uniform, normal] = (await draw(key)) as [Tensor, Tensor];
  expect((await draw(key))[0]).toEqual(uniform);
  expect(uniform.data.every((x) => x >= 0 && x < 1)).toBe(true);
  const sum = Array.from(normal.data).reduce((a, b) => a + b, 0);
  expect(Math.abs(sum / 1009)).toBeLessThan(5 / Math.sqrt(1009));
});
