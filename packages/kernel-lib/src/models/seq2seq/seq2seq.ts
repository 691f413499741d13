import { Random, type Tensor, type Traced } from "../../engine/index.js";
import type { ScoreInput, ScoreName } from "../../note/index.js";
import type { SentencePair } from "../../text/corpora-pairs.js";
import { batchesOf, cosine, crossEntropy, padded, train, type Trained } from "../../training/index.js";
import { Vocabulary, type VocabularyData } from "../../text/vocabulary.js";
import { beamSearch, type Hypothesis } from "../beam-search.js";
import { dropper } from "../dropper.js";
import { greedySearch } from "../greedy-search.js";
import { FormOnly, storedModel, treeFromTensors, type StoredModel } from "../stored-model.js";
import { tokensForModel } from "../tokens-for-model.js";
import { evaluateTranslations, type TranslationReport } from "../translation-report.js";
import type { TranslationTraining } from "../translation-training.js";
import { seq2seqDecoder, seq2seqPrograms, type Seq2seqPrograms } from "./decoder.js";
import { initialSeq2seq, teach, type Seq2seqBatch, type Seq2seqParameters, type Seq2seqShape } from "./program.js";
import { Translation } from "./translation.js";

/** How a {@link Seq2seq} is built. */
export interface Seq2seqOptions {
  readonly source: Vocabulary;
  readonly target: Vocabulary;
  /** `gru` (unless said) or `lstm`, in encoder and decoder. */
  readonly cell?: Seq2seqShape["cell"];
  /** `additive` (unless said), `general`, `dot`, or `none` for the same net without attention. */
  readonly score?: Seq2seqShape["score"];
  /** Default: 64. */
  readonly embeddingWidth?: number;
  /** Of the decoder's state and of the memory; even. Default: 128. */
  readonly width?: number;
  /** The share of numbers that training drops; default: 0.1. */
  readonly dropout?: number;
  /** Decides the first weights; default: 1. */
  readonly seed?: number;
}

export interface PredictOptions {
  /** Sentences that beam search keeps; 1 (unless said) is greedy search. */
  readonly beams?: number;
  /** The most tokens written; default: twice as many as were read, and 8 more. */
  readonly maxLength?: number;
}

const modelType = "heed-seq2seq";

/**
 * An RNN encoder–decoder with attention: reads a sentence in both directions, then writes its translation, looking back at every step.
 *
 * The chain of the seed notes, m → a → attention vector → next decoder cell, is written out in `program.ts` with the paper's names.
 *
 * @see Bahdanau, Cho, Bengio 2015, "Neural Machine Translation by Jointly Learning to Align and Translate"; scores `dot` and `general`
 *   and the readout: Luong, Pham, Manning 2015, "Effective Approaches to Attention-based Neural Machine Translation"
 * @example
 * ```ts
 * import { chineseEnglishPairs, Seq2seq } from "heed";
 * const pairs = chineseEnglishPairs({ count: 50, seed: 1 });
 * const model = Seq2seq.forPairs(pairs, { width: 8, embeddingWidth: 4 });
 * const translation = await model.attend("我是中国人"); // not trained yet: nonsense, but its attention can be seen
 * console.log(translation.weights.shape[1]); // 3: 我 是 中国人
 * ```
 */
export class Seq2seq {
  readonly shape: Seq2seqShape;
  readonly source: Vocabulary;
  readonly target: Vocabulary;
  readonly dropout: number;
  /** The weights; training replaces them. */
  parameters: Seq2seqParameters<Tensor>;
  readonly #programs: Seq2seqPrograms;

  /** @param parameters weights to use instead of new ones; their shapes must be those the options ask for */
  constructor(options: Seq2seqOptions, parameters?: Seq2seqParameters<Tensor>) {
    this.shape = shapeOf(options);
    this.source = options.source;
    this.target = options.target;
    this.dropout = options.dropout ?? 0.1;
    this.parameters = parameters ?? initialSeq2seq(this.shape, new Random(options.seed ?? 1));
    this.#programs = seq2seqPrograms(this.shape);
  }

