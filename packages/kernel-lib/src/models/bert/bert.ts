import { readOptions } from "../../checks/read-options.js";
import { compile, Random, type Compiled, type Tensor, type Traced } from "../../engine/index.js";
import type { Axis } from "../../note/index.js";
import { Vocabulary, type VocabularyData } from "../../text/vocabulary.js";
import { accuracy, batchesOf, crossEntropy, train, type Loss, type Trained } from "../../training/index.js";
import { AttentionMaps } from "../../attention/attention-maps.js";
import { makeDropout } from "../dropout.js";
import { chunksOf, exampleOf, softmaxOf } from "../batching.js";
import type { BertConfig } from "../../pretrained/families/bert.js";
import type { Parameters } from "../../pretrained/families/parameters.js";
import type { StoredModel } from "../../storage/trained-model.js";
import { FormOnly, treeFromTensors, checkStored } from "../stored-model.js";
import { defaultTraining, requireTraining, trainingNames, type TrainingControl } from "../default-training.js";
import { bertMarks, bertNames, configOf, type BertOptions } from "./config.js";
import { maskedBatch } from "./masking.js";
import { askedLogits, initialBert, readTexts, type AskedBatch, type MaskedBatch, type ReadBatch } from "./program.js";
import { reportPretraining, type Guess, type PretrainingReport } from "./report.js";
import { encodeText, padTexts, sidesOf, textOf, type BertText, type EncodedText, type TextReading } from "./texts.js";
import { wordTokenizerJson } from "./tokenizer-file.js";
import { shown } from "../../storage/shown.js";

/** How a {@link Bert} is pretrained. */
export interface Pretraining extends TrainingControl {
  /**
   * How many batches are learned from; default: 8000. Many small batches reach sooner than few large ones the point from which a hidden
   * token is looked up in the other text.
   */
  readonly steps?: number;
  /** Default: 16. */
  readonly batchSize?: number;
  /** The highest learning rate; default: 2e-3. */
  readonly learningRate?: number;
  /** @deprecated It is called `learningRate`. */
  readonly rate?: number;
  /** The share of tokens to predict; default: 0.15. */
  readonly maskShare?: number;
}

/** What may stand at a [MASK]. */
export interface Filling {
  /** Position of the [MASK] among the tokens, marks not counted. */
  readonly position: number;
  /** The most probable tokens, best first. */
  readonly candidates: readonly { readonly token: string; readonly probability: number }[];
}

/**
 * A BERT that is pretrained here, by predicting hidden tokens. Its weights have the names of Hugging Face's `BertForMaskedLM`: what is saved
 * can be opened with `loadModel` and by `transformers`, and it is computed by the same programs as pretrained ones.
 *
 * @see Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding"
 * @example
 * ```ts
 * import { Bert } from "heed";
 * const model = Bert.forTexts([["我", "是", "中国人"], ["他", "是", "老师"]], { width: 8, heads: 2 });
 * const maps = await model.attend(["我", "是", "中国人"]); // not trained yet
 * console.log(maps.columns.tokens); // ["[CLS]", "我", "是", "中国人", "[SEP]"]
 * ```
 */
export class Bert {
  readonly config: BertConfig;
  readonly vocabulary: Vocabulary;
  readonly dropout: number;
  /** The weights under their checkpoint names; training replaces them. */
  parameters: Readonly<Record<string, Tensor>>;
  readonly #guess: Compiled<(parameters: Parameters, batch: AskedBatch) => Traced>;
  readonly #look: Compiled<(parameters: Parameters, batch: ReadBatch) => BertLook>;

  /** @param parameters weights to use instead of new ones; their shapes must be those the options ask for */
  constructor(options: BertOptions, parameters?: Readonly<Record<string, Tensor>>) {
    const config = configOf(readOptions("BERT", options, bertNames));
    this.config = config;
    this.vocabulary = options.vocabulary;
    this.dropout = options.dropout ?? 0.1;
    this.parameters = parameters ?? initialBert(config, new Random(options.seed ?? 1));
    this.#guess = compile((weights, batch) => askedLogits(config, weights, batch), { name: "BERT" });
    this.#look = compile((weights, batch) => lookOf(config, weights, batch), { name: "BERT" });
  }

  /** A model with the vocabulary of texts. */
  static forTexts(texts: readonly BertText[], options: Omit<BertOptions, "vocabulary"> = {}): Bert {
    const vocabulary = Vocabulary.from(texts.flatMap(sidesOf), { special: [...bertMarks], unknown: "[UNK]" });
    return new Bert({ ...options, vocabulary });
  }

