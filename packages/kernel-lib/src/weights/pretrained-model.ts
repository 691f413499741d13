import type { Tensor } from "../engine/index.js";
import type { AttentionKind, FamilyModel, HeadName, ModelKind } from "../models/families/index.js";
import type { Axis } from "../note/index.js";
import { AttentionMaps } from "./attention-maps.js";
import { makeBatch, unbatch } from "./batch.js";
import { generate, type GenerateOptions, type GenerationConfig } from "./generate.js";
import { gradientTimesAttention, type GradientOptions } from "./gradient-attention.js";
import {
  ablateHeads,
  knockOut,
  type AblateOptions,
  type HeadAblation,
  type KnockedOut,
  type KnockOut,
  type KnockOutOptions,
} from "./knock-out.js";
import { encodeInput, type EncodedInput, type ModelInput } from "./model-input.js";
import { ModelLook } from "./model-look.js";
import { ModelRunner, type LayerOutputs, type ModelOutputs } from "./model-runner.js";
import type { ModelText } from "./model-text.js";
import { embedTexts, fillMask, nextToken, type Filled, type Guess, type PoolingConfig, type TopOptions } from "./predict.js";
import { selectionOf, type AttendOptions } from "./selection.js";

/** How {@link PretrainedModel.attendEach} goes through many inputs. */
export interface AttendEachOptions extends AttendOptions {
  /** How many are computed at once; 8 unless given. */
  readonly batch?: number;
  /** Called after each batch with how many inputs are done. */
  readonly onProgress?: (done: number) => void;
}

/** What {@link PretrainedModel} is made of. */
export interface PretrainedParts {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly model: FamilyModel;
  readonly weights: Readonly<Record<string, Tensor>>;
  readonly heads: readonly HeadName[];
  readonly texts: ModelText | undefined;
  readonly pooling: PoolingConfig;
  readonly generation: GenerationConfig;
}

/** A pretrained model: its attention, exact, and what else it computes. Made by `loadModel`. */
export class PretrainedModel {
  readonly name: string;
  /** The content of `config.json`. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly kind: ModelKind;
  /** The heads whose weights are there: what may be asked for as `outputs`. */
  readonly heads: readonly HeadName[];
  readonly #parts: PretrainedParts;
  readonly #runner: ModelRunner;

  constructor(parts: PretrainedParts) {
    this.name = parts.name;
    this.config = parts.config;
    this.kind = parts.model.kind;
    this.heads = parts.heads;
    this.#parts = parts;
    this.#runner = new ModelRunner(parts.model, parts.weights);
  }

  /** Layers and heads of each kind of attention. */
  get sizes(): FamilyModel["sizes"] {
    return this.#parts.model.sizes;
  }

  /** The most tokens it reads; undefined where its positions have no end. */
  get longest(): number | undefined {
    return this.#parts.model.longest;
  }

  /** The tokenizer of its folder. */
  get tokenizer(): ModelText["tokenizer"] | undefined {
    return this.#parts.texts?.tokenizer;
  }

  /**
   * Runs the model on one text, pair, image or list of ids, and gives the attention of every layer and head.
   *
   * Only what is asked for is copied out; layers above the highest one needed are not computed. An encoder–decoder without a target
   * writes one first (greedily).
   *
   * @throws TypeError for an input of the wrong kind; RangeError for an empty or too long text, ids outside the vocabulary, layers or
   *   heads that the model does not have; the signal's reason when cancelled
   */
  async attend(input: ModelInput, options: AttendOptions = {}): Promise<ModelLook> {
    const example = await this.#encode(input, options);
    const [look] = await this.#attendBatch([example], options, false);
    return look as ModelLook;
  }

