/**
 * GPT-2 (Radford et al. 2019): a decoder alone, pre-norm, with learned positions.
 *
 * Its dense layers are stored the other way round (y = x W + b) and query, key and value in one.
 */
import { mergeHeads, splitHeads } from "../../attention/index.js";
import { ops, type Traced } from "../../engine/index.js";
import { attendHeads, causalMask, editAt, type HeadsTrace } from "./attend-heads.js";
import { activation, embedding, layerNorm, residual } from "./blocks.js";
import { headWidth } from "./config.js";
import { lastHidden, normaliseLast, requireIds, stackLayers, type Family } from "./family.js";
import { normShapes, parameter, tied, type Parameters, type ParameterShapes } from "./parameters.js";

const project = (parameters: Parameters, name: string, x: Traced): Traced =>
  ops.add(ops.matmul(x, parameter(parameters, `${name}.weight`)), parameter(parameters, `${name}.bias`));
const projectShapes = (name: string, inputs: number, outputs: number): ParameterShapes => ({
  [`${name}.weight`]: [inputs, outputs],
  [`${name}.bias`]: [outputs],
});

export const gpt2Family: Family = {
  modelTypes: ["gpt2"],
  prefixes: ["transformer."],
  read: (config) => {
    const vocabulary = config.size("vocab_size");
    const positions = config.size("n_positions", 1024);
    const width = config.size("n_embd");
    const layers = config.layers("n_layer");
    const heads = config.size("n_head");
    const feedForwardWidth = config.size("n_inner", 4 * width);
    const epsilon = config.epsilon("layer_norm_epsilon", 1e-5);
    const activate = activation(config.text("activation_function", "gelu_new"));
    const score = config.flag("scale_attn_weights", true) ? "scaled" : "dot";
    headWidth(width, heads);
    const byLayer = config.flag("scale_attn_by_inverse_layer_idx", false);
    const start = config.index("bos_token_id");
    if (config.flag("add_cross_attention", false)) {
      throw new RangeError("config.json: expected add_cross_attention to be false; GPT-2 over an encoder is not known here");
    }
    const shapes: ParameterShapes = Object.assign(
      { "wte.weight": [vocabulary, width], "wpe.weight": [positions, width] },
      normShapes("ln_f", width),
      ...Array.from({ length: layers }, (_, layer) => ({
        ...normShapes(`h.${layer}.ln_1`, width),
        ...projectShapes(`h.${layer}.attn.c_attn`, width, 3 * width),
        ...projectShapes(`h.${layer}.attn.c_proj`, width, width),
        ...normShapes(`h.${layer}.ln_2`, width),
        ...projectShapes(`h.${layer}.mlp.c_fc`, width, feedForwardWidth),
        ...projectShapes(`h.${layer}.mlp.c_proj`, feedForwardWidth, width),
      })),
    );
    return {
      kind: "decoder",
      vocabulary,
      sizes: { decoder: { layers, heads } },
      longest: positions,
      ...(start !== undefined && { start }),
      shapes,
      heads: {
        logits: {
          shapes: {},
          optional: { "lm_head.weight": [vocabulary, width] },
          run: (parameters, trace) =>
            ops.matmul(lastHidden(trace.decoder), ops.transpose(tied(parameters, "lm_head.weight", "wte.weight"))),
        },
      },
      output: ({ layer }) => ({ name: `h.${layer}.attn.c_proj.weight`, transposed: true }),
      run: (parameters, inputs, edit) => {
        const ids = requireIds(inputs);
        const tokens = ids.shape.at(-1) ?? 0;
        const visible = causalMask(tokens, inputs.mask);
        const first = ops.slice(parameter(parameters, "wpe.weight"), 0, tokens, 0);
        const decoder = stackLayers(layers, ops.add(embedding(parameters, "wte", ids), first), (x, layer) => {
          const at = `h.${layer}`;
          const norm = (name: string) => (y: Traced) => layerNorm(parameters, `${at}.${name}`, y, epsilon);
          const [attended, attention] = residual("pre", norm("ln_1"), x, (y): [Traced, HeadsTrace] => {
            const together = project(parameters, `${at}.attn.c_attn`, y);
            const part = (index: number): Traced =>
              splitHeads(ops.slice(together, index * width, (index + 1) * width, -1), heads);
            const query = byLayer ? ops.divide(part(0), layer + 1) : part(0);
            const trace = attendHeads(
              { query, keys: part(1), values: part(2) },
              { score, mask: visible, edit: editAt(edit, { kind: "decoder", layer }) },
            );
            return [project(parameters, `${at}.attn.c_proj`, mergeHeads(trace.output)), trace];
          });
          const [hidden] = residual("pre", norm("ln_2"), attended, (y) => [
            project(parameters, `${at}.mlp.c_proj`, activate(project(parameters, `${at}.mlp.c_fc`, y))),
          ]);
          return { hidden, attention };
        });
        return { decoder: normaliseLast(decoder, (x) => layerNorm(parameters, "ln_f", x, epsilon)) };
      },
    };
  },
};
