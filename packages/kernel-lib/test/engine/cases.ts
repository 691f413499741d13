/** Programs for every primitive of jax-js that is lowered, with prime sizes; each is named for what is special about it. */
import { grad, lax, numpy as np, random as jaxRandom, vmap, type Array as JaxArray } from "@jax-js/jax";
import type { Program, Tensor } from "../../src/engine/index.js";
import { bools, integers, random } from "./agree.js";

type A = JaxArray;
export interface Case {
  readonly program: Program;
  readonly inputs: readonly Tensor[];
  readonly tolerance?: number;
}
const positive = (...shape: number[]): Tensor => {
  const { data } = random(...shape);
  return { shape, dtype: "float32", data: Float32Array.from(data, (x) => Math.abs(x) + 0.1) };
};
const unsigned = (...shape: number[]): Tensor => {
  const { data } = integers(-(2 ** 31), 2 ** 31, ...shape);
  return { shape, dtype: "uint32", data: Uint32Array.from(data) };
};

export const cases: Readonly<Record<string, Readonly<Record<string, Case>>>> = {
  add: {
    floats: { program: (x: A, y: A) => np.add(x, y), inputs: [random(2, 3, 5), random(3, 1)] },
    "a transposed and a repeated array": {
      program: (x: A, y: A) => np.add(np.transpose(x.ref, [2, 0, 1]), np.transpose(x.add(y), [2, 0, 1])),
      inputs: [random(2, 3, 5), random(5)],
    },
    integers: { program: (x: A, y: A) => np.add(x, y), inputs: [integers(-100, 100, 7), integers(-100, 100, 3, 7)] },
    unsigned: { program: (x: A, y: A) => np.add(x, y), inputs: [unsigned(7), unsigned(7)] },
    "a number written in the program": { program: (x: A) => np.add(x, 2), inputs: [integers(-5, 5, 7)] },
  },
  mul: {
    floats: { program: (x: A, y: A) => np.multiply(x, y), inputs: [random(7, 1), random(1, 5)] },
    unsigned: { program: (x: A, y: A) => np.multiply(x, y), inputs: [unsigned(11), unsigned(11)] },
    bools: { program: (x: A, y: A) => np.multiply(x, y), inputs: [bools(11), bools(11)] },
  },
  max: { floats: { program: (x: A, y: A) => np.maximum(x, y), inputs: [random(7), random(3, 7)] } },
  min: { unsigned: { program: (x: A, y: A) => np.minimum(x, y), inputs: [unsigned(7), unsigned(7)] } },
  idiv: {
    integers: { program: (x: A, y: A) => x.div(y), inputs: [integers(-100, 100, 31), integers(1, 9, 31)] },
    "by a number": { program: (x: A) => x.div(np.array(-7, { dtype: np.int32 })), inputs: [integers(-100, 100, 31)] },
    unsigned: { program: (x: A) => x.div(np.array(512, { dtype: np.uint32 })), inputs: [unsigned(31)] },
  },
  mod: {
    integers: { program: (x: A, y: A) => x.mod(y), inputs: [integers(-100, 100, 31), integers(1, 9, 31)] },
    floats: { program: (x: A, y: A) => x.mod(y), inputs: [random(31), positive(31)] },
    unsigned: { program: (x: A) => x.mod(np.array(10, { dtype: np.uint32 })), inputs: [unsigned(31)] },
  },
  neg: {
    floats: { program: (x: A) => np.negative(x), inputs: [random(7)] },
    unsigned: { program: (x: A) => np.negative(x), inputs: [unsigned(7)] },
  },
  reciprocal: { floats: { program: (x: A) => np.reciprocal(x), inputs: [positive(7)] } },
  exp: { floats: { program: (x: A) => np.exp(x), inputs: [random(7)] } },
  log: { floats: { program: (x: A) => np.log(x), inputs: [positive(7)] } },
  sqrt: { floats: { program: (x: A) => np.sqrt(x), inputs: [positive(7)] } },
  sin: { floats: { program: (x: A) => np.sin(x), inputs: [random(7)] } },
  cos: { floats: { program: (x: A) => np.cos(x), inputs: [random(7)] } },
  asin: { floats: { program: (x: A) => np.asin(x), inputs: [random(7)] } },
  atan: { floats: { program: (x: A) => np.atan(x), inputs: [random(7)] } },
  // jax-js computes erf and erfc to 1.5e-7 (Abramowitz & Stegun 7.1.26)
  erf: { floats: { program: (x: A) => lax.erf(x.mul(3)), inputs: [random(31)] } },
  erfc: { floats: { program: (x: A) => lax.erfc(x.mul(3)), inputs: [random(31)] } },
  floor: {
    floats: { program: (x: A) => np.floor(x.mul(9)), inputs: [random(31)] },
    integers: { program: (x: A) => np.floor(x), inputs: [integers(-9, 9, 7)] },
  },
  ceil: { floats: { program: (x: A) => np.ceil(x.mul(9)), inputs: [random(31)] } },
  stop_gradient: { floats: { program: (x: A) => lax.stopGradient(x), inputs: [random(7)] } },
  cast: {
    "float to integer": { program: (x: A) => x.mul(50).astype(np.int32), inputs: [random(31)] },
    "float to unsigned, below zero too": { program: (x: A) => x.mul(50).astype(np.uint32), inputs: [random(31)] },
    "integer to float": { program: (x: A) => x.astype(np.float32), inputs: [integers(-9, 9, 31)] },
    "integer to unsigned and back": { program: (x: A) => x.astype(np.uint32).astype(np.int32), inputs: [integers(-9, 9, 31)] },
    "float to bool": { program: (x: A) => np.floor(x.mul(2)).astype(np.bool), inputs: [random(31)] },
    "bool to float": { program: (x: A) => x.astype(np.float32).mul(2), inputs: [bools(31)] },
  },
  compare: {
    less: { program: (x: A, y: A) => np.less(x, y), inputs: [random(31), random(31)] },
    "less or equal": { program: (x: A, y: A) => np.lessEqual(x, y), inputs: [integers(0, 3, 31), integers(0, 3, 31)] },
    equal: { program: (x: A, y: A) => np.equal(x, y), inputs: [integers(0, 3, 31), integers(0, 3, 31)] },
    "not equal": { program: (x: A, y: A) => np.notEqual(x, y), inputs: [bools(31), bools(31)] },
    greater: { program: (x: A, y: A) => np.greater(x, y), inputs: [unsigned(31), unsigned(31)] },
    "with a number": { program: (x: A) => np.less(x, 1.5), inputs: [integers(0, 3, 31)] },
  },
  where: {
    floats: { program: (c: A, x: A, y: A) => np.where(c, x, y), inputs: [bools(3, 1), random(5), random(3, 5)] },
    unsigned: { program: (c: A, x: A, y: A) => np.where(c, x, y), inputs: [bools(31), unsigned(31), unsigned(31)] },
    bools: { program: (c: A, x: A, y: A) => np.where(c, x, y), inputs: [bools(31), bools(31), bools(31)] },
    "a number": { program: (c: A, x: A) => np.where(c, x, -Infinity), inputs: [bools(31), random(31)] },
  },
  transpose: {
    "of a transpose": { program: (x: A) => np.transpose(np.transpose(x, [1, 2, 0]), [1, 0, 2]), inputs: [random(2, 3, 5)] },
  },
  broadcast: { "to a new axis": { program: (x: A) => np.broadcastTo(x, [7, 3, 5]), inputs: [random(3, 1)] } },
  reshape: {
    "that splits and joins": { program: (x: A) => x.reshape([2, 15, 7]).reshape([2, 3, 35]), inputs: [random(6, 5, 7)] },
    "of a transpose": { program: (x: A) => np.transpose(x, [0, 2, 1, 3]).reshape([2, 5, 21]), inputs: [random(2, 3, 5, 7)] },
    "of a repetition": { program: (x: A) => np.broadcastTo(x, [3, 5, 7]).reshape([15, 7]), inputs: [random(7)] },
    "of a repetition with elements": { program: (x: A) => np.broadcastTo(x, [3, 5, 7]).reshape([3, 35]), inputs: [random(7)] },
    "to one number and back": { program: (x: A) => x.reshape([]).reshape([1, 1, 1]), inputs: [random(1)] },
    "without elements": { program: (x: A) => x.slice([0, 0]).reshape([5, 0, 3]), inputs: [random(3, 5)] },
  },
  flip: {
    "two axes of a transpose": { program: (x: A) => np.flip(np.transpose(x, [2, 0, 1]), [0, 2]), inputs: [random(2, 3, 5)] },
  },
  shrink: {
    ranges: { program: (x: A) => x.slice([1, 3], [], [2, 5]), inputs: [random(5, 3, 7)] },
    "of a transpose and a repetition": {
      program: (x: A) => np.broadcastTo(np.transpose(x), [11, 5, 3]).slice([2, 9], [1, 4], 2),
      inputs: [random(3, 5)],
    },
  },
  pad: {
    "a transpose": {
      program: (x: A) =>
        np.pad(np.transpose(x), [
          [1, 2],
          [0, 3],
        ]),
      inputs: [random(3, 5)],
    },
    "a repetition": {
      program: (x: A) =>
        np.pad(np.broadcastTo(x, [3, 5]), [
          [1, 0],
          [0, 0],
        ]),
      inputs: [random(5)],
    },
    bools: { program: (x: A) => np.pad(x, [[1, 1]]), inputs: [bools(5)] },
  },
  concatenate: {
    "along the middle": { program: (x: A, y: A) => np.concatenate([x, y], 1), inputs: [random(2, 3, 5), random(2, 7, 5)] },
    "transposes and repetitions": {
      program: (x: A, y: A) => np.concatenate([np.transpose(x), np.broadcastTo(y.ref, [2, 3]), np.broadcastTo(y, [5, 3])], 0),
      inputs: [random(3, 7), random(3)],
    },
    "repetitions only": {
      program: (x: A) => np.concatenate([np.broadcastTo(x.ref, [2, 3]), np.broadcastTo(x, [5, 3])], 0),
      inputs: [random(3)],
    },
  },
  split: { "of a transpose": { program: (x: A) => np.split(np.transpose(x), [2, 3], 0), inputs: [random(3, 7)] } },
  reduce: {
    sum: { program: (x: A) => np.sum(x, [0, 2]), inputs: [random(2, 3, 5)] },
    "sum of a transpose": {
      program: (x: A) => np.sum(np.transpose(x, [2, 0, 1]), 1, { keepdims: true }),
      inputs: [random(2, 3, 5)],
    },
    "sum of repetitions": { program: (x: A) => np.sum(np.broadcastTo(x, [7, 3, 5]), [0, 2]), inputs: [random(3, 1)] },
    "largest of repetitions": { program: (x: A) => np.max(np.broadcastTo(x, [7, 5]), 0), inputs: [random(5)] },
    product: { program: (x: A) => np.prod(x, 1), inputs: [random(3, 5)] },
    "product of integers": { program: (x: A) => np.prod(x, 1), inputs: [integers(-3, 4, 3, 5)] },
    "product of repetitions": { program: (x: A) => np.prod(np.broadcastTo(x, [3, 5]), 0), inputs: [positive(5)] },
    "smallest integer": { program: (x: A) => np.min(x, 0), inputs: [integers(-99, 99, 5, 3)] },
    "sum of unsigned": { program: (x: A) => np.sum(x, 0), inputs: [unsigned(5, 3)] },
    "largest unsigned": { program: (x: A) => np.max(x, 1), inputs: [unsigned(5, 3)] },
    all: { program: (x: A) => np.all(x, 1), inputs: [bools(31, 2)] },
    any: { program: (x: A) => np.any(x, 0), inputs: [bools(2, 31)] },
  },
  dot: {
    "two matrices": { program: (x: A, y: A) => np.matmul(x, y), inputs: [random(3, 5), random(5, 7)] },
    "a transposed matrix": { program: (x: A, y: A) => np.matmul(x, np.transpose(y)), inputs: [random(2, 3, 5), random(7, 5)] },
    "a batch": { program: (x: A, y: A) => np.matmul(x, y), inputs: [random(2, 3, 5), random(2, 5, 7)] },
    "heads between": {
      program: (x: A, y: A) => np.einsum("bqhd,bkhd->bhqk", x, y),
      inputs: [random(2, 3, 5, 7), random(2, 11, 5, 7)],
    },
    "several rows and columns": {
      program: (x: A, y: A) => np.einsum("abk,kcd->dacb", x, y),
      inputs: [random(2, 3, 5), random(5, 7, 11)],
    },
    "batches in another order": {
      program: (x: A, y: A) => np.einsum("abik,bajk->abij", x, y),
      inputs: [random(2, 3, 5, 7), random(3, 2, 11, 7)],
    },
    "two vectors": { program: (x: A, y: A) => np.dot(x, y), inputs: [random(7), random(7)] },
    "vectors by pairs": { program: (x: A, y: A) => np.einsum("bk,bk->b", x, y), inputs: [random(3, 7), random(3, 7)] },
    "a matrix and a vector": { program: (x: A, y: A) => np.matmul(x, y), inputs: [random(3, 7), random(7)] },
    "a vector and a matrix": { program: (x: A, y: A) => np.matmul(x, y), inputs: [random(7), random(7, 3)] },
    "one side repeated": {
      program: (x: A, y: A) => np.matmul(x, np.broadcastTo(y, [5, 7])),
      inputs: [random(3, 5), random(7)],
    },
    "the sum over a repeated axis": {
      program: (x: A, y: A) => np.matmul(x, np.transpose(np.broadcastTo(y, [5, 7]))),
      inputs: [random(3, 7), random(7)],
    },
    "both repeated": {
      program: (x: A, y: A) => np.matmul(np.transpose(np.broadcastTo(x, [5, 3])), np.broadcastTo(y, [5, 7])),
      inputs: [random(3), random(7)],
    },
    "a gap of one": { program: (x: A, y: A) => np.einsum("bik,bjk->ijb", x, y), inputs: [random(1, 3, 5), random(1, 7, 5)] },
    integers: { program: (x: A, y: A) => np.matmul(x, y), inputs: [integers(-9, 9, 3, 5), integers(-9, 9, 5, 7)] },
  },
  gather: {
    rows: { program: (x: A, i: A) => np.take(x, i, 0), inputs: [random(11, 3), integers(0, 11, 2, 5)] },
    "columns of a transpose": {
      program: (x: A, i: A) => np.take(np.transpose(x), i, 1),
      inputs: [random(11, 3), integers(0, 11, 5)],
    },
    "the axis in the middle": { program: (x: A, i: A) => np.take(x, i, 1), inputs: [random(2, 11, 3), integers(0, 11, 5, 7)] },
    "one place": { program: (x: A, i: A) => np.take(x, i, 1), inputs: [random(2, 11, 3), integers(0, 11)] },
    "unsigned places": {
      program: (x: A, i: A) => np.take(x, i.astype(np.uint32), 0),
      inputs: [random(11, 3), integers(0, 11, 5)],
    },
    "two axes at once": {
      program: (x: A, i: A, j: A) => x.slice(i, [], j),
      inputs: [random(5, 3, 7), integers(0, 5, 11, 1), integers(0, 7, 2)],
    },
    "two axes side by side": {
      program: (x: A, i: A, j: A) => x.slice([], i, j),
      inputs: [random(2, 5, 7), integers(0, 5, 11), integers(0, 7, 11)],
    },
    "along an axis": { program: (x: A, i: A) => np.takeAlongAxis(x, i, 1), inputs: [random(3, 7), integers(0, 7, 3, 5)] },
    "a repeated axis": {
      program: (x: A, i: A) => np.take(np.broadcastTo(x, [5, 3]), i, 0),
      inputs: [random(3), integers(0, 5, 7)],
    },
    bools: { program: (x: A, i: A) => np.take(x, i, 0), inputs: [bools(11), integers(0, 11, 5)] },
  },
  scatter: {
    "rows, some repeated": {
      program: (x: A, i: A, y: A) => grad((z: A) => np.take(z, i, 0).mul(y).sum())(x),
      inputs: [random(5, 3), integers(0, 5, 11), random(11, 3)],
    },
    "columns of a transpose": {
      program: (x: A, i: A, y: A) => grad((z: A) => np.take(np.transpose(z), i, 1).mul(y).sum())(x),
      inputs: [random(5, 3), integers(0, 5, 2, 7), random(3, 2, 7)],
    },
    "two axes at once": {
      program: (x: A, i: A, j: A, y: A) => grad((z: A) => z.slice(i, [], j).mul(y).sum())(x),
      inputs: [random(5, 3, 7), integers(0, 5, 11, 1), integers(0, 7, 2), random(11, 2, 3)],
    },
  },
  conv: {
    "two axes": { program: (x: A, k: A) => lax.conv(x, k, [1, 1], "VALID"), inputs: [random(2, 3, 7, 11), random(5, 3, 3, 2)] },
    "strides, padding and dilation": {
      program: (x: A, k: A) =>
        lax.convGeneralDilated(
          x,
          k,
          [2, 3],
          [
            [1, 2],
            [0, 3],
          ],
          { rhsDilation: [2, 1] },
        ),
      inputs: [random(2, 3, 11, 13), random(5, 3, 3, 2)],
    },
    "one axis": { program: (x: A, k: A) => lax.conv(x, k, [1], "SAME"), inputs: [random(2, 3, 11), random(5, 3, 3)] },
    groups: {
      program: (x: A, k: A) => lax.convGeneralDilated(x, k, [1, 1], "VALID", { featureGroupCount: 3 }),
      inputs: [random(2, 6, 7, 5), random(9, 2, 3, 3)],
    },
    transposed: {
      program: (x: A, k: A) => lax.convTranspose(x, k, [2, 3], "VALID"),
      inputs: [random(2, 3, 5, 7), random(5, 3, 3, 2)],
    },
    // an image whose last rows no window reached: its gradient is longer there than what comes back
    "gradients where windows leave pixels out": {
      program: (x: A, k: A, y: A) =>
        grad((z: A, l: A) => lax.conv(z, l, [3, 2], "VALID").mul(y).sum(), { argnums: [0, 1] })(x, k) as A[],
      inputs: [random(2, 3, 13, 8), random(5, 3, 2, 3), random(2, 5, 4, 3)],
    },
    "gradients of groups": {
      program: (x: A, k: A, y: A) =>
        grad((z: A, l: A) => lax.convGeneralDilated(z, l, [2, 2], "SAME", { featureGroupCount: 3 }).mul(y).sum(), {
          argnums: [0, 1],
        })(x, k) as A[],
      inputs: [random(2, 6, 7, 5), random(9, 2, 3, 3), random(2, 9, 4, 3)],
    },
    "transposed along one axis, dilated": {
      program: (x: A, k: A) => lax.convGeneralDilated(x, k, [1], [[3, 5]], { lhsDilation: [3], rhsDilation: [2] }),
      inputs: [random(2, 3, 7), random(5, 3, 3)],
    },
    "transposed with more padding than its kernel": {
      program: (x: A, k: A) =>
        lax.convGeneralDilated(
          x,
          k,
          [1, 1],
          [
            [5, 2],
            [0, 1],
          ],
          { lhsDilation: [3, 2] },
        ),
      inputs: [random(2, 3, 7, 5), random(5, 3, 3, 2)],
    },
    "transposed with strides": {
      program: (x: A, k: A) =>
        lax.convGeneralDilated(
          x,
          k,
          [2, 1],
          [
            [1, 1],
            [0, 1],
          ],
          { lhsDilation: [3, 2] },
        ),
      inputs: [random(2, 3, 7, 5), random(5, 3, 3, 2)],
    },
    "less than no padding": {
      program: (x: A, k: A) =>
        lax.convGeneralDilated(
          x,
          k,
          [1, 1],
          [
            [-1, 2],
            [3, -2],
          ],
        ),
      inputs: [random(2, 3, 7, 11), random(5, 3, 3, 2)],
    },
    "few places and many kernels": {
      program: (x: A, k: A) =>
        lax.convGeneralDilated(
          x,
          k,
          [2, 1],
          [
            [1, 0],
            [-1, 0],
          ],
          { rhsDilation: [2, 2] },
        ),
      inputs: [random(3, 2, 9, 10), random(24, 2, 4, 4)],
    },
    "pixels that no stride reaches cut off": {
      program: (x: A, k: A) =>
        lax.convGeneralDilated(
          x,
          k,
          [4, 3],
          [
            [2, -1],
            [-1, -3],
          ],
        ),
      inputs: [random(2, 3, 16, 16), random(5, 3, 3, 3)],
    },
    "gradients of both": {
      program: (x: A, k: A, y: A) =>
        grad(
          (z: A, l: A) =>
            lax
              .convGeneralDilated(
                z,
                l,
                [2, 1],
                [
                  [1, 0],
                  [2, 1],
                ],
                { rhsDilation: [1, 2] },
              )
              .mul(y)
              .sum(),
          {
            argnums: [0, 1],
          },
        )(x, k) as A[],
      inputs: [random(2, 3, 7, 11), random(5, 3, 3, 2), random(2, 5, 3, 12)],
    },
  },
  pool: {
    "the largest": {
      program: (x: A) => lax.reduceWindow(x, (w: A) => np.max(w), [2, 3], [1, 2]),
      inputs: [random(5, 7, 11)],
    },
    "the sum": { program: (x: A) => lax.reduceWindow(x, (w: A) => np.sum(w), [3], [2]), inputs: [random(5, 11)] },
    "the product": { program: (x: A) => lax.reduceWindow(x, (w: A) => np.prod(w), [3, 2], [2, 1]), inputs: [random(7, 11)] },
    integers: { program: (x: A) => lax.reduceWindow(x, (w: A) => np.max(w), [3], [1]), inputs: [integers(-99, 99, 11)] },
  },
  pool_transpose: {
    "gradient of the largest": {
      program: (x: A) => grad((z: A) => np.square(lax.reduceWindow(z, (w: A) => np.max(w), [2, 3], [2, 3])).sum())(x),
      inputs: [random(5, 7, 11)],
    },
    "gradient of overlapping sums": {
      program: (x: A) => grad((z: A) => np.square(lax.reduceWindow(z, (w: A) => np.sum(w), [3, 2], [2, 1])).sum())(x),
      inputs: [random(5, 7, 11)],
    },
  },
  sort: {
    floats: { program: (x: A) => np.sort(x, 0), inputs: [random(11, 3)] },
    unsigned: { program: (x: A) => np.sort(x), inputs: [unsigned(3, 11)] },
  },
  argsort: {
    "integers with repetitions": { program: (x: A) => np.argsort(x), inputs: [integers(0, 5, 3, 31)] },
    "the largest five": { program: (x: A) => lax.topK(x, 5, 0), inputs: [random(31, 3)] },
    "gradient of the median": { program: (x: A) => grad((z: A) => np.sort(z).slice(5).mul(2).sum())(x), inputs: [random(11)] },
  },
  bit_combine: {
    and: { program: (x: A, y: A) => np.bitwiseAnd(x, y), inputs: [unsigned(31), unsigned(31)] },
    or: { program: (x: A, y: A) => np.bitwiseOr(x, y), inputs: [integers(-99, 99, 31), integers(-99, 99, 31)] },
    xor: { program: (x: A, y: A) => np.bitwiseXor(x, y), inputs: [bools(31), bools(31)] },
  },
  bit_shift: {
    left: { program: (x: A, y: A) => np.leftShift(x, y), inputs: [unsigned(31), integers(0, 32, 31)] },
    right: { program: (x: A, y: A) => np.rightShift(x, y), inputs: [unsigned(31), integers(0, 32, 31)] },
    "left, signed": {
      program: (x: A, y: A) => np.leftShift(x, y),
      inputs: [integers(-(2 ** 31), 2 ** 31, 31), integers(0, 32, 31)],
    },
    "right, signed": {
      program: (x: A, y: A) => np.rightShift(x, y),
      inputs: [integers(-(2 ** 31), 2 ** 31, 31), integers(0, 32, 31)],
    },
  },
  bit_count: {
    unsigned: { program: (x: A) => np.bitwiseCount(x), inputs: [unsigned(31)] },
    signed: { program: (x: A) => np.bitwiseCount(x), inputs: [integers(-(2 ** 31), 2 ** 31, 31)] },
  },
  bitcast: {
    "float to unsigned": { program: (x: A) => x.view(np.uint32), inputs: [random(31)] },
    "integer to float": { program: (x: A) => x.view(np.float32), inputs: [integers(1, 2 ** 30, 31)] },
  },
  random_bits: {
    bits: { program: (k: A) => jaxRandom.bits(k, [7, 11]), inputs: [unsigned(2)] },
    "a key split": { program: (k: A) => jaxRandom.split(k, 3), inputs: [unsigned(2)] },
    "many keys": { program: (k: A) => vmap((one: A) => jaxRandom.bits(one, [5]))(k), inputs: [unsigned(3, 2)] },
    uniform: { program: (k: A) => jaxRandom.uniform(k, [101]), inputs: [unsigned(2)], tolerance: 0 },
  },
  fft: {
    forward: {
      program: (x: A, y: A) => np.fft.fft({ real: x, imag: y }),
      inputs: [random(3, 7), random(3, 7)],
    },
    inverse: { program: (x: A, y: A) => np.fft.ifft({ real: x, imag: y }), inputs: [random(3, 11), random(3, 11)] },
  },
};
