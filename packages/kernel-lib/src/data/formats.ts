import Papa from "papaparse";
import type { CorpusProblem, LineBlock } from "./lines.js";

export type CorpusFormat = "text" | "tsv" | "csv" | "jsonl";

/** One record: its fields by name, and the line it starts at (from 1). */
export interface CorpusRecord {
  readonly line: number;
  /** Plain text has one field, `text`. JSON lines may hold anything; other formats hold texts. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface ParsedBlock {
  readonly records: CorpusRecord[];
  readonly problems: CorpusProblem[];
}

/** Takes the lines of a file block by block; `end` gives what was still waiting for its other half. */
export interface RecordParser {
  next(block: LineBlock): ParsedBlock;
  end(): ParsedBlock;
}

/** What the lines of TSV and CSV hold; see `ReadCorpusOptions`. */
export interface Columns {
  readonly columns?: readonly string[] | undefined;
  readonly header?: boolean | undefined;
}

export function recordParser(format: CorpusFormat, columns: Columns = {}): RecordParser {
  switch (format) {
    case "text":
      return lineParser((text) => ({ text }));
    case "tsv":
      return lineParser(tsvFields(columns));
    case "jsonl":
      return lineParser(jsonFields);
    case "csv":
      return csvParser(columns);
    default:
      throw new RangeError(`readCorpus: expected format "text", "tsv", "csv" or "jsonl"; got ${JSON.stringify(format)}`);
  }
}

/**
 * For formats in which each line stands alone; blank lines are passed over, a string instead of fields is what is wrong, nothing
 * belongs to a header.
 */
function lineParser(fieldsOf: (line: string) => Record<string, unknown> | string | undefined): RecordParser {
  return {
    next: ({ firstLine, lines, problems }) => {
      const broken = new Set(problems.map(({ line }) => line));
      const parsed: ParsedBlock = { records: [], problems: [...problems] };
      lines.forEach((text, i) => {
        const line = firstLine + i;
        if (broken.has(line) || text.trim() === "") return;
        const fields = fieldsOf(text);
        if (fields === undefined) return;
        if (typeof fields === "string") parsed.problems.push({ line, message: fields });
        else parsed.records.push({ line, fields });
      });
      return parsed;
    },
    end: () => ({ records: [], problems: [] }),
  };
}

/** What a header calls its columns; a first line of such words alone is no example. */
const usualNames = new Set(
  (
    "id index idx guid sentence_id source target src tgt trg ref reference hypothesis alignment align text texts label labels gold class category " +
    "score similarity sentence sentence1 sentence2 sentence_a sentence_b premise hypothesis question answer context title review sentiment " +
    "rating input output prompt completion translation language lang split genre date url en zh de fr es ja ko chinese english"
  ).split(" "),
);

/** Whether the first line names the columns: as it was said, as the columns that are given, or by words that only a header has. */
function isHeader(values: readonly string[], { columns, header }: Columns): boolean {
  if (header !== undefined) return header;
  const names = values.map((value) => value.trim());
  if (columns) return names.length === columns.length && names.every((name, i) => name === columns[i]);
  return names.length > 1 && names.every((name) => usualNames.has(name.toLowerCase()));
}

/** Values between tabs, without quotes, as parallel corpora are written; where the columns are known, all of them must be there. */
function tsvFields(options: Columns): (line: string) => Record<string, unknown> | string | undefined {
  let columns = options.columns ?? ["source", "target", "alignment"];
  let isExact = options.columns !== undefined;
  let isFirst = true;
  return (line) => {
    const values = line.split("\t");
    if (isFirst) {
      isFirst = false;
      if (isHeader(values, options)) {
        if (options.columns) return undefined;
        columns = values.map((value) => value.trim());
        isExact = true;
        const twice = repeated(columns);
        return twice === undefined ? undefined : `the column ${JSON.stringify(twice)} is named twice`;
      }
    }
    const fits = isExact ? values.length === columns.length : values.length <= columns.length;
    return fits ? named(columns, values) : wrongCount(columns, values.length);
  };
}

const repeated = (names: readonly string[]): string | undefined => names.find((name, i) => names.indexOf(name) !== i);

function named(columns: readonly string[], values: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(values.map((value, i) => [columns[i] ?? "", value]));
}

function wrongCount(columns: readonly string[], count: number): string {
  return `expected ${columns.length} columns (${columns.join(", ")}); got ${count}`;
}

function jsonFields(line: string): Record<string, unknown> | string {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    return `expected a JSON object; got ${Array.isArray(value) ? "an array" : value === null ? "null" : typeof value}`;
  } catch (error) {
    return `not JSON: ${(error as Error).message}`;
  }
}

