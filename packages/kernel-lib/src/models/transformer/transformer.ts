import { readOptions, type OptionNames } from "../../checks/read-options.js";
import { compile, Random, type Compiled, type Tensor, type Traced } from "../../engine/index.js";
import type { Axis } from "../../note/index.js";
import type { SentencePair } from "../../data/read-pairs.js";
import { linksFromAttention, type AlignmentLink } from "../../metrics/alignment.js";
import { crossEntropy, padded } from "../../training/index.js";
import { AttentionMaps } from "../../attention/attention-maps.js";
import type { Decoder } from "../beam-search.js";
import { makeDropout } from "../dropout.js";
import { chunksOf, exampleOf } from "../batching.js";
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
import { cachedDecoder, type TransformerStepProgram } from "./cached-decoder.js";
import {
  initialTransformer,
  encodeMemory,
  teachTransformer,
  transformerStep,
  type TransformerMemory,
  type TransformerParameters,
  type TransformerShape,
} from "./program.js";
import { shown } from "../../storage/shown.js";

/** How a {@link Transformer} is built. */
export interface TransformerOptions extends TranslationOptions {
  /** Of encoder and decoder each; default: 2. */
  readonly layers?: number;
  /** Default: 4. */
  readonly heads?: number;
  /** Default: 128. */
  readonly width?: number;
  /** Default: four times the width. */
  readonly feedForwardWidth?: number;
  /** `pre` (unless said) or `post`, as in the paper. */
  readonly norm?: TransformerShape["norm"];
  /** `sinusoidal` (unless said) or `learned`. */
  readonly positions?: TransformerShape["positions"];
  /** The most tokens that learned positions know; default: 64. */
  readonly maxLength?: number;
  /** ε: how much of the probability goes evenly to all tokens in the loss; default: 0.1, as in the paper. */
  readonly labelSmoothing?: number;
}

/** Where all heads of a Transformer look when it translates. As the last value of a notebook cell `cross` shows the alignment. */
export interface TransformerOutput {
  readonly source: readonly string[];
  readonly target: readonly string[];
  /** Source over source: weights [L, H, S, S]. */
  readonly encoder: AttentionMaps;
  /** Target over target, each token over itself and those before: [L, H, T, T]. */
  readonly decoder: AttentionMaps;
  /** Target over source: [L, H, T, S]. */
  readonly cross: AttentionMaps;
}

const modelType = "heed-transformer";

const optionNames: OptionNames<TransformerOptions> = {
  layers: true,
  heads: true,
  width: true,
  feedForwardWidth: true,
  norm: true,
  positions: true,
  maxLength: true,
  labelSmoothing: true,
  ...translationNames,
};

/**
 * A Transformer that translates.
 *
 * @see Vaswani et al. 2017, "Attention Is All You Need"; norm `pre`: Xiong et al. 2020. `program.ts` maps the names
 * @example
 * ```ts
 * import { Transformer } from "heed";
 * import { chineseEnglishPairs } from "heed/data";
 * const pairs = chineseEnglishPairs({ count: 50, seed: 1 });
 * const model = Transformer.forPairs(pairs, { width: 8, heads: 2, layers: 1 });
 * const { cross } = await model.attend("我是中国人", { maxLength: 4 }); // not trained yet
 * console.log(cross.weights.shape.length); // 4 – layers, heads, target, source
 * ```
 */
export class Transformer extends TranslationModel<TransformerParameters> {
  protected readonly name = "transformer";
  protected readonly defaultRate = 1e-3;
  readonly shape: TransformerShape;
  readonly labelSmoothing: number;
  parameters: TransformerParameters<Tensor>;
  readonly #encode: Compiled<(parameters: TransformerParameters, source: Traced, mask: Traced) => TransformerMemory>;
  readonly #teacherForcing: Compiled<(parameters: TransformerParameters, batch: TaughtBatch) => WeightsOfLayers>;
  readonly #step: TransformerStepProgram;

