import { readOptions, type OptionNames } from "../../checks/read-options.js";
import { compile, ops, Random, type Compiled, type Tensor, type Traced } from "../../engine/index.js";
import { Vocabulary, type VocabularyData } from "../../text/vocabulary.js";
import { accuracy, batchesOf, crossEntropy, padded, train, type Loss, type Trained } from "../../training/index.js";
import { makeDropout } from "../dropout.js";
import { chunksOf, exampleOf, softmaxOf } from "../batching.js";
import type { StoredModel } from "../../storage/trained-model.js";
import { checkStored, FormOnly, optionsIn, storedModel, treeFromTensors } from "../stored-model.js";
import { tokensForModel } from "../tokens-for-model.js";
import { defaultTraining, requireTraining, trainingNames, type TrainingControl } from "../default-training.js";
import {
  classify,
  initialSummaryClassifier,
  type Classified,
  type LabelledBatch,
  type SummaryClassifierParameters,
  type SummaryClassifierShape,
  type TextBatch,
} from "./program.js";
import { reportClassification, type ClassificationReport, type LabelledText } from "./report.js";
import { TextSummary } from "./text-summary.js";
import { shown } from "../../storage/shown.js";

/** How a {@link SummaryClassifier} is built. */
export interface SummaryClassifierOptions {
  readonly vocabulary: Vocabulary;
  readonly labels: readonly string[];
  /** `lstm` (unless said), `gru`, or `none`: each word by itself. */
  readonly encoder?: SummaryClassifierShape["encoder"];
  /** Default: 64. */
  readonly embeddingWidth?: number;
  /** Of the states; default: that of the embeddings. */
  readonly width?: number;
  /** Default: 64. */
  readonly attentionWidth?: number;
  /** Default: 8. */
  readonly hops?: number;
  /** Default: 64. */
  readonly hiddenWidth?: number;
  /** What ‖AAᵀ − I‖² is multiplied by in the loss; 0 trains without the penalty. Default: 0.1. */
  readonly penalty?: number;
  /** The share of numbers that training drops; default: 0.2. */
  readonly dropout?: number;
  readonly seed?: number;
}

/** How a {@link SummaryClassifier} is trained. */
export interface ClassifierTraining extends TrainingControl {
  /** How many batches are learned from; default: 600. */
  readonly steps?: number;
  /** Default: 64. */
  readonly batchSize?: number;
  /** The highest learning rate; default: 3e-3. */
  readonly learningRate?: number;
  /** @deprecated It is called `learningRate`. */
  readonly rate?: number;
}

const modelType = "heed-summary-classifier";
const optionNames: OptionNames<SummaryClassifierOptions> = {
  vocabulary: true,
  labels: true,
  encoder: true,
  embeddingWidth: true,
  width: true,
  attentionWidth: true,
  hops: true,
  hiddenWidth: true,
  penalty: true,
  dropout: true,
  seed: true,
};

/**
 * A classifier that summarises a text in several hops: A = softmax(Va tanh(WH)), C = AH, and a penalty that keeps the hops apart.
 *
 * @see Lin et al. 2017, "A Structured Self-Attentive Sentence Embedding"; `program.ts` maps its names
 * @example
 * ```ts
 * import { SummaryClassifier } from "heed";
 * import { evidenceTexts } from "heed/data";
 * const texts = evidenceTexts({ count: 50, seed: 1 });
 * const model = SummaryClassifier.forTexts(texts, { encoder: "none", hops: 2 });
 * const summary = await model.attend(texts[0]?.tokens ?? []); // not trained yet
 * console.log(summary.weights.shape[0]); // 2 – hops
 * ```
 */
export class SummaryClassifier {
  readonly shape: SummaryClassifierShape;
  readonly vocabulary: Vocabulary;
  readonly labels: readonly string[];
  readonly penalty: number;
  readonly dropout: number;
  /** The weights; training replaces them. */
  parameters: SummaryClassifierParameters<Tensor>;
  readonly #classify: Compiled<(parameters: SummaryClassifierParameters, batch: TextBatch) => Classified>;

