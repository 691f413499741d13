import { readOptions, type OptionNames } from "../../checks/read-options.js";
import { compile, Random, type Compiled, type Tensor, type Traced } from "../../engine/index.js";
import type { ScoreInput, ScoreName } from "../../note/index.js";
import type { SentencePair } from "../../data/read-pairs.js";
import type { AlignmentLink } from "../../metrics/alignment.js";
import { crossEntropy, padded } from "../../training/index.js";
import { decoderOver, decoderProgram, type DecoderProgram } from "../attention-decoder/decoder.js";
import type { Memory, TeacherForced } from "../attention-decoder/program.js";
import type { Decoder } from "../beam-search.js";
import { makeDropout } from "../dropout.js";
import { chunksOf, exampleOf, logProbabilityOf } from "../batching.js";
import type { StoredModel } from "../../storage/trained-model.js";
import { FormOnly, storedModel, treeFromTensors } from "../stored-model.js";
import {
  storedOptions,
  TranslationModel,
  vocabulariesOf,
  type PairBatch,
  type PredictOptions,
  type TranslationOptions,
  translationNames,
} from "../translation-model.js";
import {
  decoderShape,
  encode,
  initialSeq2seq,
  teacherForcing,
  type Seq2seqParameters,
  type Seq2seqShape,
  type TeacherForcedPair,
} from "./program.js";
import { Translation } from "./translation.js";
import { shown } from "../../storage/shown.js";

/** How a {@link Seq2seq} is built. */
export interface Seq2seqOptions extends TranslationOptions {
  /** `gru` (unless said) or `lstm`, in encoder and decoder. */
  readonly cell?: Seq2seqShape["cell"];
  /** `additive` (unless said), `general`, `dot`, or `none` for the same net without attention. */
  readonly score?: Seq2seqShape["score"];
  /** Default: 64. */
  readonly embeddingWidth?: number;
  /** Of the decoder's state and of the memory; even. Default: 128. */
  readonly width?: number;
}

const modelType = "heed-seq2seq";
const optionNames: OptionNames<Seq2seqOptions> = {
  cell: true,
  score: true,
  embeddingWidth: true,
  width: true,
  ...translationNames,
};

/**
 * An RNN encoder–decoder with attention: reads a sentence in both directions, then writes its translation, looking back at every step.
 *
 * The chain of the seed notes, m → a → attention vector → next decoder cell, is written out in `attention-decoder/program.ts` with the
 * papers' names.
 *
 * @see Bahdanau, Cho, Bengio 2015, "Neural Machine Translation by Jointly Learning to Align and Translate"; scores `dot` and `general`
 *   and the readout: Luong, Pham, Manning 2015, "Effective Approaches to Attention-based Neural Machine Translation"
 * @example
 * ```ts
 * import { Seq2seq } from "heed";
 * import { chineseEnglishPairs } from "heed/data";
 * const pairs = chineseEnglishPairs({ count: 50, seed: 1 });
 * const model = Seq2seq.forPairs(pairs, { width: 8, embeddingWidth: 4 });
 * const translation = await model.attend("我是中国人"); // not trained yet: nonsense, but its attention can be seen
 * console.log(translation.weights.shape[1]); // 3 – 我 是 中国人
 * ```
 */
export class Seq2seq extends TranslationModel<Seq2seqParameters> {
  protected readonly name = "seq2seq";
  protected readonly defaultRate = 3e-3;
  readonly shape: Seq2seqShape;
  parameters: Seq2seqParameters<Tensor>;
  readonly #encode: Compiled<(parameters: Seq2seqParameters, source: Traced, mask: Traced) => Memory>;
  readonly #teacherForcing: Compiled<(parameters: Seq2seqParameters, batch: TeacherForcedPair) => TeacherForced>;
  readonly #step: DecoderProgram;

  /** @param parameters weights to use instead of new ones; their shapes must be those the options ask for */
  constructor(options: Seq2seqOptions, parameters?: Seq2seqParameters<Tensor>) {
    super("seq2seq", readOptions("seq2seq", options, optionNames));
    const shape = shapeOf(options);
    this.shape = shape;
    this.parameters = parameters ?? initialSeq2seq(shape, new Random(options.seed ?? 1));
    this.#encode = compile((weights, source, mask) => encode(shape, weights, source, mask), { name: "seq2seq encoder" });
    this.#teacherForcing = compile((weights, batch) => teacherForcing(shape, weights, batch), { name: "seq2seq" });
    this.#step = decoderProgram(decoderShape(shape), "seq2seq decoder");
  }

  /** A model with the vocabularies of a corpus. */
  static forPairs(pairs: readonly SentencePair[], options: Omit<Seq2seqOptions, "source" | "target"> = {}): Seq2seq {
    return new Seq2seq({ ...options, ...vocabulariesOf(pairs) });
  }

