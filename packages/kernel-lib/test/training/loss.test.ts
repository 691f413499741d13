import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile, grad, tensor, valueAndGrad, type Nested, type Tensor } from "../../src/engine/index.js";
import type { Traced } from "../../src/engine/ops.js";
import {
  accuracy,
  binaryCrossEntropy,
  crossEntropy,
  huber,
  meanAbsoluteError,
  meanSquaredError,
} from "../../src/training/index.js";
import { expectClose, golden } from "./golden.js";

const { inputs, ...expected } = golden.losses;
const input = (name: string): Nested => inputs[name] ?? [];
const targets = tensor(Int32Array.from((input("targets") as number[][]).flat()), [2, 5]);
const mask = tensor(input("mask"));

/** Each loss with its inputs; the gradient is that of the first. */
const cases: Record<string, [(x: Traced, y: Traced, m: Traced) => Traced, Nested, Nested | Tensor]> = {
  crossEntropy: [(x, y) => crossEntropy(x, y), input("logits"), targets],
  crossEntropySmoothed: [(x, y) => crossEntropy(x, y, { labelSmoothing: 0.1 }), input("logits"), targets],
  crossEntropyMasked: [(x, y, m) => crossEntropy(x, y, { labelSmoothing: 0.1, mask: m }), input("logits"), targets],
  binaryCrossEntropy: [(x, y) => binaryCrossEntropy(x, y), input("predictions"), input("probabilities")],
  meanSquaredError: [(x, y) => meanSquaredError(x, y), input("predictions"), input("wanted")],
  meanAbsoluteError: [(x, y) => meanAbsoluteError(x, y), input("predictions"), input("wanted")],
  huber: [(x, y) => huber(x, y, { delta: 0.7 }), input("predictions"), input("wanted")],
  meanSquaredErrorMasked: [(x, y, m) => meanSquaredError(x, y, { mask: m }), input("predictions"), input("wanted")],
};

describe.each(["onnx", "jax"] as const)("on %s", (runner) => {
  test.each(Object.entries(cases))("%s is PyTorch's, and its gradient", async (name, [loss, x, y]) => {
    const [value, gradient] = await compile(valueAndGrad(loss), { runner })(x, y, mask);
    expectClose(value, expected[name]?.loss ?? Number.NaN);
    expectClose(gradient, expected[name]?.gradient ?? []);
  });
});

const onLogits = compile((x: Traced, y: Traced) => crossEntropy(x, y));

test("cross-entropy by hand: equal logits of C classes give log C, a certain right answer 0", async () => {
  expectClose(await onLogits([[3, 3, 3, 3]], Int32Array.of(2)), Math.log(4));
  expectClose(await onLogits([[0, 100, 0]], Int32Array.of(1)), 0);
});

test("cross-entropy of large logits neither overflows nor loses the loss", async () => {
  expectClose(await onLogits([[1e4, 0]], Int32Array.of(1)), 1e4);
  expectClose(await onLogits([[-1e4, 0]], Int32Array.of(0)), 1e4);
});

test("where nothing counts the loss is 0", async () => {
  const none = compile((x: Traced, y: Traced, m: Traced) => crossEntropy(x, y, { mask: m }));
  expectClose(await none([[1, 2]], Int32Array.of(0), [false]), 0);
});

test("a target of no class that is masked changes nothing", async () => {
  const masked = compile((x: Traced, y: Traced, m: Traced) => crossEntropy(x, y, { mask: m }));
  const logits = [
    [1, 2, 3],
    [4, 5, 9],
  ];
  expectClose(
    await masked(logits, Int32Array.of(1, -100), [true, false]),
    (await onLogits([[1, 2, 3]], Int32Array.of(1))).data[0] ?? 0,
  );
});

test("adding a number to all logits changes neither loss nor order", async () => {
  const rows = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 3, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 0, max: 2 }), fc.integer({ min: -50, max: 50 }), async (row, target, shift) => {
      const ids = Int32Array.of(target);
      const before = await onLogits([row], ids);
      // logits near 50 have float32 steps of 4e-6
      expectClose(await onLogits([row.map((z) => z + shift)], ids), before.data[0] ?? 0, 2e-5);
    }),
    { numRuns: 20 },
  );
});

test("accuracy counts what is right among what counts", async () => {
  const share = compile((x: Traced, y: Traced, m: Traced) => accuracy(x, y, { mask: m }));
  const logits = [
    [0, 1],
    [1, 0],
    [0, 1],
    [0, 1],
  ];
  expectClose(await share(logits, Int32Array.of(1, 1, 1, 0), [true, true, true, false]), 2 / 3);
});

test("what does not fit is named", async () => {
  await expect(onLogits([[1, 2]], [0])).rejects.toThrow(
    "crossEntropy: expected targets of type int32 [1], the logits without their last axis C; got float32 [1]",
  );
  await expect(compile((x: Traced, y: Traced) => meanSquaredError(x, y))([1, 2], [1])).rejects.toThrow(
    "meanSquaredError: expected predictions and targets of one shape; got [2] and [1]",
  );
});

describe("a target outside the classes", () => {
  const logits = [
    [2, 0, 0],
    [0, 2, 0],
    [0, 0, 2],
  ];
  const losses = { crossEntropy, accuracy };

  test.each([
    ["crossEntropy", 3],
    ["crossEntropy", 7],
    ["crossEntropy", -1],
    ["crossEntropy", -100],
    ["accuracy", 3],
    ["accuracy", -1],
  ] as const)("%s refuses %i where it counts", async (name, target) => {
    const loss = compile((z: Traced, t: Traced) => losses[name](z, t));
    await expect(loss(logits, Int32Array.of(0, 1, target))).rejects.toThrow(
      new RegExp(`take of the classes of ${name} .* and its targets, .*index ${target < 0 ? 3 : target} is out of range`),
    );
    const onJax = compile((z: Traced, t: Traced) => losses[name](z, t), { runner: "jax" });
    expect((await onJax(logits, Int32Array.of(0, 1, target))).data[0]).toBeNaN();
  });

  test.each(["onnx", "jax"] as const)("does not matter where it is masked (%s)", async (runner) => {
    const gradient = compile(
      grad((z: Traced, t: Traced, mask: Traced) => crossEntropy(z, t, { mask })),
      { runner },
    );
    const loss = compile((z: Traced, t: Traced, mask: Traced) => crossEntropy(z, t, { mask }), { runner });
    const mask = [true, true, false];
    const right = await loss(logits, Int32Array.of(0, 1, 2), mask);
    expect(right.data[0]).toBeCloseTo(0.2395448, 6); // torch.nn.functional.cross_entropy of the first two rows
    for (const target of [7, -100]) {
      expect((await loss(logits, Int32Array.of(0, 1, target), mask)).data).toEqual(right.data);
      const row = (await gradient(logits, Int32Array.of(0, 1, target), mask)).data.slice(6);
      expect([...row]).toEqual([0, 0, 0]);
    }
  });
});
