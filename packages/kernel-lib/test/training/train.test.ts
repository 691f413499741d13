import { describe, expect, test } from "vitest";
import { Random, tensor, type Tensor } from "../../src/engine/index.js";
import { add, divide, log, matmul, multiply, relu, sqrt, sum, swapAxes, take, type Traced } from "../../src/engine/ops.js";
import { dropout } from "../../src/layers/dropout.js";
import { gru, initialGru, type GruParameters } from "../../src/layers/gru.js";
import {
  adam,
  adamW,
  batchesOf,
  crossEntropy,
  meanSquaredError,
  padded,
  sgd,
  train,
  TrainingError,
  type CheckpointStore,
  type Model,
  type StoredCheckpoint,
  type TrainingEvent,
} from "../../src/training/index.js";

interface Line {
  readonly slope: Traced;
  readonly start: Traced;
}
interface Points {
  readonly x: Traced;
  readonly y: Traced;
}
const line: Model<Line, Points> = {
  parameters: { slope: tensor([0]), start: tensor([0]) },
  loss: ({ slope, start }, { x, y }) => meanSquaredError(add(multiply(x, slope), start), y),
};
const points = { x: tensor([0, 1, 2, 3]), y: tensor([1, 3, 5, 7]) };

/** A network with two layers, a list of them, and dropout: y = |x| from 3 numbers, of which one is noise. */
interface Network {
  readonly layers: readonly { readonly weight: Traced; readonly bias: Traced }[];
}
const random = new Random(11);
const network: Model<Network, Points> = {
  parameters: {
    layers: [
      { weight: random.fork(0).normal([7, 2], { deviation: 0.7 }), bias: tensor(new Float32Array(7)) },
      { weight: random.fork(1).normal([1, 7], { deviation: 0.4 }), bias: tensor([0]) },
    ],
  },
  loss: ({ layers: [first, second] }, { x, y }, key) => {
    if (!first || !second) throw new Error("two layers");
    const hidden = dropout(relu(add(matmul(x, swapAxes(first.weight, 0, 1)), first.bias)), 0.1, key);
    const result = add(matmul(hidden, swapAxes(second.weight, 0, 1)), second.bias);
    return { loss: meanSquaredError(result, y), metrics: { largest: sum(result) } };
  },
};
const examples = Array.from({ length: 40 }, (_, i) => {
  const [a, b] = new Random(5).fork(i).uniform([2], { low: -1, high: 1 }).data;
  return { x: [a ?? 0, b ?? 0], y: [Math.abs(a ?? 0)] };
});
const networkBatches = batchesOf(examples, (rows) => ({ x: rows.map(({ x }) => x), y: rows.map(({ y }) => y) }), { size: 8 });

/** Keeps checkpoints in memory, as copies. */
class Memory implements CheckpointStore {
  stored: StoredCheckpoint | undefined;
  save(checkpoint: StoredCheckpoint): Promise<void> {
    this.stored = structuredClone(checkpoint);
    return Promise.resolve();
  }
  load(): Promise<StoredCheckpoint | undefined> {
    return Promise.resolve(this.stored);
  }
}

const bits = (tree: unknown): string =>
  JSON.stringify(tree, (_, value: unknown) =>
    ArrayBuffer.isView(value) ? [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)] : value,
  );

describe.each(["onnx", "jax"] as const)("on %s", (runner) => {
  test("a line finds its slope and start", async () => {
    const { parameters, reason, steps } = await train(line, [points], { steps: 300, learningRate: 0.1, runner });
    expect(reason).toBe("finished");
    expect(steps).toHaveLength(300);
    expect(parameters.slope.data[0]).toBeCloseTo(2, 2);
    expect(parameters.start.data[0]).toBeCloseTo(1, 2);
  });

  test("the first step of plain descent is the one done by hand", async () => {
    // d/ds mean((s x + b − y)²) at 0 = mean(−2 x y) = −(0 + 6 + 20 + 42) / 4 · … : Σ x y = 34, Σ y = 16, so the gradient is (−17, −8)
    const { parameters, steps } = await train(line, [points], { steps: 1, learningRate: 0.5, optimiser: sgd(), runner });
    expect(parameters.slope.data[0]).toBeCloseTo(8.5, 6);
    expect(parameters.start.data[0]).toBeCloseTo(4, 6);
    expect(steps[0]?.loss).toBeCloseTo(21, 5);
    expect(steps[0]?.gradientNorm).toBeCloseTo(Math.hypot(17, 8), 4);
  });

  test("clipping shortens the step to the limit", async () => {
    const { parameters } = await train(line, [points], { steps: 1, learningRate: 1, optimiser: sgd(), clipNorm: 2, runner });
    expect(Math.hypot(parameters.slope.data[0] ?? 0, parameters.start.data[0] ?? 0)).toBeCloseTo(2, 5);
  });
});

