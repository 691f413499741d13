import { byteCharacters } from "./byte-level.js";
import { count, flag, list, text, unknownStage, type Stage } from "./config.js";
import { patternOf, type Pattern } from "./pattern.js";

/** What a file may make of tokens: one that doubles them again and again would fill the memory. */
const mostGrowth = 64;
const mostAdded = 100_000;
const lengthOf = (tokens: readonly string[]): number => tokens.reduce((sum, token) => sum + token.length, 0);

function tooLong(most: number): never {
  throw new RangeError(`tokenizer: expected decoding to make at most ${most} characters of these tokens; it makes more`);
}

/** A step from tokens back to text; what it returns is joined in the end. */
export type Decoder = (tokens: readonly string[]) => readonly string[];

/** The decoder that a `tokenizer.json` describes; without one, tokens are separated by spaces. */
export function makeDecoder(stage: Stage | null): Decoder {
  if (stage === null) return (tokens) => [tokens.join(" ")];
  switch (stage.type) {
    case "Sequence": {
      const steps = list(stage, "decoders").map(makeDecoder);
      return (tokens) => {
        const most = mostGrowth * lengthOf(tokens) + mostAdded;
        return steps.reduce((done, step) => {
          const next = step(done);
          if (lengthOf(next) > most) tooLong(most);
          return next;
        }, tokens);
      };
    }
    case "WordPiece":
      return wordPiece(text(stage, "prefix", "##"), flag(stage, "cleanup", true));
    case "ByteLevel":
      return (tokens) => [decodeBytes(tokens.flatMap(bytesOf))];
    case "ByteFallback":
      return byteFallback;
    case "Metaspace":
      return metaspace(stage);
    case "BPEDecoder": {
      const suffix = text(stage, "suffix", "</w>");
      return (tokens) => tokens.map((token, i) => token.replaceAll(suffix, i === tokens.length - 1 ? "" : " "));
    }
    case "Replace": {
      const pattern = patternOf(stage);
      const content = text(stage, "content", "");
      return (tokens) => tokens.map((token) => replaced(token, pattern, content));
    }
    case "Fuse":
      return (tokens) => [tokens.join("")];
    case "Strip":
      return strip(text(stage, "content", " "), count(stage, "start"), count(stage, "stop"));
    default:
      return unknownStage("decoder", stage);
  }
}

function replaced(token: string, pattern: Pattern, content: string): string {
  let [result, done] = ["", 0];
  const matches = pattern.matches(token);
  const most = mostGrowth * token.length + mostAdded;
  if (matches.length * content.length > most) tooLong(most);
  for (const [start, end] of matches) {
    result += token.slice(done, start) + content;
    done = end;
  }
  return result + token.slice(done);
}

/** Spaces that a tokenizer put before punctuation and contractions, taken out again. */
const untidy: readonly (readonly [string, string])[] = [
  [" .", "."],
  [" ?", "?"],
  [" !", "!"],
  [" ,", ","],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [" do not", " don't"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
];

function wordPiece(prefix: string, cleans: boolean): Decoder {
  return (tokens) =>
    tokens.map((token, i) => {
      const spaced = i === 0 ? token : token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
      return cleans ? untidy.reduce((done, [from, to]) => done.replaceAll(from, to), spaced) : spaced;
    });
}

const byteOf = new Map(byteCharacters.map((character, byte) => [character, byte]));

/** The bytes that a token stands for; a token that is not made of byte characters stands for itself. */
function bytesOf(token: string): number[] {
  const bytes = Array.from(token, (character) => byteOf.get(character));
  return bytes.every((byte) => byte !== undefined) ? bytes : [...new TextEncoder().encode(token)];
}

const decodeBytes = (bytes: readonly number[]): string =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes));

/** <0xE6> <0x88> <0x91> becomes 我; bytes that are no text become a � each. */
function byteFallback(tokens: readonly string[]): string[] {
  const decoded: string[] = [];
  let bytes: number[] = [];
  const flush = (): void => {
    const joined = decodeBytes(bytes);
    decoded.push(...(isUtf8(bytes) ? [joined] : bytes.map(() => "\ufffd")));
    bytes = [];
  };
  for (const token of tokens) {
    const hex = /^<0x([0-9A-Fa-f]{2})>$/u.exec(token)?.[1];
    if (hex !== undefined) {
      bytes.push(Number.parseInt(hex, 16));
      continue;
    }
    if (bytes.length > 0) flush();
    decoded.push(token);
  }
  if (bytes.length > 0) flush();
  return decoded;
}

function isUtf8(bytes: readonly number[]): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes));
    return true;
  } catch {
    return false;
  }
}

/** ▁ becomes a space; in the first token it was put there by the tokenizer and goes. */
function metaspace(stage: Stage): Decoder {
  const mark = text(stage, "replacement", "▁");
  const wasAdded = text(stage, "prepend_scheme", flag(stage, "add_prefix_space", true) ? "always" : "never") !== "never";
  return (tokens) => tokens.map((token, i) => token.replaceAll(mark, i === 0 && wasAdded ? "" : " "));
}

function strip(content: string, start: number, stop: number): Decoder {
  return (tokens) =>
    tokens.map((token) => {
      const characters = [...token];
      const first = characters.slice(0, start).findIndex((character) => character !== content);
      const last = characters.slice(characters.length - Math.min(stop, characters.length)).toReversed();
      const fromEnd = last.findIndex((character) => character !== content);
      return characters
        .slice(
          first < 0 ? Math.min(start, characters.length) : first,
          characters.length - (fromEnd < 0 ? last.length : fromEnd),
        )
        .join("");
    });
}
