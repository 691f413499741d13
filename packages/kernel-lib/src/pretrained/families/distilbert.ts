/** DistilBERT (Sanh et al. 2019): BERT with half the layers, no segments and no pooler, under names of its own. */
import { ops } from "../../engine/index.js";
import { editAt, keyMask } from "./attend-heads.js";
import { activation, embedding, layerNorm } from "./blocks.js";
import { headWidth } from "./config.js";
import { encoderLayer, encoderLayerShapes, type EncoderLayerNames } from "./encoder-layer.js";
import { requireIds, stackLayers, type Family } from "./family.js";
import { classHead, maskedTokenHead } from "./heads.js";
import { normShapes, parameter, type ParameterShapes } from "./parameters.js";

const epsilon = 1e-12;

const layerNames = (layer: number): EncoderLayerNames => {
  const at = `transformer.layer.${layer}`;
  return {
    query: `${at}.attention.q_lin`,
    key: `${at}.attention.k_lin`,
    value: `${at}.attention.v_lin`,
    output: `${at}.attention.out_lin`,
    attentionNorm: `${at}.sa_layer_norm`,
    up: `${at}.ffn.lin1`,
    down: `${at}.ffn.lin2`,
    outputNorm: `${at}.output_layer_norm`,
  };
};

export const distilbertFamily: Family = {
  modelTypes: ["distilbert"],
  prefixes: ["distilbert."],
  read: (config) => {
    const vocabulary = config.size("vocab_size");
    const positions = config.size("max_position_embeddings", 512);
    const width = config.size("dim");
    const layers = config.layers("n_layers");
    const heads = config.size("n_heads");
    const feedForwardWidth = config.size("hidden_dim");
    const classes = config.classes();
    headWidth(width, heads);
    const activate = activation(config.text("activation", "gelu"));
    const settings = { heads, activation: activate, epsilon, norm: "post" } as const;
    const shapes: ParameterShapes = Object.assign(
      {
        "embeddings.word_embeddings.weight": [vocabulary, width],
        "embeddings.position_embeddings.weight": [positions, width],
      },
      normShapes("embeddings.LayerNorm", width),
      ...Array.from({ length: layers }, (_, layer) => encoderLayerShapes(layerNames(layer), width, feedForwardWidth)),
    );
    return {
      kind: "encoder",
      vocabulary,
      sizes: { encoder: { layers, heads } },
      longest: positions,
      shapes,
      heads: {
        logits: maskedTokenHead({
          dense: "vocab_transform",
          norm: "vocab_layer_norm",
          table: "vocab_projector.weight",
          bias: "vocab_projector.bias",
          activate,
          epsilon,
          vocabulary,
          width,
        }),
        classes: classHead({ dense: "pre_classifier", output: "classifier", activate: ops.relu }, width, classes),
      },
      output: ({ layer }) => ({ name: `${layerNames(layer).output}.weight` }),
      run: (parameters, inputs, edit) => {
        const ids = requireIds(inputs);
        const table = parameter(parameters, "embeddings.position_embeddings.weight");
        const sum = ops.add(
          embedding(parameters, "embeddings.word_embeddings", ids),
          ops.slice(table, 0, ids.shape.at(-1) ?? 0, 0),
        );
        const embeddings = layerNorm(parameters, "embeddings.LayerNorm", sum, epsilon);
        const encoder = stackLayers(layers, embeddings, (x, layer) =>
          encoderLayer(
            parameters,
            layerNames(layer),
            settings,
            x,
            keyMask(inputs.mask),
            editAt(edit, { kind: "encoder", layer }),
          ),
        );
        return { encoder };
      },
    };
  },
};