  readonly loss = (parameters: Seq2seqParameters, batch: PairBatch, key?: Traced): Traced => {
    const { logits } = teacherForcing(this.shape, parameters, batch, makeDropout(this.dropout, key));
    return crossEntropy(logits, batch.targetOutput, { mask: batch.targetMask });
  };

  /**
   * Translates, and shows where the decoder looked. With `target`, the decoder is told that translation instead of writing its own.
   *
   * @throws TypeError for a net without attention
   */
  async attend(
    input: string | readonly string[],
    options: PredictOptions & { readonly target?: readonly string[] } = {},
  ): Promise<Translation> {
    const [translation] = await this.align([await this.withTarget(input, options)]);
    return translation as Translation;
  }

  /**
   * Where the decoder looks when it is told the translations: how alignment is judged.
   *
   * @throws TypeError for a net without attention
   */
  async align(pairs: readonly SentencePair[]): Promise<Translation[]> {
    if (this.shape.score === "none") {
      throw new TypeError('seq2seq: expected a net with attention to look at; this one has score "none"');
    }
    const translations: Translation[] = [];
    for (const chunk of chunksOf(pairs, 64)) {
      const batch = this.batch(chunk);
      const forced = await this.#teacherForcing(this.parameters, batch);
      translations.push(
        ...chunk.map((pair, row) => this.#translationOf(pair, batch, forced as Readonly<Record<string, Tensor>>, row)),
      );
    }
    return translations;
  }

  /** The model as it is stored; {@link Seq2seq.fromStored} reads it back. */
  toStored(): StoredModel {
    const { sourceSize: _, targetSize: __, ...sizes } = this.shape;
    const vocabularies = { source: this.source.toJSON(), target: this.target.toJSON() };
    return storedModel({ model_type: modelType, ...sizes, dropout: this.dropout, ...vocabularies }, this.parameters);
  }

  /** @throws TypeError when config and weights are not those of a seq2seq, or do not fit each other */
  static fromStored(stored: StoredModel): Seq2seq {
    const options = storedOptions<Seq2seqOptions>("seq2seq", modelType, stored, optionNames);
    const form = initialSeq2seq(shapeOf(options), new FormOnly());
    return new Seq2seq(options, treeFromTensors("seq2seq", form, stored.tensors));
  }

  protected async openDecoder(sources: readonly Int32Array[]): Promise<Decoder> {
    const { ids, mask } = padded(sources, { padding: this.source.id("<pad>") });
    const encoded = await this.#encode(this.parameters, ids, mask);
    return decoderOver(this.#step, this.parameters.decoder, encoded);
  }

  protected async drawLinks(pairs: readonly SentencePair[]): Promise<AlignmentLink[][] | undefined> {
    return this.shape.score === "none" ? undefined : (await this.align(pairs)).map(({ links }) => links);
  }

  #translationOf(
    { source, target }: SentencePair,
    { targetOutput }: PairBatch<Tensor>,
    forced: Readonly<Record<string, Tensor>>,
    row: number,
  ): Translation {
    const [T, S] = [target.length + 1, source.length];
    const part = (name: string, ...counts: readonly number[]): Tensor => exampleOf(forced[name] as Tensor, row, ...counts);
    const score: ScoreInput = { name: this.shape.score as ScoreName, parameters: this.parameters.decoder.score };
    return new Translation({
      source,
      target,
      logProbability: logProbabilityOf(part("logits", T), targetOutput.data.subarray(row * (targetOutput.shape[1] ?? 0))),
      query: part("query", T),
      memory: part("memory", S),
      scores: part("scores", T, S),
      weights: part("weights", T, S),
      context: part("context", T),
      score,
    });
  }
}

/** The shape that options ask for, checked. */
function shapeOf(options: Seq2seqOptions): Seq2seqShape {
  const { source, target, cell = "gru", score = "additive", embeddingWidth = 64, width = 128 } = options;
  if (cell !== "gru" && cell !== "lstm") throw new RangeError(`seq2seq: expected cell "gru" or "lstm"; got ${shown(cell)}`);
  if (!["dot", "general", "additive", "none"].includes(score)) {
    throw new RangeError(`seq2seq: expected score "dot", "general", "additive" or "none"; got ${shown(score)}`);
  }
  if (!Number.isInteger(embeddingWidth) || embeddingWidth < 1) {
    throw new RangeError(`seq2seq: expected an embeddingWidth ≥ 1; got ${shown(embeddingWidth)}`);
  }
  if (!Number.isInteger(width) || width < 2 || width % 2 !== 0) {
    throw new RangeError(`seq2seq: expected an even width ≥ 2, half for each direction of the encoder; got ${shown(width)}`);
  }
  return { cell, score, embeddingWidth, width, sourceSize: source.size, targetSize: target.size };
}
