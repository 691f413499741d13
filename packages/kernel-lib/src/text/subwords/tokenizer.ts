import { readOptions } from "../../checks/read-options.js";
import { findFile, openFile } from "#file-chunks";
import { AddedTokenFinder, readAddedTokens, type AddedToken, type Section } from "./added-tokens.js";
import { AlignedText } from "./aligned-text.js";
import { isObject, readStages } from "./config.js";
import { makeDecoder, type Decoder } from "./decode.js";
import { Encoding } from "./encoding.js";
import { makeModel } from "./model.js";
import { makeNormaliser, type Normaliser } from "./normalise.js";
import { makePostProcessor, type EncodedToken, type PostProcessor } from "./post-process.js";
import { makePreTokeniser, type PreTokeniser } from "./pre-tokenise.js";
import { truncate, type TruncationStrategy } from "./truncate.js";
import type { SubwordModel } from "./vocabulary-file.js";

/** How {@link Tokenizer.encode} encodes. */
export interface EncodeOptions {
  /** A second text, for models that take pairs. */
  readonly pair?: string;
  /** Whether special tokens such as [CLS] and [SEP] are put in; default: true. */
  readonly special?: boolean;
  /** The largest number of tokens, special ones included. */
  readonly maxTokens?: number;
  /** Which text gives tokens up where there are too many; "longest_first" unless given. The names are those of Python's tokenizers. */
  readonly strategy?: TruncationStrategy;
  /** From which end tokens are left out; "right" unless given. */
  readonly direction?: "left" | "right";
}

/**
 * A tokenizer of Hugging Face, from its `tokenizer.json`: the same tokens and ids as in Python, and exact offsets.
 *
 * The path is: added tokens → normalise → cut into words → the model (WordPiece, BPE, Unigram, WordLevel) → special tokens. The merging of
 * BPE and the search of WordPiece are the work of @huggingface/tokenizers; as that gives no offsets, each step here carries along where
 * every character came from. Regular expressions of a file are matched in linear time (RE2). Characters are told apart as Python's
 * tokenizers do, by Unicode 8 to 17 depending on the step; README.md beside this file has the table. `truncation` and `padding` in the file are not applied; see `maxTokens`, which
 * truncates as `enable_truncation` does in Python.
 */
export class Tokenizer {
  readonly #added: readonly AddedToken[];
  readonly #beforeNormalising: AddedTokenFinder;
  readonly #afterNormalising: AddedTokenFinder;
  readonly #normalise: Normaliser;
  readonly #preTokenise: PreTokeniser;
  readonly #model: SubwordModel;
  readonly #postProcess: PostProcessor;
  readonly #decode: Decoder;
  readonly #ids: ReadonlyMap<string, number>;
  readonly #tokens: ReadonlyMap<number, string>;

