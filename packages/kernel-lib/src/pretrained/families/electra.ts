/**
 * ELECTRA (Clark et al. 2020): BERT with embeddings that may be narrower than its layers, trained to tell which tokens a
 * small generator replaced. The discriminator's head is `replaced`, the generator's `logits`.
 */
import { ops } from "../../engine/index.js";
import {
  bertEmbeddings,
  bertEmbeddingShapes,
  bertLayerNames,
  bertLayers,
  bertLayerShapes,
  oldNormNames,
  readBertConfig,
  type BertConfig,
} from "./bert.js";
import { activation, linear } from "./blocks.js";
import { requireIds, type Family } from "./family.js";
import { classHead, encoderHead, maskedTokenHead } from "./heads.js";
import { linearShapes } from "./parameters.js";

export const electraFamily: Family = {
  modelTypes: ["electra"],
  prefixes: ["electra."],
  renames: oldNormNames,
  read: (reader) => {
    const narrow = reader.size("embedding_size", 128);
    const config: BertConfig = { ...readBertConfig(reader), embedding_size: narrow };
    const { hidden_size: width, vocab_size: vocabulary } = config;
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
        logits: maskedTokenHead({
          dense: "generator_predictions.dense",
          norm: "generator_predictions.LayerNorm",
          table: "generator_lm_head.weight",
          bias: "generator_lm_head.bias",
          activate: gelu,
          epsilon: config.layer_norm_eps,
          vocabulary,
          width,
          narrow,
        }),
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
        classes: classHead(
          { dense: "classifier.dense", output: "classifier.out_proj", activate: gelu },
          width,
          reader.classes(),
        ),
      },
      output: ({ layer }) => ({ name: `${bertLayerNames(layer).output}.weight` }),
      run: (parameters, inputs, edit) => {
        const embeddings = bertEmbeddings(config, parameters, { ids: requireIds(inputs), types: inputs.types });
        const wide = narrow === width ? embeddings : linear(parameters, "embeddings_project", embeddings);
        return { encoder: bertLayers(config, parameters, wide, inputs.mask, edit) };
      },
    };
  },
};
