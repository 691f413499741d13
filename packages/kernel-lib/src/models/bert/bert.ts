import { compile, Random, type Compiled, type Tensor, type Traced } from "../../engine/index.js";
import type { Axis } from "../../note/index.js";
import { Vocabulary, type VocabularyData } from "../../text/vocabulary.js";
import { accuracy, batchesOf, crossEntropy, padded, train, type Loss, type Trained } from "../../training/index.js";
import { AttentionMaps } from "../attention-maps.js";
import { dropper } from "../dropper.js";
import { chunksOf, exampleOf, softmaxOf } from "../examples-of.js";
import { bertEmbeddings, bertLayers, bertMaskedTokens, bertShapes, type BertConfig } from "../families/bert.js";
import { maskedTokenLogits, maskedTokenShapes } from "../families/heads.js";
import type { Parameters, ParameterShapes } from "../families/parameters.js";
import { FormOnly, treeFromTensors, type StoredModel } from "../stored-model.js";
import { tokensForModel } from "../tokens-for-model.js";
import { usualTraining, type TrainingControl } from "../usual-training.js";
import { maskTokens } from "./masking.js";
import { wordTokenizerJson } from "./tokenizer-file.js";

/** One text, or two that belong together, as tokens. */
export type BertText = readonly string[] | { readonly first: readonly string[]; readonly second: readonly string[] };

/** How a {@link Bert} is built. */
export interface BertOptions {
  /** With the marks [PAD], [UNK], [CLS], [SEP] and [MASK] as its special tokens. */
  readonly vocabulary: Vocabulary;
  /** Default: 2. */
  readonly layers?: number;
  /** Default: 4. */
  readonly heads?: number;
  /** Default: 128. */
  readonly width?: number;
  /** Default: four times the width. */
  readonly feedForwardWidth?: number;
  /** The most tokens of a text with its marks; default: 64. */
  readonly maxLength?: number;
  /** The share of numbers of the embeddings that training drops; default: 0.1. */
  readonly dropout?: number;
  readonly seed?: number;
}

/** How a {@link Bert} is pretrained. */
export interface Pretraining extends TrainingControl {
  /** How many batches are learned from; default: 2000. */
  readonly steps?: number;
  /** Default: 64. */
  readonly batchSize?: number;
  /** The highest learning rate; default: 1e-3. */
  readonly rate?: number;
  /** The share of tokens to predict; default: 0.15. */
  readonly maskShare?: number;
}

/** How well hidden tokens of held-out texts are predicted. */
export interface PretrainingReport {
  readonly texts: number;
  /** How many tokens were hidden. */
  readonly hidden: number;
  /** Mean cross-entropy of hidden tokens, in nats, and e to its power. */
  readonly loss: number;
  readonly perplexity: number;
  /** The share of hidden tokens for which the most probable token is right. */
  readonly accuracy: number;
}

/** What may stand at a [MASK]. */
export interface Filling {
  /** Position of the [MASK] among the tokens, marks not counted. */
  readonly position: number;
  /** The most probable tokens, best first. */
  readonly candidates: readonly { readonly token: string; readonly probability: number }[];
}

/** Texts with hidden tokens, padded. */
export interface MaskedBatch<Leaf = Traced> {
  /** int32 [B, T], hidden tokens replaced */
  readonly ids: Leaf;
  /** int32 [B, T]: 0 in the first text, 1 in the second */
  readonly types: Leaf;
  /** bool [B, T]: true at tokens */
  readonly mask: Leaf;
  /** int32 [B, T]: the tokens as they were */
  readonly targets: Leaf;
  /** bool [B, T]: true where the token is to be predicted */
  readonly isHidden: Leaf;
}

const marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] as const;

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
  readonly #read: Compiled<(parameters: Parameters, batch: ReadBatch) => BertTrace>;

  /** @param parameters weights to use instead of new ones; their shapes must be those the options ask for */
  constructor(options: BertOptions, parameters?: Readonly<Record<string, Tensor>>) {
    const config = configOf(options);
    this.config = config;
    this.vocabulary = options.vocabulary;
    this.dropout = options.dropout ?? 0.1;
    this.parameters = parameters ?? initialBert(config, new Random(options.seed ?? 1));
    this.#read = compile((weights, batch) => traceOf(config, weights, batch), { name: "BERT" });
  }

  /** A model with the vocabulary of texts. */
  static forTexts(texts: readonly BertText[], options: Omit<BertOptions, "vocabulary"> = {}): Bert {
    const vocabulary = Vocabulary.from(texts.flatMap(sidesOf), { special: [...marks], unknown: "[UNK]" });
    return new Bert({ ...options, vocabulary });
  }

  /** Texts with hidden tokens as the arrays that {@link loss} takes. */
  batch(texts: readonly BertText[], random: Random, maskShare: number = 0.15): MaskedBatch<Tensor> {
    const rows = texts.map((text) => this.#encode(sidesOf(text)));
    const { ids, isHidden } = maskTokens(
      rows.map((row) => row.ids),
      random,
      {
        share: maskShare,
        maskId: this.vocabulary.id("[MASK]"),
        firstOrdinary: this.vocabulary.specialCount,
        vocabularySize: this.vocabulary.size,
      },
    );
    const { ids: targets } = this.#pad(rows.map((row) => row.ids));
    const hidden = this.#pad(isHidden.map((row) => row.map(Number)));
    return {
      ...this.#pad(ids),
      types: this.#pad(rows.map((row) => row.types)).ids,
      targets,
      isHidden: { ...hidden.mask, data: Uint8Array.from(hidden.ids.data) },
    };
  }

  /** Mean cross-entropy of the hidden tokens, in nats. What training makes small. */
  readonly loss = (parameters: Parameters, batch: MaskedBatch, key?: Traced): Loss => {
    const drop = dropper(this.dropout, key);
    const logits = maskedTokenLogits(bertMaskedTokens(this.config), parameters, hiddenOf(this.config, parameters, batch, drop));
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
    const { steps = 2000, batchSize = 64, rate = 1e-3, maskShare = 0.15, ...others } = options;
    const groups = batchesOf(texts, (some) => some, {
      size: Math.min(batchSize, texts.length),
      lengthOf: (text) => lengthOf(text),
      dropLast: true,
    });
    const batchesIn = (random: Random): Generator<MaskedBatch<Tensor>> => this.#maskAnew(groups(random), random, maskShare);
    const trained = await train<Parameters, MaskedBatch>(this, batchesIn, {
      ...usualTraining(rate, steps),
      ...others,
    });
    this.parameters = trained.parameters;
    return trained;
  }

  /** Hides tokens of held-out texts, the same for the same seed, and judges what is predicted in their place. */
  async evaluate(texts: readonly BertText[], { seed = 1 }: { readonly seed?: number } = {}): Promise<PretrainingReport> {
    if (texts.length === 0) throw new RangeError("evaluate: expected at least one text; got none");
    const random = new Random(seed);
    let [hidden, right, loss] = [0, 0, 0];
    for (const [index, some] of chunksOf(texts, 64).entries()) {
      const batch = this.batch(some, random.fork("batch", index * 64));
      const { logits } = await this.#read(this.parameters, batch);
      batch.isHidden.data.forEach((isHidden, place) => {
        if (isHidden === 0) return;
        const probabilities = probabilitiesAt(logits, place);
        const target = batch.targets.data[place] ?? 0;
        hidden += 1;
        loss -= Math.log(Math.max(probabilities[target] ?? 0, 1e-30));
        if (probabilities.indexOf(Math.max(...probabilities)) === target) right += 1;
      });
    }
    return { texts: texts.length, hidden, loss: loss / hidden, perplexity: Math.exp(loss / hidden), accuracy: right / hidden };
  }

  /**
   * The most probable tokens at each [MASK] of a text, or of two.
   *
   * @throws RangeError for a text without [MASK], too long a text, or an unknown token
   */
  async predict(
    first: string | readonly string[],
    { second, count = 5 }: { readonly second?: string | readonly string[]; readonly count?: number } = {},
  ): Promise<Filling[]> {
    const { ids, types } = this.#encode(this.#readSides(first, second));
    const holes = ids.flatMap((id, place) => (id === this.vocabulary.id("[MASK]") ? [place] : []));
    if (holes.length === 0) throw new RangeError("BERT: expected a text with at least one [MASK]; got none");
    const { logits } = await this.#read(this.parameters, { ...this.#pad([ids]), types: this.#pad([types]).ids });
    return holes.map((place) => {
      const probabilities = probabilitiesAt(logits, place);
      const order = probabilities.map((_, id) => id).filter((id) => id >= this.vocabulary.specialCount);
      order.sort((a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0));
      const candidates = order
        .slice(0, count)
        .map((id) => ({ token: this.vocabulary.token(id), probability: probabilities[id] ?? 0 }));
      return { position: place - 1 - (types[place] ?? 0), candidates };
    });
  }

  /** Where every head of every layer looks in a text, or in two: marks included, and known as special to the maps. */
  async attend(
    first: string | readonly string[],
    { second }: { readonly second?: string | readonly string[] } = {},
  ): Promise<AttentionMaps> {
    const { ids, types } = this.#encode(this.#readSides(first, second));
    const { weights, scores } = await this.#read(this.parameters, { ...this.#pad([ids]), types: this.#pad([types]).ids });
    const tokens = ids.map((id) => this.vocabulary.token(id));
    const special = ids.flatMap((id, place) =>
      id < this.vocabulary.specialCount && tokens[place] !== "[MASK]" ? [place] : [],
    );
    const axis: Axis = { name: "token", tokens, special };
    return new AttentionMaps({
      kind: "self",
      layers: weights.map((_, layer) => layer),
      heads: Array.from({ length: this.config.num_attention_heads }, (_, head) => head),
      rows: axis,
      columns: axis,
      weights: weights.map((layer) => exampleOf(layer, 0, Infinity, ids.length, ids.length)),
      scores: scores.map((layer) => exampleOf(layer, 0, Infinity, ids.length, ids.length)),
      model: "BERT",
    });
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
        `BERT: expected a config with model_type "bert" and a vocabulary, as pretraining here saves it; got ${JSON.stringify(config["model_type"])} (loadModel opens other checkpoints)`,
      );
    }
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

  *#maskAnew(groups: Iterable<readonly BertText[]>, random: Random, share: number): Generator<MaskedBatch<Tensor>> {
    let index = 0;
    for (const texts of groups) {
      yield this.batch(texts, random.fork("masking", index), share);
      index += 1;
    }
  }

  /** Both sides of what is asked, cut into tokens; a [MASK] in a text is one. */
  #readSides(first: string | readonly string[], second?: string | readonly string[]): string[][] {
    return [first, ...(second === undefined ? [] : [second])].map((side) => {
      if (typeof side !== "string") return [...side];
      return side.split("[MASK]").flatMap((piece, i) => {
        const words = piece.trim() === "" ? [] : tokensForModel("BERT", piece, this.vocabulary);
        return i === 0 ? words : ["[MASK]", ...words];
      });
    });
  }

  /** [CLS] first [SEP] second [SEP], and which text each belongs to. */
  #encode(sides: readonly (readonly string[])[]): { ids: number[]; types: number[] } {
    const ids = [this.vocabulary.id("[CLS]")];
    const types = [0];
    sides.forEach((tokens, type) => {
      const words = tokens.filter((token) => token !== "[MASK]");
      if (tokens.length === 0 || words.length > 0) tokensForModel("BERT", words, this.vocabulary);
      ids.push(...this.vocabulary.encode([...tokens, "[SEP]"]));
      types.push(...tokens.map(() => type), type);
    });
    if (ids.length > this.config.max_position_embeddings) {
      throw new RangeError(
        `BERT: expected at most maxLength = ${this.config.max_position_embeddings} tokens with [CLS] and [SEP]; got ${ids.length}`,
      );
    }
    return { ids, types };
  }

  #pad(rows: readonly (readonly number[])[]): { ids: Tensor; mask: Tensor } {
    const longest = rows.reduce((most, row) => Math.max(most, row.length), 0);
    const length = Math.min(Math.ceil(longest / 8) * 8, this.config.max_position_embeddings);
    return padded(rows, { length, padding: this.vocabulary.id("[PAD]") });
  }
}