  /**
   * @param json the parsed content of a `tokenizer.json`; to read the file, see {@link loadTokenizer}
   * @throws SyntaxError naming the part that is wrong or not known
   */
  constructor(json: unknown) {
    if (!isObject(json) || !isObject(json["model"])) throw new SyntaxError("tokenizer.json: expected an object with a model");
    const normalise = makeNormaliser(readStages(json["normalizer"], "normalizer"));
    this.#added = readAddedTokens(json["added_tokens"]);
    this.#beforeNormalising = new AddedTokenFinder(
      this.#added.filter((token) => !token.isNormalised).map((token) => [token.content, token]),
    );
    this.#afterNormalising = new AddedTokenFinder(
      this.#added.filter((token) => token.isNormalised).map((token) => [normalise(AlignedText.of(token.content)).text, token]),
    );
    this.#normalise = normalise;
    this.#preTokenise = makePreTokeniser(readStages(json["pre_tokenizer"], "pre_tokenizer"));
    this.#model = makeModel(json["model"]);
    this.#postProcess = makePostProcessor(readStages(json["post_processor"], "post_processor"));
    this.#decode = makeDecoder(readStages(json["decoder"], "decoder"));
    this.#ids = new Map([...this.#model.ids, ...this.#added.map(({ content, id }) => [content, id] as const)]);
    this.#tokens = new Map(Array.from(this.#ids, ([token, id]) => [id, token]));
  }

  /** The number of tokens, added ones included. */
  get size(): number {
    return this.#ids.size;
  }

  /** The id of a token as it is in the vocabulary, for example "##ing"; undefined if it has none. */
  id(token: string): number | undefined {
    return this.#ids.get(token);
  }

  token(id: number): string | undefined {
    return this.#tokens.get(id);
  }

  /**
   * The tokens of a text or of a pair of texts.
   *
   * An empty text gives the special tokens alone. A lone surrogate counts as U+FFFD.
   *
   * @throws TypeError when a text is not a string; RangeError when `maxTokens` leaves no room for the special tokens, or the
   * file makes too much of the text
   */
  encode(text: string, options: EncodeOptions = {}): Encoding {
    const {
      pair,
      special = true,
      maxTokens = Infinity,
      strategy = "longest_first",
      direction = "right",
    } = readOptions("tokenizer", options, { pair: true, special: true, maxTokens: true, strategy: true, direction: true });
    const texts = pair === undefined ? [text] : [text, pair];
    for (const given of texts) {
      if (typeof given !== "string")
        throw new TypeError(`tokenizer: expected a text; got ${given === null ? "null" : typeof given}`);
    }
    const sequences = texts.map((given, i) => this.#encodeOne(given, i));
    const room =
      maxTokens -
      this.#postProcess(
        texts.map(() => []),
        special,
      ).flat().length;
    if (room < 0)
      throw new RangeError(
        `tokenizer: expected maxTokens of at least ${maxTokens - room}, for the special tokens; got ${maxTokens}`,
      );
    const kept = truncate(sequences, room, strategy, direction);
    const dropped = sequences.flat().length - kept.flat().length;
    return new Encoding(texts, this.#postProcess(kept, special).flat(), dropped);
  }

  /** The text of tokens; without `special`, the tokenizer's special tokens are left out (the default). */
  decode(ids: Iterable<number>, options: { readonly special?: boolean } = {}): string {
    readOptions("tokenizer", options, { special: true });
    const specials = new Set(this.#added.filter((token) => token.isSpecial).map((token) => token.id));
    const kept = Array.from(ids).filter((id) => options.special === true || !specials.has(id));
    const tokens = kept.map((id) => {
      const token = this.#tokens.get(id);
      if (token === undefined) throw new RangeError(`tokenizer: expected an id of the vocabulary; got ${id}`);
      return token;
    });
    return this.#decode(tokens).join("");
  }

  #encodeOne(text: string, sequence: number): EncodedToken[] {
    const raw = this.#beforeNormalising.split(AlignedText.of(text));
    const normal = raw.flatMap((section) =>
      section.token ? [section] : this.#afterNormalising.split(this.#normalise(section.part)),
    );
    const pieces = normal.flatMap((section): Section[] =>
      section.token ? [section] : this.#preTokenise(section.part).map((part) => ({ part })),
    );
    const sections = pieces.filter(({ part }) => part.length > 0);
    return sections.flatMap(({ part, token }, word) => {
      const subwords = token ? [{ id: token.id, token: part.text, start: 0, end: part.length }] : this.#model.cut(part.text);
      return subwords.map((subword): EncodedToken => {
        const [start, end] = part.origin(subword.start, subword.end);
        return { id: subword.id, token: subword.token, start, end, word, sequence, type: sequence };
      });
    });
  }
}

/** Real files have at most some 40 MB. */
const maxFileBytes = 500_000_000;

/**
 * Reads a tokenizer: a `tokenizer.json`, or the folder it is in; in a browser its `File` or bytes.
 *
 * @throws SyntaxError naming the part of the file that is wrong or not known; Error with the system's code when there is no file
 * @example
 * ```ts
 * import { loadTokenizer } from "heed";
 * const tokenizer = await loadTokenizer("models/all-MiniLM-L6-v2");
 * const { tokens, offsets } = tokenizer.encode("It's tokenized");
 * console.log(tokens.join(" "), offsets[4]); // [CLS] it ' s token ##ized [SEP] [5, 10]
 * ```
 */
export async function loadTokenizer(source: string | Blob | Uint8Array): Promise<Tokenizer> {
  const bytes = await readAll(source);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new SyntaxError("tokenizer.json: the file is not JSON in UTF-8", { cause: error });
  }
  return new Tokenizer(json);
}

async function readAll(source: string | Blob | Uint8Array): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  const file = await openFile(source.endsWith(".json") ? source : await inFolder(source));
  if (file.size > maxFileBytes)
    throw new RangeError(`tokenizer.json: expected at most ${maxFileBytes} bytes; got ${file.size}`);
  const bytes = new Uint8Array(file.size);
  let next = 0;
  for await (const chunk of file.chunks) {
    bytes.set(chunk, next);
    next += chunk.length;
  }
  return bytes;
}

async function inFolder(folder: string): Promise<string> {
  return (await findFile(folder, "tokenizer.json")) ?? `${folder.replace(/[/\\]$/u, "")}/tokenizer.json`;
}