  /** Texts with hidden tokens as the arrays that {@link loss} takes. */
  batch(texts: readonly BertText[], random: Random, maskShare: number = 0.15): MaskedBatch<Tensor> {
    return maskedBatch(texts.map(this.#encode), this.#reading, random, maskShare);
  }

  /** Mean cross-entropy of the hidden tokens, in nats. What training makes small. */
  readonly loss = (parameters: Parameters, batch: MaskedBatch, key?: Traced): Loss => {
    const logits = askedLogits(this.config, parameters, batch, makeDropout(this.dropout, key));
    const counted = { mask: batch.isHidden };
    return {
      loss: crossEntropy(logits, batch.targets, counted),
      metrics: { accuracy: accuracy(logits, batch.targets, counted) },
    };
  };

  /**
   * Learns from texts and keeps what it has learned, also when it is interrupted. Every epoch hides other tokens. Adam, warm-up and half a
   * cosine, gradients clipped to norm 1.
   */
  async train(texts: readonly BertText[], options: Pretraining = {}): Promise<Trained<Parameters>> {
    const given = readOptions("BERT: train", options, { ...trainingNames, maskShare: true });
    const { steps = 8000, batchSize = 16, learningRate = 2e-3, rate: _, maskShare = 0.15, ...others } = given;
    requireTraining("BERT: train", texts, { steps, batchSize });
    const groups = batchesOf(texts.map(this.#encode), (some) => some, {
      size: Math.min(batchSize, texts.length),
      lengthOf: ({ ids }) => ids.length,
      dropLast: true,
    });
    const reading = this.#reading;
    function* batchesIn(random: Random): Generator<MaskedBatch<Tensor>> {
      let index = 0;
      for (const some of groups(random)) yield maskedBatch(some, reading, random.fork("masking", (index += 1)), maskShare);
    }
    const trained = await train<Parameters, MaskedBatch>(this, batchesIn, {
      ...defaultTraining(learningRate, steps),
      ...others,
    });
    this.parameters = trained.parameters;
    return trained;
  }

  /** Hides tokens of held-out texts, the same for the same seed, and judges what is predicted in their place. */
  async evaluate(texts: readonly BertText[], options: { readonly seed?: number } = {}): Promise<PretrainingReport> {
    const { seed = 1 } = readOptions("BERT: evaluate", options, { seed: true });
    if (texts.length === 0) throw new RangeError("evaluate: expected at least one text; got none");
    const random = new Random(seed);
    const guesses: Guess[] = [];
    for (const [index, some] of chunksOf(texts, 64).entries()) {
      const { targets, isHidden, ...asked } = this.batch(some, random.fork("batch", index));
      const logits = await this.#guess(this.parameters, asked);
      isHidden.data.forEach((counts, i) => {
        if (counts === 0) return;
        const probabilities = probabilitiesAt(logits, i);
        const target = targets.data[i] ?? 0;
        const isRight = probabilities.indexOf(Math.max(...probabilities)) === target;
        const segment = asked.types.data[asked.places.data[i] ?? 0] ?? 0;
        guesses.push({ segment, isRight, probability: probabilities[target] ?? 0 });
      });
    }
    return reportPretraining(texts.length, guesses);
  }

  /**
   * The most probable tokens at each [MASK] of a text, or of two.
   *
   * @throws RangeError for a text without [MASK], too long a text, or an unknown token
   */
  async predict(
    first: string | readonly string[],
    options: { readonly second?: string | readonly string[]; readonly count?: number } = {},
  ): Promise<Filling[]> {
    const { second, count = 5 } = readOptions("BERT: predict", options, { second: true, count: true });
    const text = this.#encode(textOf(first, second, this.vocabulary));
    const mask = this.vocabulary.id("[MASK]");
    const holes = text.ids.flatMap((id, place) => (id === mask ? [place] : []));
    if (holes.length === 0) throw new RangeError("BERT: expected a text with at least one [MASK]; got none");
    const places: Tensor = { shape: [1, holes.length], dtype: "int32", data: Int32Array.from(holes) };
    const logits = await this.#guess(this.parameters, { ...this.#pad([text]), places });
    return holes.map((place, i) => {
      const probabilities = probabilitiesAt(logits, i);
      const order = probabilities.map((_, id) => id).filter((id) => id >= this.vocabulary.specialCount);
      order.sort((a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0));
      const candidates = order
        .slice(0, count)
        .map((id) => ({ token: this.vocabulary.token(id), probability: probabilities[id] ?? 0 }));
      return { position: place - 1 - (text.types[place] ?? 0), candidates };
    });
  }

  /** Where every head of every layer looks in a text, or in two: marks included, and known as special to the maps. */
  async attend(
    first: string | readonly string[],
    options: { readonly second?: string | readonly string[] } = {},
  ): Promise<AttentionMaps> {
    const { second } = readOptions("BERT: attend", options, { second: true });
    const [maps] = await this.attendAll([textOf(first, second, this.vocabulary)]);
    return maps as AttentionMaps;
  }

  /** The same for many texts, whose tokens may be [MASK]. */
  async attendAll(texts: readonly BertText[]): Promise<AttentionMaps[]> {
    const maps: AttentionMaps[] = [];
    for (const some of chunksOf(texts.map(this.#encode), 32)) {
      const look = await this.#look(this.parameters, this.#pad(some));
      maps.push(...some.map(({ ids }, row) => this.#mapsOf(ids, look, row)));
    }
    return maps;
  }

  /** The model as it is stored: a folder of these files is what Hugging Face calls a checkpoint of `BertForMaskedLM`. */
  toStored(): StoredModel {
    const config = {
      model_type: "bert",
      architectures: ["BertForMaskedLM"],
      ...this.config,
      pad_token_id: this.vocabulary.id("[PAD]"),
      hidden_dropout_prob: this.dropout,
      vocabulary: this.vocabulary.toJSON(),
    };
    const tensors = Object.entries(this.parameters).map(([name, tensor]) => [storedName(name), tensor] as const);
    return { config, tensors: Object.fromEntries(tensors), files: { "tokenizer.json": wordTokenizerJson(this.vocabulary) } };
  }

  /** @throws TypeError when config and weights are not those of a BERT that was pretrained here, or do not fit each other */
  static fromStored({ config, tensors }: StoredModel): Bert {
    const stored = config as unknown as BertConfig & {
      readonly vocabulary?: VocabularyData;
      readonly hidden_dropout_prob?: number;
    };
    if (config["model_type"] !== "bert" || stored.vocabulary === undefined) {
      throw new TypeError(
        `BERT: expected a config with model_type "bert" and a vocabulary, as pretraining here saves it; got ${shown(config["model_type"])} (loadModel opens other checkpoints)`,
      );
    }
    checkStored("BERT", "bert", { config, tensors });
    const options: BertOptions = {
      vocabulary: new Vocabulary(stored.vocabulary),
      layers: stored.num_hidden_layers,
      heads: stored.num_attention_heads,
      width: stored.hidden_size,
      feedForwardWidth: stored.intermediate_size,
      maxLength: stored.max_position_embeddings,
      ...(stored.hidden_dropout_prob !== undefined && { dropout: stored.hidden_dropout_prob }),
    };
    const form = initialBert(configOf(options), new FormOnly());
    const named = Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name.replace(/^bert\./u, ""), tensor]));
    return new Bert(options, treeFromTensors("BERT", form, named));
  }

  #mapsOf(ids: readonly number[], { weights, scores }: BertLook<Tensor>, row: number): AttentionMaps {
    const tokens = ids.map((id) => this.vocabulary.token(id));
    const isMark = (id: number): boolean => id < this.vocabulary.specialCount && id !== this.vocabulary.id("[MASK]");
    const axis: Axis = { name: "token", tokens, special: ids.flatMap((id, place) => (isMark(id) ? [place] : [])) };
    const partOf = (layer: Tensor): Tensor => exampleOf(layer, row, Infinity, ids.length, ids.length);
    return new AttentionMaps({
      kind: "self",
      layers: weights.map((_, layer) => layer),
      heads: Array.from({ length: this.config.num_attention_heads }, (_, head) => head),
      rows: axis,
      columns: axis,
      weights: weights.map(partOf),
      scores: scores.map(partOf),
      model: "BERT",
    });
  }

  readonly #encode = (text: BertText): EncodedText => encodeText(text, this.#reading);

  #pad(texts: readonly EncodedText[]): ReadBatch<Tensor> {
    return padTexts(texts, this.#reading);
  }

  get #reading(): TextReading {
    return { vocabulary: this.vocabulary, maxLength: this.config.max_position_embeddings };
  }
}

/** For each layer [B, H, T, T]. */
interface BertLook<Leaf = Traced> {
  readonly weights: readonly Leaf[];
  readonly scores: readonly Leaf[];
}

function lookOf(config: BertConfig, parameters: Parameters, batch: ReadBatch): BertLook {
  const { attention } = readTexts(config, parameters, batch);
  return { weights: attention.map(({ weights }) => weights), scores: attention.map(({ scores }) => scores) };
}

const storedName = (name: string): string => (name.startsWith("cls.") ? name : `bert.${name}`);

/** softmax of row i of logits [..., V]. */
function probabilitiesAt({ shape, data }: Tensor, i: number): number[] {
  const V = shape.at(-1) ?? 1;
  return softmaxOf(data.subarray(i * V, (i + 1) * V));
}
