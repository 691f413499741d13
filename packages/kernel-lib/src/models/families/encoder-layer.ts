import { ops, type Traced } from "../../engine/index.js";
import { attendHeads, mergeHeads, splitHeads, type HeadsTrace } from "./attend-heads.js";
import { layerNorm, linear } from "./blocks.js";
import { linearShapes, normShapes, type Parameters, type ParameterShapes } from "./parameters.js";

/** The names one layer of an encoder has in a checkpoint. */
export interface EncoderLayerNames {
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly output: string;
  readonly attentionNorm: string;
  readonly up: string;
  readonly down: string;
  readonly outputNorm: string;
}

export interface EncoderLayerSettings {
  readonly heads: number;
  readonly activation: (x: Traced) => Traced;
  readonly epsilon: number;
  /** `post`: norm(x + f(x)) (Vaswani et al. 2017, BERT); `pre`: x + f(norm(x)) (ViT). */
  readonly norm: "pre" | "post";
}

/** What a stack of layers computed. */
export interface StackTrace {
  /** The embeddings and the output of each layer: L + 1 arrays [B, T, width]. */
  readonly hidden: Traced[];
  /** One for each layer. */
  readonly attention: HeadsTrace[];
}

/**
 * One layer of an encoder on x [B, T, width]: self-attention, then the feed-forward net, each with its residual and norm.
 *
 * `mask` broadcasts to [B, H, Q, K]; `edit` may replace the weights.
 */
export function encoderLayer(
  parameters: Parameters,
  names: EncoderLayerNames,
  settings: EncoderLayerSettings,
  x: Traced,
  mask?: Traced,
  edit?: (weights: Traced) => Traced,
): { readonly hidden: Traced; readonly attention: HeadsTrace } {
  const norm = (name: string, y: Traced): Traced => layerNorm(parameters, name, y, settings.epsilon);
  const pre = settings.norm === "pre";
  const feedForward = (y: Traced): Traced =>
    linear(parameters, names.down, settings.activation(linear(parameters, names.up, y)));

  const input = pre ? norm(names.attentionNorm, x) : x;
  const project = (name: string): Traced => splitHeads(linear(parameters, name, input), settings.heads);
  const attention = attendHeads({
    query: project(names.query),
    keys: project(names.key),
    values: project(names.value),
    mask,
    edit,
  });
  const attended = ops.add(linear(parameters, names.output, mergeHeads(attention.output)), x);
  if (pre) return { hidden: ops.add(feedForward(norm(names.outputNorm, attended)), attended), attention };
  const middle = norm(names.attentionNorm, attended);
  return { hidden: norm(names.outputNorm, ops.add(feedForward(middle), middle)), attention };
}

/** The weights {@link encoderLayer} needs. */
export function encoderLayerShapes(names: EncoderLayerNames, width: number, feedForwardWidth: number): ParameterShapes {
  return {
    ...linearShapes(names.query, width, width),
    ...linearShapes(names.key, width, width),
    ...linearShapes(names.value, width, width),
    ...linearShapes(names.output, width, width),
    ...normShapes(names.attentionNorm, width),
    ...linearShapes(names.up, width, feedForwardWidth),
    ...linearShapes(names.down, feedForwardWidth, width),
    ...normShapes(names.outputNorm, width),
  };
}