const run = (seed: number): Promise<{ parameters: unknown; steps: readonly { loss: number }[] }> =>
  train(network, networkBatches, { epochs: 2, seed, learningRate: 0.01 });

test("the same seed gives the same numbers, another seed others", async () => {
  const [first, second, other] = [await run(1), await run(1), await run(2)];
  expect(bits(second.parameters)).toBe(bits(first.parameters));
  expect(second.steps.map(({ loss }) => loss)).toEqual(first.steps.map(({ loss }) => loss));
  expect(bits(other.parameters)).not.toBe(bits(first.parameters));
});

test.each([
  ["adam", adam()],
  ["adamW", adamW({ weightDecay: 0.1 })],
  ["sgd with momentum", sgd({ momentum: 0.9 })],
])("%s stopped in the middle of an epoch and resumed goes on bit for bit", async (_, optimiser) => {
  const options = { epochs: 3, seed: 4, learningRate: 0.01, optimiser, validation: { batches: networkBatches } };
  const whole = await train(network, networkBatches, options);
  expect(whole.steps).toHaveLength(15);

  const store = new Memory();
  const controller = new AbortController();
  const stopped = await train(network, networkBatches, {
    ...options,
    checkpoint: { store },
    signal: controller.signal,
    report: (event) => {
      if (event.kind === "step" && event.step === 7) controller.abort();
    },
  });
  expect(stopped.reason).toBe("interrupted");
  expect(stopped.steps).toHaveLength(7);
  expect(bits(stopped.checkpoint.state.parameters)).toBe(
    bits(
      Object.fromEntries(
        Object.entries(store.stored?.tensors ?? {})
          .filter(([name]) => name.startsWith("parameters/"))
          .map(([name, value]) => [name.slice(11), value]),
      ),
    ),
  );

  const resumed = await train(network, networkBatches, { ...options, checkpoint: { store } });
  expect(resumed.reason).toBe("finished");
  expect([...stopped.steps, ...resumed.steps].map(({ loss, step }) => [step, loss])).toEqual(
    whole.steps.map(({ loss, step }) => [step, loss]),
  );
  expect(bits(resumed.parameters)).toBe(bits(whole.parameters));
  expect(bits(resumed.checkpoint.state)).toBe(bits(whole.checkpoint.state));
});

test("what was handed out can still be read when training has gone on", async () => {
  const handed: { tensors: Readonly<Record<string, Tensor>>; held: string }[] = [];
  const store: CheckpointStore = {
    save: async ({ tensors }) => void handed.push({ tensors, held: bits(tensors) }),
    load: async () => undefined,
  };
  const first = bits(network.parameters);
  const { checkpoint } = await train(network, networkBatches, {
    epochs: 4,
    learningRate: 0.05,
    validation: { batches: networkBatches, interval: 3 },
    checkpoint: { store, interval: 4 },
  });
  expect(bits(network.parameters)).toBe(first);
  expect(handed).toHaveLength(6);
  for (const { tensors, held } of handed) expect(bits(tensors)).toBe(held);
  expect(Object.values(checkpoint.best?.parameters ?? {}).map(({ data }) => data.length)).toEqual([14, 7, 7, 1]);
});

test("a state that nobody reads any more gives its memory back at once", async () => {
  const width = 2 ** 20;
  const model: Model<{ w: Traced }, { x: Traced }> = {
    parameters: { w: tensor(new Float32Array(width)) },
    loss: ({ w }, { x }) => sum(multiply(w, x)),
  };
  const held: number[] = [];
  await train(model, [{ x: tensor([1]) }], { epochs: 40, report: () => held.push(process.memoryUsage().arrayBuffers) });
  const [start = 0] = held;
  const state = 3 * 4 * width; // w, and the two means of Adam
  expect(Math.max(...held) - start).toBeLessThan(3 * state);
});

test("a training that is aborted before it starts returns the first weights", async () => {
  const { parameters, reason, steps } = await train(line, [points], { steps: 5, signal: AbortSignal.abort() });
  expect([reason, steps]).toEqual(["interrupted", []]);
  expect(parameters.slope.data[0]).toBe(0);
});

