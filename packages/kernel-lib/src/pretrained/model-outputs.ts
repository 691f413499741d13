import type { Tensor } from "../engine/index.js";
import type { AttentionKind, FamilyModel, HeadName } from "./families/index.js";
import { AttentionMaps } from "../attention/attention-maps.js";
import { stackTensors } from "../engine/stack-tensors.js";
import { unbatch } from "./batch.js";
import type { EncodedInput } from "./model-input.js";
import { ModelOutput } from "./model-output.js";
import type { LayerOutputs, RawOutputs } from "./model-runner.js";
import { selectionOf, type ModelAttendOptions } from "./selection.js";

interface Parts {
  readonly name: string;
  readonly model: FamilyModel;
  readonly heads: readonly HeadName[];
}

/**
 * One example of a batch as its user sees it: with its tokens, without padding.
 *
 * @param normalised false where the attention is not weights but numbers for them
 */
export function lookAt(
  { name, model, heads }: Parts,
  example: EncodedInput,
  at: number,
  { attention, hidden, lastHiddenState, outputs }: RawOutputs,
  options: ModelAttendOptions,
  normalised = true,
): ModelOutput {
  const selection = selectionOf(model, heads, options);
  const isPair = model.kind === "encoder-decoder";
  const source = example.axis;
  const target = isPair ? (example.targetAxis ?? source) : source;
  const maps: Partial<Record<AttentionKind, AttentionMaps>> = {};
  for (const [kind, layers] of Object.entries(attention) as [AttentionKind, readonly LayerOutputs[]][]) {
    const rows = kind === "encoder" ? source : target;
    const columns = kind === "decoder" ? target : source;
    const [Q, K] = [rows.tokens.length, columns.tokens.length];
    maps[kind] = new AttentionMaps({
      kind,
      layers: selection.attention[kind]?.layers ?? [],
      heads: selection.attention[kind]?.heads ?? [],
      rows,
      columns,
      weights: layers.map(({ weights }) => unbatch(weights, at, { 1: Q, 2: K })),
      ...optional("query", layers, at, { 1: Q }),
      ...optional("keys", layers, at, { 1: K }),
      ...optional("values", layers, at, { 1: K }),
      ...optional("scores", layers, at, { 1: Q, 2: K }),
      model: name,
      ...(example.image && { image: example.image }),
      ...(!normalised && { normalised }),
    });
  }
  const states = Object.entries(hidden).map(([stack, layers]) => {
    const length = (stack === "decoder" ? target : source).tokens.length;
    return [stack, stackTensors(layers.map((layer) => unbatch(layer, at, { 0: length })))] as const;
  });
  const results = Object.entries(outputs).map(([head, value]) => {
    const isPerToken = head === "logits" || head === "replaced";
    return [head, unbatch(value, at, isPerToken ? { 0: target.tokens.length } : {})] as const;
  });
  return new ModelOutput({
    attention: maps,
    tokens: source,
    ...(example.targetAxis && { targetTokens: example.targetAxis }),
    ...(example.ids && { ids: example.ids }),
    ...(example.targetIds && { targetIds: example.targetIds }),
    truncated: example.truncated,
    ...(states.length > 0 && { hidden: Object.fromEntries(states) }),
    ...(lastHiddenState && { lastHiddenState: unbatch(lastHiddenState, at, { 0: target.tokens.length }) }),
    outputs: Object.fromEntries(results),
  });
}

type Part = "query" | "keys" | "values" | "scores";

function optional(
  name: Part,
  layers: readonly LayerOutputs[],
  at: number,
  lengths: Readonly<Record<number, number>>,
): Partial<Record<Part, Tensor[]>> {
  const parts = layers.flatMap((layer) => layer[name] ?? []);
  return parts.length === 0 ? {} : { [name]: parts.map((part) => unbatch(part, at, lengths)) };
}
