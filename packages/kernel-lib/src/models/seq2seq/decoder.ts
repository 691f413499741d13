import { compile, ops, type Compiled, type Tensor, type Traced } from "../../engine/index.js";
import { embedding } from "../../layers/index.js";
import type { Decoder } from "../beam-search.js";
import {
  decoderStep,
  encode,
  predictToken,
  teach,
  type DecoderState,
  type Memory,
  type Seq2seqBatch,
  type Seq2seqParameters,
  type Seq2seqShape,
  type Taught,
} from "./program.js";

type Parameters = Seq2seqParameters;

/** The programs of one net, prepared when they are first used. */
export interface Seq2seqPrograms {
  readonly encode: Compiled<(parameters: Parameters, source: Traced, mask: Traced) => Memory>;
  readonly step: Compiled<(parameters: Parameters, memory: Memory, tokens: Traced) => Stepped>;
  readonly teach: Compiled<(parameters: Parameters, batch: TaughtBatch) => Taught>;
}

interface Stepped<Leaf = Traced> {
  readonly [name: string]: Leaf | DecoderState<Leaf>;
  readonly state: DecoderState<Leaf>;
  /** ln p of every next token, [B, V] */
  readonly logProbabilities: Leaf;
}

type TaughtBatch = Pick<Seq2seqBatch, "source" | "sourceMask" | "targetInput">;

export function seq2seqPrograms(shape: Seq2seqShape): Seq2seqPrograms {
  return {
    encode: compile((parameters, source, mask) => encode(shape, parameters, source, mask), { name: "seq2seq encoder" }),
    step: compile(
      (parameters, { memory, mask, state }, tokens) => {
        const token = embedding(parameters.targetEmbedding, tokens);
        const { context, state: after } = decoderStep(shape, parameters, { memory, mask }, state, token);
        return { state: after, logProbabilities: ops.logSoftmax(predictToken(parameters, after.hidden, context), -1) };
      },
      { name: "seq2seq decoder" },
    ),
    teach: compile((parameters, batch) => teach(shape, parameters, batch), { name: "seq2seq" }),
  };
}

/** A decoder over an encoded batch: its rows are the rows of the memory. */
export function seq2seqDecoder(
  programs: Seq2seqPrograms,
  parameters: Seq2seqParameters<Tensor>,
  encoded: Memory<Tensor>,
): Decoder {
  let state = encoded.state;
  return {
    async step(tokens) {
      const ids: Tensor = { shape: [tokens.length], dtype: "int32", data: Int32Array.from(tokens) };
      const stepped: Stepped<Tensor> = await programs.step(parameters, { ...encoded, state }, ids);
      state = stepped.state;
      return stepped.logProbabilities.data as Float32Array;
    },
    reorder(from) {
      state = Object.fromEntries(Object.entries(state).map(([name, array]) => [name, chooseRows(array, from)])) as DecoderState<Tensor>;
    },
  };
}

function chooseRows({ shape, data }: Tensor, from: readonly number[]): Tensor {
  const width = shape[1] ?? 0;
  const rows = new Float32Array(from.length * width);
  from.forEach((row, i) => rows.set((data as Float32Array).subarray(row * width, (row + 1) * width), i * width));
  return { shape: [from.length, width], dtype: "float32", data: rows };
}
