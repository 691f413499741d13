/**
 * BART (Lewis et al. 2020) and Marian (Junczys-Dowmunt et al. 2018): encoder–decoder, post-norm, as in Vaswani et al. 2017.
 * BART learns its positions (two rows further down the table) and normalises its embeddings; Marian's positions are sines.
 */
import { mergeHeads, splitHeads } from "../../attention/index.js";
import { ops, tensor, type Traced } from "../../engine/index.js";
import { attendHeads, causalMask, editAt, keyMask, type WeightsHook, type HeadsTrace } from "./attend-heads.js";
import { activation, layerNorm, linear, residual } from "./blocks.js";
import { headWidth, type ConfigReader } from "./config.js";
import { encoderLayer, encoderLayerShapes, type EncoderLayerNames } from "./encoder-layer.js";
import {
  lastHidden,
  runEncoderDecoder,
  stackDecoderLayers,
  stackLayers,
  type DecoderInputs,
  type Family,
  type ModelTrace,
  type StackTrace,
} from "./family.js";
import { linearShapes, normShapes, parameter, tied, type Parameters, type ParameterShapes } from "./parameters.js";

const epsilon = 1e-5;
/** BART's table of positions starts at its third row. */
const positionOffset = 2;

type Stack = "encoder" | "decoder";

interface StackSizes {
  readonly layers: number;
  readonly heads: number;
  readonly feedForwardWidth: number;
}

/** What `config.json` says. */
interface BartSizes {
  readonly isMarian: boolean;
  readonly vocabulary: number;
  readonly targetVocabulary: number;
  /** Whether encoder and decoder share their words. */
  readonly shared: boolean;
  readonly width: number;
  readonly positions: number;
  readonly encoder: StackSizes;
  readonly decoder: StackSizes;
  readonly activate: (x: Traced) => Traced;
  /** What the embeddings of words are multiplied by. */
  readonly scale: number;
}

function readSizes(config: ConfigReader): BartSizes {
  const width = config.size("d_model");
  const vocabulary = config.size("vocab_size");
  const shared = config.flag("share_encoder_decoder_embeddings", true);
  const stack = (name: Stack): StackSizes => {
    const heads = config.size(`${name}_attention_heads`);
    headWidth(width, heads);
    return { heads, layers: config.layers(`${name}_layers`), feedForwardWidth: config.size(`${name}_ffn_dim`) };
  };
  return {
    isMarian: config.text("model_type", "bart") === "marian",
    vocabulary,
    targetVocabulary: shared ? vocabulary : config.size("decoder_vocab_size", vocabulary),
    shared,
    width,
    positions: config.size("max_position_embeddings", 1024),
    encoder: stack("encoder"),
    decoder: stack("decoder"),
    activate: activation(config.text("activation_function", "gelu")),
    scale: config.flag("scale_embedding", false) ? Math.sqrt(width) : 1,
  };
}

