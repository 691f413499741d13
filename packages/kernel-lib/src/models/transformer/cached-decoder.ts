import type { Compiled, Tensor, Traced } from "../../engine/index.js";
import type { Decoder } from "../beam-search.js";
import { chooseRows } from "../batching.js";
import type { LayerCache, TransformerMemory, TransformerParameters, TransformerShape } from "./program.js";

/** One step with a cache; see `transformerStep`. */
export type TransformerStepProgram = Compiled<
  (
    parameters: TransformerParameters,
    memory: TransformerMemory,
    cache: readonly LayerCache[],
    tokens: Traced,
    position: Traced,
  ) => { readonly logProbabilities: Traced; readonly cache: LayerCache[] }
>;

/**
 * A decoder for searches that keeps the keys and values of what is written. The cache has room for all tokens from the start, rounded up
 * to a multiple of 16, so that one program does every step.
 */
export function cachedDecoder(
  program: TransformerStepProgram,
  parameters: TransformerParameters<Tensor>,
  memory: TransformerMemory<Tensor>,
  { shape, rows, mostTokens }: { readonly shape: TransformerShape; readonly rows: number; readonly mostTokens: number },
): Decoder {
  const room = Math.ceil((mostTokens + 1) / 16) * 16;
  const length = shape.positions === "learned" ? Math.min(room, shape.maxLength) : room;
  const empty = (): Tensor => ({
    shape: [rows, length, shape.width],
    dtype: "float32",
    data: new Float32Array(rows * length * shape.width),
  });
  let cache: readonly LayerCache<Tensor>[] = Array.from({ length: shape.layers }, () => ({ keys: empty(), values: empty() }));
  let position = 0;
  return {
    async step(tokens) {
      if (position >= length)
        throw new RangeError(`transformer: expected at most maxLength = ${length} positions; got ${position + 1}`);
      const ids: Tensor = { shape: [tokens.length], dtype: "int32", data: Int32Array.from(tokens) };
      const now: Tensor = { shape: [], dtype: "int32", data: Int32Array.of(position) };
      const stepped = await program(parameters, memory, cache, ids, now);
      cache = stepped.cache;
      position += 1;
      return stepped.logProbabilities.data as Float32Array;
    },
    reorder(from) {
      if (from.every((row, i) => row === i)) return;
      cache = cache.map(({ keys, values }) => ({ keys: chooseRows(keys, from), values: chooseRows(values, from) }));
    },
  };
}
