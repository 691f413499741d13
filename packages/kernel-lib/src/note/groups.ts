import type { Axis } from "./schema.js";

/** For each token the number of its word, or −1 where it is none (special tokens): those stay on their own. */
export type WordsOfTokens = readonly number[];

/** Tokens that stand together, in the order of the text. */
export type Groups = readonly (readonly number[])[];

/**
 * The groups of tokens that words make: neighbours with the same word; a token that is no word is a group of its own.
 *
 * @example
 * ```ts
 * import { analysis } from "heed";
 * console.log(analysis.groupsOf([-1, 0, 1, 1, -1])); // [[0], [1], [2, 3], [4]]
 * ```
 */
export function groupsOf(words: WordsOfTokens): number[][] {
  const groups: number[][] = [];
  words.forEach((word, token) => {
    const last = groups.at(-1);
    if (last !== undefined && word >= 0 && words[token - 1] === word) last.push(token);
    else groups.push([token]);
  });
  return groups;
}

/** An axis whose positions are groups of tokens; each is called by its text, or else by its pieces put together. */
export function joinAxis(axis: Axis, groups: Groups): Axis {
  const { text, offsets } = axis;
  const special = new Set(axis.special);
  const span = (group: readonly number[]): [number, number] => {
    const spans = group.map((token) => offsets?.[token] ?? [0, 0]);
    return [Math.min(...spans.map(([from]) => from)), Math.max(...spans.map(([, to]) => to))];
  };
  const label = (group: readonly number[]): string => {
    const pieces = group.map((token) => axis.tokens[token] ?? "");
    const pieced = pieces.length === 1 ? (pieces[0] ?? "") : joinPieces(pieces);
    if (text === undefined || offsets === undefined || special.has(group[0] ?? -1)) return pieced;
    return text.slice(...span(group)) || pieced;
  };
  return {
    ...(axis.name !== undefined && { name: axis.name }),
    tokens: groups.map(label),
    ...(text !== undefined && { text }),
    ...(offsets && { offsets: groups.map(span) }),
    ...(axis.special && { special: groups.flatMap(([token = -1], i) => (special.has(token) ? [i] : [])) }),
  };
}

/** Subwords as one word: without the marks of WordPiece (##) at a continuation and of byte pairs and SentencePiece (Ġ, ▁) at a beginning. */
function joinPieces(pieces: readonly string[]): string {
  return pieces.map((piece, i) => (i === 0 ? piece : piece.replace(/^##/, "")).replace(/^[Ġ▁]/, "")).join("");
}
