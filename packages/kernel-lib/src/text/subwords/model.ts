import { bytePairs } from "./byte-pairs.js";
import type { Stage } from "./config.js";
import { WordPiece } from "./library.js";
import { unigram } from "./unigram.js";
import { readVocabulary, remembering, unknownOf, type SubwordModel } from "./vocabulary-file.js";
import { shown } from "../../storage/shown.js";

/** The model that a `tokenizer.json` describes. */
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
      throw new SyntaxError(
        `tokenizer.json: the model ${typeof stage["type"] === "string" ? stage["type"].slice(0, 100) : shown(stage["type"])} is not known to this library`,
      );
  }
}

/** Old files leave the type out. */
function typeOf(stage: Record<string, unknown>): unknown {
  if (stage["type"] !== undefined) return stage["type"];
  if (Array.isArray(stage["vocab"])) return "Unigram";
  if (stage["merges"] !== undefined) return "BPE";
  return stage["continuing_subword_prefix"] === undefined ? "WordLevel" : "WordPiece";
}

/** BERT's is 100. The search takes cubic time in it. */
const longestWord = 1000;

function wordPiece(stage: Record<string, unknown>): SubwordModel {
  const ids = readVocabulary(stage);
  const unknown = unknownOf(stage, ids);
  if (!unknown) throw new SyntaxError("tokenizer.json: expected unk_token of WordPiece to be in its vocabulary");
  const longest = stage["max_input_chars_per_word"] ?? 100;
  if (!Number.isSafeInteger(longest) || (longest as number) > longestWord) {
    throw new SyntaxError(
      `tokenizer.json: expected max_input_chars_per_word of WordPiece to be at most ${longestWord}; got ${shown(longest)}`,
    );
  }
  const prefix = typeof stage["continuing_subword_prefix"] === "string" ? stage["continuing_subword_prefix"] : "##";
  const model = new WordPiece({ ...stage, max_input_chars_per_word: longest, continuing_subword_prefix: prefix });
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

function wordLevel(stage: Record<string, unknown>): SubwordModel {
  const ids = readVocabulary(stage);
  const unknown = unknownOf(stage, ids);
  return {
    ids,
    cut(piece) {
      const id = ids.get(piece);
      if (id !== undefined) return [{ id, token: piece, start: 0, end: piece.length }];
      if (!unknown)
        throw new RangeError(`tokenizer: ${shown(piece)} is not in the vocabulary, which has no token for unknown ones`);
      return [{ ...unknown, start: 0, end: piece.length }];
    },
  };
}
