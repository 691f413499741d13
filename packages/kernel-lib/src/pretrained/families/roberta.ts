/**
 * RoBERTa (Liu et al. 2019), and with other vocabularies XLM-RoBERTa and CamemBERT: BERT whose positions count from the
 * padding id + 1 and skip padding.
 */
import { ops, tensor, type Traced } from "../../engine/index.js";
import { activation, embedding } from "./blocks.js";
import { bertEmbeddings, bertLayerNames, bertLayers, bertShapes, oldNormNames, readBertConfig } from "./bert.js";
import { requireIds, type Family } from "./family.js";
import { classHead, maskedTokenHead, poolerHead } from "./heads.js";

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
  renames: oldNormNames,
  read: (reader) => {
    const config = readBertConfig(reader);
    const padding = reader.index("pad_token_id") ?? 1;
    const classes = reader.classes();
    const { hidden_size: width, vocab_size: vocabulary, max_position_embeddings: positions } = config;
    if (positions <= padding + 1) {
      throw new RangeError(
        `config.json: expected "max_position_embeddings" above "pad_token_id" + 1 = ${padding + 1}, where positions begin; got ${positions}`,
      );
    }
    return {
      kind: "encoder",
      vocabulary,
      sizes: { encoder: { layers: config.num_hidden_layers, heads: config.num_attention_heads } },
      longest: positions - padding - 1,
      shapes: bertShapes(config),
      heads: {
        pooled: poolerHead("pooler.dense", width),
        logits: maskedTokenHead({
          dense: "lm_head.dense",
          norm: "lm_head.layer_norm",
          table: "lm_head.decoder.weight",
          bias: "lm_head.bias",
          ownBias: "lm_head.decoder.bias",
          activate: activation("gelu"),
          epsilon: config.layer_norm_eps,
          vocabulary,
          width,
        }),
        classes: classHead({ dense: "classifier.dense", output: "classifier.out_proj", activate: ops.tanh }, width, classes),
      },
      output: ({ layer }) => ({ name: `${bertLayerNames(layer).output}.weight` }),
      run: (parameters, inputs, edit) => {
        const { types, mask } = inputs;
        const ids = requireIds(inputs);
        const positions = embedding(parameters, "embeddings.position_embeddings", robertaPositions(ids, padding));
        const embeddings = bertEmbeddings(config, parameters, { ids, types }, positions);
        return { encoder: bertLayers(config, parameters, embeddings, mask, edit) };
      },
    };
  },
};