  /** A model with the vocabularies of a corpus. */
  static forPairs(pairs: readonly SentencePair[], options: Omit<Seq2seqOptions, "source" | "target"> = {}): Seq2seq {
    const source = Vocabulary.from(pairs.map((pair) => pair.source));
    return new Seq2seq({ ...options, source, target: Vocabulary.from(pairs.map((pair) => pair.target)) });
  }

  /** Pairs as the arrays that {@link loss} takes, both sides padded to one length, a multiple of 8. */
  batch(pairs: readonly SentencePair[]): Seq2seqBatch<Tensor> {
    const [start, end] = [this.target.id("<s>"), this.target.id("</s>")];
    const sources = pairs.map(({ source }) => this.#readIds(source));
    const targets = pairs.map(({ target }) => [...this.target.encode(tokensForModel("seq2seq", target, this.target))]);
    const length = multipleOf8(Math.max(longest(sources), longest(targets) + 1));
    const source = padded(sources, { length, padding: this.source.id("<pad>") });
    const padding = this.target.id("<pad>");
    const input = padded(targets.map((ids) => [start, ...ids]), { length, padding });
    const output = padded(targets.map((ids) => [...ids, end]), { length, padding });
    return {
      source: source.ids,
      sourceMask: source.mask,
      targetInput: input.ids,
      targetOutput: output.ids,
      targetMask: output.mask,
    };
  }

  /** Mean cross-entropy of the target's tokens, in nats, when the decoder is told the tokens before. What training makes small. */
  readonly loss = (parameters: Seq2seqParameters, batch: Seq2seqBatch, key?: Traced): Traced => {
    const { logits } = teach(this.shape, parameters, batch, dropper(this.dropout, key));
    return crossEntropy(logits, batch.targetOutput, { mask: batch.targetMask });
  };

  /**
   * Learns from sentence pairs and keeps what it has learned, also when it is interrupted.
   *
   * Adam; the rate rises for the first twentieth of the steps and then falls to 0 as half a cosine; gradients are clipped to norm 1.
   *
   * @throws RangeError for a pair with an empty side or an unknown token; TrainingError when a number is not finite
   */
  async train(pairs: readonly SentencePair[], options: TranslationTraining = {}): Promise<Trained<Seq2seqParameters>> {
    const { steps = 2000, batchSize = 64, rate = 3e-3, validation, ...others } = options;
    const collate = (some: readonly SentencePair[]): Seq2seqBatch<Tensor> => this.batch(some);
    const size = Math.min(batchSize, pairs.length);
    const trained = await train<Seq2seqParameters, Seq2seqBatch>(this, batchesOf(pairs, collate, { size, lengthOf, dropLast: true }), {
      rate: cosine({ peak: rate, steps: steps + 1, warmUp: Math.ceil(steps / 20) }),
      clipNorm: 1,
      steps,
      ...(validation && { validation: { batches: chunksOf(validation, 64).map(collate) } }),
      ...others,
    });
    this.parameters = trained.parameters;
    return trained;
  }

  /** The translation of a text (cut into the words of the source vocabulary) or of tokens. */
  async predict(input: string | readonly string[], options: PredictOptions = {}): Promise<string[]> {
    const { ids } = await this.#search(tokensForModel("seq2seq", input, this.source), options);
    return this.target.decode(ids);
  }

  /**
   * Translates, and shows where the decoder looked. With `target`, the decoder is told that translation instead of writing its own.
   *
   * @throws TypeError for a net without attention
   */
  async attend(
    input: string | readonly string[],
    options: PredictOptions & { readonly target?: readonly string[] } = {},
  ): Promise<Translation> {
    const source = tokensForModel("seq2seq", input, this.source);
    const target = options.target ?? (await this.predict(source, options));
    const [translation] = await this.align([{ source, target }]);
    return translation as Translation;
  }

  /**
   * Where the decoder looks when it is told the translations: how alignment is judged.
   *
   * @throws TypeError for a net without attention
   */
  async align(pairs: readonly SentencePair[]): Promise<Translation[]> {
    if (this.shape.score === "none") throw new TypeError('seq2seq: expected a net with attention to look at; this one has score "none"');
    const translations: Translation[] = [];
    for (const chunk of chunksOf(pairs, 64)) translations.push(...(await this.#alignChunk(chunk)));
    return translations;
  }

  async #alignChunk(pairs: readonly SentencePair[]): Promise<Translation[]> {
    const batch = this.batch(pairs);
    const taught = await this.#programs.teach(this.parameters, batch);
    const score: ScoreInput = { name: this.shape.score as ScoreName, parameters: this.parameters.score };
    return pairs.map(({ source, target }, row) => {
      const [T, S] = [target.length + 1, source.length];
      const part = (name: string, rows: number, columns = Infinity): Tensor => corner(taught[name] as Tensor, row, rows, columns);
      return new Translation({
        source,
        target,
        logProbability: logProbabilityOf(part("logits", T), batch.targetOutput.data.subarray(row * (batch.targetOutput.shape[1] ?? 0))),
        query: part("query", T),
        memory: part("memory", S),
        scores: part("scores", T, S),
        weights: part("weights", T, S),
        context: part("context", T),
        score,
      });
    });
  }

  /** Translations of many texts at once, by greedy search. */
  async predictAll(inputs: readonly (string | readonly string[])[], options: Pick<PredictOptions, "maxLength"> = {}): Promise<string[][]> {
    const sources = inputs.map((input) => tokensForModel("seq2seq", input, this.source));
    const hypotheses: Hypothesis[] = [];
    for (const chunk of chunksOf(sources, 64)) hypotheses.push(...(await this.#searchAll(chunk, options.maxLength)));
    return hypotheses.map(({ ids }) => this.target.decode(ids));
  }

  /** Translates held-out pairs and judges translations and, where the pairs know it, alignment. */
  async evaluate(pairs: readonly SentencePair[], options: PredictOptions = {}): Promise<TranslationReport> {
    const sources = pairs.map(({ source }) => source);
    const translations: string[][] = [];
    if ((options.beams ?? 1) === 1) translations.push(...(await this.predictAll(sources, options)));
    else for (const source of sources) translations.push(await this.predict(source, options));
    const links = this.shape.score === "none" ? undefined : (await this.align(pairs)).map((translation) => translation.links);
    return evaluateTranslations(pairs, translations, links);
  }

  /** The model as it is stored; {@link Seq2seq.fromStored} reads it back. */
  toStored(): StoredModel {
    const { cell, score, embeddingWidth, width } = this.shape;
    const config = {
      model_type: modelType,
      cell,
      score,
      embeddingWidth,
      width,
      dropout: this.dropout,
      source: this.source.toJSON(),
      target: this.target.toJSON(),
    };
    return storedModel(config, this.parameters);
  }

  /** @throws TypeError when config and weights are not those of a seq2seq, or do not fit each other */
  static fromStored({ config, tensors }: StoredModel): Seq2seq {
    if (config["model_type"] !== modelType) {
      throw new TypeError(`seq2seq: expected a config with model_type "${modelType}"; got ${JSON.stringify(config["model_type"])}`);
    }
    const { source, target, ...others } = config as unknown as Omit<Seq2seqOptions, "source" | "target"> & {
      readonly source: VocabularyData;
      readonly target: VocabularyData;
    };
    const options = { ...others, source: new Vocabulary(source), target: new Vocabulary(target) };
    const form = initialSeq2seq(shapeOf(options), new FormOnly());
    return new Seq2seq(options, treeFromTensors("seq2seq", form, tensors));
  }

  #readIds(source: readonly string[]): Int32Array {
    return this.source.encode(tokensForModel("seq2seq", source, this.source));
  }

  async #search(source: readonly string[], { beams = 1, maxLength = mostTokens(source) }: PredictOptions): Promise<Hypothesis> {
    if (!Number.isInteger(beams) || beams < 1 || beams > this.target.size) {
      throw new RangeError(`seq2seq: expected beams from 1 to the target vocabulary's ${this.target.size}; got ${beams}`);
    }
    const ids = this.#readIds(source);
    const rows = Array.from({ length: beams }, () => ids);
    const encoded = await this.#encode(rows);
    const [best] = await beamSearch(seq2seqDecoder(this.#programs, this.parameters, encoded), { ...this.#marks(), beams, maxLength });
    return best as Hypothesis;
  }

  async #searchAll(sources: readonly (readonly string[])[], maxLength?: number): Promise<Hypothesis[]> {
    const rows = sources.map((source) => this.#readIds(source));
    const encoded = await this.#encode(rows);
    return greedySearch(seq2seqDecoder(this.#programs, this.parameters, encoded), {
      ...this.#marks(),
      rows: rows.length,
      maxLengths: sources.map((source) => maxLength ?? mostTokens(source)),
    });
  }

  #encode(rows: readonly Int32Array[]): ReturnType<Seq2seqPrograms["encode"]> {
    const { ids, mask } = padded(rows, { padding: this.source.id("<pad>") });
    return this.#programs.encode(this.parameters, ids, mask);
  }

  #marks(): { start: number; end: number; vocabularySize: number; forbidden: number[] } {
    const [start, end] = [this.target.id("<s>"), this.target.id("</s>")];
    return { start, end, vocabularySize: this.target.size, forbidden: [this.target.id("<pad>"), this.target.id("<unk>"), start] };
  }
}

/** The shape that options ask for, checked. */
function shapeOf(options: Seq2seqOptions): Seq2seqShape {
  const { source, target, cell = "gru", score = "additive", embeddingWidth = 64, width = 128, dropout = 0.1 } = options;
  if (cell !== "gru" && cell !== "lstm") throw new RangeError(`seq2seq: expected cell "gru" or "lstm"; got ${JSON.stringify(cell)}`);
  if (!["dot", "general", "additive", "none"].includes(score)) {
    throw new RangeError(`seq2seq: expected score "dot", "general", "additive" or "none"; got ${JSON.stringify(score)}`);
  }
  if (!Number.isInteger(embeddingWidth) || embeddingWidth < 1) {
    throw new RangeError(`seq2seq: expected an embeddingWidth ≥ 1; got ${embeddingWidth}`);
  }
  if (!Number.isInteger(width) || width < 2 || width % 2 !== 0) {
    throw new RangeError(`seq2seq: expected an even width ≥ 2, half for each direction of the encoder; got ${width}`);
  }
  if (!(dropout >= 0 && dropout < 1)) throw new RangeError(`seq2seq: expected dropout from 0 to below 1; got ${dropout}`);
  for (const vocabulary of [source, target]) requireMarks(vocabulary);
  return { cell, score, embeddingWidth, width, sourceSize: source.size, targetSize: target.size };
}

function requireMarks(vocabulary: Vocabulary): void {
  const missing = ["<pad>", "<unk>", "<s>", "</s>"].filter((mark) => !vocabulary.has(mark));
  if (missing.length > 0) throw new RangeError(`seq2seq: expected vocabularies with the marks <pad>, <unk>, <s> and </s>; ${missing.join(", ")} is missing`);
}

function longest(rows: readonly ArrayLike<number>[]): number {
  return rows.reduce((most, row) => Math.max(most, row.length), 0);
}

const mostTokens = (source: readonly string[]): number => 2 * source.length + 8;

const lengthOf = ({ source, target }: SentencePair): number => multipleOf8(Math.max(source.length, target.length + 1));

const multipleOf8 = (length: number): number => Math.ceil(length / 8) * 8;

function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

/** The first rows and columns of one example of a tensor [B, T, S]. */
function corner({ shape, data }: Tensor, example: number, rows: number, columns: number): Tensor {
  const [, T = 0, S = 0] = shape;
  const width = Math.min(columns, S);
  const values = new Float32Array(rows * width);
  for (let row = 0; row < rows; row += 1) {
    const start = (example * T + row) * S;
    values.set((data as Float32Array).subarray(start, start + width), row * width);
  }
  return { shape: [rows, width], dtype: "float32", data: values };
}

/** Σ ln softmax(logits)ₜ over the rows of logits [T, V]. */
function logProbabilityOf({ shape: [T = 0, V = 0], data }: Tensor, targets: ArrayLike<number>): number {
  let sum = 0;
  for (let t = 0; t < T; t += 1) {
    const row = (data as Float32Array).subarray(t * V, (t + 1) * V);
    const largest = row.reduce((most, value) => Math.max(most, value), -Infinity);
    const total = row.reduce((all, value) => all + Math.exp(value - largest), 0);
    sum += (row[targets[t] ?? 0] ?? 0) - largest - Math.log(total);
  }
  return sum;
}