const layerNames = (stack: Stack, layer: number): EncoderLayerNames => {
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

/** word · scale + position, normalised in BART: [B, T] → [B, T, width]. */
function embed({ isMarian, width, scale }: BartSizes, parameters: Parameters, stack: Stack, ids: Traced): Traced {
  const tokens = ids.shape.at(-1) ?? 0;
  const words = ops.multiply(ops.take(tied(parameters, `${stack}.embed_tokens.weight`, "shared.weight"), ids, 0), scale);
  if (isMarian) return ops.add(words, ops.constant(tensor(sinePositions(tokens, width), [tokens, width])));
  const table = parameter(parameters, `${stack}.embed_positions.weight`);
  const sum = ops.add(words, ops.slice(table, positionOffset, positionOffset + tokens, 0));
  return layerNorm(parameters, `${stack}.layernorm_embedding`, sum, epsilon);
}

function encode(sizes: BartSizes, parameters: Parameters, ids: Traced, padding?: Traced, edit?: WeightsHook): StackTrace {
  const { heads, layers } = sizes.encoder;
  const settings = { heads, activation: sizes.activate, epsilon, norm: "post" } as const;
  const mask = keyMask(padding);
  return stackLayers(layers, embed(sizes, parameters, "encoder", ids), (x, layer) =>
    encoderLayer(parameters, layerNames("encoder", layer), settings, x, mask, editAt(edit, { kind: "encoder", layer })),
  );
}

function decode(
  sizes: BartSizes,
  parameters: Parameters,
  { ids, padding, memory, memoryPadding }: DecoderInputs,
  edit?: WeightsHook,
): Pick<ModelTrace, "decoder" | "cross"> {
  const { heads, layers } = sizes.decoder;
  const mask = causalMask(ids.shape.at(-1) ?? 0, padding);
  const memoryMask = keyMask(memoryPadding);
  const norm = (name: string) => (y: Traced) => layerNorm(parameters, name, y, epsilon);
  return stackDecoderLayers(layers, embed(sizes, parameters, "decoder", ids), (x, layer) => {
    const names = layerNames("decoder", layer);
    const attend = (kind: "decoder" | "cross", queries: Traced, over: Traced): [Traced, HeadsTrace] => {
      const at = `decoder.layers.${layer}.${kind === "cross" ? "encoder_attn" : "self_attn"}`;
      const project = (name: string, y: Traced): Traced => splitHeads(linear(parameters, `${at}.${name}`, y), heads);
      const vectors = { query: project("q_proj", queries), keys: project("k_proj", over), values: project("v_proj", over) };
      const trace = attendHeads(vectors, { mask: kind === "cross" ? memoryMask : mask, edit: editAt(edit, { kind, layer }) });
      return [linear(parameters, `${at}.out_proj`, mergeHeads(trace.output)), trace];
    };
    const [attended, attention] = residual("post", norm(names.attentionNorm), x, (y) => attend("decoder", y, y));
    const crossNorm = norm(`decoder.layers.${layer}.encoder_attn_layer_norm`);
    const [crossed, cross] = residual("post", crossNorm, attended, (y) => attend("cross", y, memory));
    const [hidden] = residual("post", norm(names.outputNorm), crossed, (y) => [
      linear(parameters, names.down, sizes.activate(linear(parameters, names.up, y))),
    ]);
    return { hidden, attention, cross };
  });
}

/** The tables of words that a checkpoint has of its own where they are not shared. */
const ownTables = ({ vocabulary, targetVocabulary, width }: BartSizes): ParameterShapes => ({
  "encoder.embed_tokens.weight": [vocabulary, width],
  "decoder.embed_tokens.weight": [targetVocabulary, width],
});

function shapesOf(sizes: BartSizes): ParameterShapes {
  const { width, positions, isMarian, shared, vocabulary } = sizes;
  const shapes: Record<string, readonly number[]> = {
    ...(shared ? { "shared.weight": [vocabulary, width] } : ownTables(sizes)),
  };
  for (const stack of ["encoder", "decoder"] as const) {
    if (!isMarian) {
      shapes[`${stack}.embed_positions.weight`] = [positions + positionOffset, width];
      Object.assign(shapes, normShapes(`${stack}.layernorm_embedding`, width));
    }
    for (let layer = 0; layer < sizes[stack].layers; layer++) {
      Object.assign(shapes, encoderLayerShapes(layerNames(stack, layer), width, sizes[stack].feedForwardWidth));
      if (stack === "encoder") continue;
      const at = `decoder.layers.${layer}.encoder_attn`;
      Object.assign(shapes, normShapes(`${at}_layer_norm`, width));
      for (const name of ["q_proj", "k_proj", "v_proj", "out_proj"])
        Object.assign(shapes, linearShapes(`${at}.${name}`, width, width));
    }
  }
  return shapes;
}

export const bartFamily: Family = {
  modelTypes: ["bart", "marian"],
  prefixes: ["model."],
  read: (config) => {
    const sizes = readSizes(config);
    const { vocabulary, targetVocabulary, shared, width, isMarian, encoder, decoder } = sizes;
    return {
      kind: "encoder-decoder",
      vocabulary: Math.max(vocabulary, targetVocabulary),
      sizes: {
        encoder: { layers: encoder.layers, heads: encoder.heads },
        decoder: { layers: decoder.layers, heads: decoder.heads },
      },
      longest: sizes.positions,
      start: config.index("decoder_start_token_id") ?? (isMarian ? vocabulary - 1 : 2),
      shapes: shapesOf(sizes),
      optional: { ...(shared && ownTables(sizes)) },
      heads: {
        logits: {
          shapes: {},
          optional: { "lm_head.weight": [targetVocabulary, width], final_logits_bias: [1, targetVocabulary] },
          run: (parameters, trace) => {
            const table = tied(parameters, "lm_head.weight", shared ? "shared.weight" : "decoder.embed_tokens.weight");
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
      run: (parameters, inputs, edit) =>
        runEncoderDecoder(
          inputs,
          (ids, padding) => encode(sizes, parameters, ids, padding, edit),
          (given) => decode(sizes, parameters, given, edit),
        ),
    };
  },
};
