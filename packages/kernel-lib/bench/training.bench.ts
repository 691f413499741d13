/** Training steps – loss, gradients, clipping, Adam – beside PyTorch's, eager, on the same cores and from the same weights. */
import { availableParallelism } from "node:os";
import { compile, type ops, type Tensor, training } from "heed/program";
import type { Bench } from "./harness.ts";
import { tokens, transformer, translator, type Pair, type Sizes } from "./training-models.ts";

type Model = training.Model<training.Named<ops.Traced>, Pair>;
type State = training.State<Tensor>;

/** Makes a function that makes one step and returns its loss. */
function stepper(model: Model, { vocabulary, length, batch }: Sizes): () => Promise<number> {
  const optimiser = training.adam();
  const program = training.stepOf(model, { optimiser, schedule: training.constantRate(1e-3), clipNorm: 1 });
  const run = compile(program) as unknown as (
    state: State,
    batch: Readonly<Record<keyof Pair, Tensor>>,
    key: Tensor,
  ) => Promise<[State, training.Measured<Tensor>]>;
  const key: Tensor = { shape: [2], dtype: "uint32", data: new Uint32Array(2) };
  const pair = { source: tokens([batch, length], 1, vocabulary), target: tokens([batch, length], 2, vocabulary) };
  let state: State = training.initialState(model, optimiser);
  return async () => {
    const [next, { loss }] = await run(state, pair, key);
    state = next;
    return loss.data[0] ?? Number.NaN;
  };
}

/** The losses of the first steps must agree, or the two do not do the same work. */
async function checkSame(name: string, ours: () => Promise<number>, theirs: () => number | Promise<number>): Promise<void> {
  for (let step = 1; step <= 3; step++) {
    const [mine, other] = [await ours(), await theirs()];
    if (Math.abs(mine - other) > 1e-4 * Math.abs(other))
      throw new Error(`${name}: loss ${mine} at step ${step}; PyTorch has ${other}`);
  }
}

export default async function bench(bench: Bench): Promise<void> {
  const torch = bench.python("training.py");
  const threads = availableParallelism();
  const compare = async (
    name: string,
    peer: string,
    model: Model,
    sizes: Sizes,
    more: Readonly<Record<string, number>> = {},
  ): Promise<void> => {
    const { vocabulary, width, length, batch } = sizes;
    const args = { vocabulary, width, length, batch, threads, ...more };
    const step = stepper(model, sizes);
    const start = performance.now();
    await step();
    const first = performance.now() - start;
    await checkSame(name, stepper(model, sizes), torch.sample(peer, { ...args, measure: "loss" }));
    await bench.compare({
      name: `training step, ${name}`,
      unit: "ms",
      ours: async () => {
        const begin = performance.now();
        await step();
        return performance.now() - begin;
      },
      peer: { name: "PyTorch", sample: torch.sample(peer, { ...args, measure: "time" }) },
      samples: 30,
      warmUp: 5,
    });
    await bench.compare({
      name: `prepared and first step, ${name}`,
      unit: "ms",
      ours: () => first,
      limit: 5000,
      samples: 1,
      warmUp: 0,
    });
  };

  for (const length of [10, 64]) {
    const sizes = { vocabulary: 64, width: 128, length, batch: 32 };
    await compare(`GRU with attention, length ${length}`, "translator", translator(sizes), sizes);
  }
  const sizes = { vocabulary: 64, width: 128, length: 32, batch: 32 };
  await compare("Transformer 2 + 2, length 32", "transformer", transformer(sizes, 4, 2), sizes, { heads: 4, depth: 2 });
}
