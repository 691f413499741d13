import type { Traced } from "../../engine/index.js";
import type { AttentionPlace, WeightsHook, HeadsTrace } from "./attend-heads.js";
import type { ConfigReader } from "./config.js";
import type { Parameters, ParameterShapes } from "./parameters.js";

/** What a stack of layers computed. */
export interface StackTrace {
  /** What the first layer reads and what each layer gives: L + 1 arrays [B, T, width]. */
  readonly hidden: Traced[];
  /** One for each layer. */
  readonly attention: HeadsTrace[];
}

/** What one layer computed. */
export interface LayerTrace {
  readonly hidden: Traced;
  readonly attention: HeadsTrace;
}

/** Runs layers one after another, keeping what each computed. */
export function stackLayers(layers: number, x: Traced, step: (x: Traced, layer: number) => LayerTrace): StackTrace {
  const stack: StackTrace = { hidden: [x], attention: [] };
  let current = x;
  for (let layer = 0; layer < layers; layer++) {
    const { hidden, attention } = step(current, layer);
    stack.hidden.push(hidden);
    stack.attention.push(attention);
    current = hidden;
  }
  return stack;
}

/** The same for layers that also look at an encoder. */
export function stackDecoderLayers(
  layers: number,
  x: Traced,
  step: (x: Traced, layer: number) => LayerTrace & { readonly cross: HeadsTrace },
): { readonly decoder: StackTrace; readonly cross: readonly HeadsTrace[] } {
  const cross: HeadsTrace[] = [];
  const decoder = stackLayers(layers, x, (y, layer) => {
    const trace = step(y, layer);
    cross.push(trace.cross);
    return trace;
  });
  return { decoder, cross };
}

/** What pre-norm models do at the end: the last hidden state is normalised once more. */
export function normaliseLast({ hidden, attention }: StackTrace, norm: (x: Traced) => Traced): StackTrace {
  return { hidden: [...hidden.slice(0, -1), norm(lastHidden({ hidden, attention }))], attention };
}

/** The output of the last layer. */
export function lastHidden(stack: StackTrace | undefined): Traced {
  const last = stack?.hidden.at(-1);
  if (last === undefined) throw new TypeError("model: expected a stack of layers; the model has none of this kind");
  return last;
}

/** transformers' `last_hidden_state`: what the model gives to its heads, [B, T, width]. */
export function lastHiddenState(
  { finish = (_, hidden) => hidden }: Pick<FamilyModel, "finish">,
  parameters: Parameters,
  trace: ModelTrace,
): Traced {
  return finish(parameters, lastHidden(trace.decoder ?? trace.encoder));
}

/** What a model reads; which of it depends on its kind. */
export interface ModelInputs {
  /** Token ids, int32 [B, T]. */
  readonly ids?: Traced | undefined;
  /** Segment of each token, int32 [B, T]; all 0 unless given. */
  readonly types?: Traced | undefined;
  /** True for tokens, false for padding, bool [B, T]; nothing is masked unless given. */
  readonly mask?: Traced | undefined;
  /** What a decoder has written so far, int32 [B, T]. */
  readonly targetIds?: Traced | undefined;
  /** True for tokens of the target, bool [B, T]. */
  readonly targetMask?: Traced | undefined;
  /** What an encoder has already computed, float32 [B, T, width], in place of `ids`. */
  readonly memory?: Traced | undefined;
  /** Images, float32 [B, channels, height, width]. */
  readonly pixels?: Traced | undefined;
}

/** The ids of tokens, which a model of texts must be given. */
export function requireIds({ ids }: ModelInputs): Traced {
  if (ids === undefined) throw new TypeError("model: expected the ids of tokens; got none");
  return ids;
}

/** What a decoder over an encoder reads. */
export interface DecoderInputs {
  readonly ids: Traced;
  readonly padding: Traced | undefined;
  /** What the encoder made, [B, K, width]. */
  readonly memory: Traced;
  readonly memoryPadding: Traced | undefined;
}

/** Runs an encoder, unless what it computes was given, and a decoder over it, if there is a target to read. */
export function runEncoderDecoder(
  inputs: ModelInputs,
  encode: (ids: Traced, padding: Traced | undefined) => StackTrace,
  decode: (inputs: DecoderInputs) => Pick<ModelTrace, "decoder" | "cross">,
): ModelTrace {
  const { mask, targetIds, targetMask } = inputs;
  const encoder = inputs.memory === undefined ? encode(requireIds(inputs), mask) : undefined;
  if (targetIds === undefined) return { ...(encoder && { encoder }) };
  const memory = inputs.memory ?? lastHidden(encoder);
  return {
    ...(encoder && { encoder }),
    ...decode({ ids: targetIds, padding: targetMask, memory, memoryPadding: mask }),
  };
}

/** Everything a model computed before its heads. */
export interface ModelTrace {
  readonly encoder?: StackTrace;
  readonly decoder?: StackTrace;
  /** The decoder's attention over the encoder, one for each decoder layer. */
  readonly cross?: readonly HeadsTrace[];
}

/** What a model is made to read. */
export type ModelKind = "encoder" | "decoder" | "encoder-decoder" | "image";

/** Heads on top of a model; each exists where the checkpoint carries its weights. */
export type HeadName = "logits" | "pooled" | "nextSentence" | "replaced" | "classes";

/** A head: `logits` [B, T, vocabulary], `pooled` [B, width], `nextSentence` [B, 2], `replaced` [B, T], `classes` [B, classes]. */
export interface Head {
  readonly shapes: ParameterShapes;
  /** Weights it uses if the checkpoint has them, such as an output matrix of its own where others share the embeddings. */
  readonly optional?: ParameterShapes;
  run(parameters: Parameters, trace: ModelTrace): Traced;
}

/** A model of a family at the sizes of one `config.json`: which weights it needs, and its program. */
export interface FamilyModel {
  readonly kind: ModelKind;
  readonly vocabulary: number;
  /** Layers and heads of each attention; `cross` has those of the decoder. */
  readonly sizes: { readonly encoder?: LayersAndHeads; readonly decoder?: LayersAndHeads };
  /** The most tokens it can read; undefined where positions have no end. */
  readonly longest?: number;
  readonly image?: {
    readonly height: number;
    readonly width: number;
    readonly channels: number;
    readonly patch: readonly [number, number];
  };
  /** The id a decoder starts from. */
  readonly start?: number;
  readonly shapes: ParameterShapes;
  readonly optional?: ParameterShapes;
  readonly heads: Readonly<Partial<Record<HeadName, Head>>>;
  run(parameters: Parameters, inputs: ModelInputs, edit?: WeightsHook): ModelTrace;
  /** What ends the model after its last layer, where that is no hidden state of a layer (ViT's norm). */
  readonly finish?: (parameters: Parameters, hidden: Traced) => Traced;
  /** The name of the matrix W_O that joins the heads of a layer, stored [width, H·V], or [H·V, width] where `transposed`. */
  output(at: AttentionPlace): { readonly name: string; readonly transposed?: boolean };
}

export interface LayersAndHeads {
  readonly layers: number;
  readonly heads: number;
}

/** A family of checkpoints. */
export interface Family {
  /** The values of `model_type` in `config.json` that belong to it. */
  readonly modelTypes: readonly string[];
  /** What stands before the names of the base model's weights in checkpoints that have a head, such as "bert.". */
  readonly prefixes: readonly string[];
  /** Names that older or newer checkpoints use → the name used here. */
  readonly renames?: readonly (readonly [RegExp, string])[];
  /** Reads the config, with clear errors, and gives the model at its sizes. */
  read(config: ConfigReader): FamilyModel;
}
