/** What the models of a `tokenizer.json` share: their vocabulary, and what they give. */
import { toByteTokens } from "./byte-level.js";
import { isObject } from "./config.js";
import { shown } from "../../storage/shown.js";

/** A token inside a piece: units `start` ≤ i < `end` of it. */
export interface Subword {
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

/** How many pieces a model remembers: words come again and again. */
const remembered = 10_000;

export function remembering(cut: (piece: string) => Subword[]): (piece: string) => Subword[] {
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

export function readVocabulary(stage: Record<string, unknown>): Map<string, number> {
  const { vocab } = stage;
  if (!isObject(vocab)) throw new SyntaxError("tokenizer.json: expected vocab of the model to be an object of tokens and ids");
  const ids = new Map<string, number>();
  for (const [token, id] of Object.entries(vocab)) {
    if (!Number.isSafeInteger(id) || (id as number) < 0) {
      throw new SyntaxError(`tokenizer.json: expected a whole number as the id of ${shown(token)}; got ${shown(id)}`);
    }
    ids.set(token, id as number);
  }
  return ids;
}

/** The token for what is unknown, if the model has one and knows it. */
export function unknownOf(
  stage: Record<string, unknown>,
  ids: ReadonlyMap<string, number>,
): { id: number; token: string } | undefined {
  const token = stage["unk_token"];
  const id = typeof token === "string" ? ids.get(token) : undefined;
  return typeof token === "string" && id !== undefined ? { id, token } : undefined;
}

/** The tokens of a text's bytes if the vocabulary has them all, else none. */
export function bytesIn(text: string, ids: ReadonlyMap<string, number>): { id: number; token: string }[] {
  const bytes = toByteTokens(text).map((token) => ({ id: ids.get(token), token }));
  return bytes.every((byte): byte is { id: number; token: string } => byte.id !== undefined) ? bytes : [];
}
