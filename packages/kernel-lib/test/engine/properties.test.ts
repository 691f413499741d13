/** Random programs give the same results in ONNX Runtime as in jax-js, with and without fusions, and so do their gradients. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compile, grad, ops, type Tensor, type Traced } from "../../src/engine/index.js";
import { difference, random } from "./agree.js";

/** One step of a program: an operation on arrays made before. All results stay within a few times [-1, 1]. */
interface Step {
  readonly op: number;
  readonly first: number;
  readonly second: number;
  readonly detail: number;
}

type Operation = (x: Traced, y: Traced, detail: number) => Traced;

const axisOf = (x: Traced, detail: number): number => detail % x.ndim;
const fits = (x: Traced, y: Traced): boolean =>
  x.shape.toReversed().every((size, i) => {
    const other = y.shape.at(-1 - i) ?? 1;
    return size === other || size === 1 || other === 1;
  });
/** y where it broadcasts with x, else a number made of it. */
const beside = (x: Traced, y: Traced): Traced => (fits(x, y) ? y : ops.mean(y));

const operations: readonly Operation[] = [
  (x, y) => ops.add(x, beside(x, y)),
  (x, y) => ops.multiply(x, beside(x, y)),
  (x, y) => ops.subtract(beside(x, y), x),
  (x, y) => ops.divide(x, ops.add(ops.square(beside(x, y)), 1)),
  (x) => ops.tanh(x),
  (x) => ops.sigmoid(x),
  (x) => ops.gelu(x),
  (x) => ops.sin(x),
  (x) => ops.exp(ops.negate(ops.square(x))),
  (x, _, detail) => ops.softmax(x, axisOf(x, detail)),
  (x, _, detail) => ops.mean(x, axisOf(x, detail), { keepdims: detail % 2 === 0 }),
  (x, _, detail) => ops.max(ops.concatenate([x, ops.multiply(x, 0.5)], axisOf(x, detail)), axisOf(x, detail)),
  (x) => ops.transpose(x),
  (x, _, detail) => ops.flip(x, axisOf(x, detail)),
  (x, _, detail) => ops.slice(x, 0, Math.max(1, (x.shape[axisOf(x, detail)] ?? 1) - 1), axisOf(x, detail)),
  (x, _, detail) => ops.expandDims(x, detail % (x.ndim + 1)),
  (x, _, detail) => ops.reshape(x, detail % 2 === 0 ? [-1] : [1, -1, 1]),
  (x, _, detail) =>
    ops.pad(
      x,
      x.shape.map((_size, i): [number, number] => (i === axisOf(x, detail) ? [1, 2] : [0, 0])),
    ),
  (x, _, detail) => ops.concatenate([x, ops.multiply(x, 0.5)], axisOf(x, detail)),
  (x, _, detail) => ops.cumulativeSum(ops.multiply(x, 0.1), axisOf(x, detail)),
  (x, y) => {
    const [left, right] = [x, y].map((array) => ops.reshape(array, [-1, array.shape.at(-1) ?? 1])) as [Traced, Traced];
    const depth = Math.min(left.shape[1] ?? 1, right.shape[1] ?? 1);
    const cut = (array: Traced): Traced => ops.slice(array, 0, depth, 1);
    return ops.multiply(ops.matmul(cut(left), ops.transpose(cut(right))), 1 / depth);
  },
  (x, y) => ops.where(ops.less(x, beside(x, y)), x, beside(x, y)),
  (x, _, detail) =>
    ops.take(
      x,
      ops.cast(ops.floor(ops.multiply(ops.cast(ops.arange(3), "float32"), (x.shape[axisOf(x, detail)] ?? 1) / 3)), "int32"),
      axisOf(x, detail),
    ),
  (x) => ops.stopGradient(x),
];

/** Keeps arrays from growing: what has more elements than this is averaged. */
const most = 5_000;
const small = (x: Traced): Traced => (x.shape.reduce((a, b) => a * b, 1) > most || x.ndim > 5 ? ops.mean(x) : x);
/** Operations along an axis need one. */
const withAxis = (x: Traced): Traced => (x.ndim === 0 ? ops.expandDims(x, 0) : x);

function run(steps: readonly Step[], inputs: readonly Traced[]): Traced[] {
  const made = [...inputs];
  for (const { op, first, second, detail } of steps) {
    const [x, y] = [first, second].map((i) => withAxis(made[i % made.length] as Traced)) as [Traced, Traced];
    made.push(small((operations[op % operations.length] as Operation)(x, y, detail)));
  }
  return made.slice(-3);
}

const steps = fc.array(
  fc.record({ op: fc.nat(operations.length - 1), first: fc.nat(20), second: fc.nat(20), detail: fc.nat(11) }),
  { minLength: 1, maxLength: 12 },
);
const inputs: readonly Tensor[] = [random(3, 5), random(5), random(2, 3, 5), random(7, 1)];

/** float32 sums in another order, through up to twelve steps */
const tolerance = 2e-4;

test("random programs", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (program) => {
      const f = (...arrays: Traced[]): Traced[] => run(program, arrays);
      const expected = await compile(f, { runner: "jax" })(...inputs);
      expect(difference(await compile(f)(...inputs), expected, tolerance)).toBeUndefined();
      expect(difference(await compile(f, { fusions: false })(...inputs), expected, tolerance)).toBeUndefined();
    }),
    { numRuns: 60 },
  );
});

test("gradients of random programs", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (program) => {
      const loss = (arrays: readonly Traced[]): Traced =>
        run(program, arrays)
          .map((array) => ops.sum(ops.sin(array)))
          .reduce((a, b) => ops.add(a, b));
      const expected = await compile(grad(loss), { runner: "jax" })(inputs);
      expect(difference(await compile(grad(loss))(inputs), expected, 10 * tolerance)).toBeUndefined();
    }),
    { numRuns: 30 },
  );
});
