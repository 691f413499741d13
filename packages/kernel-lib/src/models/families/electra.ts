/**
 * ELECTRA (Clark et al. 2020): BERT with embeddings that may be narrower than its layers, trained to tell which tokens a
 * small generator replaced. The discriminator's head is `replaced`, the generator's `logits`.
 */
import { ops } from "../../engine/index.js";
import { bertEmbeddings, bertEmbeddingShapes, bertLayerNames, bertLayers, bertLayerShapes, encoderHead, encoderInputs, readBertConfig, type BertConfig } from "./bert.js";
import { activation, firstToken, layerNorm, linear } from "./blocks.js";
import { configReader } from "./config.js";
import type { Family } from "./family.js";
import { linearShapes, normShapes, parameter, tied } from "./parameters.js";

export const electraFamily: Family = {
  modelTypes: ["electra"],
  prefixes: ["electra."],
  renames: [
    [/\.gamma$/, ".weight"],
    [/\.beta$/, ".bias"],
  ],
  read: (json) => {
    const reader = configReader(json);
    const narrow = reader.size("embedding_size", 128);
    const config: BertConfig = { ...readBertConfig(json), embedding_size: narrow };
    const { hidden_size: width, vocab_size: vocabulary } = config;
    const classes = reader.classes();
    const activate = activation(config.hidden_act);
    const gelu = activation("gelu");
    return {
      kind: "encoder",
      vocabulary,
      sizes: { encoder: { layers: config.num_hidden_layers, heads: config.num_attention_heads } },
      longest: config.max_position_embeddings,
      shapes: {
        ...bertEmbeddingShapes(config),
        ...(narrow !== width && linearShapes("embeddings_project", narrow, width)),
        ...bertLayerShapes(config),
      },
      heads: {
        logits: {
          ...encoderHead(
            {
              ...linearShapes("generator_predictions.dense", width, narrow),
              ...normShapes("generator_predictions.LayerNorm", narrow),
              "generator_lm_head.bias": [vocabulary],
            },
            (parameters, hidden) => {
              const dense = gelu(linear(parameters, "generator_predictions.dense", hidden));
              const normal = layerNorm(parameters, "generator_predictions.LayerNorm", dense, config.layer_norm_eps);
              const table = tied(parameters, "generator_lm_head.weight", "embeddings.word_embeddings.weight");
              return ops.add(ops.matmul(normal, ops.transpose(table)), parameter(parameters, "generator_lm_head.bias"));
            },
          ),
          optional: { "generator_lm_head.weight": [vocabulary, narrow] },
        },
        replaced: encoderHead(
          {
            ...linearShapes("discriminator_predictions.dense", width, width),
            ...linearShapes("discriminator_predictions.dense_prediction", width, 1),
          },
          (parameters, hidden) => {
            const dense = activate(linear(parameters, "discriminator_predictions.dense", hidden));
            return ops.squeeze(linear(parameters, "discriminator_predictions.dense_prediction", dense), -1);
          },
        ),
        classes: encoderHead(
          { ...linearShapes("classifier.dense", width, width), ...linearShapes("classifier.out_proj", width, classes) },
          (parameters, hidden) =>
            linear(parameters, "classifier.out_proj", gelu(linear(parameters, "classifier.dense", firstToken(hidden)))),
        ),
      },
      output: ({ layer }) => ({ name: `${bertLayerNames(layer).output}.weight` }),
      run: (parameters, inputs, edit) => {
        const { ids, types, mask } = encoderInputs(inputs);
        const embeddings = bertEmbeddings(config, parameters, { ids, types });
        const wide = narrow === width ? embeddings : linear(parameters, "embeddings_project", embeddings);
        return { encoder: bertLayers(config, parameters, wide, mask, edit) };
      },
    };
  },
};
