/**
 * T5 (Raffel et al. 2020) and mT5: encoder–decoder, pre-norm with root-mean-square norms and no biases. Positions are
 * relative: a learned number per head and bucket of distances is added to the scores, which are not divided by √D.
 */
import { mergeHeads, splitHeads, type AttendOptions } from "../../attention/index.js";
import { ops, tensor, type Traced } from "../../engine/index.js";
import {
  attendHeads,
  causalMask,
  editAt,
  keyMask,
  type AttentionKind,
  type WeightsHook,
  type HeadsTrace,
} from "./attend-heads.js";
import { activation, embedding, linear, residual, rmsNorm } from "./blocks.js";
import type { ConfigReader } from "./config.js";
import {
  lastHidden,
  normaliseLast,
  requireIds,
  runEncoderDecoder,
  stackDecoderLayers,
  stackLayers,
  type DecoderInputs,
  type Family,
  type FamilyModel,
  type ModelTrace,
  type StackTrace,
} from "./family.js";
import { linearShapes, tied, type Parameters, type ParameterShapes } from "./parameters.js";

interface Buckets {
  readonly count: number;
  readonly farthest: number;
}

/** What `config.json` says, under names of the paper where it has them. */
interface T5Sizes {
  readonly vocabulary: number;
  readonly width: number;
  /** d_kv; heads · headWidth need not be the width. */
  readonly headWidth: number;
  readonly heads: number;
  readonly layers: number;
  readonly decoderLayers: number;
  readonly feedForwardWidth: number;
  readonly epsilon: number;
  /** Whether the feed-forward net multiplies two dense layers (Shazeer 2020), as T5 1.1 does. */
  readonly gated: boolean;
  readonly activate: (x: Traced) => Traced;
  readonly buckets: Buckets;
  /** What the last hidden state is multiplied by before the output matrix. */
  readonly shrink: number;
}

type Stack = "encoder" | "decoder";

function readSizes(config: ConfigReader): T5Sizes {
  const width = config.size("d_model");
  const layers = config.layers("num_layers");
  const isMultilingual = config.text("model_type", "t5") === "mt5";
  const feedForward = config.text("feed_forward_proj", isMultilingual ? "gated-gelu" : "relu");
  const shrinks = config.flag("scale_decoder_outputs", config.flag("tie_word_embeddings", true));
  return {
    vocabulary: config.size("vocab_size"),
    width,
    headWidth: config.size("d_kv"),
    heads: config.size("num_heads"),
    layers,
    decoderLayers: config.layers("num_decoder_layers", layers),
    feedForwardWidth: config.size("d_ff"),
    epsilon: config.epsilon("layer_norm_epsilon", 1e-6),
    gated: feedForward.startsWith("gated-"),
    // transformers reads "gated-gelu" as the tanh form
    activate: activation(feedForward === "gated-gelu" ? "gelu_new" : feedForward.replace("gated-", "")),
    buckets: readBuckets(config),
    // T5 1.0 shrinks the last hidden state before the output matrix, 1.1 and mT5 do not: older configs tell the first two apart by
    // tie_word_embeddings, newer ones by a field of its own.
    shrink: shrinks && !isMultilingual ? width ** -0.5 : 1,
  };
}

function readBuckets(config: ConfigReader): Buckets {
  const count = config.size("relative_attention_num_buckets", 32);
  const farthest = config.count("relative_attention_max_distance", 128);
  // An encoder has a quarter of the buckets for exact distances on each side, a decoder half of them.
  const exact = Math.floor(count / 2);
  if (count < 4) throw new RangeError(`config.json: expected "relative_attention_num_buckets" to be at least 4; got ${count}`);
  if (farthest <= exact) {
    throw new RangeError(
      `config.json: expected "relative_attention_max_distance" above ${exact}, half of the buckets; got ${farthest}`,
    );
  }
  return { count, farthest };
}

/**
 * The bucket of each distance (section 2.1): half of the buckets for exact distances, the others growing with the
 * logarithm up to `farthest`; in an encoder one half each for left and right. [Q, K].
 */
export function relativeBuckets(tokens: number, { count, farthest }: Buckets, bothWays: boolean): Int32Array {
  const buckets = bothWays ? Math.floor(count / 2) : count;
  const exact = Math.floor(buckets / 2);
  return Int32Array.from({ length: tokens * tokens }, (_, at) => {
    const relative = (at % tokens) - Math.floor(at / tokens);
    const side = bothWays && relative > 0 ? buckets : 0;
    const distance = bothWays ? Math.abs(relative) : Math.max(-relative, 0);
    if (distance < exact) return side + distance;
    // float32 as in transformers: distances on the edge of a bucket fall to the same side
    const far = Math.fround(Math.fround(Math.log(Math.fround(distance / exact))) / Math.fround(Math.log(farthest / exact)));
    return side + Math.min(exact + Math.trunc(Math.fround(far * (buckets - exact))), buckets - 1);
  });
}

