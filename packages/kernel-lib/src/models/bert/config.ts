import type { OptionNames } from "../../checks/read-options.js";
import type { Vocabulary } from "../../text/vocabulary.js";
import type { BertConfig } from "../../pretrained/families/bert.js";
import { shown } from "../../storage/shown.js";

/** How a `Bert` is built. */
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

/** The names of these options. */
export const bertNames: OptionNames<BertOptions> = {
  vocabulary: true,
  layers: true,
  heads: true,
  width: true,
  feedForwardWidth: true,
  maxLength: true,
  dropout: true,
  seed: true,
};

/** The special tokens a vocabulary must have. */
export const bertMarks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] as const;

/**
 * The config that options ask for.
 *
 * @throws RangeError for sizes that fit no model, or a vocabulary without the marks
 */
export function configOf(options: BertOptions): BertConfig {
  const { vocabulary, layers = 2, heads = 4, width = 128, maxLength = 64, dropout = 0.1 } = options;
  const { feedForwardWidth = 4 * width } = options;
  for (const [name, size] of Object.entries({ layers, heads, width, feedForwardWidth, maxLength })) {
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`BERT: expected ${name} ≥ 1; got ${shown(size)}`);
  }
  if (width % heads !== 0) throw new RangeError(`BERT: width ${width} cannot be split into ${heads} heads`);
  if (!(dropout >= 0 && dropout < 1)) throw new RangeError(`BERT: expected dropout from 0 to below 1; got ${shown(dropout)}`);
  const missing = bertMarks.filter((mark) => !vocabulary.has(mark) || vocabulary.id(mark) >= vocabulary.specialCount);
  if (missing.length > 0) {
    throw new RangeError(
      `BERT: expected a vocabulary with ${bertMarks.join(", ")} as special tokens; ${missing.join(", ")} is missing`,
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
