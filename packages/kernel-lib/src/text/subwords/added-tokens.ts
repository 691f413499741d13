import type { AlignedText } from "./aligned-text.js";
import { isObject } from "./config.js";

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

const wordCharacter = "[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]";
const endsWithWord = new RegExp(`${wordCharacter}$`, "u");
const startsWithWord = new RegExp(`^${wordCharacter}`, "u");

/** Finds added tokens in texts: of those that begin first, the longest. */
export class AddedTokenFinder {
  readonly #pattern: RegExp | undefined;
  readonly #tokens: ReadonlyMap<string, AddedToken>;

  /** @param entries tokens by the text they are looked for as */
  constructor(entries: Iterable<readonly [string, AddedToken]>) {
    this.#tokens = new Map([...entries].filter(([content]) => content !== ""));
    const contents = [...this.#tokens.keys()].toSorted((x, y) => y.length - x.length);
    const escaped = contents.map((content) => content.replace(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`));
    this.#pattern = escaped.length > 0 ? new RegExp(escaped.join("|"), "gu") : undefined;
  }

  split(source: AlignedText): Section[] {
    if (!this.#pattern || source.length === 0) return [{ part: source }];
    const { text } = source;
    const sections: Section[] = [];
    let done = 0;
    for (const match of text.matchAll(this.#pattern)) {
      const token = this.#tokens.get(match[0]);
      let [start, end] = [match.index, match.index + match[0].length];
      if (!token || (token.isSingleWord && (endsWithWord.test(text.slice(0, start)) || startsWithWord.test(text.slice(end)))))
        continue;
      if (token.stripsLeft) start = Math.max(done, text.slice(0, start).replace(/\p{White_Space}+$/u, "").length);
      if (token.stripsRight) end = text.length - text.slice(end).replace(/^\p{White_Space}+/u, "").length;
      if (done < start) sections.push({ part: source.slice(done, start) });
      sections.push({ part: source.slice(start, end), token });
      done = end;
    }
    if (done < text.length) sections.push({ part: source.slice(done, text.length) });
    return sections;
  }
}
