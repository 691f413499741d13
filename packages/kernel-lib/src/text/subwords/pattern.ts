import { isObject, type Stage } from "./config.js";
import { SplitPreTokenizer } from "./library.js";

/**
 * The pattern of a stage, { String } or { Regex }, as a JavaScript regular expression. The library translates it from Oniguruma's
 * syntax.
 */
export function patternOf(stage: Stage): RegExp {
  const { pattern } = stage;
  const source = isObject(pattern) ? (pattern["String"] ?? pattern["Regex"]) : undefined;
  if (typeof source !== "string") {
    throw new SyntaxError(`tokenizer.json: expected pattern of ${stage.type} to be { "String": … } or { "Regex": … }`);
  }
  try {
    const translated = new SplitPreTokenizer({ type: "Split", pattern, behavior: "Isolated", invert: false }).pattern;
    return new RegExp(translated?.source ?? "", "gu");
  } catch (error) {
    throw new SyntaxError(`tokenizer.json: expected a regular expression as the pattern of ${stage.type}; got ${source}`, {
      cause: error,
    });
  }
}

/** Where a pattern matches; empty matches are none. */
export function matchesOf(pattern: RegExp, text: string): [start: number, end: number][] {
  return Array.from(text.matchAll(pattern), (match): [number, number] => [match.index, match.index + match[0].length]).filter(
    ([start, end]) => end > start,
  );
}
