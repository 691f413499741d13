/** Everything a training needs to go on as if it had never stopped, and its form as named tensors and words, for files. */
import type { Tensor } from "../engine/index.js";
import { mapNamed, type Named } from "./named.js";
import type { OptimiserState } from "./optimiser.js";
import type { State } from "./step.js";

export interface Checkpoint {
  readonly state: State<Tensor>;
  /** Where in the data it stands: the epoch, from 0, and how many of its batches are done. */
  readonly epoch: number;
  readonly batches: number;
  readonly seed: number;
  /** The name of the optimiser the state belongs to. */
  readonly optimiser: string;
  /** The lowest loss in validation so far. */
  readonly best: Best | undefined;
}

export interface Best {
  readonly loss: number;
  readonly step: number;
  readonly parameters: Named<Tensor>;
  /** How many validations have been made since. */
  readonly since: number;
}

/** What a checkpoint is in a file: tensors by name, and words. A safetensors file holds both. */
export interface StoredCheckpoint {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where checkpoints are kept. `checkpointFile(path)` is one. */
export interface CheckpointStore {
  save(checkpoint: StoredCheckpoint): Promise<void>;
  /** `undefined` when there is none yet. */
  load(): Promise<StoredCheckpoint | undefined>;
}

const format = "heed-checkpoint-1";

const under = (prefix: string, tensors: Named<Tensor>): [string, Tensor][] =>
  Object.entries(tensors).map(([name, value]) => [`${prefix}/${name}`, value]);

export function encodeCheckpoint({ state, epoch, batches, seed, optimiser, best }: Checkpoint): StoredCheckpoint {
  return {
    tensors: Object.fromEntries([
      ...under("parameters", state.parameters),
      ...Object.entries(state.optimiser).flatMap(([kind, tensors]) => under(`optimiser/${kind}`, tensors)),
      ...(best ? under("best", best.parameters) : []),
    ]),
    metadata: {
      format,
      optimiser,
      ...mapNamed({ step: state.step.data[0] ?? 0, epoch, batches, seed }, String),
      ...(best && mapNamed({ bestLoss: best.loss, bestStep: best.step, sinceBest: best.since }, String)),
    },
  };
}

/**
 * Reads a checkpoint that belongs to a training with these parameters and this optimiser.
 *
 * @throws SyntaxError when it is no checkpoint; RangeError when it belongs to another model or optimiser, saying what differs
 */
export function decodeCheckpoint(stored: StoredCheckpoint, like: Pick<Checkpoint, "state" | "optimiser">): Checkpoint {
  const { tensors, metadata } = stored;
  if (metadata["format"] !== format) {
    throw new SyntaxError(
      `checkpoint: expected metadata format "${format}"; got ${JSON.stringify(metadata["format"]?.slice(0, 100))}`,
    );
  }
  if (metadata["optimiser"] !== like.optimiser) {
    throw new RangeError(
      `checkpoint: expected the optimiser ${like.optimiser}; it was saved with ${metadata["optimiser"]?.slice(0, 100)}`,
    );
  }
  const number = (name: string): number => {
    const value = Number(metadata[name]);
    if (metadata[name] === undefined || !Number.isFinite(value)) {
      throw new SyntaxError(`checkpoint: expected a number as ${name}; got ${JSON.stringify(metadata[name]?.slice(0, 100))}`);
    }
    return value;
  };
  const read = (prefix: string, likeTensors: Named<Tensor>): Named<Tensor> =>
    mapNamed(likeTensors, ({ shape, dtype }, name) => {
      const found = tensors[`${prefix}/${name}`];
      if (found?.dtype === dtype && found.shape.join() === shape.join()) return found;
      const got = found ? `${found.dtype} [${found.shape.join(", ")}]` : "nothing of that name";
      throw new RangeError(`checkpoint: expected ${prefix}/${name} ${dtype} [${shape.join(", ")}]; got ${got}`);
    });
  const parameters = read("parameters", like.state.parameters);
  const optimiser: OptimiserState<Tensor> = mapNamed(like.state.optimiser, (of, kind) => read(`optimiser/${kind}`, of));
  const step: Tensor = { shape: [], dtype: "float32", data: Float32Array.of(number("step")) };
  const best =
    metadata["bestLoss"] === undefined
      ? undefined
      : {
          loss: number("bestLoss"),
          step: number("bestStep"),
          since: number("sinceBest"),
          parameters: read("best", like.state.parameters),
        };
  return {
    state: { parameters, optimiser, step },
    epoch: number("epoch"),
    batches: number("batches"),
    seed: number("seed"),
    optimiser: like.optimiser,
    best,
  };
}