test("validation drops nothing, stops when there is no improvement, and the best parameters are returned", async () => {
  const events: TrainingEvent[] = [];
  // a rate so high that the loss soon grows
  const { parameters, reason, validations, checkpoint } = await train(line, [points], {
    epochs: 50,
    learningRate: 3,
    validation: { batches: [points], patience: 3 },
    report: (event) => events.push(event),
  });
  expect(reason).toBe("no improvement");
  const losses = validations.map(({ loss }) => loss);
  const best = losses.indexOf(Math.min(...losses));
  expect(losses).toHaveLength(best + 4);
  expect(validations.map(({ isBest }) => isBest).lastIndexOf(true)).toBe(best);
  expect(checkpoint.best?.step).toBe(best + 1);
  expect(parameters.slope.data[0]).toBe(checkpoint.best?.parameters["slope"]?.data[0]);
  expect(parameters.slope.data[0]).not.toBe(checkpoint.state.parameters["slope"]?.data[0]);
  expect(events.map(({ kind }) => kind).filter((kind) => kind === "validation")).toHaveLength(losses.length);
  expect(events.at(-1)).toEqual({ kind: "end", step: losses.length, reason: "no improvement" });
});

test("the mean over validation batches is weighted by what they count", async () => {
  const model: Model<{ w: Traced }, { x: Traced }> = {
    parameters: { w: tensor([1]) },
    loss: ({ w }, { x }) => ({ loss: divide(sum(multiply(x, w)), x.shape[0] ?? 1), count: sum(add(multiply(x, 0), 1)) }),
  };
  const batches = [{ x: [1, 2, 3] }, { x: [10] }];
  const { validations } = await train(model, [{ x: [0] }], { steps: 1, validation: { batches } });
  expect(validations[0]?.loss).toBeCloseTo(4, 6); // (1 + 2 + 3 + 10) / 4; the mean of means would be 6
});

test("an array that is not finite ends training with the step, the tensor and the state before", async () => {
  const model: Model<{ good: Traced; wild: Traced }, { x: Traced }> = {
    parameters: { good: tensor([1]), wild: tensor([3, 1]) },
    // log of a number that falls by 1 with every step
    loss: ({ good, wild }, { x }) => add(sum(log(multiply(wild, x))), multiply(sum(good), 0.5)),
  };
  const batches = [{ x: tensor([1, 1]) }, { x: tensor([1, 1]) }, { x: tensor([-1, 1]) }];
  const store = new Memory();
  const failed = train(model, batches, { epochs: 2, learningRate: 0.01, optimiser: sgd(), checkpoint: { store } });
  const error = await failed.catch((reason: unknown) => reason);
  if (!(error instanceof TrainingError)) throw error;
  expect(error.message).toMatch(
    /^train: the loss is NaN at step 3 \(epoch 0\); every parameter and every gradient is finite; loss \[\] holds NaN at \[\]; it first arises in log of /,
  );
  expect(error.step).toBe(3);
  expect(error.trained.reason).toBe("not finite");
  expect(error.trained.steps).toHaveLength(2);
  const { wild } = error.trained.parameters as Record<string, Tensor>;
  expect(wild?.data.every(Number.isFinite)).toBe(true);
  expect(store.stored?.metadata["step"]).toBe("2");
  expect([...(store.stored?.tensors["parameters/wild"]?.data ?? [])]).toEqual([...(wild?.data ?? [])]);
});

test("a batch with a number that is not finite is named", async () => {
  const batches = [{ x: tensor([0, 1]), y: tensor([1, Number.NaN]) }];
  const error = await train(line, batches).catch((reason: unknown) => reason);
  expect((error as Error).message).toContain("input1.y [2] holds NaN at [1]");
});

test("a gradient that is not finite is named", async () => {
  const model: Model<{ fine: Traced; root: Traced }, { x: Traced }> = {
    parameters: { fine: tensor([2]), root: tensor([0, 1]) },
    loss: ({ fine, root }, { x }) => add(sum(multiply(fine, x)), sum(sqrt(root))), // √x has an infinite slope at 0
  };
  const error = await train(model, [{ x: tensor([1]) }], { steps: 2, optimiser: sgd() }).catch((reason: unknown) => reason);
  expect((error as Error).message).toMatch(
    /^train: the norm of the gradients is Infinity at step 1 \(epoch 0\); not finite: gradient of root \(1 of 2 elements\)\. /,
  );
});