  /**
   * The same for many inputs, some at a time; results come in order, as soon as they are there. Break out of the loop, or abort the
   * signal, to stop.
   */
  async *attendEach(
    inputs: Iterable<ModelInput> | AsyncIterable<ModelInput>,
    { batch = 8, onProgress, ...options }: AttendEachOptions = {},
  ): AsyncGenerator<ModelLook, void, void> {
    if (!Number.isInteger(batch) || batch < 1) throw new RangeError(`attendEach: expected a batch of at least 1; got ${batch}`);
    let done = 0;
    let waiting: EncodedInput[] = [];
    const finish = async (): Promise<ModelLook[]> => {
      const looks = await this.#attendBatch(waiting, options, true);
      done += waiting.length;
      waiting = [];
      onProgress?.(done);
      return looks;
    };
    for await (const input of inputs) {
      options.signal?.throwIfAborted();
      waiting.push(await this.#encode(input, options));
      if (waiting.length === batch) yield* await finish();
    }
    if (waiting.length > 0) yield* await finish();
  }

  /** The likeliest tokens for each [MASK] of a text. */
  fillMask(text: string, options: TopOptions = {}): Promise<Filled[]> {
    return fillMask(this.#parts, this.#runner, text, options);
  }

  /** The likeliest tokens to come next. */
  nextToken(text: string | readonly number[], options: TopOptions = {}): Promise<Guess[]> {
    return nextToken(this.#parts, this.#runner, text, options);
  }

  /** One vector for each text: [texts, width], pooled and normalised as the model's folder says (mean over tokens unless it does). */
  embed(
    texts: readonly string[],
    options: { readonly truncate?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<Tensor> {
    return embedTexts(this.#parts, this.#runner, texts, options);
  }

  /** Writes on: a decoder continues the text, an encoder–decoder answers it. Always the likeliest token (greedy). */
  generate(input: ModelInput, options: GenerateOptions = {}): ReturnType<typeof generate> {
    return generate(this.#parts, this.#runner, encodeInput(input, this.#parts.model, this.#parts.texts, options), options);
  }

  /** What changes when a head, a cell of attention, or a token is taken away. */
  async knockOut(input: ModelInput, what: KnockOut, options: KnockOutOptions = {}): Promise<KnockedOut> {
    return knockOut(this.#parts, this.#runner, await this.#encode(input, {}), what, options);
  }

  /** Takes away every head, one at a time, and says how much the output changes. */
  async ablateHeads(input: ModelInput, options: AblateOptions = {}): Promise<HeadAblation> {
    return ablateHeads(this.#parts, this.#runner, await this.#encode(input, {}), options);
  }

  /** The attention times the gradient of one number of the output with respect to it: which cells that number depends on. */
  async gradientTimesAttention(input: ModelInput, options: GradientOptions): Promise<ModelLook> {
    const example = await this.#encode(input, {});
    const outputs = await gradientTimesAttention(this.#parts, this.#runner, example, options);
    return this.#lookAt(example, 0, outputs, { kinds: Object.keys(outputs.attention) as AttentionKind[] }, false);
  }

  /** Frees what the runtime holds; the model can still be used, and is prepared anew then. */
  dispose(): Promise<void> {
    return this.#runner.dispose();
  }

  /** The example as the model reads it; an encoder–decoder without a target writes one. */
  async #encode(input: ModelInput, options: AttendOptions): Promise<EncodedInput> {
    const { model, texts } = this.#parts;
    const example = encodeInput(input, model, texts, options);
    if (model.kind !== "encoder-decoder" || example.targetIds) return example;
    const { ids, axis } = await generate(this.#parts, this.#runner, example, options);
    return { ...example, targetIds: ids, targetAxis: axis };
  }

  async #attendBatch(examples: readonly EncodedInput[], options: AttendOptions, rounded: boolean): Promise<ModelLook[]> {
    const { model, heads } = this.#parts;
    const selection = selectionOf(model, heads, options);
    const outputs = await this.#runner.run(makeBatch(examples, model, rounded), selection, options.signal);
    return examples.map((example, i) => this.#lookAt(example, i, outputs, options, true));
  }

  #lookAt(example: EncodedInput, at: number, outputs: ModelOutputs, options: AttendOptions, normalised: boolean): ModelLook {
    const { model, heads, name } = this.#parts;
    const { attention } = selectionOf(model, heads, options);
    const T = example.axis.tokens.length;
    const target = example.targetAxis?.tokens.length ?? T;
    const maps: Partial<Record<AttentionKind, AttentionMaps>> = {};
    for (const [kind, layers] of Object.entries(outputs.attention) as [AttentionKind, readonly LayerOutputs[]][]) {
      const isTarget = kind !== "encoder" && model.kind === "encoder-decoder";
      const [Q, K] = [isTarget ? target : T, isTarget && kind === "decoder" ? target : T];
      const rows: Axis = isTarget && example.targetAxis ? example.targetAxis : example.axis;
      const columns: Axis = K === Q && kind !== "cross" ? rows : example.axis;
      const part = (of: "query" | "keys" | "values" | "scores", lengths: Record<number, number>): Tensor[] | undefined =>
        layers.every((layer) => layer[of]) ? layers.map((layer) => unbatch(layer[of] as Tensor, at, lengths)) : undefined;
      const [query, keys, values] = [part("query", { 1: Q }), part("keys", { 1: K }), part("values", { 1: K })];
      const scores = part("scores", { 1: Q, 2: K });
      maps[kind] = new AttentionMaps({
        kind,
        layers: attention[kind]?.layers ?? [],
        heads: attention[kind]?.heads ?? [],
        rows,
        columns,
        weights: layers.map(({ weights }) => unbatch(weights, at, { 1: Q, 2: K })),
        ...(query && { query }),
        ...(keys && { keys }),
        ...(values && { values }),
        ...(scores && { scores }),
        model: name,
        ...(!normalised && { normalised }),
      });
    }
    const hidden = Object.fromEntries(
      Object.entries(outputs.hidden).map(([stack, layers]) => {
        const length = stack === "decoder" && model.kind === "encoder-decoder" ? target : T;
        return [stack, stackLayers(layers.map((layer) => unbatch(layer, at, { 0: length })))];
      }),
    );
    const logitRows = model.kind === "encoder-decoder" ? target : T;
    const results = Object.fromEntries(
      Object.entries(outputs.outputs).map(([head, value]) => [
        head,
        unbatch(value, at, head === "logits" || head === "replaced" ? { 0: logitRows } : {}),
      ]),
    );
    return new ModelLook({
      attention: maps,
      tokens: example.axis,
      ...(example.targetAxis && { targetTokens: example.targetAxis }),
      ...(example.ids && { ids: example.ids }),
      ...(example.targetIds && { targetIds: example.targetIds }),
      truncated: example.truncated,
      ...(Object.keys(hidden).length > 0 && { hidden }),
      outputs: results,
    });
  }
}

function stackLayers(layers: readonly Tensor[]): Tensor {
  const [first] = layers;
  const shape = first?.shape ?? [];
  const size = first?.data.length ?? 0;
  const data = new Float32Array(layers.length * size);
  layers.forEach((layer, i) => data.set(layer.data, i * size));
  return { shape: [layers.length, ...shape], dtype: "float32", data };
}
