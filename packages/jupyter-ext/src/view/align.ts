import type { Axis } from "heed/note";

/** Tokens of two axes that cover the same text; mostly one of each. */
export interface TokenGroup {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly label: string;
}

/** How the tokens of one axis correspond to those of another. */
export interface Alignment {
  readonly groups: readonly TokenGroup[];
  /** Tokens that have no partner, such as a special token that the other tokenizer lacks. */
  readonly leftOut: { readonly a: readonly number[]; readonly b: readonly number[] };
  /** Whether the tokens are the same, one by one. */
  readonly isSame: boolean;
}

/** [start, end) of a token among the letters of its text, blanks left out; none for special and empty tokens. */
type Span = readonly [number, number] | undefined;

interface Letters {
  readonly text: string;
  readonly spans: readonly Span[];
}

/** What tokenizers put before a token to say that it goes on (`##ing`) or begins (`▁the`, `Ġthe`) a word. */
const marks = /^##|^[▁Ġ]/u;

/**
 * Pairs the tokens of two axes: one by one where they are the same, otherwise by where they stand in their common text. Tokens that overlap
 * form one group: 中国人 beside 中国 | 人. Places come from `offsets` where an axis has them, or else from the tokens set end to end.
 *
 * @returns undefined where the texts differ
 */
export function alignTokens(a: Axis, b: Axis): Alignment | undefined {
  if (a.tokens.length === b.tokens.length && a.tokens.every((token, i) => token === b.tokens[i])) {
    const groups = a.tokens.map((label, i): TokenGroup => ({ a: [i], b: [i], label }));
    return { groups, leftOut: { a: [], b: [] }, isSame: true };
  }
  const [ofA, ofB] = [lettersOf(a), lettersOf(b)];
  if (ofA.text === "" || ofA.text !== ofB.text) return undefined;
  const paired = pairSpans(ofA.spans, ofB.spans);
  const special = pairSpecial(a.tokens, ofA.spans, b.tokens, ofB.spans);
  const groups = [...paired, ...special]
    .toSorted((x, y) => (x.a[0] ?? 0) - (y.a[0] ?? 0))
    .map((group): TokenGroup => ({ ...group, label: group.a.map((i) => (a.tokens[i] ?? "").replace(marks, "")).join("") }));
  const rest = (side: "a" | "b", { tokens }: Axis): number[] => {
    const taken = new Set(groups.flatMap((group) => group[side]));
    return [...tokens.keys()].filter((i) => !taken.has(i));
  };
  return { groups, leftOut: { a: rest("a", a), b: rest("b", b) }, isSame: false };
}

/** The text of an axis without blanks and without case, and where each token stands in it. */
function lettersOf({ tokens, text, offsets, special = [] }: Axis): Letters {
  const isSpecial = new Set(special);
  if (text !== undefined && offsets) {
    const before = [0];
    for (let i = 0; i < text.length; i++) before.push((before[i] ?? 0) + Number(!isBlank(text[i] ?? "")));
    const spans = offsets.map(([start, end], i): Span => {
      const span = [before[start] ?? 0, before[end] ?? 0] as const;
      return isSpecial.has(i) || span[0] === span[1] ? undefined : span;
    });
    return { text: withoutCase([...text].filter((letter) => !isBlank(letter)).join("")), spans };
  }
  let letters = "";
  const spans = tokens.map((token, i): Span => {
    const own = isSpecial.has(i) ? "" : [...token.replace(marks, "")].filter((letter) => !isBlank(letter)).join("");
    const start = letters.length;
    letters += own;
    return own === "" ? undefined : [start, letters.length];
  });
  return { text: withoutCase(letters), spans };
}

const isBlank = (letter: string): boolean => /^\s$/u.test(letter);

/** Lower case, unless that changes how long the text is. */
function withoutCase(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text;
}

type Pair = Omit<TokenGroup, "label">;

/** Overlapping tokens in order; what overlaps none of the other side is left out. */
function pairSpans(a: readonly Span[], b: readonly Span[]): Pair[] {
  const all = (
    [
      ["a", a],
      ["b", b],
    ] as const
  )
    .flatMap(([side, spans]) => spans.flatMap((span, index) => (span ? [{ side, index, start: span[0], end: span[1] }] : [])))
    .toSorted((x, y) => x.start - y.start || x.end - y.end);
  const pairs: { a: number[]; b: number[] }[] = [];
  let end = -1;
  for (const token of all) {
    const open = pairs.at(-1);
    if (!open || token.start >= end) pairs.push({ a: [], b: [], [token.side]: [token.index] });
    else open[token.side].push(token.index);
    end = Math.max(end, token.end);
  }
  return pairs.filter((pair) => pair.a.length > 0 && pair.b.length > 0);
}

/** Tokens that stand for no text, by their names: the first [SEP] with the first [SEP]. */
function pairSpecial(a: readonly string[], inA: readonly Span[], b: readonly string[], inB: readonly Span[]): Pair[] {
  const free = [...b.keys()].filter((i) => !inB[i]);
  return [...a.keys()].flatMap((i) => {
    if (inA[i]) return [];
    const at = free.findIndex((j) => b[j] === a[i]);
    const [partner] = at < 0 ? [] : free.splice(at, 1);
    return partner === undefined ? [] : [{ a: [i], b: [partner] }];
  });
}