  /** @param parameters weights to use instead of new ones; their shapes must be those the options ask for */
  constructor(options: TransformerOptions, parameters?: TransformerParameters<Tensor>) {
    super("transformer", readOptions("transformer", options, optionNames));
    const shape = shapeOf(options);
    this.shape = shape;
    this.labelSmoothing = options.labelSmoothing ?? 0.1;
    if (!(this.labelSmoothing >= 0 && this.labelSmoothing < 1)) {
      throw new RangeError(`transformer: expected labelSmoothing from 0 to below 1; got ${this.labelSmoothing}`);
    }
    this.parameters = parameters ?? initialTransformer(shape, new Random(options.seed ?? 1));
    this.#encode = compile((weights, source, mask) => encodeMemory(shape, weights, source, mask), {
      name: "transformer encoder",
    });
    this.#teacherForcing = compile((weights, batch) => weightsOfLayers(shape, weights, batch), { name: "transformer" });
    this.#step = compile(
      (weights, memory, cache, tokens, position) => transformerStep(shape, weights, memory, cache, tokens, position),
      { name: "transformer decoder" },
    );
  }

  /** A model with the vocabularies of a corpus. */
  static forPairs(pairs: readonly SentencePair[], options: Omit<TransformerOptions, "source" | "target"> = {}): Transformer {
    return new Transformer({ ...options, ...vocabulariesOf(pairs) });
  }

  readonly loss = (parameters: TransformerParameters, batch: PairBatch, key?: Traced): Traced => {
    const { logits } = teachTransformer(this.shape, parameters, batch, makeDropout(this.dropout, key));
    const labelSmoothing = key === undefined ? 0 : this.labelSmoothing; // validation measures the plain cross-entropy
    return crossEntropy(logits, batch.targetOutput, { mask: batch.targetMask, labelSmoothing });
  };

  /**
   * Translates, and shows where every head of every layer looked. With `target`, the decoder is told that translation instead of writing
   * its own.
   */
  async attend(
    input: string | readonly string[],
    options: PredictOptions & { readonly target?: readonly string[] } = {},
  ): Promise<TransformerOutput> {
    const [look] = await this.attendAll([await this.withTarget(input, options)]);
    return look as TransformerOutput;
  }

  /** Where the heads look when the decoder is told the translations. */
  async attendAll(pairs: readonly SentencePair[]): Promise<TransformerOutput[]> {
    const looks: TransformerOutput[] = [];
    for (const chunk of chunksOf(pairs, 16)) {
      const forced = await this.#teacherForcing(this.parameters, this.batch(chunk));
      looks.push(...chunk.map((pair, row) => lookOf(pair, forced as WeightsOfLayers<Tensor>, row)));
    }
    return looks;
  }

  /** The model as it is stored; {@link Transformer.fromStored} reads it back. */
  toStored(): StoredModel {
    const { sourceSize: _, targetSize: __, ...sizes } = this.shape;
    const { dropout, labelSmoothing } = this;
    const vocabularies = { source: this.source.toJSON(), target: this.target.toJSON() };
    return storedModel({ model_type: modelType, ...sizes, dropout, labelSmoothing, ...vocabularies }, this.parameters);
  }

  /** @throws TypeError when config and weights are not those of a transformer, or do not fit each other */
  static fromStored(stored: StoredModel): Transformer {
    const options = storedOptions<TransformerOptions>("transformer", modelType, stored, optionNames);
    const form = initialTransformer(shapeOf(options), new FormOnly());
    return new Transformer(options, treeFromTensors("transformer", form, stored.tensors));
  }

  protected async openDecoder(sources: readonly Int32Array[], mostTokens: number): Promise<Decoder> {
    const { ids, mask } = padded(sources, { padding: this.source.id("<pad>") });
    const memory = await this.#encode(this.parameters, ids, mask);
    return cachedDecoder(this.#step, this.parameters, memory, { shape: this.shape, rows: sources.length, mostTokens });
  }

  /** Of each target token, the source token to which all heads of the last layer together give most. */
  protected async drawLinks(pairs: readonly SentencePair[]): Promise<AlignmentLink[][]> {
    const looks = await this.attendAll(pairs);
    return looks.map(({ cross, source, target }) => {
      const heads = cross.layer(this.shape.layers - 1);
      const [H = 1, T = 0, S = 0] = heads.shape;
      const rows = target.map((_, t) =>
        Float32Array.from({ length: S }, (__, s) => {
          let sum = 0;
          for (let h = 0; h < H; h += 1) sum += heads.data[(h * T + t) * S + s] ?? 0;
          return sum;
        }),
      );
      return linksFromAttention(rows, source.length);
    });
  }
}

