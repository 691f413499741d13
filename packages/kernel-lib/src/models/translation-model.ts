import { readOptions, type OptionNames } from "../checks/read-options.js";
import type { Tensor, Traced } from "../engine/index.js";
import type { SentencePair } from "../data/read-pairs.js";
import type { AlignmentLink } from "../metrics/alignment.js";
import { Vocabulary, type VocabularyData } from "../text/vocabulary.js";
import { batchesOf, padded, train, type Schedule, type Trained } from "../training/index.js";
import { beamSearch, type Decoder, type Hypothesis } from "./beam-search.js";
import { chunksOf } from "./batching.js";
import { greedySearch } from "./greedy-search.js";
import type { StoredModel } from "../storage/trained-model.js";
import { checkStored, optionsIn } from "./stored-model.js";
import { tokensForModel } from "./tokens-for-model.js";
import { evaluateTranslations, type TranslationReport } from "./translation-report.js";
import { defaultTraining, requireTraining, trainingNames, type TrainingControl } from "./default-training.js";
import { missingSpecialTokens, searchTokens, teacherForcingArrays } from "./special-tokens.js";
import { shown } from "../storage/shown.js";

/** What every translation model is built with. */
export interface TranslationOptions {
  readonly source: Vocabulary;
  readonly target: Vocabulary;
  /** The share of numbers that training drops; default: 0.1. */
  readonly dropout?: number;
  /** Decides the first weights; default: 1. */
  readonly seed?: number;
}

/** A batch of sentence pairs, padded. */
export interface PairBatch<Leaf = Traced> {
  /** int32 [B, S] */
  readonly source: Leaf;
  /** bool [B, S] */
  readonly sourceMask: Leaf;
  /** int32 [B, T]: the start mark, then the target's tokens */
  readonly targetInput: Leaf;
  /** int32 [B, T]: the target's tokens, then the end mark */
  readonly targetOutput: Leaf;
  /** bool [B, T]: true at tokens of `targetOutput` */
  readonly targetMask: Leaf;
}

/** How a translation model is trained. */
export interface TranslationTraining extends TrainingControl {
  /** How many batches are learned from; the rate is planned for so many. Default: 2000. */
  readonly steps?: number;
  /** Default: 64. */
  readonly batchSize?: number;
  /** The highest learning rate, or a schedule of one's own. */
  readonly learningRate?: number | Schedule;
  /** @deprecated It is called `learningRate`. */
  readonly rate?: number | Schedule;
  /** Pairs that are not learned from: of all states of the net, the one that does best on these is kept. */
  readonly validation?: readonly SentencePair[];
}

export interface PredictOptions {
  /** Sentences that beam search keeps; 1 (unless said) is greedy search. */
  readonly beams?: number;
  /** The most tokens written; default: twice as many as were read, and 8 more. */
  readonly maxLength?: number;
}

/** The names of these options. */
export const predictNames: OptionNames<PredictOptions> = { beams: true, maxLength: true };

/** The names of what every translation model is built with. */
export const translationNames: OptionNames<TranslationOptions> = { source: true, target: true, dropout: true, seed: true };

/** What all models that translate share: vocabularies, batches, training, searches and evaluation. */
export abstract class TranslationModel<Parameters> {
  readonly source: Vocabulary;
  readonly target: Vocabulary;
  readonly dropout: number;
  /** The weights; training replaces them. */
  abstract parameters: Parameters extends object ? TensorsOf<Parameters> : never;
  /** What errors call the model. */
  protected abstract readonly name: string;
  /** The highest learning rate, unless said. */
  protected abstract readonly defaultRate: number;

  constructor(name: string, { source, target, dropout = 0.1 }: TranslationOptions) {
    if (!(dropout >= 0 && dropout < 1))
      throw new RangeError(`${name}: expected dropout from 0 to below 1; got ${shown(dropout)}`);
    for (const vocabulary of [source, target]) requireMarks(name, vocabulary);
    this.source = source;
    this.target = target;
    this.dropout = dropout;
  }

  /** Mean cross-entropy of the target's tokens, in nats, when the decoder is told the tokens before. What training makes small. */
  abstract readonly loss: (parameters: Parameters, batch: PairBatch, key?: Traced) => Traced;

  /** A decoder whose row i writes the translation of source i, of at most so many tokens. */
  protected abstract openDecoder(sources: readonly Int32Array[], mostTokens: number): Promise<Decoder>;

  /** The links that attention draws when the decoder is told the translations; undefined for a model that does not look. */
  protected abstract drawLinks(pairs: readonly SentencePair[]): Promise<AlignmentLink[][] | undefined>;

  /** Pairs as the arrays that {@link loss} takes, both sides padded to one length, a multiple of 8. */
  batch(pairs: readonly SentencePair[]): PairBatch<Tensor> {
    const sources = pairs.map(({ source }) => this.readIds(source));
    const targets = pairs.map(({ target }) => [...this.target.encode(tokensForModel(this.name, target, this.target))]);
    const length = multipleOf8(Math.max(...sources.map((ids) => ids.length), ...targets.map((ids) => ids.length + 1)));
    const source = padded(sources, { length, padding: this.source.id("<pad>") });
    const { decoderInput, labels, mask } = teacherForcingArrays(targets, this.target, { length });
    return { source: source.ids, sourceMask: source.mask, targetInput: decoderInput, targetOutput: labels, targetMask: mask };
  }

