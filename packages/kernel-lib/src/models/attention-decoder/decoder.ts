import { compile, ops, type Compiled, type Tensor, type Traced } from "../../engine/index.js";
import { embedding } from "../../layers/index.js";
import type { Decoder } from "../beam-search.js";
import { chooseRows } from "../batching.js";
import {
  decoderStep,
  gatesOfTokens,
  predictToken,
  type DecoderParameters,
  type DecoderShape,
  type DecoderState,
  type Memory,
} from "./program.js";

/** One step for the tokens written last, int32 [B]. */
export type DecoderProgram = Compiled<(parameters: DecoderParameters, memory: Memory, tokens: Traced) => Stepped>;

interface Stepped<Leaf = Traced> {
  readonly state: DecoderState<Leaf>;
  /** ln p of every next token, [B, vocabulary] */
  readonly logProbabilities: Leaf;
}

export function decoderProgram(shape: DecoderShape, name: string): DecoderProgram {
  return compile(
    (parameters, { memory, mask, state }, tokens) => {
      const fromToken = gatesOfTokens(shape, parameters, embedding(parameters.embedding, tokens));
      const look = { memory, ...(mask && { mask }) };
      const { context, state: after } = decoderStep(shape, parameters, look, state, fromToken);
      return { state: after, logProbabilities: ops.logSoftmax(predictToken(parameters, after.hidden, context), -1) };
    },
    { name },
  );
}

/** A decoder for searches; its rows are the rows of the memory. */
export function decoderOver(program: DecoderProgram, parameters: DecoderParameters<Tensor>, encoded: Memory<Tensor>): Decoder {
  let { state } = encoded;
  return {
    async step(tokens) {
      const ids: Tensor = { shape: [tokens.length], dtype: "int32", data: Int32Array.from(tokens) };
      const stepped: Stepped<Tensor> = await program(parameters, { ...encoded, state }, ids);
      state = stepped.state;
      return stepped.logProbabilities.data as Float32Array;
    },
    reorder(from) {
      const rows = Object.entries(state).map(([name, array]) => [name, chooseRows(array, from)] as const);
      state = Object.fromEntries(rows) as DecoderState<Tensor>;
    },
  };
}
