/**
 * The Vision Transformer (Dosovitskiy et al. 2021): an image cut into patches, a dense layer over each, a first token of its
 * own in front, learned positions, L pre-norm encoder layers.
 */
import { ops, type Traced } from "../../engine/index.js";
import { editAt } from "./attend-heads.js";
import { activation, firstToken, layerNorm, linear } from "./blocks.js";
import { headWidth } from "./config.js";
import { encoderLayer, encoderLayerShapes, type EncoderLayerNames } from "./encoder-layer.js";
import { lastHidden, stackLayers, type Family, type ModelTrace } from "./family.js";
import { linearShapes, normShapes, parameter, type Parameters, type ParameterShapes } from "./parameters.js";

const layerNames = (layer: number): EncoderLayerNames => {
  const at = `encoder.layer.${layer}`;
  return {
    query: `${at}.attention.attention.query`,
    key: `${at}.attention.attention.key`,
    value: `${at}.attention.attention.value`,
    output: `${at}.attention.output.dense`,
    attentionNorm: `${at}.layernorm_before`,
    up: `${at}.intermediate.dense`,
    down: `${at}.output.dense`,
    outputNorm: `${at}.layernorm_after`,
  };
};

/**
 * Each patch of an image as one row: [B, channels, height, width] → [B, patches, channels · patch height · patch width]. What is left
 * over at the right and at the bottom belongs to no patch, as a convolution whose stride is the patch leaves it out.
 */
export function patchRows(pixels: Traced, [height, width]: readonly [number, number]): Traced {
  const [batch = 1, channels = 1, tall = 1, wide = 1] = pixels.shape;
  const [rows, columns] = [Math.floor(tall / height), Math.floor(wide / width)];
  const whole = ops.slice(ops.slice(pixels, 0, rows * height, 2), 0, columns * width, 3);
  const cut = ops.reshape(whole, [batch, channels, rows, height, columns, width]);
  return ops.reshape(ops.transpose(cut, [0, 2, 4, 1, 3, 5]), [batch, rows * columns, channels * height * width]);
}

export const vitFamily: Family = {
  modelTypes: ["vit"],
  prefixes: ["vit."],
  // transformers 5 names the layers differently in memory; files written by either are read
  renames: [
    [/^((?:vit\.)?)layers\.(\d+)\.attention\.o_proj\./, "$1encoder.layer.$2.attention.output.dense."],
    [/^((?:vit\.)?)layers\.(\d+)\.attention\.q_proj\./, "$1encoder.layer.$2.attention.attention.query."],
    [/^((?:vit\.)?)layers\.(\d+)\.attention\.k_proj\./, "$1encoder.layer.$2.attention.attention.key."],
    [/^((?:vit\.)?)layers\.(\d+)\.attention\.v_proj\./, "$1encoder.layer.$2.attention.attention.value."],
    [/^((?:vit\.)?)layers\.(\d+)\.mlp\.fc1\./, "$1encoder.layer.$2.intermediate.dense."],
    [/^((?:vit\.)?)layers\.(\d+)\.mlp\.fc2\./, "$1encoder.layer.$2.output.dense."],
    [/^((?:vit\.)?)layers\.(\d+)\.layernorm/, "$1encoder.layer.$2.layernorm"],
  ],
  read: (config) => {
    const width = config.size("hidden_size");
    const layers = config.layers("num_hidden_layers");
    const heads = config.size("num_attention_heads");
    const feedForwardWidth = config.size("intermediate_size");
    const channels = config.size("num_channels", 3);
    const [tall, wide] = config.pair("image_size", 224);
    const patch = config.pair("patch_size", 16);
    const epsilon = config.epsilon("layer_norm_eps", 1e-12);
    const classes = config.classes();
    const pooledWidth = config.size("pooler_output_size", width);
    const poolerActivation = activation(config.text("pooler_act", "tanh"));
    const bias = config.flag("qkv_bias", true);
    headWidth(width, heads);
    if (tall < patch[0] || wide < patch[1]) {
      throw new RangeError(
        `config.json: expected an image of at least one patch; got image ${tall}×${wide}, patch ${patch.join("×")}`,
      );
    }
    const patches = Math.floor(tall / patch[0]) * Math.floor(wide / patch[1]);
    const settings = { heads, activation: activation(config.text("hidden_act", "gelu")), epsilon, norm: "pre" } as const;
    const shapes: Record<string, readonly number[]> = {
      "embeddings.cls_token": [1, 1, width],
      "embeddings.position_embeddings": [1, patches + 1, width],
      "embeddings.patch_embeddings.projection.weight": [width, channels, ...patch],
      "embeddings.patch_embeddings.projection.bias": [width],
      ...normShapes("layernorm", width),
    };
    for (let layer = 0; layer < layers; layer++) {
      const names = layerNames(layer);
      Object.assign(shapes, encoderLayerShapes(names, width, feedForwardWidth));
      if (!bias) for (const name of [names.query, names.key, names.value]) delete shapes[`${name}.bias`];
    }
    const finish = (parameters: Parameters, hidden: Traced): Traced => layerNorm(parameters, "layernorm", hidden, epsilon);
    const first = (parameters: Parameters, { encoder }: ModelTrace): Traced =>
      firstToken(finish(parameters, lastHidden(encoder)));
    return {
      kind: "image",
      vocabulary: 0,
      sizes: { encoder: { layers, heads } },
      image: { height: tall, width: wide, channels, patch },
      shapes: shapes satisfies ParameterShapes,
      heads: {
        pooled: {
          shapes: linearShapes("pooler.dense", width, pooledWidth),
          run: (parameters, trace) => poolerActivation(linear(parameters, "pooler.dense", first(parameters, trace))),
        },
        classes: {
          shapes: linearShapes("classifier", width, classes),
          run: (parameters, trace) => linear(parameters, "classifier", first(parameters, trace)),
        },
      },
      output: ({ layer }) => ({ name: `${layerNames(layer).output}.weight` }),
      finish,
      run: (parameters, { pixels }, edit) => {
        if (pixels === undefined) throw new TypeError("model: expected the pixels of an image; got none");
        const [batch = 1] = pixels.shape;
        const kernel = parameter(parameters, "embeddings.patch_embeddings.projection.weight");
        const rows = patchRows(pixels, patch);
        const flat = ops.reshape(kernel, [width, rows.shape.at(-1) ?? 1]);
        const projected = ops.add(
          ops.matmul(rows, ops.transpose(flat)),
          parameter(parameters, "embeddings.patch_embeddings.projection.bias"),
        );
        const classToken = ops.broadcastTo(parameter(parameters, "embeddings.cls_token"), [batch, 1, width]);
        const tokens = ops.concatenate([classToken, projected], 1);
        const embeddings = ops.add(tokens, parameter(parameters, "embeddings.position_embeddings"));
        const encoder = stackLayers(layers, embeddings, (x, layer) =>
          encoderLayer(parameters, layerNames(layer), settings, x, undefined, editAt(edit, { kind: "encoder", layer })),
        );
        return { encoder };
      },
    };
  },
};
