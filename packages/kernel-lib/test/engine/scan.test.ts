import * as jax from "@jax-js/jax";
import { beforeAll, describe, expect, test } from "vitest";
import { compile, grad, ops, Random, scan, tensor, valueAndGrad, vmap, type Tensor } from "../../src/engine/index.js";
import { toJax } from "../../src/engine/ops/array.js";
import { evaluateTrace, traceOf, type Closed, type Tracer } from "../../src/engine/scan-trace.js";
import { withLoops } from "../../src/engine/scan.js";
import { dropout } from "../../src/layers/dropout.js";

type T = ops.Traced;
const { add, multiply, subtract, sum, square, sin, tanh, sigmoid, matmul, split } = ops;

/** Numbers that look random and are the same everywhere. */
const numbers = (...shape: number[]): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(12.9898 * i + shape.length) / 2),
    shape,
  );

const [B, H, D, L] = [3, 5, 2, 7];
/** Keys, and what they are compared by: L · B · S · A is more than is kept for all steps. */
const [S, A] = [113, 127];

function gruStep(state: T, gates: T, weight: T): T {
  const [xr, xz, xn] = split(gates, 3, 1) as [T, T, T];
  const [hr, hz, hn] = split(matmul(state, weight), 3, 1) as [T, T, T];
  const reset = sigmoid(add(xr, hr));
  const update = sigmoid(add(xz, hz));
  const candidate = tanh(add(xn, multiply(reset, hn)));
  return add(candidate, multiply(update, subtract(state, candidate)));
}
interface Weights {
  readonly U: T;
  readonly W: T;
  readonly x: T;
  readonly h: T;
}
const weights = { U: numbers(H, 3 * H), W: numbers(D, 3 * H), x: numbers(L, B, D), h: numbers(B, H) };
const both = (state: T): [T, T] => [state, state];

const manyPairs = "queries with so many keys that each pair is made again on the way back";

