import { RE2JS, type Matcher } from "re2js";
import { withoutNewer } from "./characters.js";
import { isObject, type Stage } from "./config.js";
import { translate } from "./oniguruma.js";

/** What a text is cut at, or what is replaced in it. */
export interface Pattern {
  /** Where it matches, from left to right. A match may be empty, though not where the one before it ended. */
  matches(text: string): [start: number, end: number][];
}

/** Real patterns have some hundreds of characters. */
const longestPattern = 20_000;

/**
 * The pattern of a stage, { String } or { Regex }. A regular expression is matched by RE2, in linear time.
 *
 * @throws SyntaxError for what is no pattern, or one that cannot be matched so
 */
export function patternOf(stage: Stage): Pattern {
  const { pattern } = stage;
  const { String: literal, Regex: regex } = isObject(pattern) ? pattern : {};
  if (typeof literal === "string") return literalPattern(literal);
  if (typeof regex !== "string") {
    throw new SyntaxError(`tokenizer.json: expected pattern of ${stage.type} to be { "String": … } or { "Regex": … }`);
  }
  const shown = regex.length > 200 ? `${regex.slice(0, 200)}…` : regex;
  if (regex.length > longestPattern) {
    throw new SyntaxError(
      `tokenizer.json: expected a pattern of at most ${longestPattern} characters in ${stage.type}; got ${regex.length}: ${shown}`,
    );
  }
  try {
    return regexPattern(regex);
  } catch (error) {
    const why = error instanceof Error ? `: ${error.message}` : "";
    throw new SyntaxError(`tokenizer.json: expected a regular expression as the pattern of ${stage.type}; got ${shown}${why}`, {
      cause: error,
    });
  }
}

function literalPattern(literal: string): Pattern {
  return {
    matches: (text) => {
      const found: [number, number][] = [];
      if (literal === "") return found;
      for (let at = text.indexOf(literal); at >= 0; at = text.indexOf(literal, at + literal.length)) {
        found.push([at, at + literal.length]);
      }
      return found;
    },
  };
}

function regexPattern(regex: string): Pattern {
  const { source, lookaheads } = translate(regex);
  const compiled = RE2JS.compile(source, RE2JS.LOOKBEHINDS);
  return {
    matches: (text) => {
      const budget = makeBudget(regex, text);
      const matcher = compiled.matcher(withoutNewer(text));
      const found: [number, number][] = [];
      let lastEnd = -1;
      for (let at = 0; at <= text.length && matcher.find(at);) {
        budget();
        const start = matcher.start();
        const end = endOf(matcher, lookaheads);
        if (start === end && end === lastEnd) {
          at += unitsAt(text, at);
          continue;
        }
        found.push([start, end]);
        at = end;
        lastEnd = end;
      }
      return found;
    },
  };
}

/** Where a match ends, without what only had to come next. */
function endOf(matcher: Matcher, lookaheads: number): number {
  for (let group = 1; group <= lookaheads; group++) {
    const start = matcher.start(group);
    if (start >= 0) return start;
  }
  return matcher.end();
}

const unitsAt = (text: string, at: number): number => ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);

/**
 * One match takes linear time. Where each of many matches looks to the end of the text before it is certain, as `a.*z|a` does, all of them
 * take quadratic time: then a text is given up after some hundred times what an ordinary pattern takes.
 */
function makeBudget(regex: string, text: string): () => void {
  const most = 1000 + text.length / 20; // ms; ordinary patterns take about a microsecond for each character
  const began = performance.now();
  return () => {
    if (performance.now() - began > most)
      throw new RangeError(
        `tokenizer: the pattern ${regex.slice(0, 200)} takes too long on a text of ${text.length} characters`,
      );
  };
}
