import { isFile } from "#weight-files";
import type { Tensor } from "../engine/index.js";
import { openSafetensors } from "./safetensors/open.js";
import { writeSafetensors } from "./safetensors/write.js";

/** The state of a training as tensors and words. */
interface Stored {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where a training keeps its state; hand it to `train`. */
export interface CheckpointFile {
  save(checkpoint: Stored): Promise<void>;
  load(): Promise<Stored | undefined>;
}

/**
 * Keeps the state of a training in one safetensors file, which appears under its name when it is whole: a crash leaves the one before. When
 * training starts again with the same file, it goes on where it was, bit for bit.
 *
 * @param path the file; its folder must be there
 * @example
 * ```ts
 * import { checkpointFile, ops, tensor, training } from "heed/program";
 * const model = {
 *   parameters: { slope: tensor([0]) },
 *   loss: (p: { slope: ops.Traced }, batch: { x: ops.Traced; y: ops.Traced }) =>
 *     training.meanSquaredError(ops.multiply(batch.x, p.slope), batch.y),
 * };
 * const batches = [{ x: tensor([1, 2, 3]), y: tensor([2, 4, 6]) }];
 * const checkpoint = { store: checkpointFile("line.safetensors"), interval: 50 };
 * await training.train(model, batches, { steps: 100, learningRate: 0.1, checkpoint });
 * const { steps } = await training.train(model, batches, { steps: 150, learningRate: 0.1, checkpoint });
 * console.log(steps.length); // 50 – the first 100 were made before
 * ```
 */
export function checkpointFile(path: string): CheckpointFile {
  return {
    save: ({ tensors, metadata }) => writeSafetensors(path, tensors, metadata),
    load: async () => {
      if (!(await isFile(path))) return undefined;
      const file = await openSafetensors(path);
      const tensors: [string, Tensor][] = [];
      for (const name of file.names) tensors.push([name, await file.read(name)]);
      return { tensors: Object.fromEntries(tensors), metadata: file.metadata };
    },
  };
}
