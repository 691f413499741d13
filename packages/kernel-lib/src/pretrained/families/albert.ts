/**
 * ALBERT (Lan et al. 2020): BERT with narrow embeddings mapped to the layers' width, and layers that share their weights
 * within a group.
 */
import { ops } from "../../engine/index.js";
import { editAt, keyMask } from "./attend-heads.js";
import { bertEmbeddings, bertEmbeddingShapes, oldNormNames, readBertConfig, type BertConfig } from "./bert.js";
import { activation, linear } from "./blocks.js";
import { encoderLayer, encoderLayerShapes, type EncoderLayerNames } from "./encoder-layer.js";
import { requireIds, stackLayers, type Family } from "./family.js";
import { classHead, maskedTokenHead, poolerHead } from "./heads.js";
import { linearShapes, type ParameterShapes } from "./parameters.js";

const layerNames = (group: number, inner: number): EncoderLayerNames => {
  const at = `encoder.albert_layer_groups.${group}.albert_layers.${inner}`;
  return {
    query: `${at}.attention.query`,
    key: `${at}.attention.key`,
    value: `${at}.attention.value`,
    output: `${at}.attention.dense`,
    attentionNorm: `${at}.attention.LayerNorm`,
    up: `${at}.ffn`,
    down: `${at}.ffn_output`,
    outputNorm: `${at}.full_layer_layer_norm`,
  };
};

export const albertFamily: Family = {
  modelTypes: ["albert"],
  prefixes: ["albert."],
  renames: oldNormNames,
  read: (reader) => {
    const narrow = reader.size("embedding_size", 128);
    const config: BertConfig = {
      ...readBertConfig(reader, { hidden_act: "gelu_new", sharesLayers: true }),
      embedding_size: narrow,
    };
    const { hidden_size: width, vocab_size: vocabulary, num_hidden_layers: rounds, num_attention_heads: heads } = config;
    const groups = reader.layers("num_hidden_groups", 1);
    const inner = reader.layers("inner_group_num", 1);
    const activate = activation(config.hidden_act);
    const settings = { heads, activation: activate, epsilon: config.layer_norm_eps, norm: "post" } as const;
    // Each round runs every inner layer of its group, and each of those is a layer with attention of its own.
    const namesOf = (layer: number): EncoderLayerNames => {
      const round = Math.floor(layer / inner);
      return layerNames(Math.floor(round / (rounds / groups)), layer % inner);
    };
    const layers = rounds * inner;
    if (groups > rounds) {
      throw new RangeError(
        `config.json: expected "num_hidden_groups" to be at most "num_hidden_layers" ${rounds}; got ${groups}`,
      );
    }
    const shapes: ParameterShapes = Object.assign(
      { ...bertEmbeddingShapes(config), ...linearShapes("encoder.embedding_hidden_mapping_in", narrow, width) },
      ...Array.from({ length: layers }, (_, layer) => encoderLayerShapes(namesOf(layer), width, config.intermediate_size)),
    );
    return {
      kind: "encoder",
      vocabulary,
      sizes: { encoder: { layers, heads } },
      longest: config.max_position_embeddings,
      shapes,
      heads: {
        pooled: poolerHead("pooler", width),
        logits: maskedTokenHead({
          dense: "predictions.dense",
          norm: "predictions.LayerNorm",
          table: "predictions.decoder.weight",
          bias: "predictions.bias",
          ownBias: "predictions.decoder.bias",
          activate,
          epsilon: config.layer_norm_eps,
          vocabulary,
          width,
          narrow,
        }),
        classes: classHead({ dense: "pooler", output: "classifier", activate: ops.tanh }, width, reader.classes()),
      },
      output: ({ layer }) => ({ name: `${namesOf(layer).output}.weight` }),
      run: (parameters, inputs, edit) => {
        const embeddings = bertEmbeddings(config, parameters, { ids: requireIds(inputs), types: inputs.types });
        const mapped = linear(parameters, "encoder.embedding_hidden_mapping_in", embeddings);
        const encoder = stackLayers(layers, mapped, (x, layer) =>
          encoderLayer(parameters, namesOf(layer), settings, x, keyMask(inputs.mask), editAt(edit, { kind: "encoder", layer })),
        );
        return { encoder };
      },
    };
  },
};
