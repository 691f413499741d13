import { toByteTokens } from "./byte-level.js";
import { isObject, type Stage } from "./config.js";
import { BPE, Unigram, WordPiece } from "./library.js";

/** A token inside a piece: units `start` ≤ i < `end` of it. */
interface Subword {
  readonly id: number;
  readonly token: string;
  readonly start: number;
  readonly end: number;
}

/** The part of a tokenizer that knows the vocabulary. */
export interface SubwordModel {
  readonly ids: ReadonlyMap<string, number>;
  cut(piece: string): Subword[];
}

/** The model that a `tokenizer.json` describes; the search for the best pieces is the library's. */
export function makeModel(stage: Stage | Record<string, unknown>): SubwordModel {
  switch (typeOf(stage)) {
    case "WordPiece":
      return wordPiece(stage);
    case "BPE":
      return bytePairs(stage);
    case "Unigram":
      return unigram(stage);
    case "WordLevel":
      return wordLevel(stage);
    default:
      throw new SyntaxError(`tokenizer.json: the model ${String(stage["type"])} is not known to this library`);
  }
}

/** Old files leave the type out. */
function typeOf(stage: Record<string, unknown>): unknown {
  if (stage["type"] !== undefined) return stage["type"];
  if (Array.isArray(stage["vocab"])) return "Unigram";
  if (stage["merges"] !== undefined) return "BPE";
  return stage["continuing_subword_prefix"] === undefined ? "WordLevel" : "WordPiece";
}

/** How many pieces a model remembers: words come again and again. */
const remembered = 10_000;

function remembering(cut: (piece: string) => Subword[]): (piece: string) => Subword[] {
  const known = new Map<string, Subword[]>();
  return (piece) => {
    const found = known.get(piece);
    if (found) return found;
    const subwords = cut(piece);
    if (known.size >= remembered) known.clear();
    if (piece.length < 256) known.set(piece, subwords);
    return subwords;
  };
}

function readVocabulary(stage: Record<string, unknown>): Map<string, number> {
  const { vocab } = stage;
  if (!isObject(vocab)) throw new SyntaxError("tokenizer.json: expected vocab of the model to be an object of tokens and ids");
  const ids = new Map<string, number>();
  for (const [token, id] of Object.entries(vocab)) {
    if (!Number.isSafeInteger(id) || (id as number) < 0) {
      throw new SyntaxError(
        `tokenizer.json: expected a whole number as the id of ${JSON.stringify(token)}; got ${JSON.stringify(id)}`,
      );
    }
    ids.set(token, id as number);
  }
  return ids;
}

function unknownOf(
  stage: Record<string, unknown>,
  ids: ReadonlyMap<string, number>,
): { id: number; token: string } | undefined {
  const token = stage["unk_token"];
  const id = typeof token === "string" ? ids.get(token) : undefined;
  return typeof token === "string" && id !== undefined ? { id, token } : undefined;
}

function wordPiece(stage: Record<string, unknown>): SubwordModel {
  const ids = readVocabulary(stage);
  const unknown = unknownOf(stage, ids);
  if (!unknown) throw new SyntaxError("tokenizer.json: expected unk_token of WordPiece to be in its vocabulary");
  const prefix = typeof stage["continuing_subword_prefix"] === "string" ? stage["continuing_subword_prefix"] : "##";
  const model = new WordPiece({ max_input_chars_per_word: 100, ...stage, continuing_subword_prefix: prefix });
  return {
    ids,
    cut: remembering((piece) => {
      const tokens = model.encode([piece]);
      if (tokens.length === 1)
        return [{ id: ids.get(tokens[0] ?? "") ?? unknown.id, token: tokens[0] ?? "", start: 0, end: piece.length }];
      let end = 0;
      return tokens.map((token, i) => {
        const start = end;
        end += token.length - (i > 0 ? prefix.length : 0);
        return { id: ids.get(token) ?? unknown.id, token, start, end };
      });
    }),
  };
}

