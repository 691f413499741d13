/**
 * Regular expressions of tokenizers, which are written for Oniguruma (Ruby's syntax), as those of RE2, whose matches are found in linear
 * time: a pattern comes from a stranger, and `(a+)+$` would keep a backtracking matcher busy for ever.
 *
 * RE2 has no lookahead, but the one that matters stands at the end of an alternative, as in GPT-2's `\s+(?!\S)`. There it can be matched
 * instead: `\s+(?:(\s)|\z)`, with what the group matched left out of the match again. What has no counterpart is refused by its name.
 */
import { parse } from "oniguruma-parser/parser";
import { charClass, setClass } from "./oniguruma-class.js";
import type { Alternative, CharacterSet, Element, Group, Lookaround, Quantifier } from "./oniguruma-nodes.js";

/** A pattern in RE2's syntax. */
export interface Translated {
  readonly source: string;
  /** How many groups there are; what one of them matches comes after the match, and is no part of it. */
  readonly lookaheads: number;
}

/** @throws SyntaxError naming what is not known or cannot be matched in linear time */
export function translate(pattern: string): Translated {
  const { body } = parse(pattern, { rules: { captureGroup: true } });
  let lookaheads = 0;
  const alternatives = body.flatMap(unwrapped).map(({ body: elements }) => {
    const last = elements.at(-1);
    const rest = last && isTrailing(last) ? elements.slice(0, -1) : elements;
    const start = sequence(rest, rest === elements);
    if (last === undefined || rest === elements) return start;
    lookaheads += 1;
    return `${start}${trailing(last)}`;
  });
  return { source: alternatives.join("|"), lookaheads };
}

/** The alternatives of a group that is all there is of an alternative. */
function unwrapped(alternative: Alternative): Alternative[] {
  const [only, ...others] = alternative.body;
  const isPlain = only?.type === "CapturingGroup" || (only?.type === "Group" && !only.atomic && !only.flags);
  return isPlain && others.length === 0 ? only.body.flatMap(unwrapped) : [alternative];
}

const isTrailing = (element: Element): boolean =>
  (element.type === "LookaroundAssertion" && element.kind === "lookahead") ||
  (element.type === "Assertion" && element.kind === "string_end_newline");

/** What a lookahead asks for, as a group that is matched and then left out. */
function trailing(element: Element): string {
  if (element.type !== "LookaroundAssertion") return String.raw`(\n?)\z`;
  const { negate, body } = element;
  if (!negate) {
    if (body.some(isEndless)) refuse("a lookahead of unlimited length");
    return `(${alternatives(body)})`;
  }
  const single = body.map((alternative) => (alternative.body.length === 1 ? alternative.body[0] : undefined));
  const sets = single.map((one) => (one && isSet(one) ? one : refuse("a negative lookahead of more than one character")));
  const none = charClass({ type: "CharacterClass", kind: "union", negate: true, body: sets });
  return String.raw`(?:(${none})|\z)`;
}

type SetNode = Extract<Element, { type: "Character" | "CharacterClass" | "CharacterSet" }>;

const isSet = (node: Element): node is SetNode =>
  node.type === "Character" ||
  node.type === "CharacterClass" ||
  (node.type === "CharacterSet" && node.kind !== "text_segment" && node.kind !== "newline");

const isEndless = (alternative: Alternative): boolean =>
  alternative.body.some(
    (node) =>
      (node.type === "Quantifier" &&
        (node.max === Number.POSITIVE_INFINITY || isEndless({ type: "Alternative", body: [node.body] }))) ||
      ((node.type === "Group" || node.type === "CapturingGroup") && node.body.some(isEndless)),
  );

const alternatives = (body: readonly Alternative[]): string => body.map(({ body: elements }) => sequence(elements)).join("|");

/** @param endsMatch whether the match ends where the sequence does, whatever follows */
function sequence(elements: readonly Element[], endsMatch = false): string {
  return elements.map((node, at) => element(node, elements.slice(at + 1), endsMatch, at === 0)).join("");
}