  /** @param parameters weights to use instead of new ones; their shapes must be those the options ask for */
  constructor(options: SummaryClassifierOptions, parameters?: SummaryClassifierParameters<Tensor>) {
    this.shape = shapeOf(readOptions("summary classifier", options, optionNames));
    this.vocabulary = options.vocabulary;
    this.labels = [...options.labels];
    this.penalty = options.penalty ?? 0.1;
    this.dropout = options.dropout ?? 0.2;
    this.parameters = parameters ?? initialSummaryClassifier(this.shape, new Random(options.seed ?? 1));
    this.#classify = compile((weights, batch) => classify(this.shape, weights, batch), { name: "summary classifier" });
  }

  /** A model with the vocabulary and the classes of a corpus. */
  static forTexts(
    texts: readonly LabelledText[],
    options: Omit<SummaryClassifierOptions, "vocabulary" | "labels"> = {},
  ): SummaryClassifier {
    const vocabulary = Vocabulary.from(texts.map(({ tokens }) => tokens));
    return new SummaryClassifier({ ...options, vocabulary, labels: [...new Set(texts.map(({ label }) => label))].sort() });
  }

  /** Texts as the arrays that {@link loss} takes. */
  batch(texts: readonly LabelledText[]): LabelledBatch<Tensor> {
    const labels = texts.map(({ label }) => {
      const index = this.labels.indexOf(label);
      if (index >= 0) return index;
      throw new RangeError(`summary classifier: expected a class out of ${this.labels.join(", ")}; got ${shown(label)}`);
    });
    return {
      ...this.#read(texts.map(({ tokens }) => tokens)),
      labels: { shape: [labels.length], dtype: "int32", data: Int32Array.from(labels) },
    };
  }

  /** Cross-entropy of the classes, and the penalty of the hops times its weight. What training makes small. */
  readonly loss = (parameters: SummaryClassifierParameters, batch: LabelledBatch, key?: Traced): Loss => {
    const { logits, penalty } = classify(this.shape, parameters, batch, makeDropout(this.dropout, key));
    const overlap = ops.mean(penalty);
    const loss = ops.add(crossEntropy(logits, batch.labels), ops.multiply(overlap, this.penalty));
    return { loss, metrics: { accuracy: accuracy(logits, batch.labels), penalty: overlap } };
  };

  /**
   * Learns from texts and keeps what it has learned, also when it is interrupted: Adam, warm-up and half a cosine, gradients clipped to
   * norm 1.
   */
  async train(texts: readonly LabelledText[], options: ClassifierTraining = {}): Promise<Trained<SummaryClassifierParameters>> {
    const given = readOptions<ClassifierTraining>("summary classifier: train", options, trainingNames);
    const { steps = 600, batchSize = 64, learningRate = 3e-3, rate: _, ...others } = given;
    requireTraining("summary classifier: train", texts, { steps, batchSize });
    const batches = batchesOf(texts, (some) => this.batch(some), {
      size: Math.min(batchSize, texts.length),
      lengthOf: ({ tokens }) => tokens.length,
      dropLast: true,
    });
    const trained = await train<SummaryClassifierParameters, LabelledBatch>(this, batches, {
      ...defaultTraining(learningRate, steps),
      ...others,
    });
    this.parameters = trained.parameters;
    return trained;
  }

  /** The class of a text, with the probability of each. */
  async predict(
    input: string | readonly string[],
  ): Promise<{ label: string; probabilities: Readonly<Record<string, number>> }> {
    const { label, probabilities } = await this.attend(input);
    return { label, probabilities };
  }

  /** The class of a text, and what each hop looked at. */
  async attend(input: string | readonly string[]): Promise<TextSummary> {
    const [summary] = await this.attendAll([input]);
    return summary as TextSummary;
  }

