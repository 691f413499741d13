/**
 * The Transformer, as programs: an encoder, a teacher-forced decoder, and one step of a decoder with a cache.
 *
 * | here | Vaswani et al. 2017 |
 * |---|---|
 * | `layers` | N identical layers, §3.1 |
 * | `width`, `feedForwardWidth`, `heads` | d_model, d_ff, h |
 * | `attention`, `cross` | self-attention and encoder–decoder attention, §3.2.3 |
 * | `positions: "sinusoidal"` or `"learned"` | positional encoding, §3.5, table 3 row E |
 * | `norm: "post"` | LayerNorm(x + Sublayer(x)); `"pre"` puts the norm first and one more at the end of each stack |
 */
import { attend, mergeHeads, splitHeads, type MultiHeadAttended } from "../../attention/index.js";
import { project } from "../../attention/project.js";
import { ops, type Random, type Tensor, type Traced } from "../../engine/index.js";
import {
  embedding,
  initialTransformerBlock,
  layerNorm,
  linear,
  transformerBlock,
  type NormParameters,
  type TransformerBlockParameters,
} from "../../layers/index.js";
import { crossPart, feedForward, residual } from "../../layers/transformer-block.js";
import { linearInit, type LinearParameters } from "../linear-init.js";
import { keepAll, type Drop } from "../dropout.js";
import type { PairBatch } from "../translation-model.js";

/** What the shapes of the weights depend on. */
export interface TransformerShape {
  /** N, of encoder and decoder each. */
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
  readonly feedForwardWidth: number;
  readonly norm: "pre" | "post";
  readonly positions: "sinusoidal" | "learned";
  /** The most tokens that learned positions know. */
  readonly maxLength: number;
  readonly sourceSize: number;
  readonly targetSize: number;
}

/** One of the two stacks. */
export interface StackParameters<Leaf = Traced> {
  /** [vocabulary, width]; read times √width */
  readonly embedding: Leaf;
  /** [maxLength, width], where positions are learned */
  readonly positions?: Leaf;
  readonly layers: readonly TransformerBlockParameters<Leaf>[];
  /** At the end of the stack, with norm `pre`. */
  readonly norm?: NormParameters<Leaf>;
}

export interface TransformerParameters<Leaf = Traced> {
  readonly encoder: StackParameters<Leaf>;
  readonly decoder: StackParameters<Leaf>;
  /** logits = W x + b */
  readonly output: LinearParameters<Leaf>;
}

/** Everything that is made of a batch, with the attention of every layer. */
export interface TransformerTaught {
  /** [B, T, vocabulary] */
  readonly logits: Traced;
  /** Per layer, weights [B, H, S, S], [B, H, T, T], [B, H, T, S]. */
  readonly encoder: readonly MultiHeadAttended[];
  readonly decoder: readonly MultiHeadAttended[];
  readonly cross: readonly MultiHeadAttended[];
}

/** Token ids int32 [B, T] → embedding · √width + position, [B, T, width]. */
function read(shape: TransformerShape, { embedding: table, positions }: StackParameters, ids: Traced, drop: Drop): Traced {
  const T = ids.shape.at(-1) ?? 0;
  if (positions && T > shape.maxLength) {
    throw new RangeError(`transformer: expected at most maxLength = ${shape.maxLength} positions; got ${T}`);
  }
  const places = positions ? ops.slice(positions, 0, T, 0) : ops.constant(sinusoids(T, shape.width));
  return drop(ops.add(ops.multiply(embedding(table, ids), Math.sqrt(shape.width)), places));
}