function bytePairs(stage: Record<string, unknown>): SubwordModel {
  if (typeof stage["continuing_subword_prefix"] === "string" && stage["continuing_subword_prefix"] !== "") {
    throw new SyntaxError("tokenizer.json: BPE with a continuing_subword_prefix is not known to this library");
  }
  if (!Array.isArray(stage["merges"])) throw new SyntaxError("tokenizer.json: expected merges of BPE to be a list");
  const ids = readVocabulary(stage);
  const unknown = unknownOf(stage, ids);
  const suffix = typeof stage["end_of_word_suffix"] === "string" ? stage["end_of_word_suffix"] : "";
  const model = new BPE(stage);
  return {
    ids,
    cut(piece) {
      const whole = stage["ignore_merges"] === true ? ids.get(piece) : undefined;
      if (whole !== undefined) return [{ id: whole, token: piece, start: 0, end: piece.length }];
      const tokens = model.bpe(piece);
      const subwords: Subword[] = [];
      let end = 0;
      let wasUnknown = false;
      tokens.forEach((token, i) => {
        const start = end;
        end += token.length - (i === tokens.length - 1 ? suffix.length : 0);
        const id = ids.get(token);
        const bytes = id === undefined && stage["byte_fallback"] === true ? bytesIn(token, ids) : [];
        const isUnknown = id === undefined && bytes.length === 0;
        if (id !== undefined) subwords.push({ id, token, start, end });
        for (const byte of bytes) subwords.push({ ...byte, start, end });
        if (isUnknown && unknown) {
          const last = subwords.at(-1);
          const fuses = wasUnknown && stage["fuse_unk"] === true && last !== undefined;
          subwords.splice(fuses ? -1 : subwords.length, fuses ? 1 : 0, { ...unknown, start: fuses ? last.start : start, end });
        }
        wasUnknown = isUnknown;
      });
      return subwords;
    },
  };
}

function unigram(stage: Record<string, unknown>): SubwordModel {
  const { vocab, unk_id: unknownId } = stage;
  if (!isVocabulary(vocab))
    throw new SyntaxError("tokenizer.json: expected vocab of Unigram to be a list of tokens and scores");
  if (typeof unknownId !== "number" || vocab[unknownId] === undefined) {
    throw new SyntaxError("tokenizer.json: expected unk_id of Unigram to be an id of its vocabulary");
  }
  const ids = new Map(vocab.map(([token], id) => [token, id]));
  const model = new Unigram(stage, "");
  return {
    ids,
    cut: remembering((piece) => {
      const subwords: Subword[] = [];
      let end = 0;
      for (const token of fuseUnknown(model.tokenize(piece), ids)) {
        const start = end;
        end += token.length;
        const id = ids.get(token);
        const bytes = id === undefined && stage["byte_fallback"] === true ? bytesIn(token, ids) : [];
        if (bytes.length > 0) for (const byte of bytes) subwords.push({ ...byte, start, end });
        else subwords.push({ id: id ?? unknownId, token, start, end });
      }
      return subwords;
    }),
  };
}

const isVocabulary = (value: unknown): value is [string, number][] =>
  Array.isArray(value) &&
  value.every((item) => Array.isArray(item) && typeof item[0] === "string" && typeof item[1] === "number");

/** Unknown pieces in a row are one. */
function fuseUnknown(tokens: readonly string[], ids: ReadonlyMap<string, number>): string[] {
  const fused: string[] = [];
  let wasUnknown = false;
  for (const token of tokens) {
    const isUnknown = !ids.has(token);
    if (isUnknown && wasUnknown) fused.push(`${fused.pop() ?? ""}${token}`);
    else fused.push(token);
    wasUnknown = isUnknown;
  }
  return fused;
}

function wordLevel(stage: Record<string, unknown>): SubwordModel {
  const ids = readVocabulary(stage);
  const unknown = unknownOf(stage, ids);
  return {
    ids,
    cut(piece) {
      const id = ids.get(piece);
      if (id !== undefined) return [{ id, token: piece, start: 0, end: piece.length }];
      if (!unknown)
        throw new RangeError(
          `tokenizer: ${JSON.stringify(piece)} is not in the vocabulary, which has no token for unknown ones`,
        );
      return [{ ...unknown, start: 0, end: piece.length }];
    },
  };
}

/** The tokens of a text's bytes if the vocabulary has them all, else none. */
function bytesIn(text: string, ids: ReadonlyMap<string, number>): { id: number; token: string }[] {
  const bytes = toByteTokens(text).map((token) => ({ id: ids.get(token), token }));
  return bytes.every((byte): byte is { id: number; token: string } => byte.id !== undefined) ? bytes : [];
}