  /**
   * Learns from sentence pairs and keeps what it has learned, also when it is interrupted: Adam, gradients clipped to norm 1; unless a
   * schedule is given, the rate rises for the first twentieth of the steps and then falls to 0 as half a cosine.
   *
   * @throws RangeError for a pair with an empty side or an unknown token; TrainingError when a number is not finite
   */
  async train(pairs: readonly SentencePair[], options: TranslationTraining = {}): Promise<Trained<Parameters>> {
    const given = readOptions(`${this.name}: train`, options, { ...trainingNames, validation: true });
    const { steps = 2000, batchSize = 64, learningRate = this.defaultRate, rate: _, validation, ...others } = given;
    requireTraining(`${this.name}: train`, pairs, { steps, batchSize });
    const collate = (some: readonly SentencePair[]): PairBatch<Tensor> => this.batch(some);
    const size = Math.min(batchSize, pairs.length);
    const batches = batchesOf(pairs, collate, { size, lengthOf, dropLast: true });
    const trained = await train<Parameters, PairBatch>(this as never, batches as never, {
      ...defaultTraining(learningRate, steps),
      ...(validation && { validation: { batches: chunksOf(validation, 64).map(collate) as never } }),
      ...others,
    });
    this.parameters = trained.parameters as never;
    return trained;
  }

  /** The translation of a text (cut into the words of the source vocabulary) or of tokens. */
  async predict(input: string | readonly string[], options: PredictOptions = {}): Promise<string[]> {
    readOptions(`${this.name}: predict`, options, predictNames);
    const source = this.readTokens(input);
    const { beams = 1, maxLength = mostTokens(source) } = options;
    if (!Number.isInteger(beams) || beams < 1 || beams > this.target.size) {
      throw new RangeError(`${this.name}: expected beams from 1 to the target vocabulary's ${this.target.size}; got ${beams}`);
    }
    const ids = this.readIds(source);
    const decoder = await this.openDecoder(
      Array.from({ length: beams }, () => ids),
      maxLength,
    );
    const [best] = await beamSearch(decoder, { ...searchTokens(this.target), beams, maxLength });
    return this.target.decode(best?.ids ?? []);
  }

  /** Translations of many texts at once, by greedy search. */
  async predictAll(
    inputs: readonly (string | readonly string[])[],
    options: Pick<PredictOptions, "maxLength"> = {},
  ): Promise<string[][]> {
    const { maxLength } = readOptions(`${this.name}: predictAll`, options, { maxLength: true });
    const sources = inputs.map((input) => this.readTokens(input));
    const hypotheses: Hypothesis[] = [];
    for (const chunk of chunksOf(sources, 64)) {
      const maxLengths = chunk.map((source) => maxLength ?? mostTokens(source));
      const ids = chunk.map((source) => this.readIds(source));
      const decoder = await this.openDecoder(ids, Math.max(...maxLengths));
      hypotheses.push(...(await greedySearch(decoder, { ...searchTokens(this.target), rows: chunk.length, maxLengths })));
    }
    return hypotheses.map(({ ids }) => this.target.decode(ids));
  }

  /** Translates held-out pairs and judges translations and, where the pairs know it, alignment. */
  async evaluate(pairs: readonly SentencePair[], options: PredictOptions = {}): Promise<TranslationReport> {
    const { beams = 1, ...others } = readOptions(`${this.name}: evaluate`, options, predictNames);
    const sources = pairs.map(({ source }) => source);
    const translations: string[][] = [];
    if (beams === 1) translations.push(...(await this.predictAll(sources, others)));
    else for (const source of sources) translations.push(await this.predict(source, options));
    return evaluateTranslations(pairs, translations, await this.drawLinks(pairs));
  }

  /** A source with the translation that the decoder is told, or with its own. */
  protected async withTarget(
    input: string | readonly string[],
    options: PredictOptions & { readonly target?: readonly string[] },
  ): Promise<SentencePair> {
    const { target, ...others } = readOptions(`${this.name}: attend`, options, { target: true, ...predictNames });
    const source = this.readTokens(input);
    return { source, target: target ?? (await this.predict(source, others)) };
  }

  /** The tokens of a source, checked. */
  protected readTokens(input: string | readonly string[]): string[] {
    return tokensForModel(this.name, input, this.source);
  }

  protected readIds(source: readonly string[]): Int32Array {
    return this.source.encode(this.readTokens(source));
  }
}

/** A tree of arrays with tensors in their places. */
type TensorsOf<T> = T extends Traced ? Tensor : { [K in keyof T]: TensorsOf<T[K]> };

/** Vocabularies of pairs, with the usual marks. */
export function vocabulariesOf(pairs: readonly SentencePair[]): { source: Vocabulary; target: Vocabulary } {
  return {
    source: Vocabulary.from(pairs.map((pair) => pair.source)),
    target: Vocabulary.from(pairs.map((pair) => pair.target)),
  };
}

/**
 * The options that a stored config holds, with its vocabularies made.
 *
 * @throws TypeError when it is the config of another kind of model
 */
export function storedOptions<Options extends TranslationOptions>(
  name: string,
  modelType: string,
  stored: StoredModel,
  names: OptionNames<Options>,
): Options {
  checkStored(name, modelType, stored);
  const { config } = stored;
  const [source, target] = [config["source"], config["target"]] as [VocabularyData, VocabularyData];
  return { ...optionsIn(config, names), source: new Vocabulary(source), target: new Vocabulary(target) };
}

function requireMarks(name: string, vocabulary: Vocabulary): void {
  const missing = missingSpecialTokens(vocabulary);
  if (missing.length === 0) return;
  throw new RangeError(
    `${name}: expected vocabularies with the marks <pad>, <unk>, <s> and </s>; ${missing.join(", ")} is missing`,
  );
}

const mostTokens = (source: readonly string[]): number => 2 * source.length + 8;
const multipleOf8 = (length: number): number => Math.ceil(length / 8) * 8;
const lengthOf = ({ source, target }: SentencePair): number => multipleOf8(Math.max(source.length, target.length + 1));
