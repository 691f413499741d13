import { readOptions } from "../checks/read-options.js";

/** How a vocabulary is made; see {@link Vocabulary.from}. */
import { shown } from "../storage/shown.js";
export interface VocabularyOptions {
  /** Tokens with a meaning of their own, which get the first ids in this order; default: `<pad>`, `<unk>`, `<s>`, `</s>`. */
  readonly special?: readonly string[];
  /** What unknown tokens become; it must be among `special`. Default: `<unk>` if it is, otherwise unknown tokens are errors. */
  readonly unknown?: string;
  /** Rarer tokens are left out; default: 1. */
  readonly minimumCount?: number;
  /** The largest number of tokens, special ones included; the rarest are left out. */
  readonly maximumSize?: number;
}

/** A vocabulary as it is stored. */
export interface VocabularyData {
  readonly tokens: readonly string[];
  readonly counts: readonly number[];
  readonly special: number;
  readonly unknown?: string;
}

const usualSpecial = ["<pad>", "<unk>", "<s>", "</s>"];

/**
 * Tokens and their numbers: special tokens first, then the others from the most frequent to the rarest; of equally frequent ones the
 * first seen comes first, so that the same texts always give the same numbers.
 *
 * @example
 * ```ts
 * import { tokenize, Vocabulary } from "heed/data";
 * const texts = ["我是中国人", "我是老师"].map((text) => tokenize(text).tokens);
 * const vocabulary = Vocabulary.from(texts);
 * console.log(vocabulary.encode(["我", "是", "猫"])); // Int32Array [4, 5, 1]
 * console.log(vocabulary.decode([4, 5, 1])); // ["我", "是", "<unk>"]
 * ```
 */
export class Vocabulary {
  /** Every token, in the order of the ids. */
  readonly tokens: readonly string[];
  /** How many of the first ids are special. */
  readonly specialCount: number;
  /** What unknown tokens become; undefined where they are errors. */
  readonly unknown: string | undefined;
  readonly #counts: readonly number[];
  readonly #ids: ReadonlyMap<string, number>;

  /** From stored data; to make one from texts, see {@link Vocabulary.from}. */
  constructor(data: VocabularyData) {
    checkData(data);
    const { tokens, counts, special, unknown } = data;
    if (tokens.length !== counts.length) {
      throw new RangeError(`Vocabulary: expected a count for each of ${tokens.length} tokens; got ${counts.length}`);
    }
    this.#ids = new Map(tokens.map((token, id) => [token, id]));
    if (this.#ids.size !== tokens.length) {
      const twice = tokens.find((token, id) => this.#ids.get(token) !== id);
      throw new RangeError(`Vocabulary: expected every token once; got ${shown(twice)} twice`);
    }
    if (unknown !== undefined && !this.#ids.has(unknown)) {
      throw new RangeError(`Vocabulary: expected unknown to be one of the tokens; got ${shown(unknown)}`);
    }
    this.tokens = tokens;
    this.specialCount = special;
    this.unknown = unknown;
    this.#counts = counts;
  }

  /** Counts the tokens of texts and numbers them. */
  static from(texts: Iterable<Iterable<string>>, options: VocabularyOptions = {}): Vocabulary {
    const {
      special = usualSpecial,
      minimumCount = 1,
      maximumSize = Infinity,
    } = readOptions("Vocabulary.from", options, { special: true, unknown: true, minimumCount: true, maximumSize: true });
    const counts = new Map<string, number>(special.map((token) => [token, 0]));
    if (counts.size !== special.length)
      throw new RangeError(`Vocabulary: expected special tokens that differ; got ${special.join(", ")}`);
    if (maximumSize < special.length) {
      throw new RangeError(
        `Vocabulary: expected a maximumSize of at least ${special.length}, for the special tokens; got ${maximumSize}`,
      );
    }
    for (const text of texts) for (const token of text) counts.set(token, (counts.get(token) ?? 0) + 1);
    const all = [...counts];
    const frequent = all.slice(special.length).filter(([, count]) => count >= minimumCount);
    const kept = [...all.slice(0, special.length), ...frequent.toSorted(([, x], [, y]) => y - x)].slice(0, maximumSize);
    const unknown = options.unknown ?? (special.includes("<unk>") ? "<unk>" : undefined);
    return new Vocabulary({
      tokens: kept.map(([token]) => token),
      counts: kept.map(([, count]) => count),
      special: special.length,
      ...(unknown !== undefined && { unknown }),
    });
  }

  get size(): number {
    return this.tokens.length;
  }

  has(token: string): boolean {
    return this.#ids.has(token);
  }

  /** How often the token was counted; 0 for one that is not known. */
  count(token: string): number {
    const id = this.#ids.get(token);
    return id === undefined ? 0 : (this.#counts[id] ?? 0);
  }

  /**
   * The id of a token, or of `unknown`.
   *
   * @throws RangeError when the token is not known and the vocabulary has no token for unknown ones
   */
  id(token: string): number {
    const id = this.#ids.get(token) ?? (this.unknown === undefined ? undefined : this.#ids.get(this.unknown));
    if (id !== undefined) return id;
    throw new RangeError(`Vocabulary: the token ${shown(token)} is not known, and there is no token for unknown ones`);
  }

  /** @throws RangeError when there is no such id */
  token(id: number): string {
    const token = this.tokens[id];
    if (token !== undefined) return token;
    throw new RangeError(`Vocabulary: expected an id from 0 to ${this.size - 1}; got ${id}`);
  }

  encode(tokens: Iterable<string>): Int32Array {
    return Int32Array.from(tokens, (token) => this.id(token));
  }

  decode(ids: Iterable<number>): string[] {
    return Array.from(ids, (id) => this.token(id));
  }

  /** For `JSON.stringify`; `new Vocabulary(JSON.parse(…))` reads it back. */
  toJSON(): VocabularyData {
    return {
      tokens: this.tokens,
      counts: this.#counts,
      special: this.specialCount,
      ...(this.unknown !== undefined && { unknown: this.unknown }),
    };
  }
}

const isList = (value: unknown, type: string): boolean => Array.isArray(value) && value.every((one) => typeof one === type);

/** What comes from a file need not be what its type says. */
function checkData(data: unknown): void {
  const { tokens, counts, special, unknown } = (data ?? {}) as Partial<Record<keyof VocabularyData, unknown>>;
  if (!isList(tokens, "string")) throw new TypeError(`Vocabulary: expected tokens to be a list of texts; got ${shown(tokens)}`);
  if (!isList(counts, "number"))
    throw new TypeError(`Vocabulary: expected counts to be a list of numbers; got ${shown(counts)}`);
  if (!Number.isSafeInteger(special) || Number(special) < 0 || Number(special) > (tokens as string[]).length)
    throw new RangeError(`Vocabulary: expected special to be how many tokens are special; got ${shown(special)}`);
  if (unknown !== undefined && typeof unknown !== "string")
    throw new TypeError(`Vocabulary: expected unknown to be a text; got ${shown(unknown)}`);
}
