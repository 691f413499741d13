import { readOptions } from "../checks/read-options.js";
import { characters } from "./characters.js";
import { toTokens, type Tokens } from "./tokens.js";
import { spacedWords, words } from "./words.js";

/** How a text is cut into tokens; see {@link tokenize}. */
export type TokenizeBy = "words" | "characters" | "whitespace";

const cuts = { words, characters, whitespace: spacedWords };

/**
 * Cuts a text into tokens, words and punctuation alike, and says where each stands.
 *
 * | by | | 我是中国人。I don't know. |
 * |---|---|---|
 * | `words` (default) | Chinese by jieba's dictionary, the rest at spaces | 我 是 中国人 。 I don't know . |
 * | `characters` | what readers see as one character, spaces included | 我 是 中 国 人 。 I ␣ d o n ' t ␣ … |
 * | `whitespace` | at spaces only | 我是中国人 。 I don't know . |
 *
 * Punctuation, symbols and emoji are tokens of their own; white space is none, except among characters. An empty text has no tokens. A
 * lone surrogate is a token as it is. Time and memory grow with the length of the text (10 MB: some seconds); in a browser words
 * of Chinese are cut by the browser's own rules.
 *
 * @throws TypeError when the text is not a string, or `by` is not known
 * @example
 * ```ts
 * import { tokenize } from "heed";
 * console.log(tokenize("我是中国人").tokens); // ["我", "是", "中国人"]
 * console.log(tokenize("Hi, 中国!", { by: "characters" }).offsets[4]); // [4, 5]
 * ```
 */
export function tokenize(text: string, options: { readonly by?: TokenizeBy } = {}): Tokens {
  const { by = "words" } = readOptions("tokenize", options, { by: true });
  if (typeof text !== "string") throw new TypeError(`tokenize: expected a text; got ${text === null ? "null" : typeof text}`);
  if (!Object.hasOwn(cuts, by))
    throw new TypeError(`tokenize: expected by ${Object.keys(cuts).join(", ")}; got ${JSON.stringify(by)}`);
  return toTokens(text, cuts[by](text));
}
