/**
 * BERT (Devlin et al. 2019), with the names of its Hugging Face checkpoints.
 *
 * embeddings = norm(word + position + type) → L × encoder layer (post-norm) → heads: the masked language model and the pooler.
 */
import { ops, type Traced } from "../../engine/index.js";
import { editAt, keyMask, type WeightsHook } from "./attend-heads.js";
import { activation, embedding, layerNorm } from "./blocks.js";
import { headWidth, type ConfigReader } from "./config.js";
import { encoderLayer, encoderLayerShapes, type EncoderLayerNames } from "./encoder-layer.js";
import { requireIds, stackLayers, type Family, type StackTrace } from "./family.js";
import { classHead, maskedTokenHead, poolerHead, type MaskedTokenHead } from "./heads.js";
import { normShapes, parameter, type Parameters, type ParameterShapes } from "./parameters.js";
import { shown } from "../../storage/shown.js";

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
  /** The width of the embeddings where it differs from that of the layers (ALBERT, ELECTRA). */
  readonly embedding_size?: number;
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

export const bertLayerNames = (layer: number): EncoderLayerNames => {
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

const firstPositions = (parameters: Parameters, ids: Traced): Traced =>
  ops.slice(parameter(parameters, "embeddings.position_embeddings.weight"), 0, ids.shape.at(-1) ?? 0, 0);

/** word + type + position, normalised: [B, T] → [B, T, width]. Positions count from 0 unless their vectors are given. */
export function bertEmbeddings(
  config: BertConfig,
  parameters: Parameters,
  { ids, types }: EncoderInputs,
  positions: Traced = firstPositions(parameters, ids),
): Traced {
  const segments =
    types === undefined
      ? ops.slice(parameter(parameters, "embeddings.token_type_embeddings.weight"), 0, 1, 0)
      : embedding(parameters, "embeddings.token_type_embeddings", types);
  const sum = ops.add(ops.add(embedding(parameters, "embeddings.word_embeddings", ids), segments), positions);
  return layerNorm(parameters, "embeddings.LayerNorm", sum, config.layer_norm_eps);
}

/** The L layers over embeddings [B, T, width]. */
export function bertLayers(
  config: BertConfig,
  parameters: Parameters,
  embeddings: Traced,
  mask?: Traced,
  edit?: WeightsHook,
): StackTrace {
  const settings = {
    heads: config.num_attention_heads,
    activation: activation(config.hidden_act),
    epsilon: config.layer_norm_eps,
    norm: "post",
  } as const;
  return stackLayers(config.num_hidden_layers, embeddings, (x, layer) =>
    encoderLayer(parameters, bertLayerNames(layer), settings, x, keyMask(mask), editAt(edit, { kind: "encoder", layer })),
  );
}

/**
 * The encoder: ids [B, T] → hidden states and the attention of every layer.
 *
 * `compile((parameters, ids) => bert(config, parameters, { ids }).attention.map(({ weights }) => weights))` runs it.
 */
export function bert(config: BertConfig, parameters: Parameters, inputs: EncoderInputs, edit?: WeightsHook): StackTrace {
  return bertLayers(config, parameters, bertEmbeddings(config, parameters, inputs), inputs.mask, edit);
}

/** The weights of the embeddings. */
export function bertEmbeddingShapes(config: BertConfig): ParameterShapes {
  const width = config.embedding_size ?? config.hidden_size;
  return {
    "embeddings.word_embeddings.weight": [config.vocab_size, width],
    "embeddings.position_embeddings.weight": [config.max_position_embeddings, width],
    "embeddings.token_type_embeddings.weight": [config.type_vocab_size, width],
    ...normShapes("embeddings.LayerNorm", width),
  };
}

/** The weights of the layers. */
export function bertLayerShapes(config: BertConfig): ParameterShapes {
  const shapes: Record<string, readonly number[]> = {};
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    Object.assign(shapes, encoderLayerShapes(bertLayerNames(layer), config.hidden_size, config.intermediate_size));
  }
  return shapes;
}

/** The weights of the encoder. */
export function bertShapes(config: BertConfig): ParameterShapes {
  return { ...bertEmbeddingShapes(config), ...bertLayerShapes(config) };
}

/** The head of the masked language model. */
export const bertMaskedTokens = (config: BertConfig): MaskedTokenHead => ({
  dense: "cls.predictions.transform.dense",
  norm: "cls.predictions.transform.LayerNorm",
  table: "cls.predictions.decoder.weight",
  bias: "cls.predictions.bias",
  ownBias: "cls.predictions.decoder.bias",
  activate: activation(config.hidden_act),
  epsilon: config.layer_norm_eps,
  vocabulary: config.vocab_size,
  width: config.hidden_size,
});

/**
 * The fields of `config.json` that BERT and its relatives share.
 *
 * @param options the activation where the config names none, and whether layers share their weights, so that a small file has many
 */
export function readBertConfig(config: ConfigReader, { hidden_act = "gelu", sharesLayers = false } = {}): BertConfig {
  const read: BertConfig = {
    vocab_size: config.size("vocab_size"),
    hidden_size: config.size("hidden_size"),
    num_hidden_layers: sharesLayers ? config.rounds("num_hidden_layers") : config.layers("num_hidden_layers"),
    num_attention_heads: config.size("num_attention_heads"),
    intermediate_size: config.size("intermediate_size"),
    hidden_act: config.text("hidden_act", hidden_act),
    max_position_embeddings: config.size("max_position_embeddings", 512),
    type_vocab_size: config.size("type_vocab_size", 2),
    layer_norm_eps: config.epsilon("layer_norm_eps", 1e-12),
  };
  headWidth(read.hidden_size, read.num_attention_heads);
  activation(read.hidden_act);
  const positions = config.text("position_embedding_type", "absolute");
  if (positions !== "absolute")
    throw new RangeError(`config.json: expected position_embedding_type "absolute"; got ${shown(positions)}`);
  if (config.flag("is_decoder", false))
    throw new RangeError("config.json: expected is_decoder to be false; BERT as a decoder is not known here");
  return read;
}

/** Names that older checkpoints give to norms. */
export const oldNormNames: NonNullable<Family["renames"]> = [
  [/\.gamma$/, ".weight"],
  [/\.beta$/, ".bias"],
];

export const bertFamily: Family = {
  modelTypes: ["bert"],
  prefixes: ["bert."],
  renames: oldNormNames,
  read: (reader) => {
    const config = readBertConfig(reader);
    const { hidden_size: width } = config;
    const classes = reader.classes();
    const pooler = { dense: "pooler.dense", activate: ops.tanh };
    return {
      kind: "encoder",
      vocabulary: config.vocab_size,
      sizes: { encoder: { layers: config.num_hidden_layers, heads: config.num_attention_heads } },
      longest: config.max_position_embeddings,
      shapes: bertShapes(config),
      heads: {
        pooled: poolerHead(pooler.dense, width),
        logits: maskedTokenHead(bertMaskedTokens(config)),
        // 0 says that the second text follows the first
        nextSentence: classHead({ ...pooler, output: "cls.seq_relationship" }, width, 2),
        classes: classHead({ ...pooler, output: "classifier" }, width, classes),
      },
      output: ({ layer }) => ({ name: `${bertLayerNames(layer).output}.weight` }),
      run: (parameters, inputs, edit) => ({
        encoder: bert(config, parameters, { ...inputs, ids: requireIds(inputs) }, edit),
      }),
    };
  },
};