/** Losses of programs with loops; each is differentiated with respect to all of `weights`. */
const losses: Record<string, (weights: Weights) => T> = {
  "a GRU": ({ U, W, x, h }) => {
    const [last, all] = scan((state: T, gates: T) => both(gruStep(state, gates, U)), h, matmul(x, W));
    return add(sum(multiply(all, sin(all))), sum(square(last)));
  },
  "a GRU from the end, of which only the last state counts": ({ U, W, x, h }) =>
    sum(square(scan((state: T, gates: T) => both(gruStep(state, gates, U)), h, matmul(x, W), { reverse: true })[0])),
  "weights used inside the step, twice": ({ U, W, x, h }) => {
    const step = (state: T, input: T): [T, T] => both(gruStep(state, multiply(matmul(input, W), matmul(input, W)), U));
    return sum(square(scan(step, h, x)[1]));
  },
  "an encoder and a decoder that attends to it and feeds the context back": ({ U, W, x, h }) => {
    const gates = matmul(x, W);
    const [last, encoded] = scan((state: T, input: T) => both(gruStep(state, input, U)), h, gates);
    const memory = ops.transpose(encoded, [1, 0, 2]);
    const step = ({ state, context }: { state: T; context: T }, input: T) => {
      const next = gruStep(add(state, context), input, U);
      const scores = ops.squeeze(matmul(memory, ops.expandDims(next, 2)), 2);
      const weight = ops.softmax(scores, 1);
      const found = ops.squeeze(matmul(ops.expandDims(weight, 1), memory), 1);
      return [
        { context: found, state: next },
        { found, weight },
      ] as const;
    };
    const [, outputs] = scan(step, { state: last, context: ops.zeros([B, H]) }, gates);
    return add(sum(square(outputs.weight)), sum(sin(outputs.found)));
  },
  [manyPairs]: ({ U, W, x, h }) => {
    const spread = multiply(ops.constant(numbers(3 * H, A)), 0.1); // [3H, A]
    const [ofQuery, ofKeys] = [matmul(U, spread), matmul(W, spread)];
    const keys = matmul(ops.constant(numbers(S, L)), ops.swapAxes(x, 0, 1)); // [B, S, D]
    const step = (state: T, input: T) => {
      const pairs = tanh(add(ops.expandDims(matmul(state, ofQuery), 1), matmul(keys, ofKeys))); // [B, S, A]
      const weight = ops.softmax(matmul(pairs, sum(ofQuery, 0)), 1);
      const found = ops.squeeze(matmul(ops.expandDims(weight, 1), keys), 1); // [B, D]
      return [gruStep(state, matmul(add(input, found), W), U), { found, weight }] as const;
    };
    const [last, { found, weight }] = scan(step, h, x);
    return add(sum(square(last)), add(sum(sin(found)), multiply(sum(square(weight)), S)));
  },
  "a mask that keeps the old state, and whole numbers along the sequence": ({ U, W, x, h }) => {
    const ids = ops.constant(tensor(Int32Array.from([1, 0, 2, 2, 1, 0, 1])));
    const step = ({ state, steps }: { state: T; steps: T }, input: { gates: T; id: T }) => {
      const next = gruStep(state, add(input.gates, ops.cast(input.id, "float32")), U);
      const kept = ops.where(ops.greater(input.id, 0), next, state);
      return [{ state: kept, steps: add(steps, input.id) }, kept] as const;
    };
    const start = { state: h, steps: ops.constant(tensor(Int32Array.from([0]), [])) };
    const [last, all] = scan(step, start, { gates: matmul(x, W), id: ids });
    return add(sum(square(all)), multiply(ops.cast(last.steps, "float32"), sum(last.state)));
  },
  "a loop in a loop": ({ U, W, x, h }) => {
    const inner = (state: T, row: T): [T, T] => both(tanh(add(state, multiply(row, sum(U)))));
    const step = (state: T, input: T): [T, T] => {
      const [, rows] = scan(inner, ops.zeros([3 * H]), matmul(input, W));
      return both(tanh(add(matmul(rows, ops.transpose(U)), state)));
    };
    return sum(square(scan(step, h, x)[1]));
  },
  "dropout in the step, with a key for each": ({ U, W, x, h }) => {
    const keys = ops.stack(ops.splitKey(ops.constant(new Random(3).key), L), 0);
    const step = (state: T, { gates, key }: { gates: T; key: T }): [T, T] => both(dropout(gruStep(state, gates, U), 0.4, key));
    return sum(square(scan(step, h, { gates: matmul(x, W), key: keys })[1]));
  },
  "the norm of a gradient through a loop": ({ U, W, x, h }) => {
    const inner = grad(({ U: weight, h: start }: { U: T; h: T }) =>
      sum(square(scan((state: T, gates: T) => both(gruStep(state, gates, weight)), start, matmul(x, W))[1])),
    )({ U, h });
    return add(sum(square(inner.U)), sum(sin(inner.h)));
  },
  "examples one by one under vmap": ({ U, W, x, h }) => {
    const one = (sequence: T, start: T): T =>
      scan(
        (state: T, input: T) => both(gruStep(state, matmul(input, W), U)),
        ops.expandDims(start, 0),
        ops.expandDims(sequence, 1),
      )[1];
    return sum(square(vmap(one, [1, 0])(x, h)));
  },
  "numbers beside arrays of whole numbers, as in the key of dropout": ({ W, x }) => {
    const key = ops.cast(ops.arange(2), "uint32");
    const kept = ops.where(ops.randomMask(ops.add(key, 7), x.shape, 0.5), x, 0);
    const [last] = scan(
      (state: T, input: T) => [tanh(add(state, matmul(input, W))), state] as const,
      ops.zeros([B, 3 * H]),
      kept,
    );
    return sum(square(last));
  },
  "a carry through which a gradient comes only after one step": ({ W, x }) => {
    const step = ({ first, second }: { first: T; second: T }, input: T) =>
      [{ first: tanh(matmul(input, W)), second: add(multiply(second, first), first) }, second] as const;
    const [last, all] = scan(step, { first: ops.zeros([B, 3 * H]), second: ops.ones([B, 3 * H]) }, x);
    return add(sum(square(all)), sum(last.first));
  },
};