/** PE(t, 2i) = sin(t / 10000^(2i / width)), PE(t, 2i + 1) = cos(the same): [T, width] (§3.5). */
export function sinusoids(T: number, width: number): Tensor<"float32"> {
  const data = new Float32Array(T * width);
  for (let t = 0; t < T; t += 1) {
    for (let i = 0; i < width; i += 1) {
      const angle = t / 10_000 ** ((i - (i % 2)) / width);
      data[t * width + i] = i % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return { shape: [T, width], dtype: "float32", data };
}

/** Source ids [B, S], where tokens are bool [B, S] → memory [B, S, width] and the attention of each layer. */
export function encodeSource(
  shape: TransformerShape,
  { encoder }: TransformerParameters,
  source: Traced,
  mask: Traced,
  drop: Drop = keepAll,
): { readonly memory: Traced; readonly attention: MultiHeadAttended[] } {
  const visible = ops.expandDims(mask, [1, 2]); // [B, 1, 1, S]
  const attention: MultiHeadAttended[] = [];
  let x = read(shape, encoder, source, drop);
  for (const layer of encoder.layers) {
    const block = transformerBlock(layer, x, { heads: shape.heads, norm: shape.norm, mask: visible, drop });
    attention.push(block.attention);
    x = block.output;
  }
  return { memory: atEnd(encoder, x), attention };
}

function atEnd({ norm }: StackParameters, x: Traced): Traced {
  return norm ? layerNorm(x, norm.gain, norm.bias) : x;
}

/** Encoder and teacher-forced decoder: all positions at once, each looking at itself and those before. */
export function teachTransformer(
  shape: TransformerShape,
  parameters: TransformerParameters,
  batch: Pick<PairBatch, "source" | "sourceMask" | "targetInput">,
  drop: Drop = keepAll,
): TransformerTaught {
  const { memory, attention: encoder } = encodeSource(shape, parameters, batch.source, batch.sourceMask, drop);
  const T = batch.targetInput.shape.at(-1) ?? 0;
  const options = {
    heads: shape.heads,
    norm: shape.norm,
    mask: ops.lessEqual(ops.expandDims(ops.arange(T), 0), ops.expandDims(ops.arange(T), 1)), // key ≤ query, [T, T]
    memory,
    memoryMask: ops.expandDims(batch.sourceMask, [1, 2]),
    drop,
  };
  const decoder: MultiHeadAttended[] = [];
  const cross: MultiHeadAttended[] = [];
  let x = read(shape, parameters.decoder, batch.targetInput, drop);
  for (const layer of parameters.decoder.layers) {
    const block = transformerBlock(layer, x, options);
    decoder.push(block.attention);
    cross.push(block.cross as MultiHeadAttended);
    x = block.output;
  }
  const { weight, bias } = parameters.output;
  return { logits: linear(atEnd(parameters.decoder, x), weight, bias), encoder, decoder, cross };
}

/** Keys and values of one layer, [B, T, width] each, before they are cut into heads. */
export interface LayerCache<Leaf = Traced> {
  readonly keys: Leaf;
  readonly values: Leaf;
}

/** What a decoder with a cache reads at every step. */
export interface TransformerMemory<Leaf = Traced> {
  /** bool [B, S] */
  readonly mask: Leaf;
  /** Of cross attention, made once for a source. */
  readonly cross: readonly LayerCache<Leaf>[];
}

/** Source → keys and values of the decoder's cross attention. */
export function encodeMemory(
  shape: TransformerShape,
  parameters: TransformerParameters,
  source: Traced,
  mask: Traced,
): TransformerMemory {
  const { memory } = encodeSource(shape, parameters, source, mask);
  const cross = parameters.decoder.layers.map((layer) => {
    const { Wk, bk, Wv, bv } = layer.cross ?? layer.attention;
    return { keys: project(memory, Wk, bk), values: project(memory, Wv, bv) };
  });
  return { mask, cross };
}

/**
 * One step of the decoder with a cache: the token at `position` (int32, one number) of each sentence, [B] → ln p of every next token
 * [B, vocabulary] and the cache with the position's keys and values in place. What the cache holds beyond the position is not looked at.
 */
export function transformerStep(
  shape: TransformerShape,
  parameters: TransformerParameters,
  { mask, cross }: TransformerMemory,
  cache: readonly LayerCache[],
  tokens: Traced,
  position: Traced,
): { readonly logProbabilities: Traced; readonly cache: LayerCache[] } {
  const { decoder, output } = parameters;
  const T = cache[0]?.keys.shape[1] ?? 1;
  const places = decoder.positions ? ops.slice(decoder.positions, 0, T, 0) : ops.constant(sinusoids(T, shape.width));
  const place = ops.take(places, position, 0); // [width]
  const isNow = ops.expandDims(ops.equal(ops.arange(T), ops.cast(position, "float32")), [0, 2]); // [1, T, 1]
  const isPast = ops.expandDims(ops.lessEqual(ops.arange(T), ops.cast(position, "float32")), 0); // [1, T]: keys of one query
  const next: LayerCache[] = [];
  let x = ops.expandDims(ops.add(ops.multiply(embedding(decoder.embedding, tokens), Math.sqrt(shape.width)), place), 1); // [B, 1, width]
  for (const [i, layer] of decoder.layers.entries()) {
    const before = cache[i] as LayerCache;
    const attended = residual(shape, layer.attentionNorm, x, (y) => {
      const { Wk, bk, Wv, bv } = layer.attention;
      const keys = ops.where(isNow, project(y, Wk, bk), before.keys); // [B, 1, width] into [B, T, width]
      const values = ops.where(isNow, project(y, Wv, bv), before.values);
      next.push({ keys, values });
      return lookAt(shape, layer.attention, y, { keys, values }, isPast);
    });
    const crossed = crossPart(layer, cross[i], (projections, norm, seen) =>
      residual(shape, norm, attended, (y) => lookAt(shape, projections, y, seen, ops.expandDims(mask, [1, 2]))),
    );
    x = residual(shape, layer.feedForwardNorm, crossed ?? attended, (y) => feedForward(layer, y));
  }
  const logits = linear(ops.squeeze(atEnd(decoder, x), 1), output.weight, output.bias);
  return { logProbabilities: ops.logSoftmax(logits, -1), cache: next };
}

/** Attention of queries to keys and values that are projected already. */
function lookAt(
  { heads }: TransformerShape,
  { Wq, bq, Wo, bo }: TransformerBlockParameters["attention"],
  x: Traced,
  { keys, values }: LayerCache,
  mask: Traced,
): Traced {
  const { output } = attend(splitHeads(project(x, Wq, bq), heads), splitHeads(keys, heads), splitHeads(values, heads), {
    mask,
  });
  return project(mergeHeads(output), Wo, bo);
}

/** First weights: embeddings normal with deviation 1/√width, matrices after Glorot and Bengio (2010). */
export function initialTransformer(shape: TransformerShape, random: Random): TransformerParameters<Tensor> {
  const { width, feedForwardWidth } = shape;
  const stack = (name: string, size: number, hasCross: boolean): StackParameters<Tensor> => {
    const of = random.fork(name);
    const constant = (value: number): Tensor => of.uniform([width], { low: value, high: value });
    return {
      embedding: of.fork("embedding").normal([size, width], { deviation: 1 / Math.sqrt(width) }),
      ...(shape.positions === "learned" && {
        positions: of.fork("positions").normal([shape.maxLength, width], { deviation: 0.1 }),
      }),
      layers: Array.from({ length: shape.layers }, (_, i) =>
        initialTransformerBlock(of.fork("layers", i), { width, feedForwardWidth, hasCross }),
      ),
      ...(shape.norm === "pre" && { norm: { gain: constant(1), bias: constant(0) } }),
    };
  };
  return {
    encoder: stack("encoder", shape.sourceSize, false),
    decoder: stack("decoder", shape.targetSize, true),
    output: linearInit(random.fork("output"), width, shape.targetSize),
  };
}
