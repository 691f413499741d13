import { readOptions, type OptionNames } from "../../checks/read-options.js";
import { compile, ops, Random, type Compiled, type Tensor, type Traced } from "../../engine/index.js";
import type { ScoreInput } from "../../note/index.js";
import { Vocabulary, type VocabularyData } from "../../text/vocabulary.js";
import { batchesOf, crossEntropy, train, type Loss, type Trained } from "../../training/index.js";
import { checkPicture, picturesTensor, type Picture } from "../../vision/picture.js";
import { decoderOver, decoderProgram, type DecoderProgram } from "../attention-decoder/decoder.js";
import type { Memory, TeacherForced } from "../attention-decoder/program.js";
import { beamSearch } from "../beam-search.js";
import { makeDropout } from "../dropout.js";
import { chunksOf, exampleOf, logProbabilityOf } from "../batching.js";
import { greedySearch } from "../greedy-search.js";
import type { StoredModel } from "../../storage/trained-model.js";
import { checkStored, FormOnly, optionsIn, storedModel, treeFromTensors } from "../stored-model.js";
import { tokensForModel } from "../tokens-for-model.js";
import { predictNames, type PredictOptions } from "../translation-model.js";
import { defaultTraining, requireTraining, trainingNames, type TrainingControl } from "../default-training.js";
import { missingSpecialTokens, searchTokens, teacherForcingArrays } from "../special-tokens.js";
import {
  captionerDecoder,
  gridOf,
  initialCaptioner,
  imageFeatures,
  spread,
  teacherForceCaptioner,
  type CaptionBatch,
  type CaptionerParameters,
  type CaptionerShape,
} from "./program.js";
import { reportCaptions, type CaptionReport, type PictureWithCaption } from "./report.js";
import { SeenCaption } from "./seen-caption.js";
import { shown } from "../../storage/shown.js";

/** How a {@link Captioner} is built. */
export interface CaptionerOptions {
  readonly vocabulary: Vocabulary;
  /** Width and height of pictures in pixels; default: 64. */
  readonly side?: number;
  /**
   * Default: 5 × 5 with stride 2, then 3 × 3, each pooled by 2: 8 × 8 parts of 64 channels for 64 pixels. A part then sees 19 pixels, and
   * the pools make the one in the middle of an object the one that tells most about it; parts that see more are looked at from beside it.
   */
  readonly convolutions?: CaptionerShape["convolutions"];
  /** Default: `gru`. */
  readonly cell?: CaptionerShape["cell"];
  /** Default: `additive`, as in the paper. */
  readonly score?: CaptionerShape["score"];
  /** Default: 32. */
  readonly embeddingWidth?: number;
  /** Of the decoder's state; default: 128. */
  readonly width?: number;
  /** The share of numbers that training drops; default: 0, none. */
  readonly dropout?: number;
  /** λ of the doubly stochastic regulariser; default: 0, without it. */
  readonly spread?: number;
  readonly seed?: number;
}

/** How a {@link Captioner} is trained. */
export interface CaptionTraining extends TrainingControl {
  /** How many batches are learned from; default: 2500. */
  readonly steps?: number;
  /** Default: 32. */
  readonly batchSize?: number;
  /** The highest learning rate; default: 3e-3. */
  readonly learningRate?: number;
  /** @deprecated It is called `learningRate`. */
  readonly rate?: number;
}

const modelType = "heed-captioner";
const optionNames: OptionNames<CaptionerOptions> = {
  vocabulary: true,
  side: true,
  convolutions: true,
  cell: true,
  score: true,
  embeddingWidth: true,
  width: true,
  dropout: true,
  spread: true,
  seed: true,
};
const usualConvolutions: CaptionerShape["convolutions"] = [
  { channels: 24, kernel: 5, stride: 2, pool: 2 },
  { channels: 64, kernel: 3, stride: 1, pool: 2 },
];

/**
 * Describes pictures, looking at the part it is writing about.
 *
 * @see Xu et al. 2015, "Show, Attend and Tell: Neural Image Caption Generation with Visual Attention" (soft attention); `program.ts` maps its
 *   names
 * @example
 * ```ts
 * import { Captioner } from "heed";
 * import { sceneCaptions } from "heed/data";
 * const scenes = sceneCaptions({ count: 5, seed: 1 });
 * const model = Captioner.forCaptions(scenes, { width: 8 });
 * const { weights } = await model.attend(scenes[0].picture, { maxLength: 3 }); // not trained yet
 * console.log(weights.shape[1]); // 64 – parts
 * ```
 */
