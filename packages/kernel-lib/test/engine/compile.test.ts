/** The front door: caching, bound weights, cancelling, many calls at once, prepared programs. */
import { describe, expect, test } from "vitest";
import { compile, ops, tensor, toNested, vmap, valueAndGrad, type Tensor, type Traced } from "../../src/engine/index.js";
import { Cache } from "../../src/engine/cache.js";
import { difference, random } from "./agree.js";

/** A program that counts how often it is traced. */
function counted(): { program: (x: Traced) => Traced; traces: () => number } {
  let count = 0;
  return {
    program: (x) => {
      count++;
      return ops.multiply(x, 2);
    },
    traces: () => count,
  };
}

const made =
  (name: string, bytes = 0) =>
  async (): Promise<{ name: string; bytes: number }> => ({ name, bytes });

describe("caching", () => {
  test("one trace for each set of shapes and types", async () => {
    const { program, traces } = counted();
    const run = compile(program);
    await run([1, 2, 3]);
    await run([4, 5, 6]);
    expect(traces()).toBe(1);
    await run([1, 2]);
    await run(tensor(Int32Array.of(1, 2, 3)));
    expect(traces()).toBe(3);
  });

  test("the program unused for longest is forgotten first", async () => {
    const { program, traces } = counted();
    const run = compile(program, { cacheSize: 2 });
    for (const size of [1, 2, 1, 3, 1, 2]) await run(tensor(new Float32Array(size)));
    expect(traces()).toBe(4); // 1, 2, 3 (forgets 2), 2 again
  });

  test("the structure of the inputs counts, not only their shapes", async () => {
    const run = compile((x: { a: Traced; b?: Traced }) => (x.b === undefined ? x.a : ops.add(x.a, x.b)));
    expect(toNested(await run({ a: [1, 2] }))).toEqual([1, 2]);
    expect(toNested(await run({ a: [1, 2], b: [3, 4] }))).toEqual([4, 6]);
  });

  test("calls at the same time share one preparation", async () => {
    const { program, traces } = counted();
    const run = compile(program);
    const results = await Promise.all([1, 2, 3, 4, 5].map((x) => run([x])));
    expect(results.map(toNested)).toEqual([[2], [4], [6], [8], [10]]);
    expect(traces()).toBe(1);
  });

  test("after clear it is prepared anew", async () => {
    const { program, traces } = counted();
    const run = compile(program);
    await run([1]);
    await run.clear();
    expect(toNested(await run([3]))).toEqual([6]);
    expect(traces()).toBe(2);
  });

  test("what is in use is freed when its use ends, a failed making is tried again", async () => {
    const freed: string[] = [];
    const cache = new Cache<{ name: string; bytes: number }>(1, async ({ name }) => void freed.push(name));
    const end = Promise.withResolvers<void>();
    const using = cache.use("a", made("A"), () => end.promise);
    await cache.use("b", made("B"), async () => undefined);
    expect(freed).toEqual([]);
    end.resolve();
    await using;
    expect(freed).toEqual(["A"]);
    await expect(
      cache.use(
        "c",
        () => Promise.reject(new Error("no")),
        async () => undefined,
      ),
    ).rejects.toThrow("no");
    expect(await cache.use("c", made("C"), async ({ name }) => name)).toBe("C");
  });

  test("large things leave sooner than their number says", async () => {
    const freed: string[] = [];
    const cache = new Cache<{ name: string; bytes: number }>(9, async ({ name }) => void freed.push(name));
    for (const name of ["A", "B", "C"]) {
      await cache.use(name, made(name, 6e8), async () => undefined);
    }
    expect(freed).toEqual(["A", "B"]);
  });
});

const layer = (weights: { matrix: Traced; bias: Traced }, x: Traced): Traced =>
  ops.add(ops.matmul(x, ops.transpose(weights.matrix)), weights.bias);

describe("weights", () => {
  const weights = { matrix: random(7, 5), bias: random(7) };

  test("bound or given, the result is the same", async () => {
    const x = random(3, 5);
    const bound = await compile(layer, { weights })(x);
    expect(difference(bound, await compile(layer)(weights, x), 1e-6)).toBeUndefined();
    expect(difference(bound, await compile(layer, { weights, runner: "jax" })(x), 1e-5)).toBeUndefined();
  });

  test("a table that is only looked up", async () => {
    const table = random(1009, 97); // large enough to be left where it is
    const look = compile((rows: Traced, i: Traced) => ops.take(rows, i, 0), { weights: table });
    const found = await look(tensor(Int32Array.of(1008, 0, 5)));
    expect(found.shape).toEqual([3, 97]);
    expect([...found.data.subarray(97, 100)]).toEqual([...table.data.subarray(0, 3)]);
  });

  test("what the program leaves unused costs nothing and is no error", async () => {
    const run = compile((w: { used: Traced; unused: Traced }, x: Traced) => ops.multiply(w.used, x), {
      weights: { used: [2], unused: random(3, 5) },
    });
    expect(toNested(await run([21]))).toEqual([42]);
  });
});

