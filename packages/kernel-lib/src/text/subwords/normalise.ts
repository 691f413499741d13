import type { AlignedText } from "./aligned-text.js";
import { toByteCharacters } from "./byte-level.js";
import { isChinese, isMark, isNonSpacingMark, isRemovedByBert, isWhitespace } from "./characters.js";
import { base64, flag, list, text, unknownStage, type Stage } from "./config.js";
import { patternOf } from "./pattern.js";
import { PrecompiledTable } from "./precompiled.js";
import { toUnicodeForm } from "./unicode-forms.js";

/** A step that rewrites a text before it is cut. */
export type Normaliser = (source: AlignedText) => AlignedText;

/** The normaliser that a `tokenizer.json` describes. */
export function makeNormaliser(stage: Stage | null): Normaliser {
  if (stage === null) return (source) => source;
  switch (stage.type) {
    case "Sequence": {
      const steps = list(stage, "normalizers").map(makeNormaliser);
      return (source) => steps.reduce((aligned, step) => step(aligned), source);
    }
    case "BertNormalizer":
      return bertNormaliser(stage);
    case "NFC":
    case "NFD":
    case "NFKC":
    case "NFKD": {
      const form = stage.type;
      return (source) => toUnicodeForm(source, form);
    }
    case "Lowercase":
      return lowercase;
    case "StripAccents":
      return (source) => source.mapCharacters((character) => (isMark(character) ? "" : character));
    case "Strip":
      return strip(flag(stage, "strip_left", true), flag(stage, "strip_right", true));
    case "Replace": {
      const pattern = patternOf(stage);
      const content = text(stage, "content", "");
      return (source) => source.replaceMatches(pattern.matches(source.text), content);
    }
    case "Prepend": {
      const addition = text(stage, "prepend", "");
      return (source) => source.prepend(addition);
    }
    case "Precompiled": {
      const table = new PrecompiledTable(base64(stage, "precompiled_charsmap"));
      return (source) => table.normalise(source);
    }
    case "ByteLevel":
      return (source) => source.mapCharacters(toByteCharacters);
    case "Nmt":
      return (source) => source.mapCharacters(cleanForTranslation);
    default:
      return unknownStage("normalizer", stage);
  }
}

/** Character by character: no rule that looks around, such as that of the final sigma, as the original has none. */
const lowercase: Normaliser = (source) => source.mapCharacters((character) => character.toLowerCase());

/** BERT's cleaning: control characters out, Han characters apart, accents off, lower case. */
function bertNormaliser(stage: Stage): Normaliser {
  const lower = flag(stage, "lowercase", true);
  const steps: Normaliser[] = [];
  if (flag(stage, "clean_text", true)) {
    steps.push((source) =>
      source.mapCharacters((character) => (isRemovedByBert(character) ? "" : isWhitespace(character) ? " " : character)),
    );
  }
  if (flag(stage, "handle_chinese_chars", true)) {
    steps.push((source) => source.mapCharacters((character) => (isChinese(character) ? ` ${character} ` : character)));
  }
  if (flag(stage, "strip_accents", lower)) {
    steps.push((source) =>
      toUnicodeForm(source, "NFD").mapCharacters((character) => (isNonSpacingMark(character) ? "" : character)),
    );
  }
  if (lower) steps.push(lowercase);
  return (source) => steps.reduce((aligned, step) => step(aligned), source);
}

function strip(left: boolean, right: boolean): Normaliser {
  return (source) => {
    let [start, end] = [0, source.length];
    if (left) while (start < end && isWhitespace(source.text[start] ?? "")) start++;
    if (right) while (start < end && isWhitespace(source.text[end - 1] ?? "")) end--;
    return source.slice(start, end);
  };
}

const removedForTranslation = [
  [0x1, 0x8],
  [0xb, 0xb],
  [0xe, 0x1f],
  [0x7f, 0x7f],
  [0x8f, 0x8f],
  [0x9f, 0x9f],
] as const;
const spaceForTranslation = /^[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]$/u;

/** The cleaning of SentencePiece's translation models. */
function cleanForTranslation(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (removedForTranslation.some(([first, last]) => code >= first && code <= last)) return "";
  return spaceForTranslation.test(character) ? " " : character;
}
