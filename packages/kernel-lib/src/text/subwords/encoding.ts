import type { EncodedToken } from "./post-process.js";

/** Trimming spaces counts characters as one unit each; half of a character that has two is none of it. */
function wholeCharacters(text: string, start: number, end: number): [start: number, end: number] {
  const isInside = (at: number): boolean =>
    (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
  const first = isInside(start) ? start + 1 : start;
  return [first, Math.max(first, isInside(end) ? end - 1 : end)];
}

/** A text, or a pair of texts, as the tokens of a model. */
export class Encoding {
  /** The first text and, of a pair, the second. */
  readonly texts: readonly string[];
  readonly ids: Int32Array;
  readonly tokens: readonly string[];
  /** [start, end) of each token in its own text, in UTF-16 units; [0, 0] for what the tokenizer put in. */
  readonly offsets: readonly (readonly [number, number])[];
  /** The segment of each token (BERT's `token_type_ids`). */
  readonly types: Int32Array;
  /** For each token the number of its word, counted in its own text; -1 for what the tokenizer put in. */
  readonly words: readonly number[];
  /** For each token the text it is from, 0 or 1; -1 for what the tokenizer put in. */
  readonly sequences: readonly number[];
  /** Positions of what the tokenizer put in, such as [CLS] and [SEP]. */
  readonly special: readonly number[];
  /** How many tokens of the texts were left out because of `maxTokens`. */
  readonly dropped: number;

  constructor(texts: readonly string[], encoded: readonly EncodedToken[], dropped: number) {
    this.texts = texts;
    this.ids = Int32Array.from(encoded, ({ id }) => id);
    this.tokens = encoded.map(({ token }) => token);
    this.offsets = encoded.map(({ start, end, sequence }) => wholeCharacters(texts[sequence] ?? "", start, end));
    this.types = Int32Array.from(encoded, ({ type }) => type);
    this.words = encoded.map(({ word }) => word);
    this.sequences = encoded.map(({ sequence }) => sequence);
    this.special = encoded.flatMap(({ sequence }, i) => (sequence < 0 ? [i] : []));
    this.dropped = dropped;
  }

  /** Rows or columns of a note. A pair is one text with a line end between the two. */
  get axis(): EncodingAxis {
    const [first = "", second] = this.texts;
    const text = second === undefined ? first : `${first}\n${second}`;
    const firstWords = Math.max(-1, ...this.words.filter((_, i) => this.sequences[i] === 0)) + 1;
    return {
      tokens: this.tokens,
      text,
      offsets: this.offsets.map(([start, end], i): [number, number] => {
        const shift = this.sequences[i] === 1 ? first.length + 1 : 0;
        return [start + shift, end + shift];
      }),
      special: this.special,
      words: this.words.map((word, i) => (this.sequences[i] === 1 && word >= 0 ? word + firstWords : word)),
    };
  }
}

/** See {@link Encoding.axis}. */
export interface EncodingAxis {
  readonly tokens: readonly string[];
  readonly text: string;
  readonly offsets: readonly (readonly [number, number])[];
  readonly special: readonly number[];
  readonly words: readonly number[];
}