type ReadBatch = Pick<MaskedBatch, "ids" | "types" | "mask">;

interface BertTrace {
  /** [B, T, vocabulary] */
  readonly logits: Traced;
  /** For each layer [B, H, T, T]. */
  readonly weights: Traced[];
  readonly scores: Traced[];
}

function hiddenOf(
  config: BertConfig,
  parameters: Parameters,
  { ids, types, mask }: ReadBatch,
  drop = dropper(0, undefined),
): Traced {
  const { hidden } = bertLayers(config, parameters, drop(bertEmbeddings(config, parameters, { ids, types })), mask);
  return hidden.at(-1) as Traced;
}

function traceOf(config: BertConfig, parameters: Parameters, { ids, types, mask }: ReadBatch): BertTrace {
  const { hidden, attention } = bertLayers(config, parameters, bertEmbeddings(config, parameters, { ids, types }), mask);
  return {
    logits: maskedTokenLogits(bertMaskedTokens(config), parameters, hidden.at(-1) as Traced),
    weights: attention.map(({ weights }) => weights),
    scores: attention.map(({ scores }) => scores),
  };
}

const sidesOf = (text: BertText): (readonly string[])[] => ("first" in text ? [text.first, text.second] : [text]);
const lengthOf = (text: BertText): number => sidesOf(text).reduce((sum, side) => sum + side.length + 1, 1);
const storedName = (name: string): string => (name.startsWith("cls.") ? name : `bert.${name}`);