  /** The same for many texts. */
  async attendAll(inputs: readonly (string | readonly string[])[]): Promise<TextSummary[]> {
    const texts = inputs.map((input) => tokensForModel("summary classifier", input, this.vocabulary));
    const summaries: TextSummary[] = [];
    for (const some of chunksOf(texts, 64)) {
      const classified = await this.#classify(this.parameters, this.#read(some));
      summaries.push(...some.map((tokens, i) => this.#summaryOf(tokens, classified, i)));
    }
    return summaries;
  }

  /** Classifies held-out texts and judges the classes and, where the texts know it, what the hops found. */
  async evaluate(texts: readonly LabelledText[]): Promise<ClassificationReport> {
    return reportClassification(texts, await this.attendAll(texts.map(({ tokens }) => tokens)));
  }

  /** The model as it is stored; {@link SummaryClassifier.fromStored} reads it back. */
  toStored(): StoredModel {
    const { vocabularySize: _, classes: __, ...sizes } = this.shape;
    const { penalty, dropout, labels } = this;
    const config = { model_type: modelType, ...sizes, penalty, dropout, labels, vocabulary: this.vocabulary.toJSON() };
    return storedModel(config, this.parameters);
  }

  /** @throws TypeError when config and weights are not those of a summary classifier, or do not fit each other */
  static fromStored({ config, tensors }: StoredModel): SummaryClassifier {
    checkStored("summary classifier", modelType, { config, tensors });
    const vocabulary = new Vocabulary(config["vocabulary"] as VocabularyData);
    const options = { ...optionsIn(config, optionNames), vocabulary };
    const form = initialSummaryClassifier(shapeOf(options), new FormOnly());
    return new SummaryClassifier(options, treeFromTensors("summary classifier", form, tensors));
  }

  #read(texts: readonly (readonly string[])[]): TextBatch<Tensor> {
    const rows = texts.map((tokens) => this.vocabulary.encode(tokensForModel("summary classifier", tokens, this.vocabulary)));
    return padded(rows, { padding: this.vocabulary.id("<pad>"), multipleOf: 32 });
  }

  #summaryOf(tokens: readonly string[], classified: Readonly<Record<keyof Classified, Tensor>>, row: number): TextSummary {
    const T = tokens.length;
    const part = (name: string, ...counts: readonly number[]): Tensor => exampleOf(classified[name] as Tensor, row, ...counts);
    const probabilities = softmaxOf(part("logits").data);
    const label = this.labels[probabilities.indexOf(Math.max(...probabilities))] ?? "";
    return new TextSummary({
      tokens,
      label,
      probabilities: Object.fromEntries(this.labels.map((name, i) => [name, probabilities[i] ?? 0])),
      H: part("H", T),
      W: this.parameters.summary.W,
      V: this.parameters.summary.V,
      scores: part("scores", Infinity, T),
      weights: part("weights", Infinity, T),
      output: part("output"),
      overlap: part("overlap"),
      penalty: part("penalty"),
      maskedRows: [],
      isVector: false,
    });
  }
}

function shapeOf(options: SummaryClassifierOptions): SummaryClassifierShape {
  const {
    vocabulary,
    labels,
    encoder = "lstm",
    embeddingWidth = 64,
    attentionWidth = 64,
    hops = 8,
    hiddenWidth = 64,
  } = options;
  const { width = embeddingWidth, dropout = 0.2, penalty = 0.1 } = options;
  if (!["lstm", "gru", "none"].includes(encoder)) {
    throw new RangeError(`summary classifier: expected encoder "lstm", "gru" or "none"; got ${shown(encoder)}`);
  }
  for (const [name, size] of Object.entries({ embeddingWidth, width, attentionWidth, hops, hiddenWidth })) {
    if (!Number.isInteger(size) || size < 1)
      throw new RangeError(`summary classifier: expected ${name} ≥ 1; got ${shown(size)}`);
  }
  if (encoder !== "none" && width % 2 !== 0) {
    throw new RangeError(`summary classifier: expected an even width, half for each direction of the encoder; got ${width}`);
  }
  if (encoder === "none" && width !== embeddingWidth) {
    throw new RangeError(
      `summary classifier: without an encoder the width is embeddingWidth = ${embeddingWidth}; got ${width}`,
    );
  }
  if (!(dropout >= 0 && dropout < 1))
    throw new RangeError(`summary classifier: expected dropout from 0 to below 1; got ${shown(dropout)}`);
  if (!(penalty >= 0)) throw new RangeError(`summary classifier: expected a penalty ≥ 0; got ${shown(penalty)}`);
  if (!Array.isArray(labels) || labels.some((label) => typeof label !== "string"))
    throw new TypeError(`summary classifier: expected a list of texts as labels; got ${shown(labels)}`);
  if (labels.length < 2 || new Set(labels).size !== labels.length) {
    throw new RangeError(
      `summary classifier: expected at least two classes, each once; got ${labels.length === 0 ? "none" : shown(labels)}`,
    );
  }
  if (!vocabulary.has("<pad>")) throw new RangeError("summary classifier: expected a vocabulary with the mark <pad>");
  const sizes = { encoder, embeddingWidth, width, attentionWidth, hops, hiddenWidth };
  return { ...sizes, vocabularySize: vocabulary.size, classes: labels.length };
}