const collate = (some: readonly number[][]): { ids: Tensor; mask: Tensor; wanted: Int32Array } => ({
  ...padded(some, { multipleOf: 4 }),
  wanted: Int32Array.from(some, (row) => row[0] ?? 0),
});

test("a recurrent model learns which number came first, from padded batches", async () => {
  interface Reader {
    readonly table: Traced;
    readonly layer: GruParameters;
    readonly output: Traced;
  }
  const first = new Random(2);
  const reader: Model<Reader, { ids: Traced; mask: Traced; wanted: Traced }> = {
    parameters: {
      table: first.fork("table").normal([5, 7]),
      layer: initialGru(first.fork("layer"), { input: 7, state: 11 }),
      output: first.fork("output").normal([11, 5], { deviation: 0.3 }),
    },
    loss: ({ table, layer, output }, { ids, mask, wanted }) => {
      const read = gru(layer, rowsOf(table, ids), { mask, reverse: true });
      return crossEntropy(matmul(read.last, output), wanted);
    },
  };
  const rows = Array.from({ length: 64 }, (_, i) => {
    const row = new Random(9).fork(i);
    return Array.from({ length: 2 + row.integer(5) }, () => row.integer(5));
  });
  const batches = batchesOf(rows, collate, { size: 16, lengthOf: (row) => row.length });
  const { steps } = await train(reader, batches, { epochs: 15, learningRate: 0.02, clipNorm: 5 });
  expect(steps[0]?.loss).toBeGreaterThan(1.2); // near log 5 = 1.6
  expect(steps.at(-1)?.loss).toBeLessThan(0.2);
});

const rowsOf = (table: Traced, ids: Traced): Traced => take(table, ids, 0);

describe("what has no meaning is refused", () => {
  test.each([
    [{ epochs: 0 }, "train: expected epochs to be a whole number ≥ 1; got 0"],
    [{ clipNorm: -1 }, "train: expected clipNorm above 0; got -1"],
    [{ seed: -3 }, "Random: expected a seed that is a whole number from 0 to 4294967295; got -3"],
  ])("%o", async (options, message) => {
    await expect(train(line, [points], options)).rejects.toThrow(message);
  });

  test("no batches", async () => {
    await expect(train(line, [], { epochs: 1 })).rejects.toThrow("train: expected batches, a list of at least one");
    await expect(train(line, () => [], { epochs: 1 })).rejects.toThrow("train: expected batches; epoch 0 has none");
  });

  test("a loss that is not one number", async () => {
    const wrong: Model<Line, Points> = { ...line, loss: ({ slope }, { x }) => multiply(x, slope) };
    await expect(train(wrong, [points])).rejects.toThrow(
      "train: expected the model's loss to be one number, []; got [4]. Sum or average it first",
    );
  });

  test("a checkpoint of another model, optimiser or seed", async () => {
    const store = new Memory();
    await train(line, [points], { steps: 1, checkpoint: { store } });
    const again = (options: Parameters<typeof train>[2]): Promise<unknown> =>
      train(line, [points], { steps: 2, checkpoint: { store }, ...(options as object) });
    await expect(again({ optimiser: sgd() })).rejects.toThrow("checkpoint: expected the optimiser sgd; it was saved with adam");
    await expect(again({ seed: 3 })).rejects.toThrow("the checkpoint was made with seed 0; give that seed instead of 3");
    const wider: Model<Line, Points> = { ...line, parameters: { slope: tensor([0, 0]), start: tensor([0]) } };
    await expect(train(wider, [points], { steps: 2, checkpoint: { store } })).rejects.toThrow(
      "checkpoint: expected parameters/slope float32 [2]; got float32 [1]",
    );
    store.stored = { tensors: {}, metadata: {} };
    await expect(again({})).rejects.toThrow('checkpoint: expected metadata format "heed-checkpoint-1"; got undefined');
  });
});

test("options by their names of before mean the same, for one release", async () => {
  const model = { ...line };
  const now = await train(model, [points], { steps: 3, learningRate: 0.1, validation: { batches: [points], interval: 1 } });
  const before = await train(model, [points], { steps: 3, rate: 0.1, validation: { batches: [points], everySteps: 1 } });
  expect(before.parameters).toEqual(now.parameters);
  expect(before.validations).toHaveLength(now.validations.length);
  expect(now.validations.length).toBeGreaterThanOrEqual(3);
});
