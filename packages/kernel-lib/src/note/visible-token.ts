/** Tokens as a reader sees them: what is invisible is shown by a sign, and nothing turns the text around it. */
import type { Language } from "./wording.js";

/** A flag that is written with tags, which belong to it. */
const tagFlag = "\\u{1f3f4}[\\u{e0030}-\\u{e0039}\\u{e0061}-\\u{e007a}]{1,10}\\u{e007f}";
/** Joiners between letters and symbols that use them, and variation selectors behind what they vary. */
const joined =
  "(?<=[\\p{L}\\p{M}\\p{S}\\ufe0f])(?<=\\P{ASCII})[\\u200c\\u200d](?=\\P{ASCII})|(?<=[\\p{L}\\p{N}\\p{P}\\p{S}])[\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}]";
/** What has no ink of its own, spaces inside a token apart. */
const inkless = "[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\u2800\\ufff9-\\ufffb]|[^\\S \\u3000]";
const ends = "^[ \\u3000]+|[ \\u3000]+$";
const hidden = new RegExp(`(${tagFlag}|${joined})|${ends}|${inkless}`, "gu");

const signs: Readonly<Record<string, string>> = { " ": "␣", "\n": "⏎", "\t": "⇥", "\r": "␍", "\u00a0": "⍽" };

/**
 * A token as it is written, with blanks, line breaks and invisible characters shown: by a sign (␣ ⏎ ⇥ ␍ ⍽) or by their number in
 * Unicode. Spaces between letters stay; an empty token is ∅.
 *
 * @example
 * ```ts
 * import { visibleToken } from "heed/note";
 * console.log(visibleToken(" the\u200b")); // ␣the\u200b
 * ```
 */
export function visibleToken(token: string): string {
  if (token === "") return "∅";
  const shown = token.replace(hidden, (found: string, kept: string | undefined) =>
    kept === undefined ? Array.from(found, signOf).join("") : found,
  );
  // a mark without a letter needs something to stand on
  return /^\p{M}/u.test(shown) ? `◌${shown}` : shown;
}

function signOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).padStart(4, "0");
  return signs[character] ?? `\\u${code.length > 4 ? `{${code}}` : code}`;
}

const names: Readonly<Record<string, readonly [english: string, chinese: string]>> = {
  " ": ["space", "空格"],
  "\n": ["newline", "换行符"],
  "\r": ["carriage return", "回车符"],
  "\t": ["tab", "制表符"],
  "\0": ["null character", "空字符"],
  "\u00a0": ["no-break space", "不换行空格"],
  "\u00ad": ["soft hyphen", "软连字符"],
  "\u200b": ["zero width space", "零宽空格"],
  "\u200c": ["zero width non-joiner", "零宽不连字符"],
  "\u200d": ["zero width joiner", "零宽连字符"],
  "\u200e": ["left-to-right mark", "从左至右标记"],
  "\u200f": ["right-to-left mark", "从右至左标记"],
  "\u202e": ["right-to-left override", "从右至左覆盖符"],
  "\u2060": ["word joiner", "词连接符"],
  "\u3000": ["ideographic space", "全角空格"],
  "\ufeff": ["byte order mark", "字节顺序标记"],
};

/** What a token is called that cannot be seen, because it is empty or one such character, perhaps repeated; undefined for others. */
export function nameOfUnseen(token: string, language: Language): string | undefined {
  if (token === "") return language === "en" ? "empty token" : "空词元";
  const [character = "", ...more] = token;
  const name = names[character];
  if (!name || more.some((other) => other !== character)) return undefined;
  const [english, chinese] = name;
  const many = more.length + 1;
  if (language !== "en") return many === 1 ? chinese : `${many} 个${chinese}`;
  return many === 1 ? english : `${many} ${english}s`;
}

/** Letters that are written from right to left: Hebrew, Arabic and the scripts in their blocks. */
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * A text that stands in a sentence without turning the words around it: what is written from right to left is put between
 * Unicode's isolates (FSI … PDI). The text has none of its own: it went through {@link visibleToken} or {@link titleText}.
 */
export function isolated(text: string): string {
  return rightToLeft.test(text) ? `\u2068${text}\u2069` : text;
}

/** A title is one line, and holds nothing that turns the text around it. */
export function titleText(title: string): string {
  return title
    .replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, "")
    .replaceAll(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+/gu, " ")
    .trim();
}
