/**
 * The RNN encoder–decoder with attention, as programs: an encoder that reads the source in both directions, and the decoder of
 * `attention-decoder`, where the chain m → a → attention vector → next cell is.
 *
 * | here | Bahdanau et al. 2015, §A.2.1 |
 * |---|---|
 * | `memory` [B, S, H] | hⱼ = [→hⱼ; ←hⱼ] |
 * | `bridge` | s₀ = tanh(W_s ←h₁), here of both directions' last states |
 */
import { ops, type Random, type Tensor, type Traced } from "../../engine/index.js";
import { embedding, linear } from "../../layers/index.js";
import { linearInit, type LinearParameters } from "../linear-init.js";
import {
  firstState,
  initialDecoder,
  teacherForceDecoder,
  type DecoderParameters,
  type DecoderShape,
  type Memory,
  type TeacherForced,
} from "../attention-decoder/program.js";
import { keepAll, type Drop } from "../dropout.js";
import { initialEncoder, readBothWays, type EncoderParameters } from "../recurrent-encoder.js";
import type { PairBatch } from "../translation-model.js";

/** What the shapes of the weights depend on. */
export interface Seq2seqShape {
  /** Of encoder and decoder. */
  readonly cell: DecoderShape["cell"];
  readonly score: DecoderShape["score"];
  /** E: the width of embeddings. */
  readonly embeddingWidth: number;
  /** H: the width of the decoder's state and of the memory; even, as half of it comes from each direction of the encoder. */
  readonly width: number;
  readonly sourceSize: number;
  readonly targetSize: number;
}

/** The weights, in the order in which they are used. */
export interface Seq2seqParameters<Leaf = Traced> {
  /** [source vocabulary, E] */
  readonly embedding: Leaf;
  readonly encoder: EncoderParameters<Leaf>;
  /** From the encoder's last states to the decoder's first: h₀ = tanh(W [→h_S; ←h₁] + b). */
  readonly bridge: LinearParameters<Leaf>;
  readonly decoder: DecoderParameters<Leaf>;
}

export function decoderShape({ cell, score, embeddingWidth, width, targetSize }: Seq2seqShape): DecoderShape {
  return { cell, score, embeddingWidth, width, memoryWidth: width, vocabularySize: targetSize };
}

/** Source ids int32 [B, S] and where tokens are, bool [B, S] → the memory [B, S, H] and the decoder's first state [B, H]. */
export function encode(
  shape: Seq2seqShape,
  parameters: Seq2seqParameters,
  source: Traced,
  mask: Traced,
  drop: Drop = keepAll,
): Memory & { readonly mask: Traced } {
  const inputs = drop(embedding(parameters.embedding, source)); // [B, S] → [B, S, E]
  const { outputs, last } = readBothWays(shape.cell, parameters.encoder, inputs, mask);
  const { weight, bias } = parameters.bridge;
  const hidden = ops.tanh(linear(ops.concatenate([last.forward, last.backward], 1), weight, bias)); // [B, 2 · H/2] → [B, H]
  return { memory: drop(outputs), mask, state: firstState(shape, hidden) };
}

/** The part of a batch that is read, without what should come out. */
export type TeacherForcedPair<Leaf = Traced> = Pick<PairBatch<Leaf>, "source" | "sourceMask" | "targetInput">;

/** Encoder and teacher-forced decoder: everything that is made of a batch. */
export function teacherForcing(
  shape: Seq2seqShape,
  parameters: Seq2seqParameters,
  batch: TeacherForcedPair,
  drop: Drop = keepAll,
): TeacherForced {
  const encoded = encode(shape, parameters, batch.source, batch.sourceMask, drop);
  return teacherForceDecoder(decoderShape(shape), parameters.decoder, encoded, batch.targetInput, drop);
}

/** First weights: uniform like PyTorch's, normal with deviation 1 for embeddings. */
export function initialSeq2seq(shape: Seq2seqShape, random: Random): Seq2seqParameters<Tensor> {
  const { embeddingWidth: E, width: H } = shape;
  return {
    embedding: random.fork("embedding").normal([shape.sourceSize, E]),
    encoder: initialEncoder(shape.cell, random, { input: E, width: H }),
    bridge: linearInit(random.fork("bridge"), H, H),
    decoder: initialDecoder(decoderShape(shape), random.fork("decoder")),
  };
}
