/**
 * An RNN that writes tokens and looks at a memory at every step, as programs. What the memory is does not matter to it: the states of an
 * encoder that has read a sentence, or the parts of a picture.
 *
 * | here | Bahdanau et al. 2015, §3 and A.1 | Xu et al. 2015, §3.1 | seed notes |
 * |---|---|---|---|
 * | `memory` [B, S, M] | annotations h₁ … h_S | annotations a₁ … a_L | s1, s2, … |
 * | `state.hidden` [B, H] | sᵢ₋₁ | hₜ₋₁ | h1 |
 * | `scores` [B, S] | eᵢⱼ = a(sᵢ₋₁, hⱼ) | eₜᵢ | m1, m2, … |
 * | `weights` [B, S] | αᵢⱼ | αₜᵢ | a1, a2, … |
 * | `context` [B, M] | cᵢ | ẑₜ | attention vector |
 *
 * The chain of one step: the state of the cell before is the query; its scores with the memory become weights; the weighted sum of the
 * memory, the attention vector, goes into the next cell together with the token written last; that cell's state and the attention vector
 * predict the next token.
 */
import { attend, type Score } from "../../attention/index.js";
import { ops, scan, type Random, type Tensor, type Traced } from "../../engine/index.js";
import { embedding, initialGru, initialLstm, linear, type GruParameters, type LstmParameters } from "../../layers/index.js";
import { gruUpdate } from "../../layers/gru.js";
import { lstmUpdate } from "../../layers/lstm.js";
import { linearInit, type LinearParameters } from "../linear-init.js";
import { keepAll, type Drop } from "../dropout.js";

/** What the shapes of the weights depend on. */
export interface DecoderShape {
  readonly cell: "gru" | "lstm";
  /** How the state is compared with the memory; `none` is the same net without attention. */
  readonly score: "dot" | "general" | "additive" | "none";
  /** E: the width of embeddings. */
  readonly embeddingWidth: number;
  /** H: the width of the state. */
  readonly width: number;
  /** M: the width of the memory; H for `dot`. */
  readonly memoryWidth: number;
  readonly vocabularySize: number;
}

/** The weights, in the order in which they are used. */
export interface DecoderParameters<Leaf = Traced> {
  /** [vocabulary, E] */
  readonly embedding: Leaf;
  /** Of the score function: none for `dot`, W [H, M] for `general`, W [M, H], U [M, M], v [M] and b [M] for `additive`. */
  readonly score: Readonly<Record<string, Leaf>>;
  /** Of the cell, whose input is [token; attention vector]. */
  readonly cell: GruParameters<Leaf> | LstmParameters<Leaf>;
  /** h̃ = tanh(W [h; c] + b) (Luong et al. 2015, eq. 5) */
  readonly readout: LinearParameters<Leaf>;
  /** logits = W h̃ + b */
  readonly output: LinearParameters<Leaf>;
}

/** What the decoder carries from step to step. `cell` is there for an LSTM. */
export interface DecoderState<Leaf = Traced> {
  readonly [name: string]: Leaf;
  /** [B, H] */
  readonly hidden: Leaf;
}

/** What the decoder looks at, and the state it starts from. */
export interface Memory<Leaf = Traced> {
  /** [B, S, M] */
  readonly memory: Leaf;
  /** bool [B, S]: true where it may be looked at; everywhere if not given */
  readonly mask?: Leaf;
  readonly state: DecoderState<Leaf>;
}

/** The first state of a decoder from its hidden part; the cell of an LSTM starts at 0. */
export function firstState({ cell }: Pick<DecoderShape, "cell">, hidden: Traced): DecoderState {
  return cell === "gru" ? { hidden } : { hidden, cell: ops.zeros(hidden.shape) };
}

/** One step, with every intermediate. Without attention there are no scores, weights and context. */
export interface DecoderStep {
  readonly state: DecoderState;
  /** [B, S], before the mask */
  readonly scores?: Traced;
  /** [B, S] */
  readonly weights?: Traced;
  /** [B, M] */
  readonly context?: Traced;
}

/**
 * What the last tokens give to the gates of the cell: embeddings [..., E] → W x + b without the attention vector's part, [..., gates]. For
 * tokens that are all known (teacher forcing) it is one product for all steps.
 */
export function gatesOfTokens({ embeddingWidth: E }: DecoderShape, { cell }: DecoderParameters, tokens: Traced): Traced {
  return linear(tokens, ops.slice(cell.inputWeight, 0, E, 1), cell.inputBias);
}

