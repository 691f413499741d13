/**
 * The RNN encoder–decoder with attention, as programs: encode, one decoder step, and the loss of a batch.
 *
 * | here | Bahdanau et al. 2015, §3 and A.1 | seed notes |
 * |---|---|---|
 * | `memory` [B, S, H] | annotations h₁ … h_S | s1, s2, … |
 * | `state.hidden` [B, H] | sᵢ₋₁ | h1 |
 * | `scores` [B, S] | eᵢⱼ = a(sᵢ₋₁, hⱼ) | m1, m2, … |
 * | `weights` [B, S] | αᵢⱼ | a1, a2, … |
 * | `context` [B, H] | cᵢ | attention vector |
 *
 * The chain of one step: the state of the cell before is the query; its scores with the memory become weights; the weighted sum of the
 * memory, the attention vector, goes into the next cell together with the token written last; that cell's state and the attention
 * vector predict the next token.
 */
import { attend, type Score } from "../../attention/index.js";
import { ops, scan, type Random, type Tensor, type Traced } from "../../engine/index.js";
import {
  bidirectional,
  embedding,
  gru,
  gruStep,
  initialGru,
  initialLstm,
  linear,
  lstm,
  lstmStep,
  type BothDirections,
  type GruParameters,
  type LstmParameters,
} from "../../layers/index.js";
import { affine, type Affine } from "../affine.js";
import { keepAll, type Drop } from "../dropper.js";

/** What the shapes of the weights depend on. */
export interface Seq2seqShape {
  readonly cell: "gru" | "lstm";
  /** How the decoder's state is compared with the memory; `none` is the same net without attention. */
  readonly score: "dot" | "general" | "additive" | "none";
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
  readonly sourceEmbedding: Leaf;
  readonly encoder: BothDirections<GruParameters<Leaf> | LstmParameters<Leaf>>;
  /** From the encoder's last states to the decoder's first: h₀ = tanh(W [→h_S; ←h₁] + b). */
  readonly bridge: Affine<Leaf>;
  /** Of the score function: none for `dot`, W for `general`, W, U, v and b for `additive`. */
  readonly score: Readonly<Record<string, Leaf>>;
  /** [target vocabulary, E] */
  readonly targetEmbedding: Leaf;
  readonly decoder: GruParameters<Leaf> | LstmParameters<Leaf>;
  /** h̃ = tanh(W [h; c] + b) (Luong et al. 2015, eq. 5) */
  readonly readout: Affine<Leaf>;
  /** logits = W h̃ + b */
  readonly output: Affine<Leaf>;
}

/** What the decoder carries from step to step. `cell` is there for an LSTM. */
export interface DecoderState<Leaf = Traced> {
  readonly [name: string]: Leaf;
  /** [B, H] */
  readonly hidden: Leaf;
}

/** The source as the decoder sees it. */
export interface Memory<Leaf = Traced> {
  /** [B, S, H] */
  readonly memory: Leaf;
  /** bool [B, S]: true at tokens */
  readonly mask: Leaf;
  readonly state: DecoderState<Leaf>;
}

/** One step of the decoder, with every intermediate. Without attention there are no scores, weights and context. */
export interface DecoderStep {
  readonly state: DecoderState;
  /** [B, S], before the mask */
  readonly scores?: Traced;
  /** [B, S] */
  readonly weights?: Traced;
  /** [B, H] */
  readonly context?: Traced;
}

/** Source ids [B, S] → the memory and the decoder's first state. */
export function encode(
  shape: Seq2seqShape,
  parameters: Seq2seqParameters,
  source: Traced,
  mask: Traced,
  drop: Drop = keepAll,
): Memory {
  const inputs = drop(embedding(parameters.sourceEmbedding, source)); // [B, S] → [B, S, E]
  const { outputs, last } = shape.cell === "gru" ? readGru(parameters, inputs, mask) : readLstm(parameters, inputs, mask);
  const { weight, bias } = parameters.bridge;
  const hidden = ops.tanh(linear(ops.concatenate([last.forward, last.backward], 1), weight, bias)); // [B, 2 · H/2] → [B, H]
  const cell = ops.multiply(hidden, 0);
  return {
    memory: drop(outputs),
    mask,
    state: shape.cell === "gru" ? { hidden } : { hidden, cell },
  };
}

interface Read {
  readonly outputs: Traced;
  readonly last: BothDirections<Traced>;
}

function readGru({ encoder }: Seq2seqParameters, inputs: Traced, mask: Traced): Read {
  return bidirectional(gru, encoder as BothDirections<GruParameters>, inputs, { mask });
}

function readLstm({ encoder }: Seq2seqParameters, inputs: Traced, mask: Traced): Read {
  const { outputs, last } = bidirectional(lstm, encoder as BothDirections<LstmParameters>, inputs, { mask });
  return { outputs, last: { forward: last.forward.hidden, backward: last.backward.hidden } };
}

/** One cell of the decoder: the last token's embedding [B, E] and the state before → the state after, and where it looked. */
export function decoderStep(
  shape: Seq2seqShape,
  parameters: Seq2seqParameters,
  { memory, mask }: Pick<Memory, "memory" | "mask">,
  state: DecoderState,
  token: Traced,
): DecoderStep {
  if (shape.score === "none") return { state: nextState(shape, parameters, token, state) };
  const score = { kind: shape.score, ...parameters.score } as Score<Traced>;
  const { scores, weights, output } = attend(state.hidden, memory, memory, { score, mask });
  const input = ops.concatenate([token, output], 1); // [B, E + H]
  return { state: nextState(shape, parameters, input, state), scores, weights, context: output };
}

