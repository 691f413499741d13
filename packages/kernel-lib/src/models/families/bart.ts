/**
 * BART (Lewis et al. 2020) and Marian (Junczys-Dowmunt et al. 2018): encoder–decoder, post-norm, as in Vaswani et al. 2017.
 * BART learns its positions (two rows further down the table) and normalises its embeddings; Marian's positions are sines.
 */
import { mergeHeads, splitHeads } from "../../attention/index.js";
import { ops, tensor, type Traced } from "../../engine/index.js";
import { attendHeads, causalMask, editAt, keyMask, type EditWeights, type HeadsTrace } from "./attend-heads.js";
import { activation, layerNorm, linear, residual } from "./blocks.js";
import { configReader, headWidth } from "./config.js";
import { encoderLayer, encoderLayerShapes, type EncoderLayerNames } from "./encoder-layer.js";
import { decoderInputs, lastHidden, stackLayers, type Family, type ModelTrace, type StackTrace } from "./family.js";
import { linearShapes, normShapes, parameter, tied, type Parameters, type ParameterShapes } from "./parameters.js";

const epsilon = 1e-5;
/** BART's table of positions starts at its third row. */
const positionOffset = 2;

const layerNames = (stack: "encoder" | "decoder", layer: number): EncoderLayerNames => {
  const at = `${stack}.layers.${layer}`;
  return {
    query: `${at}.self_attn.q_proj`,
    key: `${at}.self_attn.k_proj`,
    value: `${at}.self_attn.v_proj`,
    output: `${at}.self_attn.out_proj`,
    attentionNorm: `${at}.self_attn_layer_norm`,
    up: `${at}.fc1`,
    down: `${at}.fc2`,
    outputNorm: `${at}.final_layer_norm`,
  };
};

/** Sines in the first half of the width, cosines in the second: sin(p / 10000^(2j / width)). [T, width]. */
export function sinePositions(tokens: number, width: number): Float32Array {
  const half = Math.ceil(width / 2);
  return Float32Array.from({ length: tokens * width }, (_, at) => {
    const position = Math.floor(at / width);
    const column = at % width;
    const pair = column < half ? column : column - half;
    const angle = position / 10_000 ** ((2 * pair) / width);
    return column < half ? Math.sin(angle) : Math.cos(angle);
  });
}

