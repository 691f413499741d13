/** BERT's pretraining as programs: hidden tokens are predicted where they stand, and nowhere else. */
import { ops, type Random, type Tensor, type Traced } from "../../engine/index.js";
import { keepAll, type Drop } from "../dropout.js";
import { bertEmbeddings, bertLayers, bertMaskedTokens, bertShapes, type BertConfig } from "../../pretrained/families/bert.js";
import type { StackTrace } from "../../pretrained/families/family.js";
import { maskedTokenLogits, maskedTokenShapes } from "../../pretrained/families/heads.js";
import type { Parameters, ParameterShapes } from "../../pretrained/families/parameters.js";

/** Texts, padded. */
export interface ReadBatch<Leaf = Traced> {
  /** int32 [B, T] */
  readonly ids: Leaf;
  /** int32 [B, T]: 0 in the first text, 1 in the second */
  readonly types: Leaf;
  /** bool [B, T]: true at tokens */
  readonly mask: Leaf;
}

/** Texts, and the M places in each at which a token is asked for. */
export interface AskedBatch<Leaf = Traced> extends ReadBatch<Leaf> {
  /** int32 [B, M]: token t of text b is b·T + t */
  readonly places: Leaf;
}

/** Texts with hidden tokens. */
export interface MaskedBatch<Leaf = Traced> extends AskedBatch<Leaf> {
  /** int32 [B, M]: the hidden tokens as they were */
  readonly targets: Leaf;
  /** bool [B, M]: false where a text has fewer than M hidden tokens, and `places` says nothing */
  readonly isHidden: Leaf;
}

/** The layers over texts [B, T]. */
export function readTexts(
  config: BertConfig,
  parameters: Parameters,
  { ids, types, mask }: ReadBatch,
  drop: Drop = keepAll,
): StackTrace {
  return bertLayers(config, parameters, drop(bertEmbeddings(config, parameters, { ids, types })), mask);
}

/**
 * The logits of the tokens asked for: [B, M, vocabulary]. The product with the vocabulary is made for these places alone, of which there
 * are seven times fewer than tokens.
 */
export function askedLogits(config: BertConfig, parameters: Parameters, batch: AskedBatch, drop: Drop = keepAll): Traced {
  const hidden = readTexts(config, parameters, batch, drop).hidden.at(-1) as Traced; // [B, T, width]
  const [B = 1, T = 1, width = 1] = hidden.shape;
  const asked = ops.take(ops.reshape(hidden, [B * T, width]), batch.places, 0); // [B, M, width]
  return maskedTokenLogits(bertMaskedTokens(config), parameters, asked);
}

/** First weights as BERT's: matrices normal with deviation 0.02, gains 1, biases 0. */
export function initialBert(config: BertConfig, random: Random): Record<string, Tensor> {
  const shapes: ParameterShapes = { ...bertShapes(config), ...maskedTokenShapes(bertMaskedTokens(config)) };
  const draw = (name: string, shape: readonly number[]): Tensor => {
    if (name.endsWith("bias")) return random.uniform(shape, { low: 0, high: 0 });
    if (name.endsWith("LayerNorm.weight")) return random.uniform(shape, { low: 1, high: 1 });
    return random.fork(name).normal(shape, { deviation: 0.02 });
  };
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, draw(name, shape)]));
}
