import { Trie } from "./trie.js";
import { bytesIn, remembering, type Subword, type SubwordModel } from "./vocabulary-file.js";
import { shown } from "../../storage/shown.js";

/** How much less likely than the least likely token an unknown character is. */
const unknownPenalty = 10;

/** The best way to a place of the text: its score, where its last token begins, and the id of that. */
interface Best {
  readonly score: number;
  readonly start: number;
  readonly id: number | undefined;
}

/**
 * The unigram language model (Kudo 2018): of all ways to cut a text into tokens the one whose probabilities have the largest product, found
 * from left to right (Viterbi). Of equally likely ways the one whose last token begins first is taken; Hugging Face's tokenizers do the
 * same, and @huggingface/tokenizers does not, as it compares sums with the token after as well, whose rounding makes other ways equal.
 */
export function unigram(stage: Record<string, unknown>): SubwordModel {
  const { vocab, unk_id: unknownId } = stage;
  if (!isVocabulary(vocab))
    throw new SyntaxError("tokenizer.json: expected vocab of Unigram to be a list of tokens and scores");
  const hasUnknown = unknownId !== null && unknownId !== undefined;
  if (hasUnknown && (typeof unknownId !== "number" || vocab[unknownId] === undefined)) {
    throw new SyntaxError("tokenizer.json: expected unk_id of Unigram to be an id of its vocabulary");
  }
  const ids = new Map(vocab.map(([token], id) => [token, id]));
  const scores = Float64Array.from(vocab, ([, score]) => asRead(score));
  const tokens = new Trie<number>();
  for (const [token, id] of ids) if (token !== "") tokens.set(token, id);
  const unknownScore = scores.reduce((least, score) => Math.min(least, score), Infinity) - unknownPenalty;
  const hasBytes = stage["byte_fallback"] === true;

  /** Pieces from left to right; unknown ones in a row are one. */
  const search = (text: string): [start: number, end: number][] => {
    const best: (Best | undefined)[] = [{ score: 0, start: 0, id: undefined }];
    const offer = (end: number, score: number, start: number, id: number | undefined): void => {
      const known = best[end];
      if (known === undefined || score > known.score) best[end] = { score, start, id };
    };
    for (let start = 0; start < text.length;) {
      const next = start + ((text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1);
      const { score = 0 } = best[start] ?? {};
      let isKnown = false;
      tokens.eachAt(text, start, (end, id) => {
        isKnown ||= end === next;
        offer(end, score + (scores[id] ?? 0), start, id);
      });
      if (!isKnown) offer(next, score + unknownScore, start, hasUnknown ? (unknownId as number) : undefined);
      start = next;
    }
    const pieces: [number, number][] = [];
    let wasUnknown = false;
    for (let end = text.length; end > 0;) {
      const { start, id } = best[end] ?? { start: 0, id: undefined };
      const isUnknown = id === unknownId || id === undefined;
      const last = pieces.at(-1);
      if (isUnknown && wasUnknown && last) last[0] = start;
      else pieces.push([start, end]);
      wasUnknown = isUnknown;
      end = start;
    }
    return pieces.toReversed();
  };

  return {
    ids,
    cut: remembering((piece) =>
      search(piece).flatMap(([start, end]): Subword[] => {
        const token = piece.slice(start, end);
        const id = ids.get(token);
        if (id !== undefined) return [{ id, token, start, end }];
        const bytes = hasBytes ? bytesIn(token, ids) : [];
        if (bytes.length > 0) return bytes.map((byte) => ({ ...byte, start, end }));
        if (hasUnknown) return [{ id: unknownId as number, token, start, end }];
        throw new RangeError(`tokenizer: ${shown(token)} is not in the vocabulary, which has no token for unknown ones`);
      }),
    ),
  };
}

/**
 * A score as Hugging Face's tokenizers read it: their JSON (Rust's serde_json) divides the digits, as a number, by a power of ten, which is
 * off by the last bit now and then. Between ways that are equally likely, that bit decides.
 */
function asRead(score: number): number {
  const [digits = "0", power = "0"] = Math.abs(score).toString().split("e");
  const [whole = "", fraction = ""] = digits.split(".");
  const exponent = Number(power) - fraction.length;
  const size = Number(whole + fraction);
  const read = exponent < 0 ? size / Number(`1e${-exponent}`) : size * Number(`1e${exponent}`);
  return score < 0 ? -read : read;
}

const isVocabulary = (value: unknown): value is [string, number][] =>
  Array.isArray(value) &&
  value.every((item) => Array.isArray(item) && typeof item[0] === "string" && typeof item[1] === "number");
