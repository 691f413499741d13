/**
 * T5 (Raffel et al. 2020) and mT5: encoder–decoder, pre-norm with root-mean-square norms and no biases. Positions are
 * relative: a learned number per head and bucket of distances is added to the scores, which are not divided by √D.
 */
import { mergeHeads } from "../../attention/index.js";
import { ops, tensor, type Traced } from "../../engine/index.js";
import { attendHeads, causalMask, editAt, keyMask, type AttentionKind, type EditWeights, type HeadsTrace } from "./attend-heads.js";
import { activation, embedding, linear, residual, rmsNorm } from "./blocks.js";
import { configReader } from "./config.js";
import { decoderInputs, lastHidden, stackLayers, type Family, type ModelTrace, type StackTrace } from "./family.js";
import { linearShapes, tied, type Parameters, type ParameterShapes } from "./parameters.js";

interface Buckets {
  readonly count: number;
  readonly farthest: number;
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

/** Rows of the shared table of words, or of a stack's own where the checkpoint has one. */
const embed = (parameters: Parameters, name: "encoder" | "decoder", ids: Traced): Traced =>
  ops.take(tied(parameters, `${name}.embed_tokens.weight`, "shared.weight"), ids, 0);

export const t5Family: Family = {
  modelTypes: ["t5", "mt5"],
  prefixes: ["transformer."],
  read: (json) => {
    const config = configReader(json);
    const vocabulary = config.size("vocab_size");
    const width = config.size("d_model");
    const headWidth = config.size("d_kv");
    const heads = config.size("num_heads");
    const layers = config.size("num_layers");
    const decoderLayers = config.size("num_decoder_layers", layers);
    const feedForwardWidth = config.size("d_ff");
    const epsilon = config.number("layer_norm_epsilon", 1e-6);
    const feedForward = config.text("feed_forward_proj", config.text("model_type", "t5") === "mt5" ? "gated-gelu" : "relu");
    const gated = feedForward.startsWith("gated-");
    // transformers reads "gated-gelu" as the tanh form
    const activate = activation(feedForward === "gated-gelu" ? "gelu_new" : feedForward.replace("gated-", ""));
    const buckets: Buckets = {
      count: config.size("relative_attention_num_buckets", 32),
      farthest: config.size("relative_attention_max_distance", 128),
    };
    // T5 1.0 shrinks the last hidden state before the output matrix, 1.1 does not: older configs tell them apart by
    // tie_word_embeddings, newer ones by a field of its own.
    const shrink = config.flag("scale_decoder_outputs", config.flag("tie_word_embeddings", true)) ? width ** -0.5 : 1;
    const inner = heads * headWidth;

    const attentionShapes = (at: string): ParameterShapes => ({
      ...linearShapes(`${at}.q`, width, inner, false),
      ...linearShapes(`${at}.k`, width, inner, false),
      ...linearShapes(`${at}.v`, width, inner, false),
      ...linearShapes(`${at}.o`, inner, width, false),
    });
    const stackShapes = (stack: "encoder" | "decoder", count: number): ParameterShapes =>
      Object.assign(
        {
          [`${stack}.final_layer_norm.weight`]: [width],
          [`${stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`]: [buckets.count, heads],
        },
        ...Array.from({ length: count }, (_, layer) => {
          const at = `${stack}.block.${layer}.layer`;
          const last = stack === "decoder" ? 2 : 1;
          return {
            ...attentionShapes(`${at}.0.SelfAttention`),
            [`${at}.0.layer_norm.weight`]: [width],
            ...(stack === "decoder" && { ...attentionShapes(`${at}.1.EncDecAttention`), [`${at}.1.layer_norm.weight`]: [width] }),
            ...(gated
              ? {
                  ...linearShapes(`${at}.${last}.DenseReluDense.wi_0`, width, feedForwardWidth, false),
                  ...linearShapes(`${at}.${last}.DenseReluDense.wi_1`, width, feedForwardWidth, false),
                }
              : linearShapes(`${at}.${last}.DenseReluDense.wi`, width, feedForwardWidth, false)),
            ...linearShapes(`${at}.${last}.DenseReluDense.wo`, feedForwardWidth, width, false),
            [`${at}.${last}.layer_norm.weight`]: [width],
          };
        }),
      ) as ParameterShapes;

    const split = (x: Traced): Traced => {
      const [batch = 1, tokens = 1] = x.shape;
      return ops.transpose(ops.reshape(x, [batch, tokens, heads, headWidth]), [0, 2, 1, 3]);
    };
    const positionBias = (parameters: Parameters, stack: "encoder" | "decoder", tokens: number): Traced => {
      const indices = ops.constant(tensor(relativeBuckets(tokens, buckets, stack === "encoder"), [tokens, tokens]));
      const bias = embedding(parameters, `${stack}.block.0.layer.0.SelfAttention.relative_attention_bias`, indices);
      return ops.expandDims(ops.transpose(bias, [2, 0, 1]), 0); // [Q, K, H] → [1, H, Q, K]
    };
    const attend = (
      parameters: Parameters,
      at: string,
      queries: Traced,
      memory: Traced,
      rest: { bias?: Traced; mask?: Traced | undefined; edit?: ((weights: Traced) => Traced) | undefined },
    ): [Traced, HeadsTrace] => {
      const trace = attendHeads({
        query: split(linear(parameters, `${at}.q`, queries)),
        keys: split(linear(parameters, `${at}.k`, memory)),
        values: split(linear(parameters, `${at}.v`, memory)),
        scale: 1,
        ...rest,
      });
      return [linear(parameters, `${at}.o`, mergeHeads(trace.output)), trace];
    };
    const transform = (parameters: Parameters, at: string, x: Traced): Traced => {
      const up = gated
        ? ops.multiply(activate(linear(parameters, `${at}.wi_0`, x)), linear(parameters, `${at}.wi_1`, x))
        : activate(linear(parameters, `${at}.wi`, x));
      return linear(parameters, `${at}.wo`, up);
    };
    const withFinalNorm = (parameters: Parameters, name: "encoder" | "decoder", stack: StackTrace): StackTrace => ({
      hidden: [
        ...stack.hidden.slice(0, -1),
        rmsNorm(parameters, `${name}.final_layer_norm`, lastHidden(stack), epsilon),
      ],
      attention: stack.attention,
    });

    const encode = (parameters: Parameters, ids: Traced, mask?: Traced, edit?: EditWeights): StackTrace => {
      const bias = positionBias(parameters, "encoder", ids.shape.at(-1) ?? 0);
      const stack = stackLayers(layers, embed(parameters, "encoder", ids), (x, layer) => {
        const at = `encoder.block.${layer}.layer`;
        const norm = (part: number) => (y: Traced) => rmsNorm(parameters, `${at}.${part}.layer_norm`, y, epsilon);
        const [attended, attention] = residual("pre", norm(0), x, (y) =>
          attend(parameters, `${at}.0.SelfAttention`, y, y, {
            bias,
            mask: keyMask(mask),
            edit: editAt(edit, { kind: "encoder", layer }),
          }),
        );
        const [hidden] = residual("pre", norm(1), attended, (y) => [transform(parameters, `${at}.1.DenseReluDense`, y)]);
        return { hidden, attention };
      });
      return withFinalNorm(parameters, "encoder", stack);
    };
    const decode = (
      parameters: Parameters,
      ids: Traced,
      padding: Traced | undefined,
      memory: Traced,
      memoryMask: Traced | undefined,
      edit?: EditWeights,
    ): Pick<ModelTrace, "decoder" | "cross"> => {
      const tokens = ids.shape.at(-1) ?? 0;
      const bias = positionBias(parameters, "decoder", tokens);
      const mask = causalMask(tokens, padding);
      const cross: HeadsTrace[] = [];
      const stack = stackLayers(decoderLayers, embed(parameters, "decoder", ids), (x, layer) => {
        const at = `decoder.block.${layer}.layer`;
        const norm = (part: number) => (y: Traced) => rmsNorm(parameters, `${at}.${part}.layer_norm`, y, epsilon);
        const here = (kind: AttentionKind) => editAt(edit, { kind, layer });
        const [attended, attention] = residual("pre", norm(0), x, (y) =>
          attend(parameters, `${at}.0.SelfAttention`, y, y, { bias, mask, edit: here("decoder") }),
        );
        const [crossed, looked] = residual("pre", norm(1), attended, (y) =>
          attend(parameters, `${at}.1.EncDecAttention`, y, memory, { mask: keyMask(memoryMask), edit: here("cross") }),
        );
        cross.push(looked);
        const [hidden] = residual("pre", norm(2), crossed, (y) => [transform(parameters, `${at}.2.DenseReluDense`, y)]);
        return { hidden, attention };
      });
      return { decoder: withFinalNorm(parameters, "decoder", stack), cross };
    };

    return {
      kind: "encoder-decoder",
      vocabulary,
      sizes: { encoder: { layers, heads }, decoder: { layers: decoderLayers, heads } },
      start: config.index("decoder_start_token_id") ?? config.index("pad_token_id") ?? 0,
      shapes: {
        "shared.weight": [vocabulary, width],
        ...stackShapes("encoder", layers),
        ...stackShapes("decoder", decoderLayers),
      },
      optional: {
        "encoder.embed_tokens.weight": [vocabulary, width],
        "decoder.embed_tokens.weight": [vocabulary, width],
      },
      heads: {
        logits: {
          shapes: {},
          optional: { "lm_head.weight": [vocabulary, width] },
          run: (parameters, trace) =>
            ops.matmul(
              ops.multiply(lastHidden(trace.decoder), shrink),
              ops.transpose(tied(parameters, "lm_head.weight", "shared.weight")),
            ),
        },
      },
      output: ({ kind, layer }) => ({
        name:
          kind === "cross"
            ? `decoder.block.${layer}.layer.1.EncDecAttention.o.weight`
            : `${kind}.block.${layer}.layer.0.SelfAttention.o.weight`,
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
