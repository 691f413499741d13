import { readOptions } from "../checks/read-options.js";
import { valueNorms, type ValueNorms } from "../attention/analysis/index.js";
import type { Tensor } from "../engine/index.js";
import type { AttentionKind, FamilyModel, HeadName, ImagePreparation, ModelKind } from "./families/index.js";
import { makeBatch } from "./batch.js";
import { exportModel, type ExportModelOptions } from "./export-model.js";
import { generate, type GenerateOptions, type GenerationConfig } from "./generate.js";
import { gradientTimesAttention, type GradientOptions } from "./gradient-attention.js";
import {
  ablateHeads,
  ablate,
  type AblateHeadsOptions,
  type HeadAblation,
  type Ablation,
  type AblationTarget,
  type AblationOptions,
} from "./ablation.js";
import { encodeInput, type EncodedInput, type ModelInput } from "./model-input.js";
import type { ModelOutput } from "./model-output.js";
import { ModelRunner } from "./model-runner.js";
import { lookAt } from "./model-outputs.js";
import { outputMatrices } from "./output-matrices.js";
import type { ModelText } from "./model-text.js";
import {
  embedTexts,
  fillMask,
  nextToken,
  topNames,
  type Filled,
  type Guess,
  type PoolingConfig,
  type TopOptions,
} from "./predict.js";
import { attendNames, selectionOf, type ModelAttendOptions } from "./selection.js";

/** How {@link PretrainedModel.attendEach} goes through many inputs. */
export interface AttendEachOptions extends ModelAttendOptions {
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
  readonly preparation: ImagePreparation;
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
  async attend(input: ModelInput, options: ModelAttendOptions = {}): Promise<ModelOutput> {
    readOptions("attend", options, attendNames);
    const example = await this.#encode(input, options);
    const [look] = await this.#attendBatch([example], options, false);
    return look as ModelOutput;
  }

  /**
   * The same for many inputs, some at a time; results come in order, as soon as they are there. Break out of the loop, or abort the
   * signal, to stop.
   */
  async *attendEach(
    inputs: Iterable<ModelInput> | AsyncIterable<ModelInput>,
    given: AttendEachOptions = {},
  ): AsyncGenerator<ModelOutput, void, void> {
    const {
      batch = 8,
      onProgress,
      ...options
    } = readOptions("attendEach", given, {
      batch: true,
      onProgress: true,
      ...attendNames,
    });
    if (!Number.isInteger(batch) || batch < 1) throw new RangeError(`attendEach: expected a batch of at least 1; got ${batch}`);
    let done = 0;
    let waiting: EncodedInput[] = [];
    const finish = async (): Promise<ModelOutput[]> => {
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
    return fillMask(this.#parts, this.#runner, text, readOptions("fillMask", options, topNames));
  }

  /** The likeliest tokens to come next. */
  nextToken(text: string | readonly number[], options: TopOptions = {}): Promise<Guess[]> {
    return nextToken(this.#parts, this.#runner, text, readOptions("nextToken", options, topNames));
  }

  /** One vector for each text: [texts, width], pooled and normalised as the model's folder says (mean over tokens unless it does). */
  embed(
    texts: readonly string[],
    options: { readonly truncate?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<Tensor> {
    return embedTexts(this.#parts, this.#runner, texts, readOptions("embed", options, { truncate: true, signal: true }));
  }

  /** Writes on: a decoder continues the text, an encoder–decoder answers it. Always the likeliest token (greedy). */
  generate(input: ModelInput, options: GenerateOptions = {}): ReturnType<typeof generate> {
    readOptions("generate", options, { maxTokens: true, onToken: true, truncate: true, signal: true });
    return generate(this.#parts, this.#runner, encodeInput(input, this.#parts.model, this.#parts.texts, options), options);
  }

  /** What changes when a head, a cell of attention, or a token is taken away. */
  async ablate(input: ModelInput, what: AblationTarget, options: AblationOptions = {}): Promise<Ablation> {
    readOptions("ablate", options, { output: true, renormalise: true, signal: true });
    return ablate(this.#parts, this.#runner, await this.#encode(input, {}), what, options);
  }

  /** @deprecated It is called {@link ablate}. */
  knockOut(input: ModelInput, what: AblationTarget, options: AblationOptions = {}): Promise<Ablation> {
    return this.ablate(input, what, options);
  }

  /** Takes away every head, one at a time, and says how much the output changes. */
  async ablateHeads(input: ModelInput, options: AblateHeadsOptions = {}): Promise<HeadAblation> {
    readOptions("ablateHeads", options, { output: true, kind: true, batch: true, onProgress: true, signal: true });
    return ablateHeads(this.#parts, this.#runner, await this.#encode(input, {}), options);
  }

  /** The attention times the gradient of one number of the output with respect to it: which cells that number depends on. */
  async gradientTimesAttention(input: ModelInput, options: GradientOptions): Promise<ModelOutput> {
    readOptions("gradientTimesAttention", options, { output: true, index: true, kind: true, signal: true });
    const example = await this.#encode(input, {});
    const outputs = await gradientTimesAttention(this.#parts, this.#runner, example, options);
    return lookAt(this.#parts, example, 0, outputs, { kinds: Object.keys(outputs.attention) as AttentionKind[] }, false);
  }

  /**
   * What attention really moves: ‖a f(x)‖ of every layer and head, see `analysis.valueNorms`.
   *
   * @see Kobayashi et al. 2020, "Attention is Not Only a Weight"
   */
  async valueNorms(input: ModelInput, options: ModelAttendOptions = {}): Promise<ValueNorms> {
    const look = await this.attend(input, { ...options, vectors: true });
    const { main } = look;
    const { weights, values } = main;
    const { model, weights: matrices } = this.#parts;
    return valueNorms({ weights, values: values as Tensor, output: outputMatrices(model, matrices, main) });
  }

  /**
   * Saves the model as an ONNX file with its weights, for every other runtime, under transformers' names: `input_ids`,
   * `attention_mask` … → `last_hidden_state`. Texts have a fixed number of tokens in it, shorter ones padded and masked.
   *
   * @throws RangeError for sizes or outputs that the model does not have
   */
  exportOnnx(path: string, options: ExportModelOptions = {}): Promise<void> {
    readOptions("exportOnnx", options, { tokens: true, targetTokens: true, batch: true, outputs: true, attention: true });
    return exportModel(this.#parts, path, options);
  }

  /** Frees what the runtime holds; the model can still be used, and is prepared anew then. */
  dispose(): Promise<void> {
    return this.#runner.dispose();
  }

  /** The example as the model reads it; an encoder–decoder without a target writes one. */
  async #encode(input: ModelInput, options: ModelAttendOptions): Promise<EncodedInput> {
    const { model, texts, preparation } = this.#parts;
    const example = encodeInput(input, model, texts, { ...options, preparation });
    if (model.kind !== "encoder-decoder" || example.targetIds) return example;
    const { ids, axis } = await generate(this.#parts, this.#runner, example, options);
    return { ...example, targetIds: ids, targetAxis: axis };
  }

  async #attendBatch(examples: readonly EncodedInput[], options: ModelAttendOptions, rounded: boolean): Promise<ModelOutput[]> {
    const { model, heads } = this.#parts;
    const selection = selectionOf(model, heads, options);
    const outputs = await this.#runner.run(makeBatch(examples, model, rounded), selection, options.signal);
    return examples.map((example, i) => lookAt(this.#parts, example, i, outputs, options));
  }
}
