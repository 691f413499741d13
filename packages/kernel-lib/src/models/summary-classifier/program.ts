/**
 * The summary classifier as programs: read, summarise in hops, classify.
 *
 * | here | Lin et al. 2017 | seed notes |
 * |---|---|---|
 * | `H` [B, T, width] | H = (h₁ … h_n), eq. 4 | h1, h2, … |
 * | `weights` [B, R, T] | A = softmax(W_s2 tanh(W_s1 Hᵀ)), eq. 6 | A = softmax(Va tanh(WH)) |
 * | `output` [B, R, width] | M = A H, eq. 7 | C = AH |
 * | `penalty` [B] | P = ‖AAᵀ − I‖²_F, eq. 8 | |
 */
import { summarise, type Summarised } from "../../attention/index.js";
import { ops, type Random, type Tensor, type Traced } from "../../engine/index.js";
import { embedding, linear } from "../../layers/index.js";
import { linearInit, type LinearParameters } from "../linear-init.js";
import { keepAll, type Drop } from "../dropout.js";
import { initialEncoder, readBothWays, type EncoderParameters } from "../recurrent-encoder.js";

/** What the shapes of the weights depend on. */
export interface SummaryClassifierShape {
  /** How states are made of words: read in both directions by an LSTM or a GRU, or `none`: each word by itself. */
  readonly encoder: "lstm" | "gru" | "none";
  readonly embeddingWidth: number;
  /** Of the states; even, as half of it comes from each direction. Equal to `embeddingWidth` without an encoder. */
  readonly width: number;
  /** A: the width of tanh(WH). */
  readonly attentionWidth: number;
  /** R: how many summaries are made. */
  readonly hops: number;
  /** The width of the layer between the summaries and the classes. */
  readonly hiddenWidth: number;
  readonly vocabularySize: number;
  readonly classes: number;
}

export interface SummaryClassifierParameters<Leaf = Traced> {
  /** [vocabulary, E] */
  readonly embedding: Leaf;
  readonly encoder: Partial<EncoderParameters<Leaf>>;
  /** W [A, width] and V [R, A] of the summary attention. */
  readonly summary: { readonly W: Leaf; readonly V: Leaf };
  /** ReLU(W C + b) over all hops' summaries side by side */
  readonly hidden: LinearParameters<Leaf>;
  readonly output: LinearParameters<Leaf>;
}

/** Texts, padded. */
export interface TextBatch<Leaf = Traced> {
  /** int32 [B, T] */
  readonly ids: Leaf;
  /** bool [B, T] */
  readonly mask: Leaf;
}

export interface LabelledBatch<Leaf = Traced> extends TextBatch<Leaf> {
  /** int32 [B] */
  readonly labels: Leaf;
}

/** What is made of a text on the way to its class. */
export interface Classified extends Summarised {
  readonly [name: string]: Traced;
  readonly H: Traced;
  /** [B, classes] */
  readonly logits: Traced;
}

/** Texts → the logits of their classes, and everything before. */
export function classify(
  shape: SummaryClassifierShape,
  parameters: SummaryClassifierParameters,
  { ids, mask }: TextBatch,
  drop: Drop = keepAll,
): Classified {
  const words = drop(embedding(parameters.embedding, ids)); // [B, T, E]
  const H = read(shape, parameters, words, mask); // [B, T, width]
  const { W, V } = parameters.summary;
  const summary = summarise(H, W, V, ops.expandDims(mask, 1)); // A [B, R, T], C [B, R, width]
  const [B = 1] = ids.shape;
  const flat = drop(ops.reshape(summary.output, [B, shape.hops * shape.width]));
  const hidden = drop(ops.relu(linear(flat, parameters.hidden.weight, parameters.hidden.bias)));
  return { ...summary, H, logits: linear(hidden, parameters.output.weight, parameters.output.bias) };
}

function read(shape: SummaryClassifierShape, { encoder }: SummaryClassifierParameters, words: Traced, mask: Traced): Traced {
  if (shape.encoder === "none") return words;
  return readBothWays(shape.encoder, encoder as EncoderParameters, words, mask).outputs;
}

/** First weights, drawn as PyTorch draws them. */
export function initialSummaryClassifier(shape: SummaryClassifierShape, random: Random): SummaryClassifierParameters<Tensor> {
  const { embeddingWidth: E, width, attentionWidth: A, hops: R } = shape;
  const spread = (name: string, rows: number, columns: number): Tensor => {
    const bound = 1 / Math.sqrt(columns);
    return random.fork("summary", name).uniform([rows, columns], { low: -bound, high: bound });
  };
  return {
    embedding: random.fork("embedding").normal([shape.vocabularySize, E]),
    encoder: shape.encoder === "none" ? {} : initialEncoder(shape.encoder, random, { input: E, width }),
    summary: { W: spread("W", A, width), V: spread("V", R, A) },
    hidden: linearInit(random.fork("hidden"), R * width, shape.hiddenWidth),
    output: linearInit(random.fork("output"), shape.hiddenWidth, shape.classes),
  };
}