describe("cancelling", () => {
  test("before the call", async () => {
    const { program, traces } = counted();
    const reason = new Error("enough");
    await expect(compile(program, { signal: AbortSignal.abort(reason) })([1])).rejects.toBe(reason);
    expect(traces()).toBe(0);
  });

  test("between preparation and run; the next call works", async () => {
    const controller = new AbortController();
    const run = compile((x: Traced) => {
      controller.abort(new Error("stop"));
      return ops.negate(x);
    });
    await expect(run.with({ signal: controller.signal })([1])).rejects.toThrow("stop");
    expect(toNested(await run([1]))).toEqual([-1]);
  });
});

describe("prepared programs", () => {
  test.each(["onnx", "jax"] as const)("%s: state goes from run to run as it is", async (runner) => {
    const step = compile(
      (state: { sum: Traced; count: Traced }, x: Traced) => ({
        state: { sum: ops.add(state.sum, x), count: ops.add(state.count, 1) },
        mean: ops.divide(ops.add(state.sum, x), ops.add(state.count, 1)),
      }),
      { runner },
    );
    const prepared = await step.prepare({ sum: [0, 0], count: 0 }, [0, 0]);
    expect(prepared.inputs.map(({ name, shape }) => [name, shape])).toEqual([
      ["input0.sum", [2]],
      ["input0.count", []],
      ["input1", [2]],
    ]);
    expect(prepared.outputs.map(({ name }) => name)).toEqual(["state.sum", "state.count", "mean"]);
    let arrays: readonly Tensor[] = [tensor([0, 0]), tensor(0)];
    for (const x of [
      [1, 2],
      [3, 4],
    ])
      arrays = await prepared.run([...arrays.slice(0, 2), tensor(x)]);
    expect(toNested(prepared.result(arrays).mean)).toEqual([2, 3]);
    await prepared.dispose();
  });
});

describe("results", () => {
  test("numbers, inputs and constants can be results, also twice", async () => {
    const run = compile((x: Traced) => ({ x, again: [x, ops.transpose(x)], zeros: ops.zeros([2]), one: ops.full([], 1) }));
    const { x, again, zeros, one } = await run([[1, 2]]);
    expect([x, ...again, zeros, one].map((value) => value && toNested(value))).toEqual([
      [[1, 2]],
      [[1, 2]],
      [[1], [2]],
      [0, 0],
      1,
    ]);
  });

  test("half and double precision come out as float32", async () => {
    const run = compile((x: Traced) => [ops.cast(x, "float16"), ops.cast(ops.multiply(ops.cast(x, "float64"), 3), "float64")]);
    const [half, double] = (await run([0.1, 65520])) as [Tensor, Tensor];
    expect([half.dtype, double.dtype]).toEqual(["float32", "float32"]);
    expect(half.data[0]).toBe(0.0999755859375);
    expect(half.data[1]).toBe(Infinity);
    expect(double.data[0]).toBeCloseTo(0.3, 6);
  });
});

const loss = (w: Traced, x: Traced): Traced => ops.sum(ops.square(ops.tanh(ops.matmul(w, x))));
const linear = ({ x, y }: { x: Traced; y: Traced }, z: Traced): Traced => ops.add(ops.multiply(x, y), z);

describe("transformations", () => {
  test("a gradient for each example of a batch", async () => {
    const [w, xs] = [random(3, 5), random(7, 5)];
    const [losses, gradients] = await compile(vmap(valueAndGrad(loss), [null, 0]))(w, xs);
    const one = compile(valueAndGrad(loss));
    for (let i = 0; i < 7; i++) {
      const [value, gradient] = await one(w, tensor(xs.data.slice(5 * i, 5 * i + 5) as Float32Array));
      expect(losses.data[i]).toBeCloseTo(value.data[0] ?? Number.NaN, 5);
      gradient.data.forEach((x, at) => expect(gradients.data[15 * i + at]).toBeCloseTo(x, 5));
    }
  });

  test("batches along other axes, in trees", async () => {
    const run = compile(vmap(linear, [-1, null]));
    const got = await run({ x: [[1, 2, 3]], y: [[1, 10, 100]] }, [7]);
    expect(toNested(got)).toEqual([[8], [27], [307]]);
  });

  test("batches of different sizes are refused by name", async () => {
    const run = compile(vmap(ops.matmul));
    await expect(run(random(3, 5), random(2, 5))).rejects.toThrow(
      new TypeError("vmap: expected batches of one size; got input0 [3, 5] along axis 0 and input1 [2, 5] along axis 0"),
    );
  });
});