export const bartFamily: Family = {
  modelTypes: ["bart", "marian"],
  prefixes: ["model."],
  read: (json) => {
    const config = configReader(json);
    const isMarian = config.text("model_type", "bart") === "marian";
    const vocabulary = config.size("vocab_size");
    const shared = config.flag("share_encoder_decoder_embeddings", true);
    const targetVocabulary = shared ? vocabulary : config.size("decoder_vocab_size", vocabulary);
    const width = config.size("d_model");
    const positions = config.size("max_position_embeddings", 1024);
    const layers = config.size("encoder_layers");
    const heads = config.size("encoder_attention_heads");
    const feedForwardWidth = config.size("encoder_ffn_dim");
    const decoderLayers = config.size("decoder_layers");
    const decoderHeads = config.size("decoder_attention_heads");
    const decoderFeedForwardWidth = config.size("decoder_ffn_dim");
    const activate = activation(config.text("activation_function", "gelu"));
    const scale = config.flag("scale_embedding", false) ? Math.sqrt(width) : 1;
    headWidth(width, heads);
    headWidth(width, decoderHeads);
    const settings = { activation: activate, epsilon, norm: "post" } as const;

    const crossShapes = (layer: number): ParameterShapes => {
      const at = `decoder.layers.${layer}.encoder_attn`;
      return Object.assign(
        normShapes(`${at}_layer_norm`, width),
        ...["q_proj", "k_proj", "v_proj", "out_proj"].map((name) => linearShapes(`${at}.${name}`, width, width)),
      ) as ParameterShapes;
    };
    const embeddingShapes = (stack: "encoder" | "decoder"): ParameterShapes =>
      isMarian
        ? {}
        : {
            [`${stack}.embed_positions.weight`]: [positions + positionOffset, width],
            ...normShapes(`${stack}.layernorm_embedding`, width),
          };
    const tables: ParameterShapes = {
      "encoder.embed_tokens.weight": [vocabulary, width],
      "decoder.embed_tokens.weight": [targetVocabulary, width],
    };
    const shapes: ParameterShapes = Object.assign(
      shared ? { "shared.weight": [vocabulary, width] } : tables,
      embeddingShapes("encoder"),
      embeddingShapes("decoder"),
      ...Array.from({ length: layers }, (_, layer) => encoderLayerShapes(layerNames("encoder", layer), width, feedForwardWidth)),
      ...Array.from({ length: decoderLayers }, (_, layer) => ({
        ...encoderLayerShapes(layerNames("decoder", layer), width, decoderFeedForwardWidth),
        ...crossShapes(layer),
      })),
    );

    const embed = (parameters: Parameters, stack: "encoder" | "decoder", ids: Traced): Traced => {
      const tokens = ids.shape.at(-1) ?? 0;
      const words = ops.multiply(ops.take(tied(parameters, `${stack}.embed_tokens.weight`, "shared.weight"), ids, 0), scale);
      if (isMarian) return ops.add(words, ops.constant(tensor(sinePositions(tokens, width), [tokens, width])));
      const table = parameter(parameters, `${stack}.embed_positions.weight`);
      const sum = ops.add(words, ops.slice(table, positionOffset, positionOffset + tokens, 0));
      return layerNorm(parameters, `${stack}.layernorm_embedding`, sum, epsilon);
    };
    const encode = (parameters: Parameters, ids: Traced, mask?: Traced, edit?: EditWeights): StackTrace =>
      stackLayers(layers, embed(parameters, "encoder", ids), (x, layer) =>
        encoderLayer(
          parameters,
          layerNames("encoder", layer),
          { ...settings, heads },
          x,
          keyMask(mask),
          editAt(edit, { kind: "encoder", layer }),
        ),
      );
    const decode = (
      parameters: Parameters,
      ids: Traced,
      padding: Traced | undefined,
      memory: Traced,
      memoryMask: Traced | undefined,
      edit?: EditWeights,
    ): Pick<ModelTrace, "decoder" | "cross"> => {
      const mask = causalMask(ids.shape.at(-1) ?? 0, padding);
      const norm = (name: string) => (y: Traced) => layerNorm(parameters, name, y, epsilon);
      const cross: HeadsTrace[] = [];
      const decoder = stackLayers(decoderLayers, embed(parameters, "decoder", ids), (x, layer) => {
        const names = layerNames("decoder", layer);
        const at = `decoder.layers.${layer}`;
        const attend = (part: string, queries: Traced, over: Traced, visible: Traced | undefined, kind: "decoder" | "cross") => {
          const project = (name: string, y: Traced): Traced =>
            splitHeads(linear(parameters, `${at}.${part}.${name}`, y), decoderHeads);
          const trace = attendHeads({
            query: project("q_proj", queries),
            keys: project("k_proj", over),
            values: project("v_proj", over),
            mask: visible,
            edit: editAt(edit, { kind, layer }),
          });
          return [linear(parameters, `${at}.${part}.out_proj`, mergeHeads(trace.output)), trace] as [Traced, HeadsTrace];
        };
        const [attended, attention] = residual("post", norm(names.attentionNorm), x, (y) =>
          attend("self_attn", y, y, mask, "decoder"),
        );
        const [crossed, looked] = residual("post", norm(`${at}.encoder_attn_layer_norm`), attended, (y) =>
          attend("encoder_attn", y, memory, keyMask(memoryMask), "cross"),
        );
        cross.push(looked);
        const [hidden] = residual("post", norm(names.outputNorm), crossed, (y) => [
          linear(parameters, names.down, activate(linear(parameters, names.up, y))),
        ]);
        return { hidden, attention };
      });
      return { decoder, cross };
    };

    return {
      kind: "encoder-decoder",
      vocabulary: Math.max(vocabulary, targetVocabulary),
      sizes: { encoder: { layers, heads }, decoder: { layers: decoderLayers, heads: decoderHeads } },
      longest: positions,
      start: config.index("decoder_start_token_id") ?? (isMarian ? vocabulary - 1 : 2),
      shapes,
      optional: { ...(shared && tables) },
      heads: {
        logits: {
          shapes: {},
          optional: { "lm_head.weight": [targetVocabulary, width], final_logits_bias: [1, targetVocabulary] },
          run: (parameters, trace) => {
            const table =
              parameters["lm_head.weight"] ??
              tied(parameters, shared ? "shared.weight" : "decoder.embed_tokens.weight", "shared.weight");
            const logits = ops.matmul(lastHidden(trace.decoder), ops.transpose(table));
            const bias = parameters["final_logits_bias"];
            return bias === undefined ? logits : ops.add(logits, bias);
          },
        },
      },
      output: ({ kind, layer }) => ({
        name:
          kind === "cross"
            ? `decoder.layers.${layer}.encoder_attn.out_proj.weight`
            : `${layerNames(kind, layer).output}.weight`,
      }),
      run: (parameters, inputs, edit) => {
        const { memory, memoryMask, targetIds, targetMask, encoder } = decoderInputs(inputs, (ids, mask) =>
          encode(parameters, ids, mask, edit),
        );
        return {
          ...(encoder && { encoder }),
          ...(targetIds && decode(parameters, targetIds, targetMask, memory, memoryMask, edit)),
        };
      },
    };
  },
};