/** The arrays of a program's result, computed by jax-js with each step written out. */
async function byJax(program: (weights: Weights) => readonly [T, Weights]): Promise<Tensor[]> {
  const [value, gradient] = await compile(program, { runner: "jax" })(weights);
  return [value, ...Object.values(gradient as Record<string, Tensor>)];
}

const inputsToJax = (): Tracer[] => Object.values(weights).map((weight) => toJax(weight) as Tracer);

/** The program with loops recorded, and differentiated by our rule. */
const traceByRule = (program: (weights: Weights) => readonly [T, Weights], inputs: readonly Tracer[]): Closed =>
  withLoops(() =>
    traceOf(
      (...arrays) => {
        const [U, W, x, h] = arrays as unknown as [T, T, T, T];
        const [value, gradient] = program({ U, W, x, h });
        return [value, ...Object.values(gradient as unknown as Record<string, T>)] as unknown as Tracer[];
      },
      inputs.map((input) => input.aval),
    ),
  );

/** The same, run by jax-js. */
async function byRule(program: (weights: Weights) => readonly [T, Weights]): Promise<number[][]> {
  const inputs = inputsToJax();
  const { trace, captured } = traceByRule(program, inputs);
  const results = evaluateTrace(trace, [...captured, ...inputs]) as jax.Array[];
  return Promise.all(results.map(async (array) => Array.from((await array.data()) as Float32Array)));
}

beforeAll(async () => {
  await jax.init("wasm");
  jax.defaultDevice("wasm");
});

/** The same in ONNX Runtime. */
async function byOnnx(program: (weights: Weights) => readonly [T, Weights]): Promise<number[][]> {
  const [value, gradient] = await compile(program, { runner: "onnx" })(weights);
  return [value, ...Object.values(gradient as Record<string, Tensor>)].map(({ data }) => [...data]);
}

/**
 * @param tolerance of float32 sums in another order, relative to the largest: of up to L·B·H = 105 terms a few units in the last place, of pairs
 * (L·B·S·A = 301,371 terms) some ten
 */
function expectClose(got: number[][], expected: readonly Tensor[], tolerance: number): void {
  expect(got).toHaveLength(expected.length);
  got.forEach((values, i) => {
    const wanted = [...(expected[i]?.data ?? [])];
    expect(values).toHaveLength(wanted.length);
    const scale = Math.max(1, ...wanted.map(Math.abs));
    values.forEach((value, j) => expect(Math.abs(value - (wanted[j] ?? Number.NaN))).toBeLessThan(tolerance * scale));
  });
}

// jax-js compiles every step of the written-out gradient by itself
describe.each(Object.entries(losses))("%s", (name, loss) => {
  const tolerance = name === manyPairs ? 2e-5 : 2e-6;
  test("has the gradient of its steps written out", async () => {
    expectClose(await byRule(valueAndGrad(loss)), await byJax(valueAndGrad(loss)), tolerance);
  });

  test("is the same in ONNX Runtime", async () => {
    expectClose(await byOnnx(valueAndGrad(loss)), await byJax(valueAndGrad(loss)), tolerance);
  });
});

test("the gradient never holds the pairs of all steps", () => {
  const { trace } = traceByRule(valueAndGrad(losses[manyPairs] as (weights: Weights) => T), inputsToJax());
  const sizes = trace.eqns.flatMap(({ outBinders }) => outBinders.map(({ aval }) => aval.shape.reduce((a, b) => a * b, 1)));
  expect(Math.max(...sizes)).toBeLessThan(L * B * S * A);
});
