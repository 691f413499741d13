import { byteCharacters } from "./byte-level.js";
import { isWhitespace } from "./characters.js";
import { flag, isObject, list, unknownStage, type Stage } from "./config.js";

/** A token of an encoding before it is complete. */
export interface EncodedToken {
  readonly id: number;
  readonly token: string;
  readonly start: number;
  readonly end: number;
  /** The number of the word in its text; -1 for what the tokenizer put in. */
  readonly word: number;
  /** 0 or 1: which of a pair of texts; -1 for what the tokenizer put in. */
  readonly sequence: number;
  /** The segment, as BERT's `token_type_ids`. */
  readonly type: number;
}

/** A step that puts special tokens around one or two sequences of tokens. */
export type PostProcessor = (sequences: readonly EncodedToken[][], addsSpecial: boolean) => EncodedToken[][];

/** The post-processor that a `tokenizer.json` describes. */
export function makePostProcessor(stage: Stage | null): PostProcessor {
  if (stage === null) return (sequences) => [...sequences];
  switch (stage.type) {
    case "Sequence": {
      const steps = list(stage, "processors").map(makePostProcessor);
      return (sequences, addsSpecial) => steps.reduce((done, step) => step(done, addsSpecial), [...sequences]);
    }
    case "TemplateProcessing":
      return template(stage);
    case "BertProcessing":
      return bert(stage);
    case "RobertaProcessing":
      return roberta(stage);
    case "ByteLevel": {
      const trims = flag(stage, "trim_offsets", true);
      const addsSpace = flag(stage, "add_prefix_space", true);
      return (sequences) => (trims ? sequences.map((tokens) => trimOffsets(tokens, addsSpace)) : [...sequences]);
    }
    default:
      return unknownStage("post_processor", stage);
  }
}

const special = (id: number, token: string, type: number): EncodedToken => ({
  id,
  token,
  start: 0,
  end: 0,
  word: -1,
  sequence: -1,
  type,
});

function bert(stage: Stage): PostProcessor {
  const [cls, sep] = [readSpecial(stage, "cls"), readSpecial(stage, "sep")];
  return (sequences, addsSpecial) =>
    addsSpecial ? sequences.map((tokens, i) => [...(i === 0 ? [cls(0)] : []), ...tokens, sep(i)]) : [...sequences];
}

/** Two separators between a pair, and every segment 0. */
function roberta(stage: Stage): PostProcessor {
  const [cls, sep] = [readSpecial(stage, "cls"), readSpecial(stage, "sep")];
  const trims = flag(stage, "trim_offsets", true);
  const addsSpace = flag(stage, "add_prefix_space", true);
  return (sequences, addsSpecial) =>
    sequences.map((given, i) => {
      const tokens = (trims ? trimOffsets(given, addsSpace) : given).map((token) => ({ ...token, type: 0 }));
      return addsSpecial ? [i === 0 ? cls(0) : sep(0), ...tokens, sep(0)] : tokens;
    });
}

function readSpecial(stage: Stage, option: string): (type: number) => EncodedToken {
  const value = stage[option];
  if (!Array.isArray(value) || typeof value[0] !== "string" || !Number.isSafeInteger(value[1])) {
    throw new SyntaxError(`tokenizer.json: expected ${option} of ${stage.type} to be a token and its id`);
  }
  const [token, id] = value as [string, number];
  return (type) => special(id, token, type);
}

/** `single` and `pair` say in which order special tokens and the texts A and B come, and in which segment. */
function template(stage: Stage): PostProcessor {
  const single = readTemplate(stage, "single");
  const pair = readTemplate(stage, "pair");
  return (sequences, addsSpecial) =>
    (sequences.length > 1 ? pair : single).flatMap((item) => {
      if ("tokens" in item) return addsSpecial ? [item.tokens] : [];
      return [(sequences[item.sequence] ?? []).map((token) => ({ ...token, type: item.type }))];
    });
}

/** Real ones have some five items; each may repeat the text. */
const longestTemplate = 1000;

type TemplateItem = { readonly tokens: EncodedToken[] } | { readonly sequence: number; readonly type: number };

function readTemplate(stage: Stage, option: string): TemplateItem[] {
  const items = stage[option];
  const specials = isObject(stage["special_tokens"]) ? stage["special_tokens"] : {};
  const fail = (): never => {
    throw new SyntaxError(
      `tokenizer.json: expected ${option} of ${stage.type} to be a list of { "Sequence" } and { "SpecialToken" }`,
    );
  };
  if (!Array.isArray(items) || items.length > longestTemplate) return fail();
  return items.map((item: unknown): TemplateItem => {
    const part = isObject(item) ? (item["Sequence"] ?? item["SpecialToken"]) : undefined;
    if (!isObject(item) || !isObject(part) || typeof part["id"] !== "string") return fail();
    const type = typeof part["type_id"] === "number" ? part["type_id"] : 0;
    if (item["Sequence"] !== undefined) return { sequence: part["id"] === "A" ? 0 : 1, type };
    const known = Object.hasOwn(specials, part["id"]) ? specials[part["id"]] : undefined;
    if (!isObject(known) || !Array.isArray(known["ids"]) || !Array.isArray(known["tokens"])) return fail();
    const names = known["tokens"] as unknown[];
    return {
      tokens: known["ids"].map((id: unknown, i) => {
        const name = names[i];
        return Number.isSafeInteger(id) && typeof name === "string" ? special(id as number, name, type) : fail();
      }),
    };
  });
}

const isSpace = (character: string | undefined): boolean =>
  character !== undefined && (character === byteCharacters[32] || isWhitespace(character));

/** Leaves spaces at the ends of tokens out of their offsets; not the one that was put before the text. */
function trimOffsets(tokens: readonly EncodedToken[], addsSpace: boolean): EncodedToken[] {
  return tokens.map((encoded, i) => {
    const characters = [...encoded.token];
    const firstOther = characters.findIndex((character) => !isSpace(character));
    const spacesBefore = firstOther < 0 ? characters.length : firstOther;
    const lastOther = characters.findLastIndex((character) => !isSpace(character));
    const spacesAfter = characters.length - 1 - lastOther;
    const wasAdded = (i === 0 || encoded.start === 0) && addsSpace && spacesBefore === 1;
    const start = Math.min(encoded.start + (wasAdded ? 0 : spacesBefore), encoded.end);
    if (wasAdded && lastOther < 0) return { ...encoded, start, end: start };
    const end = spacesAfter > 0 && encoded.end >= spacesAfter ? Math.max(encoded.end - spacesAfter, start) : encoded.end;
    return { ...encoded, start, end };
  });
}