/** One cell: {@link gatesOfTokens} [B, gates] and the state before → the state after, and where it looked. */
export function decoderStep(
  shape: DecoderShape,
  parameters: DecoderParameters,
  { memory, mask }: Pick<Memory, "memory" | "mask">,
  state: DecoderState,
  fromToken: Traced,
): DecoderStep {
  if (shape.score === "none") return { state: nextState(shape, parameters, fromToken, state) };
  const score = { kind: shape.score, ...parameters.score } as Score<Traced>;
  const { scores, weights, output } = attend(state.hidden, memory, memory, { score, mask });
  const { embeddingWidth: E, memoryWidth: M } = shape;
  const fromContext = linear(output, ops.slice(parameters.cell.inputWeight, E, E + M, 1)); // [B, M] → [B, gates]
  const gates = ops.add(fromToken, fromContext); // = W [token; context] + b
  return { state: nextState(shape, parameters, gates, state), scores, weights, context: output };
}

function nextState({ cell }: DecoderShape, parameters: DecoderParameters, gates: Traced, state: DecoderState): DecoderState {
  if (cell === "gru") return { hidden: gruUpdate(parameters.cell, gates, state.hidden) };
  return lstmUpdate(parameters.cell, gates, { hidden: state.hidden, cell: state["cell"] ?? ops.zeros(state.hidden.shape) });
}

/** The logits [..., vocabulary] that a state and its attention vector stand for. */
export function predictToken(
  { readout, output }: DecoderParameters,
  hidden: Traced,
  context: Traced | undefined,
  drop: Drop = keepAll,
): Traced {
  const seen = context === undefined ? hidden : ops.concatenate([hidden, context], hidden.ndim - 1);
  const attentional = ops.tanh(linear(drop(seen), readout.weight, readout.bias));
  return linear(drop(attentional), output.weight, output.bias);
}

/** What a decoder under teacher forcing did at each step; without attention only the logits. */
export interface TeacherForced {
  readonly [name: string]: Traced;
  /** [B, T, vocabulary] */
  readonly logits: Traced;
}

/**
 * All steps of a decoder that is told the right tokens, int32 [B, T] (teacher forcing): logits [B, T, vocabulary]; with attention also
 * query [B, T, H], memory [B, S, M], scores and weights [B, T, S], context [B, T, M].
 */
export function teacherForceDecoder(
  shape: DecoderShape,
  parameters: DecoderParameters,
  { memory, mask, state }: Memory,
  tokens: Traced,
  drop: Drop = keepAll,
): TeacherForced {
  const vectors = drop(embedding(parameters.embedding, tokens)); // [B, T, E]
  const look = { memory, ...(mask && { mask }) };
  const [, steps] = scan(
    (before: DecoderState, fromToken: Traced) => {
      const { state: after, ...looked } = decoderStep(shape, parameters, look, before, fromToken);
      return [after, { hidden: after.hidden, query: before.hidden, ...looked }] as const;
    },
    state,
    gatesOfTokens(shape, parameters, ops.swapAxes(vectors, 0, 1)), // [T, B, gates]
  );
  const { hidden, context, ...looked } = byExample(steps);
  const logits = predictToken(parameters, hidden as Traced, context, drop);
  return context === undefined ? { logits } : { ...looked, logits, memory, context };
}

/** [T, B, …] → [B, T, …] */
function byExample(steps: object): Partial<Record<string, Traced>> {
  return Object.fromEntries(Object.entries(steps as Record<string, Traced>).map(([name, x]) => [name, ops.swapAxes(x, 0, 1)]));
}

/** First weights: uniform like PyTorch's, normal with deviation 1 for embeddings. */
export function initialDecoder(shape: DecoderShape, random: Random): DecoderParameters<Tensor> {
  const { embeddingWidth: E, width: H, memoryWidth: M, vocabularySize } = shape;
  const recurrent = shape.cell === "gru" ? initialGru : initialLstm;
  const context = shape.score === "none" ? 0 : M;
  return {
    embedding: random.fork("embedding").normal([vocabularySize, E]),
    score: initialScore(shape, random.fork("score")),
    cell: recurrent(random.fork("cell"), { input: E + context, state: H }),
    readout: linearInit(random.fork("readout"), H + context, H),
    output: linearInit(random.fork("output"), H, vocabularySize),
  };
}

function initialScore({ score, width: H, memoryWidth: M }: DecoderShape, random: Random): Readonly<Record<string, Tensor>> {
  const spread = (name: string, rows: number, columns: number): Tensor => {
    const bound = 1 / Math.sqrt(columns);
    return random.fork(name).uniform([rows, columns], { low: -bound, high: bound });
  };
  const vector = (name: string): Tensor => random.fork(name).uniform([M], { low: -1 / Math.sqrt(M), high: 1 / Math.sqrt(M) });
  switch (score) {
    case "general":
      return { W: spread("W", H, M) };
    case "additive":
      return { W: spread("W", M, H), U: spread("U", M, M), v: vector("v"), b: vector("b") };
    default:
      return {};
  }
}
