import { BPE } from "./library.js";
import { bytesIn, readVocabulary, remembering, unknownOf, type Subword, type SubwordModel } from "./vocabulary-file.js";
import { shown } from "../../storage/shown.js";

/**
 * Byte-pair encoding (Sennrich et al. 2016). The merging is the library's; here is what it leaves out: where each token came from, unknown
 * characters as one, and, without a token for them, that they are gone before anything is merged.
 */
export function bytePairs(stage: Record<string, unknown>): SubwordModel {
  if (typeof stage["continuing_subword_prefix"] === "string" && stage["continuing_subword_prefix"] !== "") {
    throw new SyntaxError("tokenizer.json: BPE with a continuing_subword_prefix is not known to this library");
  }
  const merges = readMerges(stage["merges"]);
  const ids = readVocabulary(stage);
  const unknown = unknownOf(stage, ids);
  const suffix = typeof stage["end_of_word_suffix"] === "string" ? stage["end_of_word_suffix"] : "";
  const options = { ...stage, merges, vocab: Object.fromEntries(ids), continuing_subword_suffix: null };
  const ended = new BPE({ ...options, end_of_word_suffix: suffix });
  const unended = suffix === "" ? ended : new BPE({ ...options, end_of_word_suffix: "" });
  const hasBytes = stage["byte_fallback"] === true;
  const fuses = stage["fuse_unk"] === true;

  /** The pieces of a word and the units each is made of. */
  const merge = (word: string, known: readonly Character[]): Piece[] => {
    const isEnded = known.at(-1)?.end === word.length;
    const tokens = (isEnded ? ended : unended).bpe(known.map(({ text }) => text).join(""));
    let first = 0;
    return tokens.map((token, i) => {
      const own = isEnded && i === tokens.length - 1 ? token.slice(0, token.length - suffix.length) : token;
      let last = first;
      for (let length = known[last]?.text.length ?? own.length; length < own.length; length += known[last]?.text.length ?? 1)
        last++;
      const piece = { token, start: known[first]?.start ?? 0, end: known[last]?.end ?? word.length };
      first = last + 1;
      return piece;
    });
  };

  return {
    ids,
    cut: remembering((piece) => {
      const whole = stage["ignore_merges"] === true ? ids.get(piece) : undefined;
      if (whole !== undefined) return [{ id: whole, token: piece, start: 0, end: piece.length }];
      const subwords: Subword[] = [];
      const isKnown = ({ text, end }: Character): boolean => {
        const symbol = end === piece.length ? text + suffix : text;
        return ids.has(symbol) || (hasBytes && bytesIn(symbol, ids).length > 0);
      };
      const characters = charactersOf(piece);
      let wasUnknown = false;
      for (const { token, start, end } of merge(piece, unknown ? characters : characters.filter(isKnown))) {
        const id = ids.get(token);
        const bytes = id === undefined && hasBytes ? bytesIn(token, ids) : [];
        const isUnknown = id === undefined && bytes.length === 0;
        if (id !== undefined) subwords.push({ id, token, start, end });
        for (const byte of bytes) subwords.push({ ...byte, start, end });
        if (isUnknown && unknown) {
          const last = fuses && wasUnknown ? subwords.pop() : undefined;
          subwords.push({ ...unknown, start: last?.start ?? start, end });
        }
        wasUnknown = isUnknown;
      }
      return subwords;
    }),
  };
}

interface Piece {
  readonly token: string;
  readonly start: number;
  readonly end: number;
}

interface Character {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function charactersOf(piece: string): Character[] {
  let end = 0;
  return Array.from(piece, (text) => {
    const start = end;
    end += text.length;
    return { text, start, end };
  });
}

/** Pairs, or in older files texts with a space between the two. */
function readMerges(merges: unknown): [string, string][] {
  if (!Array.isArray(merges)) throw new SyntaxError("tokenizer.json: expected merges of BPE to be a list");
  return merges.map((merge: unknown, i) => {
    const pair: unknown = typeof merge === "string" ? merge.split(" ") : merge;
    if (Array.isArray(pair) && pair.length === 2 && typeof pair[0] === "string" && typeof pair[1] === "string") {
      return [pair[0], pair[1]];
    }
    throw new SyntaxError(`tokenizer.json: expected merges[${i}] of BPE to be two tokens; got ${shown(merge)}`);
  });
}
