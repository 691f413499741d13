/** Texts as BERT reads them: [CLS] first [SEP], or [CLS] first [SEP] second [SEP]. */
import type { Tensor } from "../../engine/index.js";
import type { Vocabulary } from "../../text/vocabulary.js";
import { padded } from "../../training/index.js";
import { tokensForModel } from "../tokens-for-model.js";
import type { ReadBatch } from "./program.js";

/** One text, or two that belong together, as tokens. */
export type BertText = readonly string[] | { readonly first: readonly string[]; readonly second: readonly string[] };

/** A text as numbers. */
export interface EncodedText {
  readonly ids: readonly number[];
  /** The segment of each token: 0 in the first text and its marks, 1 in the second and its mark. */
  readonly types: readonly number[];
}

/** What the texts are read by. */
export interface TextReading {
  readonly vocabulary: Vocabulary;
  /** The most tokens with marks. */
  readonly maxLength: number;
}

/** The one or two texts of a text. */
export const sidesOf = (text: BertText): (readonly string[])[] => ("first" in text ? [text.first, text.second] : [text]);

/**
 * A text with its marks as numbers; [MASK] may stand among its tokens.
 *
 * @throws RangeError for an empty text, too long a one, or an unknown token
 */
export function encodeText(text: BertText, { vocabulary, maxLength }: TextReading): EncodedText {
  const ids = [vocabulary.id("[CLS]")];
  const types = [0];
  sidesOf(text).forEach((tokens, type) => {
    const words = tokens.filter((token) => token !== "[MASK]");
    if (tokens.length === 0 || words.length > 0) tokensForModel("BERT", words, vocabulary);
    ids.push(...vocabulary.encode([...tokens, "[SEP]"]));
    types.push(...tokens.map(() => type), type);
  });
  if (ids.length > maxLength) {
    throw new RangeError(`BERT: expected at most maxLength = ${maxLength} tokens with [CLS] and [SEP]; got ${ids.length}`);
  }
  return { ids, types };
}

/** What is asked as tokens: a string is cut into words of the vocabulary, and a [MASK] in it is one. */
export function textOf(
  first: string | readonly string[],
  second: string | readonly string[] | undefined,
  vocabulary: Vocabulary,
): BertText {
  const cut = (side: string | readonly string[]): readonly string[] => {
    if (typeof side !== "string") return side;
    return side.split("[MASK]").flatMap((piece, i) => {
      const words = piece.trim() === "" ? [] : tokensForModel("BERT", piece, vocabulary);
      return i === 0 ? words : ["[MASK]", ...words];
    });
  };
  return second === undefined ? cut(first) : { first: cut(first), second: cut(second) };
}

/** Texts of one length, a multiple of 8: few lengths are few programs. */
export function padTexts(texts: readonly EncodedText[], { vocabulary, maxLength }: TextReading): ReadBatch<Tensor> {
  const longest = texts.reduce((most, { ids }) => Math.max(most, ids.length), 0);
  const length = Math.min(Math.ceil(longest / 8) * 8, maxLength);
  const ids = texts.map((text) => text.ids);
  const types = texts.map((text) => text.types);
  return {
    ...padded(ids, { length, padding: vocabulary.id("[PAD]") }),
    types: padded(types, { length, padding: 0 }).ids,
  };
}