function element(node: Element, rest: readonly Element[], endsMatch: boolean, isFirst: boolean): string {
  switch (node.type) {
    case "Character":
      return escaped(node.value);
    case "CharacterClass":
      return charClass(node);
    case "CharacterSet":
      return characterSet(node);
    case "Quantifier":
      return quantified(node, rest, endsMatch);
    case "Group":
      return group(node);
    case "CapturingGroup":
      return `(?:${alternatives(node.body)})`;
    case "LookaroundAssertion":
      return lookaround(node);
    case "Assertion":
      return assertion(node.kind, node.negate === true);
    case "Directive":
      if (node.kind === "flags" && isFirst && rest.length > 0) return `(?${flagsOf(node.flags)})`;
      return refuse(node.kind === "keep" ? String.raw`\K` : "flags in the middle");
    case "Backreference":
      return refuse("a backreference");
    case "Subroutine":
      return refuse("a subroutine");
    default:
      return refuse(`${node.type}`);
  }
}

/** Characters other than letters and digits may mean something. */
const escaped = (code: number): string => String.raw`\x{${code.toString(16)}}`;

function characterSet(node: CharacterSet): string {
  if (node.kind === "any") return "(?s:.)";
  if (node.kind === "dot") return "."; // (?s) around it, where the pattern has Ruby's (?m)
  if (node.kind === "newline")
    return node.negate === true ? String.raw`[^\n]` : String.raw`(?:\r\n|[\n-\r\x{85}\x{2028}\x{2029}])`;
  if (node.kind === "text_segment") return refuse(String.raw`\X`);
  return setClass(node);
}

const counts = (min: number, max: number): string => {
  if (min === 0 && max === 1) return "?";
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? "*" : min === 1 ? "+" : `{${min},}`;
  return min === max ? `{${min}}` : `{${min},${max}}`;
};

function quantified(node: Quantifier, rest: readonly Element[], endsMatch: boolean): string {
  const { kind, min, max, body } = node;
  if (kind === "possessive" && !isPossessiveAnyway(body, rest, endsMatch)) refuse("a possessive quantifier");
  const inner = element(body, [], false, false);
  const repeated = body.type === "Quantifier" || body.type === "Character" ? `(?:${inner})` : inner;
  return `${repeated}${counts(min, max)}${kind === "lazy" ? "?" : ""}`;
}

/**
 * Whether giving characters back would never help, so that a greedy quantifier finds the same: because what follows may be nothing and the
 * match ends there, or because no character that was taken can begin what follows.
 */
function isPossessiveAnyway(body: Element, rest: readonly Element[], endsMatch: boolean): boolean {
  if (endsMatch && rest.every((node) => node.type === "Quantifier" && node.min === 0)) return true;
  const next = rest[0]?.type === "Quantifier" && rest[0].min > 0 ? rest[0].body : rest[0];
  if (!next || !isSet(body) || !isSet(next)) return false;
  const both = charClass({
    type: "CharacterClass",
    kind: "intersection",
    negate: false,
    body: [body, next].map((one) => ({ type: "CharacterClass", kind: "union", negate: false, body: [one] })),
  });
  return both === noCharacter;
}

/** A class that nothing is in. */
const noCharacter = String.raw`[^\x{0}-\x{10ffff}]`;

function group(node: Group): string {
  if (node.atomic) refuse("an atomic group");
  const flags = flagsOf(node.flags);
  return `(?${flags}:${alternatives(node.body)})`;
}

const letters = (given: { ignoreCase?: true; dotAll?: true } | undefined): string =>
  `${given?.ignoreCase ? "i" : ""}${given?.dotAll ? "s" : ""}`;

function flagsOf(flags: Group["flags"]): string {
  const [on, off] = [letters(flags?.enable), letters(flags?.disable)];
  return off === "" ? on : `${on}-${off}`;
}

function lookaround(node: Lookaround): string {
  if (node.kind === "lookahead") return refuse("a lookahead that does not end an alternative of the whole pattern");
  return `(?<${node.negate ? "!" : "="}${alternatives(node.body)})`;
}

function assertion(kind: string, isNegated: boolean): string {
  switch (kind) {
    case "line_start":
      return "(?m:^)";
    case "line_end":
      return "(?m:$)";
    case "string_start":
      return String.raw`\A`;
    case "string_end":
      return String.raw`\z`;
    case "word_boundary":
      return refuse(isNegated ? String.raw`\B` : String.raw`\b`);
    default:
      return refuse(kind.replaceAll("_", " "));
  }
}

/** @throws SyntaxError always */
function refuse(what: string): never {
  throw new SyntaxError(`${what} cannot be matched in linear time`);
}
