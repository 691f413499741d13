import type { AlignedText } from "./aligned-text.js";
import { isWhitespace } from "./characters.js";
import { isObject } from "./config.js";
import { Trie } from "./trie.js";

/** A token that is found in a text before the model sees it, such as [MASK]. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly isSpecial: boolean;
  readonly isSingleWord: boolean;
  /** Whether white space before, or after, belongs to it. */
  readonly stripsLeft: boolean;
  readonly stripsRight: boolean;
  /** Whether it is looked for after normalisation. */
  readonly isNormalised: boolean;
}

/** @throws SyntaxError when an entry is no token */
export function readAddedTokens(value: unknown): AddedToken[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new SyntaxError("tokenizer.json: expected added_tokens to be a list");
  return value.map((entry: unknown, i) => {
    if (
      !isObject(entry) ||
      typeof entry["content"] !== "string" ||
      entry["content"] === "" ||
      !Number.isSafeInteger(entry["id"])
    ) {
      throw new SyntaxError(`tokenizer.json: expected added_tokens[${i}] to have an id and a content`);
    }
    const isSpecial = entry["special"] === true;
    return {
      id: entry["id"] as number,
      content: entry["content"],
      isSpecial,
      isSingleWord: entry["single_word"] === true,
      stripsLeft: entry["lstrip"] === true,
      stripsRight: entry["rstrip"] === true,
      isNormalised: typeof entry["normalized"] === "boolean" ? entry["normalized"] : !isSpecial,
    };
  });
}

/** A part of a text that is one added token, or none. */
export interface Section {
  readonly part: AlignedText;
  readonly token?: AddedToken;
}

const wordCharacter = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u;
/** The character that ends at a place, or begins there. */
const before = (text: string, at: number): string =>
  String.fromCodePoint(text.codePointAt(at - (isLow(text, at - 1) ? 2 : 1)) ?? 0);
const after = (text: string, at: number): string => String.fromCodePoint(text.codePointAt(at) ?? 0);
const isLow = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00;

/** Finds added tokens in texts: of those that begin first, the longest. */
export class AddedTokenFinder {
  readonly #tokens = new Trie<AddedToken>();
  readonly #isEmpty: boolean;

  /** @param entries tokens by the text they are looked for as */
  constructor(entries: Iterable<readonly [string, AddedToken]>) {
    let isEmpty = true;
    for (const [content, token] of entries) {
      if (content === "") continue;
      this.#tokens.set(content, token);
      isEmpty = false;
    }
    this.#isEmpty = isEmpty;
  }

  split(source: AlignedText): Section[] {
    if (this.#isEmpty || source.length === 0) return [{ part: source }];
    const { text } = source;
    const sections: Section[] = [];
    let done = 0;
    for (const [token, first, last] of this.#matches(text)) {
      let [start, end] = [first, last];
      const isInWord =
        (start > 0 && wordCharacter.test(before(text, start))) || (end < text.length && wordCharacter.test(after(text, end)));
      if (token.isSingleWord && isInWord) continue;
      while (token.stripsLeft && start > done && isWhitespace(text[start - 1] ?? "")) start--;
      while (token.stripsRight && end < text.length && isWhitespace(text[end] ?? "")) end++;
      if (done < start) sections.push({ part: source.slice(done, start) });
      sections.push({ part: source.slice(start, end), token });
      done = end;
    }
    if (done < text.length) sections.push({ part: source.slice(done, text.length) });
    return sections;
  }

  *#matches(text: string): Generator<[token: AddedToken, start: number, end: number]> {
    for (let at = 0; at < text.length;) {
      let found: [AddedToken, number] | undefined;
      this.#tokens.eachAt(text, at, (end, token) => (found = [token, end]));
      if (found) yield [found[0], at, found[1]];
      at = found ? found[1] : at + 1;
    }
  }
}
