/**
 * RoBERTa (Liu et al. 2019), and with other vocabularies XLM-RoBERTa and CamemBERT: BERT whose positions count from the
 * padding id + 1 and skip padding.
 */
import { ops, tensor, type Traced } from "../../engine/index.js";
import { activation, embedding, firstToken, layerNorm, linear } from "./blocks.js";
import { bertEmbeddings, bertLayerNames, bertLayers, bertPooler, bertShapes, bertHeadShapes, encoderHead, encoderInputs, readBertConfig } from "./bert.js";
import { configReader } from "./config.js";
import type { Family } from "./family.js";
import { linearShapes, normShapes, parameter, tied } from "./parameters.js";

/** padding + (how many tokens up to here are not padding), and `padding` where a token is: int32 [B, T] → [B, T]. */
export function robertaPositions(ids: Traced, padding: number): Traced {
  const tokens = ids.shape.at(-1) ?? 0;
  const isToken = ops.cast(ops.logicalNot(ops.equal(ids, padding)), "float32");
  const upTo = Array.from({ length: tokens }, (_, from) => Array.from({ length: tokens }, (_, to) => (from <= to ? 1 : 0)));
  const count = ops.matmul(isToken, ops.constant(tensor(upTo)));
  return ops.cast(ops.add(ops.multiply(count, isToken), padding), "int32");
}

export const robertaFamily: Family = {
  modelTypes: ["roberta", "xlm-roberta", "camembert"],
  prefixes: ["roberta."],
  renames: [
    [/\.gamma$/, ".weight"],
    [/\.beta$/, ".bias"],
  ],
  read: (json) => {
    const config = readBertConfig(json);
    const reader = configReader(json);
    const padding = reader.index("pad_token_id") ?? 1;
    const classes = reader.classes();
    const { hidden_size: width, vocab_size: vocabulary } = config;
    return {
      kind: "encoder",
      vocabulary,
      sizes: { encoder: { layers: config.num_hidden_layers, heads: config.num_attention_heads } },
      longest: config.max_position_embeddings - padding - 1,
      shapes: bertShapes(config),
      heads: {
        pooled: encoderHead(bertHeadShapes.pooler(config), bertPooler),
        logits: {
          ...encoderHead(
            {
              ...linearShapes("lm_head.dense", width, width),
              ...normShapes("lm_head.layer_norm", width),
              "lm_head.bias": [vocabulary],
            },
            (parameters, hidden) => {
              const dense = activation("gelu")(linear(parameters, "lm_head.dense", hidden));
              const transformed = layerNorm(parameters, "lm_head.layer_norm", dense, config.layer_norm_eps);
              const table = tied(parameters, "lm_head.decoder.weight", "embeddings.word_embeddings.weight");
              return ops.add(ops.matmul(transformed, ops.transpose(table)), parameter(parameters, "lm_head.bias"));
            },
          ),
          optional: { "lm_head.decoder.weight": [vocabulary, width] },
        },
        classes: encoderHead(
          { ...linearShapes("classifier.dense", width, width), ...linearShapes("classifier.out_proj", width, classes) },
          (parameters, hidden) =>
            linear(parameters, "classifier.out_proj", ops.tanh(linear(parameters, "classifier.dense", firstToken(hidden)))),
        ),
      },
      output: ({ layer }) => ({ name: `${bertLayerNames(layer).output}.weight` }),
      run: (parameters, inputs, edit) => {
        const { ids, types, mask } = encoderInputs(inputs);
        const positions = embedding(parameters, "embeddings.position_embeddings", robertaPositions(ids, padding));
        const embeddings = bertEmbeddings(config, parameters, { ids, types }, positions);
        return { encoder: bertLayers(config, parameters, embeddings, mask, edit) };
      },
    };
  },
};
