/** DistilBERT (Sanh et al. 2019): BERT with half the layers, no segments and no pooler, under names of its own. */
import { ops } from "../../engine/index.js";
import { editAt, keyMask } from "./attend-heads.js";
import { encoderHead, encoderInputs } from "./bert.js";
import { activation, embedding, firstToken, layerNorm, linear } from "./blocks.js";
import { configReader, headWidth } from "./config.js";
import { encoderLayer, encoderLayerShapes, type EncoderLayerNames } from "./encoder-layer.js";
import { stackLayers, type Family } from "./family.js";
import { linearShapes, normShapes, parameter, tied, type ParameterShapes } from "./parameters.js";

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
  read: (json) => {
    const config = configReader(json);
    const vocabulary = config.size("vocab_size");
    const positions = config.size("max_position_embeddings", 512);
    const width = config.size("dim");
    const layers = config.size("n_layers");
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
        logits: {
          ...encoderHead(
            {
              ...linearShapes("vocab_transform", width, width),
              ...normShapes("vocab_layer_norm", width),
              "vocab_projector.bias": [vocabulary],
            },
            (parameters, hidden) => {
              const transformed = activate(linear(parameters, "vocab_transform", hidden));
              const normal = layerNorm(parameters, "vocab_layer_norm", transformed, epsilon);
              const table = tied(parameters, "vocab_projector.weight", "embeddings.word_embeddings.weight");
              return ops.add(ops.matmul(normal, ops.transpose(table)), parameter(parameters, "vocab_projector.bias"));
            },
          ),
          optional: { "vocab_projector.weight": [vocabulary, width] },
        },
        classes: encoderHead(
          { ...linearShapes("pre_classifier", width, width), ...linearShapes("classifier", width, classes) },
          (parameters, hidden) =>
            linear(parameters, "classifier", ops.relu(linear(parameters, "pre_classifier", firstToken(hidden)))),
        ),
      },
      output: ({ layer }) => ({ name: `${layerNames(layer).output}.weight` }),
      run: (parameters, inputs, edit) => {
        const { ids, mask } = encoderInputs(inputs);
        const table = parameter(parameters, "embeddings.position_embeddings.weight");
        const sum = ops.add(
          embedding(parameters, "embeddings.word_embeddings", ids),
          ops.slice(table, 0, ids.shape.at(-1) ?? 0, 0),
        );
        const embeddings = layerNorm(parameters, "embeddings.LayerNorm", sum, epsilon);
        const encoder = stackLayers(layers, embeddings, (x, layer) =>
          encoderLayer(parameters, layerNames(layer), settings, x, keyMask(mask), editAt(edit, { kind: "encoder", layer })),
        );
        return { encoder };
      },
    };
  },
};
