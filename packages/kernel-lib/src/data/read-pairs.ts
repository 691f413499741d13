import { readOptions } from "../checks/read-options.js";
import { corpusNames, readCorpus, type ReadCorpusOptions } from "./read-corpus.js";
import type { CorpusProblem } from "./lines.js";
import { parseAlignment, type Alignment } from "../metrics/alignment.js";

/** A sentence and its translation, tokenized. */
export interface SentencePair {
  readonly source: readonly string[];
  readonly target: readonly string[];
  /** Which words stand for which, where that is known. */
  readonly alignment?: Alignment;
}

/** Cuts a text into tokens. */
export type Tokenize = (text: string) => readonly string[];

export interface ReadPairsOptions extends ReadCorpusOptions {
  /** Tokenizers of each side; split at white space unless given. A field that already is a list of tokens stays as it is. */
  readonly tokenizeSource?: Tokenize;
  readonly tokenizeTarget?: Tokenize;
  /** Which fields hold the two sides and their alignment; `source`, `target` and `alignment` unless said. */
  readonly fields?: { readonly source?: string; readonly target?: string; readonly alignment?: string };
}

export interface PairCorpus {
  readonly pairs: readonly SentencePair[];
  /** Lines that were left out, and why. */
  readonly problems: readonly CorpusProblem[];
}

const atSpaces: Tokenize = (text) => text.split(/\s+/u).filter((token) => token !== "");

/**
 * Reads sentence pairs: a TSV of source, target and (if known) alignment in Pharaoh's notation, a CSV or JSON lines with fields of
 * these names, or two text files with a sentence on each line.
 *
 * @param source one file, or `[source, target]`, two plain texts whose lines belong together
 * @throws SyntaxError naming the lines that are wrong (a side is missing or empty, an alignment is beyond the tokens), unless
 *   `invalid` is `skip`
 * @example
 * ```ts
 * import { readPairs } from "heed/data";
 * const bytes = new TextEncoder().encode("我 是 中国人\tI am Chinese\t0-0 1-1 2-2\n");
 * const { pairs } = await readPairs(bytes, { format: "tsv" });
 * console.log(pairs[0]?.target); // ["I", "am", "Chinese"]
 * ```
 */
export async function readPairs(
  source: string | Blob | Uint8Array | readonly [string | Blob | Uint8Array, string | Blob | Uint8Array],
  options: ReadPairsOptions = {},
): Promise<PairCorpus> {
  const {
    tokenizeSource: _,
    tokenizeTarget: __,
    fields = {},
    ...reading
  } = readOptions("readPairs", options, {
    tokenizeSource: true,
    tokenizeTarget: true,
    fields: true,
    ...corpusNames,
  });
  readOptions("readPairs: fields", fields, { source: true, target: true, alignment: true });
  const isOne = typeof source === "string" || source instanceof Blob || source instanceof Uint8Array;
  const { name, rows, problems } = isOne ? await readOne(source, reading) : await readTwo(source, reading, fields);
  const pairs: SentencePair[] = [];
  for (const { line, fields } of rows) {
    const pair = pairOf(fields, options);
    if (typeof pair === "string") problems.push({ line, message: pair });
    else pairs.push(pair);
  }
  if (problems.length > 0 && options.invalid !== "skip") {
    const shown = problems.slice(0, 5).map(({ line, message }) => `line ${line}: ${message}`);
    const more = problems.length > 5 ? `; and ${problems.length - 5} more` : "";
    throw new SyntaxError(`readPairs: ${name}, ${shown.join("; ")}${more}. To leave such lines out, give invalid: "skip"`);
  }
  return { pairs, problems: problems.sort((a, b) => a.line - b.line) };
}

interface Rows {
  readonly name: string;
  readonly rows: readonly { readonly line: number; readonly fields: Readonly<Record<string, unknown>> }[];
  readonly problems: CorpusProblem[];
}

async function readOne(source: string | Blob | Uint8Array, options: ReadCorpusOptions): Promise<Rows> {
  const { name, records, problems } = await readCorpus(source, options);
  return { name, rows: records, problems: [...problems] };
}

async function readTwo(
  [source, target]: readonly [string | Blob | Uint8Array, string | Blob | Uint8Array],
  options: ReadCorpusOptions,
  fields: NonNullable<ReadPairsOptions["fields"]>,
): Promise<Rows> {
  const first = await readCorpus(source, { ...options, format: "text" });
  const second = await readCorpus(target, { ...options, format: "text" });
  const texts = new Map(second.records.map(({ line, fields }) => [line, fields.text]));
  const { source: from = "source", target: to = "target" } = fields;
  const lines = new Set([...first.records.map(({ line }) => line), ...texts.keys()]);
  const known = new Map(first.records.map(({ line, fields }) => [line, fields.text]));
  return {
    name: `${first.name} and ${second.name}`,
    rows: [...lines]
      .sort((a, b) => a - b)
      .map((line) => ({ line, fields: { [from]: known.get(line), [to]: texts.get(line) } })),
    problems: [...first.problems, ...second.problems],
  };
}

function pairOf(fields: Readonly<Record<string, unknown>>, options: ReadPairsOptions): SentencePair | string {
  const names = { source: "source", target: "target", alignment: "alignment", ...options.fields };
  const source = tokensOf(fields, names.source, options.tokenizeSource ?? atSpaces);
  if (typeof source === "string") return source;
  const target = tokensOf(fields, names.target, options.tokenizeTarget ?? atSpaces);
  if (typeof target === "string") return target;
  const links = Object.hasOwn(fields, names.alignment) ? fields[names.alignment] : undefined;
  if (links === undefined || links === "") return { source, target };
  if (typeof links !== "string") return `expected ${names.alignment} to be links such as "0-0 1-2"; got ${typeof links}`;
  try {
    return { source, target, alignment: parseAlignment(links, source.length, target.length) };
  } catch (error) {
    return (error as Error).message;
  }
}

function tokensOf(fields: Readonly<Record<string, unknown>>, name: string, tokenize: Tokenize): readonly string[] | string {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  const isTokens = Array.isArray(value) && value.every((token) => typeof token === "string" && token !== "");
  if (typeof value !== "string" && !isTokens) {
    const known = Object.keys(fields).filter((field) => fields[field] !== undefined);
    const got = value === undefined ? `only ${known.join(", ") || "nothing"}` : value === null ? "null" : typeof value;
    return `expected ${name} to be a text; got ${got}`;
  }
  const tokens = typeof value === "string" ? tokenize(value) : (value as string[]);
  return tokens.length > 0 ? tokens : `${name} is empty`;
}