/** First weights as BERT's: matrices normal with deviation 0.02, gains 1, biases 0. */
function initialBert(config: BertConfig, random: Random): Record<string, Tensor> {
  const shapes: ParameterShapes = { ...bertShapes(config), ...maskedTokenShapes(bertMaskedTokens(config)) };
  const draw = (name: string, shape: readonly number[]): Tensor => {
    if (name.endsWith("bias")) return random.uniform(shape, { low: 0, high: 0 });
    if (name.endsWith("LayerNorm.weight")) return random.uniform(shape, { low: 1, high: 1 });
    return random.fork(name).normal(shape, { deviation: 0.02 });
  };
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, draw(name, shape)]));
}

/** The config that options ask for, checked. */
function configOf(options: BertOptions): BertConfig {
  const { vocabulary, layers = 2, heads = 4, width = 128, maxLength = 64, dropout = 0.1 } = options;
  const { feedForwardWidth = 4 * width } = options;
  for (const [name, size] of Object.entries({ layers, heads, width, feedForwardWidth, maxLength })) {
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`BERT: expected ${name} ≥ 1; got ${size}`);
  }
  if (width % heads !== 0) throw new RangeError(`BERT: width ${width} cannot be split into ${heads} heads`);
  if (!(dropout >= 0 && dropout < 1)) throw new RangeError(`BERT: expected dropout from 0 to below 1; got ${dropout}`);
  const missing = marks.filter((mark) => !vocabulary.has(mark) || vocabulary.id(mark) >= vocabulary.specialCount);
  if (missing.length > 0) {
    throw new RangeError(
      `BERT: expected a vocabulary with ${marks.join(", ")} as special tokens; ${missing.join(", ")} is missing`,
    );
  }
  return {
    vocab_size: vocabulary.size,
    hidden_size: width,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    intermediate_size: feedForwardWidth,
    hidden_act: "gelu",
    max_position_embeddings: maxLength,
    type_vocab_size: 2,
    layer_norm_eps: 1e-12,
  };
}

/** What may stand at one place, of logits [..., V]. */
function probabilitiesAt({ shape, data }: Tensor, place: number): number[] {
  const V = shape.at(-1) ?? 1;
  return softmaxOf(data.subarray(place * V, (place + 1) * V));
}
