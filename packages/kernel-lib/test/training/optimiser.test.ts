import { describe, expect, test } from "vitest";
import { compile, tensor, type Tensor } from "../../src/engine/index.js";
import { constant, full, multiply, type Traced } from "../../src/engine/ops.js";
import { clipFactor, globalNorm } from "../../src/training/clip.js";
import {
  adam,
  adamW,
  constantRate,
  cosine,
  inverseSquareRoot,
  linear,
  sgd,
  stepDown,
  type Named,
  type Optimiser,
  type OptimiserState,
  type Schedule,
} from "../../src/training/index.js";
import { mapNamed } from "../../src/training/named.js";
import { packingOf } from "../../src/training/pack.js";
import { expectClose, golden } from "./golden.js";

const optimisers: Record<string, [Optimiser, number]> = {
  sgd: [sgd(), 0.1],
  "sgd, momentum": [sgd({ momentum: 0.9 }), 0.1],
  "sgd, nesterov, decay": [sgd({ momentum: 0.8, nesterov: true, weightDecay: 0.05 }), 0.1],
  adam: [adam(), 0.01],
  "adam, decay": [adam({ beta1: 0.8, beta2: 0.98, epsilon: 1e-3, weightDecay: 0.1 }), 0.01],
  adamW: [adamW(), 0.01],
  "adamW, decay of the weight alone": [adamW({ weightDecay: 0.3, decays: (name) => name === "layer.weight" }), 0.01],
};
const { start, gradients, steps } = golden.optimisers;

describe.each(["onnx", "jax"] as const)("on %s", (runner) => {
  test.each(Object.entries(optimisers))("%s moves as PyTorch's does for five steps", async (name, [optimiser, rate]) => {
    const update = compile(
      (parameters: Named<Traced>, given: Named<Traced>, state: OptimiserState<Traced>, eta: Traced) =>
        optimiser.update(parameters, given, state, eta, 1),
      { runner },
    );
    let parameters: Named<Tensor> = Object.fromEntries(Object.entries(start).map(([key, value]) => [key, tensor(value)]));
    let state = optimiser.initial(mapNamed(parameters, ({ shape }) => shape));
    expect(steps[name]).toHaveLength(5);
    for (const [i, expected] of (steps[name] ?? []).entries()) {
      ({ parameters, state } = await update(parameters, gradients[i] ?? {}, state, rate));
      for (const [key, value] of Object.entries(expected)) expectClose(parameters[key] as Tensor, value);
    }
  });
});

test.each(golden.clipping)(
  "gradients are clipped to a norm of $limit as PyTorch clips them",
  async ({ limit, norm, gradients: expected }) => {
    const clip = compile((given: Named<Traced>) => {
      const before = globalNorm(given);
      return { before, clipped: mapNamed(given, (gradient) => multiply(gradient, clipFactor(before, limit))) };
    });
    const { before, clipped } = await clip(gradients[0] ?? {});
    expectClose(before, norm);
    for (const [key, value] of Object.entries(expected)) expectClose(clipped[key] as Tensor, value);
  },
);

const schedules: Record<string, Schedule> = {
  stepDown: stepDown({ rate: 0.5, every: 3, factor: 0.3 }),
  cosine: cosine({ peak: 0.5, floor: 0.05, steps: 10 }),
  linear: linear({ peak: 0.5, steps: 10 }),
  inverseSquareRoot: inverseSquareRoot({ warmUp: 4, width: 512 }),
};

const ratesOf = async (schedule: Schedule, numbers: readonly number[]): Promise<number[]> => {
  const run = compile((step: Traced) => schedule(step));
  return Promise.all(numbers.map(async (step) => (await run(step)).data[0] ?? Number.NaN));
};

test.each(Object.entries(schedules))("%s has PyTorch's rates", async (name, schedule) => {
  const expected = golden.schedules[name] ?? [];
  const numbers = Array.from({ length: 10 }, (_, i) => i + 1);
  const rates = await ratesOf(schedule, numbers);
  rates.forEach((rate, i) => expect(Math.abs(rate - (expected[i] ?? Number.NaN))).toBeLessThan(1e-7));
});

