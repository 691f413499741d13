/**
 * LLaMA (Touvron et al. 2023) and what is built like it (Mistral, Qwen 2): a decoder alone, pre-norm with root-mean-square
 * norms, rotary positions, query heads that share keys and values in groups, a gated feed-forward net.
 */
import { mergeHeads, splitHeads } from "../../attention/index.js";
import { ops, type Traced } from "../../engine/index.js";
import { attendHeads, causalMask, editAt, type HeadsTrace } from "./attend-heads.js";
import { activation, embedding, linear, residual, rmsNorm } from "./blocks.js";
import { lastHidden, normaliseLast, requireIds, stackLayers, type Family } from "./family.js";
import { linearShapes, tied, type ParameterShapes } from "./parameters.js";
import { rotaryFrequencies, rotate } from "./rotary.js";

/** Each of [B, G, T, D] repeated for the query heads of its group: [B, H, T, D]. */
function repeatGroups(x: Traced, times: number): Traced {
  if (times === 1) return x;
  const [batch = 1, groups = 1, tokens = 1, width = 1] = x.shape;
  const repeated = ops.broadcastTo(ops.expandDims(x, 2), [batch, groups, times, tokens, width]);
  return ops.reshape(repeated, [batch, groups * times, tokens, width]);
}

export const llamaFamily: Family = {
  modelTypes: ["llama", "mistral", "qwen2"],
  prefixes: ["model."],
  read: (config) => {
    const type = config.text("model_type", "llama");
    const vocabulary = config.size("vocab_size");
    const width = config.size("hidden_size");
    const layers = config.layers("num_hidden_layers");
    const queryHeads = config.size("num_attention_heads");
    const groups = config.size("num_key_value_heads", type === "mistral" ? 8 : queryHeads);
    const headWidth = config.size("head_dim", Math.floor(width / queryHeads));
    const feedForwardWidth = config.size("intermediate_size");
    const epsilon = config.epsilon("rms_norm_eps", 1e-6);
    const activate = activation(config.text("hidden_act", "silu"));
    const frequencies = rotaryFrequencies(config, headWidth);
    const start = config.index("bos_token_id");
    const window = type === "mistral" && config.has("sliding_window") ? config.count("sliding_window") : undefined;
    if (type === "qwen2" && config.flag("use_sliding_window", false)) {
      throw new RangeError(
        "config.json: expected use_sliding_window to be false; layers that differ in their window are not known here",
      );
    }
    if (queryHeads % groups !== 0) {
      throw new RangeError(`config.json: ${queryHeads} heads cannot share ${groups} keys and values; choose a divisor`);
    }
    const inputBias = type === "qwen2" || config.flag("attention_bias", false);
    const outputBias = type === "llama" && config.flag("attention_bias", false);
    const feedForwardBias = config.flag("mlp_bias", false);
    const shapes: ParameterShapes = Object.assign(
      { "embed_tokens.weight": [vocabulary, width], "norm.weight": [width] },
      ...Array.from({ length: layers }, (_, layer) => {
        const at = `layers.${layer}`;
        return {
          [`${at}.input_layernorm.weight`]: [width],
          ...linearShapes(`${at}.self_attn.q_proj`, width, queryHeads * headWidth, inputBias),
          ...linearShapes(`${at}.self_attn.k_proj`, width, groups * headWidth, inputBias),
          ...linearShapes(`${at}.self_attn.v_proj`, width, groups * headWidth, inputBias),
          ...linearShapes(`${at}.self_attn.o_proj`, queryHeads * headWidth, width, outputBias),
          [`${at}.post_attention_layernorm.weight`]: [width],
          ...linearShapes(`${at}.mlp.gate_proj`, width, feedForwardWidth, feedForwardBias),
          ...linearShapes(`${at}.mlp.up_proj`, width, feedForwardWidth, feedForwardBias),
          ...linearShapes(`${at}.mlp.down_proj`, feedForwardWidth, width, feedForwardBias),
        };
      }),
    );
    return {
      kind: "decoder",
      vocabulary,
      sizes: { decoder: { layers, heads: queryHeads } },
      longest: config.count("max_position_embeddings", 2048),
      ...(start !== undefined && { start }),
      shapes,
      heads: {
        logits: {
          shapes: config.flag("tie_word_embeddings", false) ? {} : { "lm_head.weight": [vocabulary, width] },
          optional: { "lm_head.weight": [vocabulary, width] },
          run: (parameters, trace) =>
            ops.matmul(lastHidden(trace.decoder), ops.transpose(tied(parameters, "lm_head.weight", "embed_tokens.weight"))),
        },
      },
      output: ({ layer }) => ({ name: `layers.${layer}.self_attn.o_proj.weight` }),
      run: (parameters, inputs, edit) => {
        const ids = requireIds(inputs);
        const visible = causalMask(ids.shape.at(-1) ?? 0, inputs.mask, window);
        const decoder = stackLayers(layers, embedding(parameters, "embed_tokens", ids), (x, layer) => {
          const at = `layers.${layer}`;
          const norm = (name: string) => (y: Traced) => rmsNorm(parameters, `${at}.${name}`, y, epsilon);
          const [attended, attention] = residual("pre", norm("input_layernorm"), x, (y): [Traced, HeadsTrace] => {
            const project = (name: string, count: number): Traced =>
              splitHeads(linear(parameters, `${at}.self_attn.${name}`, y), count);
            const vectors = {
              query: rotate(project("q_proj", queryHeads), frequencies),
              keys: repeatGroups(rotate(project("k_proj", groups), frequencies), queryHeads / groups),
              values: repeatGroups(project("v_proj", groups), queryHeads / groups),
            };
            const trace = attendHeads(vectors, { mask: visible, edit: editAt(edit, { kind: "decoder", layer }) });
            return [linear(parameters, `${at}.self_attn.o_proj`, mergeHeads(trace.output)), trace];
          });
          const [hidden] = residual("pre", norm("post_attention_layernorm"), attended, (y) => {
            const gate = activate(linear(parameters, `${at}.mlp.gate_proj`, y));
            return [linear(parameters, `${at}.mlp.down_proj`, ops.multiply(gate, linear(parameters, `${at}.mlp.up_proj`, y)))];
          });
          return { hidden, attention };
        });
        return { decoder: normaliseLast(decoder, (x) => rmsNorm(parameters, "norm", x, epsilon)) };
      },
    };
  },
};
