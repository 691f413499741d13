/** Oniguruma's classes of characters, as RE2's: these know neither classes inside classes nor intersections. */
import { RE2JS } from "re2js";
import type { CharacterClass, CharacterSet, ClassElement } from "./oniguruma-nodes.js";

/** What stands between the brackets of RE2's classes for Oniguruma's sets with names. */
const named: Readonly<Record<string, string>> = {
  alnum: String.raw`\p{Alphabetic}\p{Nd}`,
  alpha: String.raw`\p{Alphabetic}`,
  ascii: String.raw`\x{0}-\x{7f}`,
  blank: String.raw`\t\p{Zs}`,
  cntrl: String.raw`\p{Cc}`,
  digit: String.raw`\p{Nd}`,
  lower: String.raw`\p{Lowercase}`,
  punct: String.raw`\p{P}\p{S}`,
  space: String.raw`\p{White_Space}`,
  upper: String.raw`\p{Uppercase}`,
  word: String.raw`\p{Alphabetic}\p{M}\p{Nd}\p{Pc}`,
  xdigit: "0-9A-Fa-f",
};

/** General categories have long names, too, which RE2 does not know. */
const categories: Readonly<Record<string, string>> = {
  letter: "L",
  casedletter: "LC",
  uppercaseletter: "Lu",
  lowercaseletter: "Ll",
  titlecaseletter: "Lt",
  modifierletter: "Lm",
  otherletter: "Lo",
  mark: "M",
  nonspacingmark: "Mn",
  spacingmark: "Mc",
  enclosingmark: "Me",
  number: "N",
  decimalnumber: "Nd",
  letternumber: "Nl",
  othernumber: "No",
  punctuation: "P",
  connectorpunctuation: "Pc",
  dashpunctuation: "Pd",
  openpunctuation: "Ps",
  closepunctuation: "Pe",
  initialpunctuation: "Pi",
  finalpunctuation: "Pf",
  otherpunctuation: "Po",
  symbol: "S",
  mathsymbol: "Sm",
  currencysymbol: "Sc",
  modifiersymbol: "Sk",
  othersymbol: "So",
  separator: "Z",
  spaceseparator: "Zs",
  lineseparator: "Zl",
  paragraphseparator: "Zp",
  other: "C",
  control: "Cc",
  format: "Cf",
  surrogate: "Cs",
  privateuse: "Co",
};

/** A set with a name, \s or \p{Han}, by itself. */
export function setClass(node: CharacterSet): string {
  // Outside of a class \w has also ² ³ ¹ ¼ ½ ¾, by an old table of Oniguruma's for Latin-1.
  const latin = node.kind === "word" ? String.raw`\x{b2}\x{b3}\x{b9}\x{bc}-\x{be}` : "";
  return `[${node.negate === true ? "^" : ""}${insideOf(node)}${latin}]`;
}

/** What of a set with a name stands between brackets; whether it is negated is not said. */
function insideOf(node: CharacterSet): string {
  if (node.kind !== "posix" && node.kind !== "property") {
    const name = { digit: "digit", hex: "xdigit", space: "space", word: "word" }[node.kind as string];
    return named[name ?? ""] ?? refuse(node.kind);
  }
  const plain = node.value.toLowerCase().replaceAll(/[\s_-]/gu, "");
  const known = Object.hasOwn(named, plain) ? named[plain] : undefined;
  if (known !== undefined) return known;
  const name = Object.hasOwn(categories, plain) ? categories[plain] : node.value;
  const inside = String.raw`\p{${name}}`;
  try {
    RE2JS.compile(`[${inside}]`);
  } catch {
    refuse(inside);
  }
  return inside;
}

/** A class with all that is in it. */
export function charClass(node: CharacterClass): string {
  const inside = union(node);
  if (inside !== undefined)
    return inside === "" ? (node.negate ? "(?s:.)" : noCharacter) : `[${node.negate ? "^" : ""}${inside}]`;
  const ranges = rangesOf(node);
  return ranges.length === 0 ? noCharacter : `[${ranges.map(([first, last]) => range(first, last)).join("")}]`;
}

const noCharacter = String.raw`[^\x{0}-\x{10ffff}]`;
const point = (code: number): string => String.raw`\x{${code.toString(16)}}`;
const range = (first: number, last: number): string => `${point(first)}-${point(last)}`;

/** What stands between the brackets, where a list says all; undefined for intersections, and what is negated inside. */
function union({ kind, body }: CharacterClass): string | undefined {
  if (kind === "intersection") return undefined;
  const parts = body.map((one): string | undefined => {
    if (one.type === "Character") return point(one.value);
    if (one.type === "CharacterClassRange") return range(one.min.value, one.max.value);
    if (one.type === "CharacterClass") return one.negate ? undefined : union(one);
    if (one.kind === "any") return String.raw`\x{0}-\x{10ffff}`;
    const inside = insideOf(one);
    if (one.negate !== true) return inside;
    // the complement of one property has a name, that of several has none
    return /^\\p\{[^}]*\}$/u.test(inside) ? inside.replace("p", "P") : undefined;
  });
  return parts.every((part) => part !== undefined) ? parts.join("") : undefined;
}

const lastPoint = 0x10ffff;

/** The code points of a class, counted: for what RE2's classes cannot say. */
function rangesOf(node: CharacterClass): [first: number, last: number][] {
  const has = members(node);
  const ranges: [number, number][] = [];
  for (let code = 0; code <= lastPoint; code++) {
    if (has[code] !== 1 || (code >= 0xd800 && code <= 0xdfff)) continue;
    const last = ranges.at(-1);
    if (last?.[1] === code - 1) last[1] = code;
    else ranges.push([code, code]);
  }
  return ranges;
}

/** One byte for each code point: 1 for those in the class. */
function members(node: ClassElement): Uint8Array {
  const has = new Uint8Array(lastPoint + 1);
  if (node.type === "Character") has[node.value] = 1;
  else if (node.type === "CharacterClassRange") has.fill(1, node.min.value, node.max.value + 1);
  else if (node.type === "CharacterClass") {
    node.body.map(members).forEach((one, at) => {
      if (node.kind === "union" || at === 0) one.forEach((value, code) => (has[code] = (has[code] ?? 0) | value));
      else one.forEach((value, code) => (has[code] = (has[code] ?? 0) & value));
    });
  } else for (const [first, last] of matchesIn(`[${insideOf(node)}]+`)) has.fill(1, first, last + 1);
  if ("negate" in node && node.negate === true) has.forEach((value, code) => (has[code] = 1 - value));
  return has;
}

/** Which of all code points, one after another, a class of RE2 matches. */
function matchesIn(source: string): [first: number, last: number][] {
  everything ??= Array.from({ length: 0x110 }, (_, block) =>
    Array.from({ length: 0x1000 }, (_unused, at) => {
      const code = block * 0x1000 + at;
      return code >= 0xd800 && code <= 0xdfff ? "\n" : String.fromCodePoint(code); // a stand-in of the same length
    }).join(""),
  ).join("");
  const found: [number, number][] = [];
  const matcher = RE2JS.compile(source).matcher(everything);
  while (matcher.find()) {
    for (const [first, last] of [[matcher.start(), matcher.end() - 1]] as const) found.push([toPoint(first), toPoint(last)]);
  }
  return found;
}

let everything: string | undefined;

/** From a place in `everything` to the code point there: those of the first plane are one unit long, the others two. */
const toPoint = (at: number): number => (at < 0x10000 ? at : 0x10000 + Math.floor((at - 0x10000) / 2));

function refuse(what: string): never {
  throw new SyntaxError(`${what} is no set of characters known here`);
}