/** What is added to the scores of every layer: [1, H, Q, K]. */
function positionBias({ buckets }: T5Sizes, parameters: Parameters, stack: Stack, tokens: number): Traced {
  const indices = ops.constant(tensor(relativeBuckets(tokens, buckets, stack === "encoder"), [tokens, tokens]));
  const bias = embedding(parameters, `${stack}.block.0.layer.0.SelfAttention.relative_attention_bias`, indices);
  return ops.expandDims(ops.transpose(bias, [2, 0, 1]), 0); // [Q, K, H] → [1, H, Q, K]
}

/** Attention of `queries` [B, Q, width] over `memory` [B, K, width] with the weights that stand at a place of the checkpoint. */
function attend(
  { heads }: T5Sizes,
  parameters: Parameters,
  at: string,
  queries: Traced,
  memory: Traced,
  how: Pick<AttendOptions, "bias" | "mask" | "edit">,
): [Traced, HeadsTrace] {
  const project = (name: string, x: Traced): Traced => splitHeads(linear(parameters, `${at}.${name}`, x), heads);
  const vectors = { query: project("q", queries), keys: project("k", memory), values: project("v", memory) };
  const trace = attendHeads(vectors, { score: "dot", ...how });
  return [linear(parameters, `${at}.o`, mergeHeads(trace.output)), trace];
}

function feedForward({ gated, activate }: T5Sizes, parameters: Parameters, at: string, x: Traced): Traced {
  const up = gated
    ? ops.multiply(activate(linear(parameters, `${at}.wi_0`, x)), linear(parameters, `${at}.wi_1`, x))
    : activate(linear(parameters, `${at}.wi`, x));
  return linear(parameters, `${at}.wo`, up);
}

/** Rows of the shared table of words, or of a stack's own where the checkpoint has one. */
const embed = (parameters: Parameters, stack: Stack, ids: Traced): Traced =>
  ops.take(tied(parameters, `${stack}.embed_tokens.weight`, "shared.weight"), ids, 0);

/** The norm that ends a stack. */
const lastNorm =
  ({ epsilon }: T5Sizes, parameters: Parameters, stack: Stack) =>
  (x: Traced): Traced =>
    rmsNorm(parameters, `${stack}.final_layer_norm`, x, epsilon);

function encode(sizes: T5Sizes, parameters: Parameters, ids: Traced, padding?: Traced, edit?: WeightsHook): StackTrace {
  const bias = positionBias(sizes, parameters, "encoder", ids.shape.at(-1) ?? 0);
  const mask = keyMask(padding);
  const stack = stackLayers(sizes.layers, embed(parameters, "encoder", ids), (x, layer) => {
    const at = `encoder.block.${layer}.layer`;
    const norm = (part: number) => (y: Traced) => rmsNorm(parameters, `${at}.${part}.layer_norm`, y, sizes.epsilon);
    const [attended, attention] = residual("pre", norm(0), x, (y) =>
      attend(sizes, parameters, `${at}.0.SelfAttention`, y, y, { bias, mask, edit: editAt(edit, { kind: "encoder", layer }) }),
    );
    const [hidden] = residual("pre", norm(1), attended, (y) => [feedForward(sizes, parameters, `${at}.1.DenseReluDense`, y)]);
    return { hidden, attention };
  });
  return normaliseLast(stack, lastNorm(sizes, parameters, "encoder"));
}

function decode(
  sizes: T5Sizes,
  parameters: Parameters,
  { ids, padding, memory, memoryPadding }: DecoderInputs,
  edit?: WeightsHook,
): Pick<ModelTrace, "decoder" | "cross"> {
  const tokens = ids.shape.at(-1) ?? 0;
  const bias = positionBias(sizes, parameters, "decoder", tokens);
  const mask = causalMask(tokens, padding);
  const memoryMask = keyMask(memoryPadding);
  const { decoder, cross } = stackDecoderLayers(sizes.decoderLayers, embed(parameters, "decoder", ids), (x, layer) => {
    const at = `decoder.block.${layer}.layer`;
    const norm = (part: number) => (y: Traced) => rmsNorm(parameters, `${at}.${part}.layer_norm`, y, sizes.epsilon);
    const here = (kind: AttentionKind) => editAt(edit, { kind, layer });
    const [attended, attention] = residual("pre", norm(0), x, (y) =>
      attend(sizes, parameters, `${at}.0.SelfAttention`, y, y, { bias, mask, edit: here("decoder") }),
    );
    const [crossed, seen] = residual("pre", norm(1), attended, (y) =>
      attend(sizes, parameters, `${at}.1.EncDecAttention`, y, memory, { mask: memoryMask, edit: here("cross") }),
    );
    const [hidden] = residual("pre", norm(2), crossed, (y) => [feedForward(sizes, parameters, `${at}.2.DenseReluDense`, y)]);
    return { hidden, attention, cross: seen };
  });
  return { decoder: normaliseLast(decoder, lastNorm(sizes, parameters, "decoder")), cross };
}