test("schedules warm up evenly and stay where they end", async () => {
  expect(await ratesOf(constantRate(0.25), [1, 1000])).toEqual([0.25, 0.25]);
  const [first = 0, second = 0, peak = 0, end] = await ratesOf(cosine({ peak: 1, warmUp: 4, steps: 8 }), [1, 2, 4, 99]);
  expect([first, second, peak]).toEqual([0.25, 0.5, 1]);
  expect(Math.abs(end ?? 1)).toBeLessThan(1e-7);
  const noam = await ratesOf(inverseSquareRoot({ warmUp: 4, peak: 1 }), [1, 2, 4, 16]);
  [0.25, 0.5, 1, 0.5].forEach((rate, i) => expect(noam[i]).toBeCloseTo(rate, 6));
  expect(await ratesOf(linear({ peak: 1, warmUp: 2, steps: 6 }), [1, 2, 4, 6, 7])).toEqual([0.5, 1, 0.5, 0, 0]);
});

test("steps down happen at the step, also far out", async () => {
  const rates = await ratesOf(
    stepDown({ rate: 1, every: 1000, factor: 0.5 }),
    [1000, 1001, 100_000, 100_001].map((x) => x),
  );
  expect(rates[0]).toBe(1);
  expect(rates[1]).toBeCloseTo(0.5, 6);
  expect((rates[3] ?? 0) / (rates[2] ?? 1)).toBeCloseTo(0.5, 5);
});

test("gradients count times the factor, as clipped ones", async () => {
  const parameters = { w: tensor([1, -2]) };
  const state = adamW().initial({ w: [2] });
  const half = compile((p: Named<Traced>, g: Named<Traced>, s: OptimiserState<Traced>) =>
    adamW().update(p, g, s, full([], 0.1), 0.5),
  );
  const whole = compile((p: Named<Traced>, g: Named<Traced>, s: OptimiserState<Traced>) =>
    adamW().update(p, g, s, full([], 0.1), 1),
  );
  const [scaled, given] = [await half(parameters, { w: [2, 4] }, state), await whole(parameters, { w: [1, 2] }, state)];
  expectClose(scaled.state["mean"]?.["w"] as Tensor, given.state["mean"]?.["w"] as Tensor);
  expectClose(scaled.state["square"]?.["w"] as Tensor, given.state["square"]?.["w"] as Tensor);
  expectClose(scaled.parameters["w"] as Tensor, given.parameters["w"] as Tensor);
});

test("small parameters that are treated alike are packed as one, and come back as they were", async () => {
  const shapes = { big: [64, 65], bias: [3], gain: [], matrix: [2, 5] };
  const packing = packingOf(shapes, (one, other) => (one === "gain") === (other === "gain"));
  expect(packing.shapes).toEqual({ big: [64, 65], bias: [13], gain: [] });
  const both = compile((arrays: Named<Traced>) => ({
    packed: packing.pack(arrays),
    back: packing.unpack(packing.pack(arrays)),
  }));
  const arrays = {
    big: tensor(new Float32Array(64 * 65).fill(7), [64, 65]),
    bias: tensor([1, 2, 3]),
    gain: tensor(4),
    matrix: tensor([
      [5, 6, 7, 8, 9],
      [10, 11, 12, 13, 14],
    ]),
  };
  const { packed, back } = await both(arrays);
  expect([...(packed["bias"]?.data ?? [])]).toEqual([1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  expect(back).toEqual(arrays);
});

test("options without a meaning are refused", () => {
  expect(() => sgd({ nesterov: true })).toThrow("sgd: nesterov needs a momentum above 0");
  expect(() => adam({ beta2: 1 })).toThrow("adam: expected beta2 from 0 to below 1; got 1");
  expect(() => cosine({ peak: 1, steps: 3, warmUp: 3 })).toThrow("cosine: expected steps − warmUp above 0; got 0");
});

test("a schedule is part of the program: it takes arrays", async () => {
  const program = compile(() => constantRate(0.5)(constant(tensor([3], []))));
  expect((await program()).data[0]).toBe(0.5);
});