function nextState({ cell }: Seq2seqShape, { decoder }: Seq2seqParameters, input: Traced, state: DecoderState): DecoderState {
  if (cell === "gru") return { hidden: gruStep(decoder, input, state.hidden) };
  return lstmStep(decoder, input, { hidden: state.hidden, cell: state["cell"] ?? ops.multiply(state.hidden, 0) });
}

/** The logits [..., target vocabulary] that a state and its attention vector stand for. */
export function predictToken(parameters: Seq2seqParameters, hidden: Traced, context: Traced | undefined, drop: Drop = keepAll): Traced {
  const seen = context === undefined ? hidden : ops.concatenate([hidden, context], hidden.ndim - 1);
  const { readout, output } = parameters;
  const attentional = ops.tanh(linear(drop(seen), readout.weight, readout.bias));
  return linear(drop(attentional), output.weight, output.bias);
}

/** A batch of sentence pairs, padded. */
export interface Seq2seqBatch<Leaf = Traced> {
  /** int32 [B, S] */
  readonly source: Leaf;
  /** bool [B, S] */
  readonly sourceMask: Leaf;
  /** int32 [B, T]: the start mark, then the target's tokens */
  readonly targetInput: Leaf;
  /** int32 [B, T]: the target's tokens, then the end mark */
  readonly targetOutput: Leaf;
  /** bool [B, T]: true at tokens of `targetOutput` */
  readonly targetMask: Leaf;
}

/** What a taught decoder did at each step; without attention only the logits. */
export interface Taught {
  readonly [name: string]: Traced;
  /** [B, T, V] */
  readonly logits: Traced;
}

/**
 * All steps of a decoder that is told the right tokens (teacher forcing): logits [B, T, V]; with attention also query [B, T, H], memory
 * [B, S, H], scores and weights [B, T, S], context [B, T, H].
 */
export function teach(
  shape: Seq2seqShape,
  parameters: Seq2seqParameters,
  batch: Pick<Seq2seqBatch, "source" | "sourceMask" | "targetInput">,
  drop: Drop = keepAll,
): Taught {
  const { memory, mask, state } = encode(shape, parameters, batch.source, batch.sourceMask, drop);
  const tokens = drop(embedding(parameters.targetEmbedding, batch.targetInput)); // [B, T, E]
  const [, steps] = scan(
    (before: DecoderState, token: Traced) => {
      const { state: after, ...looked } = decoderStep(shape, parameters, { memory, mask }, before, token);
      return [after, { hidden: after.hidden, query: before.hidden, ...looked }] as const;
    },
    state,
    ops.swapAxes(tokens, 0, 1), // [T, B, E]
  );
  const { hidden, context, ...looked } = byExample(steps);
  const logits = predictToken(parameters, hidden as Traced, context, drop);
  return context === undefined ? { logits } : { ...looked, logits, memory, context };
}

/** [T, B, …] → [B, T, …] */
function byExample(steps: object): Partial<Record<string, Traced>> {
  return Object.fromEntries(Object.entries(steps as Record<string, Traced>).map(([name, x]) => [name, ops.swapAxes(x, 0, 1)]));
}

/** First weights: uniform like PyTorch's for the recurrent parts, normal with deviation 1/√E for embeddings. */
export function initialSeq2seq(shape: Seq2seqShape, random: Random): Seq2seqParameters<Tensor> {
  const { embeddingWidth: E, width: H } = shape;
  const recurrent = shape.cell === "gru" ? initialGru : initialLstm;
  const table = (name: string, size: number): Tensor => random.fork(name).normal([size, E]);
  const context = shape.score === "none" ? 0 : H;
  return {
    sourceEmbedding: table("sourceEmbedding", shape.sourceSize),
    encoder: {
      forward: recurrent(random.fork("encoder", "forward"), { input: E, state: H / 2 }),
      backward: recurrent(random.fork("encoder", "backward"), { input: E, state: H / 2 }),
    },
    bridge: affine(random.fork("bridge"), H, H),
    score: initialScore(shape, random.fork("score")),
    targetEmbedding: table("targetEmbedding", shape.targetSize),
    decoder: recurrent(random.fork("decoder"), { input: E + context, state: H }),
    readout: affine(random.fork("readout"), H + context, H),
    output: affine(random.fork("output"), H, shape.targetSize),
  };
}

function initialScore({ score, width: H }: Seq2seqShape, random: Random): Readonly<Record<string, Tensor>> {
  const bound = 1 / Math.sqrt(H);
  const square = (name: string): Tensor => random.fork(name).uniform([H, H], { low: -bound, high: bound });
  switch (score) {
    case "general":
      return { W: square("W") };
    case "additive":
      return {
        W: square("W"),
        U: square("U"),
        v: random.fork("v").uniform([H], { low: -bound, high: bound }),
        b: random.fork("b").uniform([H], { low: -bound, high: bound }),
      };
    default:
      return {};
  }
}