function attentionShapes({ width, heads, headWidth }: T5Sizes, at: string): ParameterShapes {
  const inner = heads * headWidth;
  return {
    ...linearShapes(`${at}.q`, width, inner, false),
    ...linearShapes(`${at}.k`, width, inner, false),
    ...linearShapes(`${at}.v`, width, inner, false),
    ...linearShapes(`${at}.o`, inner, width, false),
  };
}

function stackShapes(sizes: T5Sizes, stack: Stack): ParameterShapes {
  const { width, feedForwardWidth, heads, buckets } = sizes;
  const shapes: Record<string, readonly number[]> = {
    [`${stack}.final_layer_norm.weight`]: [width],
    [`${stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`]: [buckets.count, heads],
  };
  const parts = stack === "encoder" ? 2 : 3;
  for (let layer = 0; layer < (stack === "encoder" ? sizes.layers : sizes.decoderLayers); layer++) {
    const at = `${stack}.block.${layer}.layer`;
    for (let part = 0; part < parts; part++) shapes[`${at}.${part}.layer_norm.weight`] = [width];
    Object.assign(shapes, attentionShapes(sizes, `${at}.0.SelfAttention`));
    if (stack === "decoder") Object.assign(shapes, attentionShapes(sizes, `${at}.1.EncDecAttention`));
    const dense = `${at}.${parts - 1}.DenseReluDense`;
    for (const name of sizes.gated ? ["wi_0", "wi_1"] : ["wi"]) {
      Object.assign(shapes, linearShapes(`${dense}.${name}`, width, feedForwardWidth, false));
    }
    Object.assign(shapes, linearShapes(`${dense}.wo`, feedForwardWidth, width, false));
  }
  return shapes;
}

/** Whether only the encoder was saved (`T5EncoderModel`), whose config still tells of a decoder. */
function isEncoderAlone({ file, architectures }: ConfigReader): boolean {
  if (file === undefined || [...file.names].some((name) => name.startsWith("decoder."))) return false;
  return !architectures.some((name) => /ForConditionalGeneration$|^M?T5Model$/u.test(name));
}

function encoderAlone(sizes: T5Sizes): FamilyModel {
  const { vocabulary, width, heads, layers } = sizes;
  const table = [vocabulary, width];
  return {
    kind: "encoder",
    vocabulary,
    sizes: { encoder: { layers, heads } },
    shapes: { "shared.weight": table, ...stackShapes(sizes, "encoder") },
    optional: { "encoder.embed_tokens.weight": table },
    heads: {},
    output: ({ layer }) => ({ name: `encoder.block.${layer}.layer.0.SelfAttention.o.weight` }),
    run: (parameters, inputs, edit) => ({ encoder: encode(sizes, parameters, requireIds(inputs), inputs.mask, edit) }),
  };
}

export const t5Family: Family = {
  modelTypes: ["t5", "mt5"],
  prefixes: ["transformer."],
  read: (config) => {
    const sizes = readSizes(config);
    if (isEncoderAlone(config)) return encoderAlone(sizes);
    const { vocabulary, width, heads, layers, decoderLayers, shrink } = sizes;
    const table = [vocabulary, width];
    return {
      kind: "encoder-decoder",
      vocabulary,
      sizes: { encoder: { layers, heads }, decoder: { layers: decoderLayers, heads } },
      start: config.index("decoder_start_token_id") ?? config.index("pad_token_id") ?? 0,
      shapes: { "shared.weight": table, ...stackShapes(sizes, "encoder"), ...stackShapes(sizes, "decoder") },
      optional: { "encoder.embed_tokens.weight": table, "decoder.embed_tokens.weight": table },
      heads: {
        logits: {
          shapes: {},
          optional: { "lm_head.weight": table },
          run: (parameters, trace) => {
            const matrix = tied(parameters, "lm_head.weight", "shared.weight");
            return ops.matmul(ops.multiply(lastHidden(trace.decoder), shrink), ops.transpose(matrix));
          },
        },
      },
      output: ({ kind, layer }) => ({
        name:
          kind === "cross"
            ? `decoder.block.${layer}.layer.1.EncDecAttention.o.weight`
            : `${kind}.block.${layer}.layer.0.SelfAttention.o.weight`,
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
