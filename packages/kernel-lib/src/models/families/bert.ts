/**
 * BERT (Devlin et al. 2019), with the names of its Hugging Face checkpoints.
 *
 * embeddings = norm(word + position + type) → L × encoder layer (post-norm) → heads: the masked language model and the pooler.
 */
import { ops, type Traced } from "../../engine/index.js";
import { keyMask, type EditWeights } from "./attend-heads.js";
import { activation, embedding, layerNorm, linear } from "./blocks.js";
import { encoderLayer, encoderLayerShapes, type EncoderLayerNames, type StackTrace } from "./encoder-layer.js";
import { linearShapes, normShapes, parameter, type Parameters, type ParameterShapes } from "./parameters.js";

/** The part of `config.json` that the computation depends on, under the names it has there. */
export interface BertConfig {
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly intermediate_size: number;
  readonly hidden_act: string;
  readonly max_position_embeddings: number;
  readonly type_vocab_size: number;
  readonly layer_norm_eps: number;
}

/** What the encoder reads. */
export interface EncoderInputs {
  /** Token ids, int32 [B, T]. */
  readonly ids: Traced;
  /** Segment of each token, int32 [B, T]; all 0 unless given. */
  readonly types?: Traced | undefined;
  /** True for tokens, false for padding, bool [B, T]; nothing is masked unless given. */
  readonly mask?: Traced | undefined;
}

const layerNames = (layer: number): EncoderLayerNames => {
  const at = `encoder.layer.${layer}`;
  return {
    query: `${at}.attention.self.query`,
    key: `${at}.attention.self.key`,
    value: `${at}.attention.self.value`,
    output: `${at}.attention.output.dense`,
    attentionNorm: `${at}.attention.output.LayerNorm`,
    up: `${at}.intermediate.dense`,
    down: `${at}.output.dense`,
    outputNorm: `${at}.output.LayerNorm`,
  };
};

/** word + position + type, normalised: [B, T] → [B, T, width]. */
export function bertEmbeddings(config: BertConfig, parameters: Parameters, { ids, types }: EncoderInputs): Traced {
  const tokens = ids.shape.at(-1) ?? 0;
  const words = embedding(parameters, "embeddings.word_embeddings", ids);
  const segments =
    types === undefined
      ? ops.slice(parameter(parameters, "embeddings.token_type_embeddings.weight"), 0, 1, 0)
      : embedding(parameters, "embeddings.token_type_embeddings", types);
  const positions = ops.slice(parameter(parameters, "embeddings.position_embeddings.weight"), 0, tokens, 0);
  const sum = ops.add(ops.add(words, segments), positions);
  return layerNorm(parameters, "embeddings.LayerNorm", sum, config.layer_norm_eps);
}

/** The L layers over embeddings [B, T, width]. */
export function bertLayers(
  config: BertConfig,
  parameters: Parameters,
  embeddings: Traced,
  mask?: Traced,
  edit?: EditWeights,
): StackTrace {
  const settings = {
    heads: config.num_attention_heads,
    activation: activation(config.hidden_act),
    epsilon: config.layer_norm_eps,
    norm: "post",
  } as const;
  const stack: StackTrace = { hidden: [embeddings], attention: [] };
  let x = embeddings;
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const editHere = edit && ((weights: Traced): Traced => edit(weights, { kind: "encoder", layer }));
    const step = encoderLayer(parameters, layerNames(layer), settings, x, keyMask(mask), editHere);
    x = step.hidden;
    stack.hidden.push(x);
    stack.attention.push(step.attention);
  }
  return stack;
}

/**
 * The encoder: ids [B, T] → hidden states and the attention of every layer.
 *
 * @example
 * ```ts
 * const forward = compile((parameters, ids) => bert(config, parameters, { ids }).attention.map(({ weights }) => weights));
 * ```
 */
export function bert(config: BertConfig, parameters: Parameters, inputs: EncoderInputs, edit?: EditWeights): StackTrace {
  return bertLayers(config, parameters, bertEmbeddings(config, parameters, inputs), inputs.mask, edit);
}

/**
 * The masked language model: hidden [..., width] → logits [..., vocabulary]. The output matrix is the table of word
 * embeddings unless the checkpoint carries its own.
 */
export function bertMaskedLanguageModel(config: BertConfig, parameters: Parameters, hidden: Traced): Traced {
  const at = "cls.predictions";
  const dense = activation(config.hidden_act)(linear(parameters, `${at}.transform.dense`, hidden));
  const transformed = layerNorm(parameters, `${at}.transform.LayerNorm`, dense, config.layer_norm_eps);
  const table = parameters[`${at}.decoder.weight`] ?? parameter(parameters, "embeddings.word_embeddings.weight");
  return ops.add(ops.matmul(transformed, ops.transpose(table)), parameter(parameters, `${at}.bias`));
}

/** The pooler: tanh of a dense layer over the first token, [B, T, width] → [B, width]. */
export function bertPooler(parameters: Parameters, hidden: Traced): Traced {
  return ops.tanh(linear(parameters, "pooler.dense", ops.squeeze(ops.slice(hidden, 0, 1, 1), 1)));
}

/** Next sentence: pooled [B, width] → logits [B, 2]; 0 says that the second text follows the first. */
export function bertNextSentence(parameters: Parameters, pooled: Traced): Traced {
  return linear(parameters, "cls.seq_relationship", pooled);
}

/** The weights of the encoder. */
export function bertShapes(config: BertConfig): ParameterShapes {
  const { hidden_size: width, intermediate_size: feedForwardWidth } = config;
  const layers = Array.from({ length: config.num_hidden_layers }, (_, layer) =>
    encoderLayerShapes(layerNames(layer), width, feedForwardWidth),
  );
  return Object.assign(
    {
      "embeddings.word_embeddings.weight": [config.vocab_size, width],
      "embeddings.position_embeddings.weight": [config.max_position_embeddings, width],
      "embeddings.token_type_embeddings.weight": [config.type_vocab_size, width],
    },
    normShapes("embeddings.LayerNorm", width),
    ...layers,
  ) as ParameterShapes;
}

/** The weights of the heads, besides those of the encoder. */
export const bertHeadShapes = {
  maskedLanguageModel: (config: BertConfig): ParameterShapes => ({
    ...linearShapes("cls.predictions.transform.dense", config.hidden_size, config.hidden_size),
    ...normShapes("cls.predictions.transform.LayerNorm", config.hidden_size),
    "cls.predictions.bias": [config.vocab_size],
  }),
  pooler: (config: BertConfig): ParameterShapes => linearShapes("pooler.dense", config.hidden_size, config.hidden_size),
  nextSentence: (config: BertConfig): ParameterShapes => linearShapes("cls.seq_relationship", config.hidden_size, 2),
};
