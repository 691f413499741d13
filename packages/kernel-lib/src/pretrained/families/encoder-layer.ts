import { mergeHeads, splitHeads } from "../../attention/index.js";
import type { Traced } from "../../engine/index.js";
import { attendHeads, type HeadsTrace } from "./attend-heads.js";
import { layerNorm, linear, residual } from "./blocks.js";
import type { LayerTrace } from "./family.js";
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
  /** Where the norm stands: `post` after each residual (Vaswani et al. 2017, BERT), `pre` before each part (ViT). */
  readonly norm: "pre" | "post";
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
): LayerTrace {
  const norm = (name: string) => (y: Traced) => layerNorm(parameters, name, y, settings.epsilon);
  const attend = (y: Traced): HeadsTrace => {
    const project = (name: string): Traced => splitHeads(linear(parameters, name, y), settings.heads);
    return attendHeads({ query: project(names.query), keys: project(names.key), values: project(names.value) }, { mask, edit });
  };
  const [attended, attention] = residual(settings.norm, norm(names.attentionNorm), x, (y) => {
    const trace = attend(y);
    return [linear(parameters, names.output, mergeHeads(trace.output)), trace];
  });
  const [hidden] = residual(settings.norm, norm(names.outputNorm), attended, (y) => [
    linear(parameters, names.down, settings.activation(linear(parameters, names.up, y))),
  ]);
  return { hidden, attention };
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
