import type { AlignedText } from "./aligned-text.js";
import { toByteCharacters } from "./byte-level.js";
import { isNumber, isPunctuation, isWhitespace, withoutNewer } from "./characters.js";
import { flag, list, text, unknownStage, type Stage } from "./config.js";
import { patternOf } from "./pattern.js";
import { shown } from "../../storage/shown.js";

/** A step that cuts a text into pieces; a piece never crosses a token. */
export type PreTokeniser = (piece: AlignedText) => AlignedText[];

/** The pre-tokeniser that a `tokenizer.json` describes. */
export function makePreTokeniser(stage: Stage | null): PreTokeniser {
  if (stage === null) return (piece) => [piece];
  switch (stage.type) {
    case "Sequence": {
      const steps = list(stage, "pretokenizers").map(makePreTokeniser);
      return (piece) => steps.reduce((pieces, step) => pieces.flatMap(step), [piece]);
    }
    case "BertPreTokenizer":
      return (piece) =>
        cut(piece, eachCharacter(piece.text, isWhitespace), "Removed").flatMap((word) =>
          cut(word, eachCharacter(word.text, isPunctuation), "Isolated"),
        );
    case "Whitespace":
      return (piece) => cut(piece, trustedMatches(wordsAndMarks, withoutNewer(piece.text)), "Removed", true);
    case "WhitespaceSplit":
      return (piece) => cut(piece, eachCharacter(piece.text, isWhitespace), "Removed");
    case "Punctuation": {
      const behaviour = readBehaviour(stage, "Isolated");
      return (piece) => cut(piece, eachCharacter(piece.text, isPunctuation), behaviour);
    }
    case "Digits": {
      const behaviour = flag(stage, "individual_digits", false) ? "Isolated" : "Contiguous";
      return (piece) => cut(piece, eachCharacter(piece.text, isNumber), behaviour);
    }
    case "CharDelimiterSplit": {
      const delimiter = text(stage, "delimiter", "");
      return (piece) =>
        cut(
          piece,
          eachCharacter(piece.text, (character) => character === delimiter),
          "Removed",
        );
    }
    case "Split": {
      const pattern = patternOf(stage);
      const behaviour = readBehaviour(stage, "Isolated");
      const isInverted = flag(stage, "invert", false);
      return (piece) => cut(piece, pattern.matches(piece.text), behaviour, isInverted);
    }
    case "FixedLength":
      return fixedLength(stage["length"] ?? 5);
    case "ByteLevel":
      return byteLevel(stage);
    case "Metaspace":
      return metaspace(stage);
    default:
      return unknownStage("pre_tokenizer", stage);
  }
}

/** Where one of the expressions written here matches. */
const trustedMatches = (expression: RegExp, source: string): Range[] =>
  Array.from(source.matchAll(expression), (match): Range => [match.index, match.index + match[0].length]);

/** \w+|[^\w\s]+ with Unicode's meaning of \w. */
const wordsAndMarks =
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu;

type Range = readonly [start: number, end: number];

const behaviours = ["Removed", "Isolated", "Contiguous", "MergedWithPrevious", "MergedWithNext"] as const;
/** What becomes of the matches that a text is cut at. */
type Behaviour = (typeof behaviours)[number];

function readBehaviour(stage: Stage, otherwise: Behaviour): Behaviour {
  const wanted = text(stage, "behavior", otherwise).toLowerCase();
  const found = behaviours.find((behaviour) => behaviour.toLowerCase() === wanted);
  if (found) return found;
  throw new SyntaxError(
    `tokenizer.json: expected behavior of ${stage.type} to be ${behaviours.join(", ")}; got ${wanted.slice(0, 100)}`,
  );
}

/** Every character that a test holds for, each a match of its own. */
function eachCharacter(source: string, test: (character: string) => boolean): Range[] {
  const ranges: Range[] = [];
  let at = 0;
  for (const character of source) {
    if (test(character)) ranges.push([at, at + character.length]);
    at += character.length;
  }
  return ranges;
}

/**
 * Cuts a piece at its matches or, inverted, at what lies between them. Empty pieces are left out in the end; an empty match cuts all the
 * same.
 */
function cut(piece: AlignedText, matches: readonly Range[], behaviour: Behaviour, isInverted = false): AlignedText[] {
  const ranges: { start: number; end: number; isMatch: boolean }[] = [];
  let done = 0;
  for (const [start, end] of matches) {
    if (done < start) ranges.push({ start: done, end: start, isMatch: isInverted });
    ranges.push({ start, end, isMatch: !isInverted });
    done = end;
  }
  if (done < piece.length) ranges.push({ start: done, end: piece.length, isMatch: isInverted });
  const kept: typeof ranges = [];
  if (behaviour === "MergedWithNext") ranges.reverse();
  let wasMatch = false;
  for (const range of ranges) {
    const last = kept.at(-1);
    const joins =
      behaviour === "Contiguous" ? range.isMatch === wasMatch : behaviour.startsWith("Merged") && range.isMatch && !wasMatch;
    if (last && joins) {
      last.start = Math.min(last.start, range.start);
      last.end = Math.max(last.end, range.end);
    } else if (behaviour !== "Removed" || !range.isMatch) {
      kept.push({ ...range });
    }
    wasMatch = range.isMatch;
  }
  if (behaviour === "MergedWithNext") kept.reverse();
  return kept.flatMap(({ start, end }) => (start < end ? [piece.slice(start, end)] : []));
}

function fixedLength(length: unknown): PreTokeniser {
  if (typeof length !== "number" || !Number.isSafeInteger(length) || length < 1) {
    throw new SyntaxError(`tokenizer.json: expected length of FixedLength to be a whole number above 0; got ${shown(length)}`);
  }
  return (piece) => {
    const characters = [...piece.text];
    let at = 0;
    return Array.from({ length: Math.ceil(characters.length / length) }, (_, i) => {
      const start = at;
      at += characters.slice(i * length, (i + 1) * length).join("").length;
      return piece.slice(start, at);
    });
  };
}

/** GPT-2's pattern: contractions, then letters, digits or other marks with a space before them, then white space. */
const gpt2Pattern =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

function byteLevel(stage: Stage): PreTokeniser {
  const addsSpace = flag(stage, "add_prefix_space", true);
  const usesPattern = flag(stage, "use_regex", true);
  return (piece) => {
    const spaced = addsSpace && !piece.text.startsWith(" ") ? piece.prepend(" ") : piece;
    const pieces = usesPattern ? cut(spaced, trustedMatches(gpt2Pattern, withoutNewer(spaced.text)), "Isolated") : [spaced];
    return pieces.map((part) => part.mapCharacters(toByteCharacters));
  };
}

/** SentencePiece's way: spaces become ▁, one is put before the text, and a word begins at each. */
function metaspace(stage: Stage): PreTokeniser {
  const mark = text(stage, "replacement", "▁");
  const scheme = text(stage, "prepend_scheme", flag(stage, "add_prefix_space", true) ? "always" : "never");
  const splits = flag(stage, "split", true);
  return (piece) => {
    const marked = piece.mapCharacters((character) => (character === " " ? mark : character));
    const prepends = scheme === "always" || (scheme === "first" && piece.origin(0, piece.length)[0] === 0);
    const whole = prepends && !marked.text.startsWith(mark) ? marked.prepend(mark) : marked;
    return splits
      ? cut(
          whole,
          eachCharacter(whole.text, (character) => character === mark),
          "MergedWithNext",
        )
      : [whole];
  };
}