type TaughtBatch = Pick<PairBatch, "source" | "sourceMask" | "targetInput">;

/** For each layer: weights and scores [B, H, Q, K]. */
interface WeightsOfLayers<Leaf = Traced> {
  readonly encoder: readonly MapOfLayer<Leaf>[];
  readonly decoder: readonly MapOfLayer<Leaf>[];
  readonly cross: readonly MapOfLayer<Leaf>[];
}

interface MapOfLayer<Leaf> {
  readonly weights: Leaf;
  readonly scores: Leaf;
}

function weightsOfLayers(shape: TransformerShape, parameters: TransformerParameters, batch: TaughtBatch): WeightsOfLayers {
  const { encoder, decoder, cross } = teachTransformer(shape, parameters, batch);
  const only = (layers: typeof encoder): MapOfLayer<Traced>[] => layers.map(({ weights, scores }) => ({ weights, scores }));
  return { encoder: only(encoder), decoder: only(decoder), cross: only(cross) };
}

function lookOf({ source, target }: SentencePair, forced: WeightsOfLayers<Tensor>, row: number): TransformerOutput {
  const read: Axis = { name: "source", tokens: source };
  const labels: Axis = { name: "target", tokens: [...target, "</s>"], special: [target.length] };
  const decoderInput: Axis = { name: "target", tokens: ["<s>", ...target], special: [0] };
  const maps = (kind: "encoder" | "decoder" | "cross", rows: Axis, columns: Axis): AttentionMaps => {
    const layers = forced[kind];
    const [, H = 1] = layers[0]?.weights.shape ?? [];
    const part = (tensor: Tensor): Tensor => exampleOf(tensor, row, Infinity, rows.tokens.length, columns.tokens.length);
    return new AttentionMaps({
      kind,
      layers: layers.map((_, i) => i),
      heads: Array.from({ length: H }, (_, i) => i),
      rows,
      columns,
      weights: layers.map(({ weights }) => part(weights)),
      scores: layers.map(({ scores }) => part(scores)),
      model: "transformer",
    });
  };
  return {
    source,
    target,
    encoder: maps("encoder", read, read),
    // row t is told the tokens up to t and writes the next one
    decoder: maps("decoder", labels, decoderInput),
    cross: maps("cross", labels, read),
  };
}

/** The shape that options ask for, checked. */
function shapeOf(options: TransformerOptions): TransformerShape {
  const {
    source,
    target,
    layers = 2,
    heads = 4,
    width = 128,
    norm = "pre",
    positions = "sinusoidal",
    maxLength = 64,
  } = options;
  const { feedForwardWidth = 4 * width } = options;
  for (const [name, size] of Object.entries({ layers, heads, width, feedForwardWidth, maxLength })) {
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`transformer: expected ${name} ≥ 1; got ${shown(size)}`);
  }
  if (width % heads !== 0) throw new RangeError(`transformer: width ${width} cannot be split into ${heads} heads`);
  if (norm !== "pre" && norm !== "post") throw new RangeError(`transformer: expected norm "pre" or "post"; got ${shown(norm)}`);
  if (positions !== "sinusoidal" && positions !== "learned") {
    throw new RangeError(`transformer: expected positions "sinusoidal" or "learned"; got ${shown(positions)}`);
  }
  const sizes = { layers, heads, width, feedForwardWidth, norm, positions, maxLength };
  return { ...sizes, sourceSize: source.size, targetSize: target.size };
}