export class Captioner {
  readonly shape: CaptionerShape;
  readonly vocabulary: Vocabulary;
  readonly dropout: number;
  readonly spread: number;
  /** The weights; training replaces them. */
  parameters: CaptionerParameters<Tensor>;
  readonly #imageFeatures: Compiled<(parameters: CaptionerParameters, pictures: Traced) => Memory>;
  readonly #teacherForcing: Compiled<
    (parameters: CaptionerParameters, batch: Pick<CaptionBatch, "pictures" | "input">) => TeacherForced
  >;
  readonly #step: DecoderProgram;

  /** @param parameters weights to use instead of new ones; their shapes must be those the options ask for */
  constructor(options: CaptionerOptions, parameters?: CaptionerParameters<Tensor>) {
    const shape = shapeOf(readOptions("captioner", options, optionNames));
    this.shape = shape;
    this.vocabulary = options.vocabulary;
    this.dropout = options.dropout ?? 0;
    this.spread = options.spread ?? 0;
    this.parameters = parameters ?? initialCaptioner(shape, new Random(options.seed ?? 1));
    this.#imageFeatures = compile((weights, pictures) => imageFeatures(shape, weights, pictures), {
      name: "captioner's parts",
    });
    this.#teacherForcing = compile((weights, batch) => teacherForceCaptioner(shape, weights, batch), { name: "captioner" });
    this.#step = decoderProgram(captionerDecoder(shape), "captioner's decoder");
  }

  /** A model with the vocabulary of captions. */
  static forCaptions(examples: readonly PictureWithCaption[], options: Omit<CaptionerOptions, "vocabulary"> = {}): Captioner {
    const side = options.side ?? examples[0]?.picture.width ?? 64;
    return new Captioner({ ...options, side, vocabulary: Vocabulary.from(examples.map(({ caption }) => caption)) });
  }

  /** Pictures with captions as the arrays that {@link loss} takes. */
  batch(examples: readonly PictureWithCaption[]): CaptionBatch<Tensor> {
    return this.#batch(examples);
  }

  /** Mean cross-entropy of the captions' tokens, and λ times the spread of attention. What training makes small. */
  readonly loss = (parameters: CaptionerParameters, batch: CaptionBatch, key?: Traced): Loss => {
    const { logits, weights } = teacherForceCaptioner(this.shape, parameters, batch, makeDropout(this.dropout, key));
    const words = crossEntropy(logits, batch.output, { mask: batch.mask });
    if (this.spread === 0 || weights === undefined) return { loss: words };
    const uneven = spread(weights, batch.mask);
    return { loss: ops.add(words, ops.multiply(uneven, this.spread)), metrics: { words, spread: uneven } };
  };

  /**
   * Learns from pictures with captions and keeps what it has learned, also when it is interrupted: Adam, warm-up and half a cosine,
   * gradients clipped to norm 1.
   */
  async train(examples: readonly PictureWithCaption[], options: CaptionTraining = {}): Promise<Trained<CaptionerParameters>> {
    const given = readOptions<CaptionTraining>("captioner: train", options, trainingNames);
    const { steps = 2500, batchSize = 32, learningRate = 3e-3, rate: _, ...others } = given;
    requireTraining("captioner: train", examples, { steps, batchSize });
    // each batch is gone when the next is made: their pictures, megabytes a step, are written to the same place
    let room: Float32Array | undefined;
    const collate = (some: readonly PictureWithCaption[]): CaptionBatch<Tensor> => {
      const batch = this.#batch(some, room);
      room = batch.pictures.data as Float32Array;
      return batch;
    };
    const batches = batchesOf(examples, collate, {
      size: Math.min(batchSize, examples.length),
      lengthOf: ({ caption }) => Math.ceil((caption.length + 1) / 8),
      dropLast: true,
    });
    const trained = await train<CaptionerParameters, CaptionBatch>(this, batches, {
      ...defaultTraining(learningRate, steps),
      ...others,
    });
    this.parameters = trained.parameters;
    return trained;
  }

  /** The caption of a picture. */
  async predict(picture: Picture, options: PredictOptions = {}): Promise<string[]> {
    const { beams = 1, maxLength = 32 } = readOptions("captioner: predict", options, predictNames);
    if (!Number.isInteger(beams) || beams < 1 || beams > this.vocabulary.size) {
      throw new RangeError(`captioner: expected beams from 1 to the vocabulary's ${this.vocabulary.size}; got ${beams}`);
    }
    const parts = await this.#imageFeatures(this.parameters, this.#look(Array.from({ length: beams }, () => picture)));
    const decoder = decoderOver(this.#step, this.parameters.decoder, parts);
    const [best] = await beamSearch(decoder, { ...searchTokens(this.vocabulary), beams, maxLength });
    return this.vocabulary.decode(best?.ids ?? []);
  }

  /** Captions of many pictures at once, by greedy search. */
  async predictAll(pictures: readonly Picture[], options: Pick<PredictOptions, "maxLength"> = {}): Promise<string[][]> {
    const { maxLength = 32 } = readOptions("captioner: predictAll", options, { maxLength: true });
    const captions: string[][] = [];
    for (const chunk of chunksOf(pictures, 64)) {
      const parts = await this.#imageFeatures(this.parameters, this.#look(chunk));
      const maxLengths = chunk.map(() => maxLength);
      const decoder = decoderOver(this.#step, this.parameters.decoder, parts);
      const found = await greedySearch(decoder, { ...searchTokens(this.vocabulary), rows: chunk.length, maxLengths });
      captions.push(...found.map(({ ids }) => this.vocabulary.decode(ids)));
    }
    return captions;
  }

  /** Captions a picture and shows where it looked. With `caption`, the decoder is told that one instead of writing its own. */
  async attend(
    picture: Picture,
    options: PredictOptions & { readonly caption?: readonly string[] } = {},
  ): Promise<SeenCaption> {
    const { caption: told, ...others } = readOptions("captioner: attend", options, { caption: true, ...predictNames });
    const caption = told ? tokensForModel("captioner", told, this.vocabulary) : await this.predict(picture, others);
    const [seen] = await this.#attendTo([{ picture, caption }]);
    return seen as SeenCaption;
  }

  /** Captions held-out pictures and judges captions and, where objects are known, what was looked at. */
  async evaluate(examples: readonly PictureWithCaption[]): Promise<CaptionReport> {
    const captions = await this.predictAll(examples.map(({ picture }) => picture));
    const written = examples.map(({ picture }, i) => ({ picture, caption: captions[i] ?? [] }));
    const seen: SeenCaption[] = [];
    for (const chunk of chunksOf(written, 64)) seen.push(...(await this.#attendTo(chunk)));
    return reportCaptions(examples, seen);
  }

  /** The model as it is stored; {@link Captioner.fromStored} reads it back. */
  toStored(): StoredModel {
    const { vocabularySize: _, ...sizes } = this.shape;
    const { dropout, spread: lambda } = this;
    const config = { model_type: modelType, ...sizes, dropout, spread: lambda, vocabulary: this.vocabulary.toJSON() };
    return storedModel(config, this.parameters);
  }

  /** @throws TypeError when config and weights are not those of a captioner, or do not fit each other */
  static fromStored({ config, tensors }: StoredModel): Captioner {
    checkStored("captioner", modelType, { config, tensors });
    const vocabulary = new Vocabulary(config["vocabulary"] as VocabularyData);
    const options = { ...optionsIn(config, optionNames), vocabulary };
    const form = initialCaptioner(shapeOf(options), new FormOnly());
    return new Captioner(options, treeFromTensors("captioner", form, tensors));
  }

  #batch(examples: readonly PictureWithCaption[], room?: Float32Array): CaptionBatch<Tensor> {
    for (const { caption } of examples) tokensForModel("captioner", caption, this.vocabulary);
    return this.#collate(examples, room);
  }

  /** A caption that was written may be empty; one to learn from may not. */
  #collate(examples: readonly PictureWithCaption[], room?: Float32Array): CaptionBatch<Tensor> {
    const captions = examples.map(({ caption }) => [...this.vocabulary.encode(caption)]);
    const { decoderInput, labels, mask } = teacherForcingArrays(captions, this.vocabulary);
    const pictures = examples.map(({ picture }) => picture);
    return { pictures: this.#look(pictures, room), input: decoderInput, output: labels, mask };
  }

  /** Pictures as numbers, of the size the model has learned. */
  #look(pictures: readonly Picture[], room?: Float32Array): Tensor {
    const { side } = this.shape;
    for (const picture of pictures) {
      checkPicture("captioner", picture);
      if (picture.width !== side || picture.height !== side) {
        throw new TypeError(
          `captioner: expected pictures of ${side} × ${side} pixels; got ${picture.width} × ${picture.height} (resizePicture(picture, ${side}, ${side}) makes it one)`,
        );
      }
    }
    return picturesTensor(pictures, room);
  }

  async #attendTo(examples: readonly PictureWithCaption[]): Promise<SeenCaption[]> {
    const grid = gridOf(this.shape);
    const batch = this.#collate(examples);
    const forced = (await this.#teacherForcing(this.parameters, batch)) as Readonly<Record<string, Tensor>>;
    const score: ScoreInput = { name: this.shape.score, parameters: this.parameters.decoder.score };
    return examples.map(({ picture, caption }, row) => {
      const T = caption.length + 1;
      const part = (name: string, rows: number): Tensor => exampleOf(forced[name] as Tensor, row, rows);
      return new SeenCaption({
        picture,
        caption,
        grid,
        logProbability: logProbabilityOf(part("logits", T), batch.output.data.subarray(row * (batch.output.shape[1] ?? 0))),
        query: part("query", T),
        memory: part("memory", grid[0] * grid[1]),
        scores: part("scores", T),
        weights: part("weights", T),
        context: part("context", T),
        score,
      });
    });
  }
}

function shapeOf(options: CaptionerOptions): CaptionerShape {
  const { vocabulary, side = 64, convolutions = usualConvolutions, cell = "gru", score = "additive" } = options;
  const { embeddingWidth = 32, width = 128, dropout = 0, spread: lambda = 0 } = options;
  const sizes = { side, embeddingWidth, width };
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`captioner: expected ${name} ≥ 1; got ${shown(size)}`);
  }
  if (!Array.isArray(convolutions) || convolutions.length === 0) {
    throw new RangeError("captioner: expected at least one convolution; got none");
  }
  for (const convolution of convolutions) {
    if (typeof convolution !== "object" || convolution === null)
      throw new TypeError(`captioner: expected convolutions with channels, kernel and stride; got ${shown(convolution)}`);
    const { channels, kernel, stride, pool = 1 } = convolution;
    const isRight = [channels, kernel, stride, pool].every((size) => Number.isInteger(size) && size >= 1) && kernel % 2 === 1;
    if (isRight) continue;
    throw new RangeError(
      `captioner: expected convolutions with channels, stride and pool ≥ 1 and an odd kernel; got ${shown({ channels, kernel, stride, pool })}`,
    );
  }
  const [rows] = gridOf({ side, convolutions });
  if (rows < 1)
    throw new RangeError(`captioner: expected a picture to have at least one part; ${side} pixels are pooled to none`);
  if (cell !== "gru" && cell !== "lstm") throw new RangeError(`captioner: expected cell "gru" or "lstm"; got ${shown(cell)}`);
  if (!["dot", "general", "additive"].includes(score)) {
    throw new RangeError(`captioner: expected score "dot", "general" or "additive"; got ${shown(score)}`);
  }
  if (score === "dot" && convolutions.at(-1)?.channels !== width) {
    throw new RangeError(
      `captioner: score "dot" needs parts as wide as the state, ${width}; got ${convolutions.at(-1)?.channels}`,
    );
  }
  if (!(dropout >= 0 && dropout < 1))
    throw new RangeError(`captioner: expected dropout from 0 to below 1; got ${shown(dropout)}`);
  if (!(lambda >= 0)) throw new RangeError(`captioner: expected spread ≥ 0; got ${shown(lambda)}`);
  const missing = missingSpecialTokens(vocabulary);
  if (missing.length > 0)
    throw new RangeError(
      `captioner: expected a vocabulary with the marks <pad>, <unk>, <s> and </s>; ${missing.join(", ")} is missing`,
    );
  return { ...sizes, convolutions, cell, score, vocabularySize: vocabulary.size };
}