/**
 * CSV after RFC 4180. A quoted value may hold line ends, so lines are gathered until their quotes pair up and then handed to
 * the parser together. Line ends inside values become \n.
 */
function csvParser(options: Columns): RecordParser {
  if (options.columns === undefined && options.header === false) {
    throw new TypeError("readCorpus: expected columns for CSV without a header; got none");
  }
  let columns = options.columns;
  let isFirst = true;
  let waiting: string[] = [];
  let waitingFrom = 1;
  let isOpen = false;
  const broken = new Set<number>();

  const parse = (lines: readonly string[], firstLine: number): ParsedBlock => {
    const parsed: ParsedBlock = { records: [], problems: [] };
    let line = firstLine;
    let cursor = 0;
    const text = lines.join("\n");
    const step = ({ data, errors, meta }: Papa.ParseStepResult<string[]>): void => {
      const start = line;
      const read = text.slice(cursor, meta.cursor);
      cursor = meta.cursor;
      line += read.split("\n").length - 1;
      const error = errors.find(({ type }) => type === "Quotes");
      if (error) parsed.problems.push({ line: start, message: error.message.toLowerCase() });
      else if (read.trim() !== "" && !overlaps(broken, start, Math.max(start + 1, line))) accept(data, start, parsed);
    };
    Papa.parse(text, { delimiter: ",", newline: "\n", step });
    return parsed;
  };
  const accept = (values: string[], line: number, { records, problems }: ParsedBlock): void => {
    const wasFirst = isFirst;
    isFirst = false;
    if (columns === undefined) {
      columns = values.map((value) => value.trim());
      const twice = repeated(columns);
      if (twice !== undefined) problems.push({ line, message: `the column ${JSON.stringify(twice)} is named twice` });
    } else if (wasFirst && options.columns && isHeader(values, options)) return;
    else if (values.length === columns.length) records.push({ line, fields: named(columns, values) });
    else problems.push({ line, message: wrongCount(columns, values.length) });
  };

  return {
    next: ({ firstLine, lines, problems }) => {
      for (const problem of problems) broken.add(problem.line);
      let closed = 0; // how many of these lines end outside quotes
      lines.forEach((text, i) => {
        if (text.split('"').length % 2 === 0) isOpen = !isOpen;
        if (!isOpen) closed = i + 1;
      });
      const from = waiting.length > 0 ? waitingFrom : firstLine;
      const ready = closed > 0 ? [...waiting, ...lines.slice(0, closed)] : [];
      if (closed > 0) waiting = [];
      if (waiting.length === 0) waitingFrom = firstLine + closed;
      waiting = waiting.concat(lines.slice(closed));
      const parsed = ready.length > 0 ? parse(ready, from) : { records: [], problems: [] };
      return { records: parsed.records, problems: [...problems, ...parsed.problems] };
    },
    end: () => (waiting.length > 0 ? parse(waiting, waitingFrom) : { records: [], problems: [] }),
  };
}

function overlaps(lines: ReadonlySet<number>, from: number, to: number): boolean {
  for (let line = from; line < to; line += 1) if (lines.has(line)) return true;
  return false;
}
