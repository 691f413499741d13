import { readOptions, type OptionNames } from "../checks/read-options.js";
import { openFile } from "#file-chunks";
import { recordParser, type CorpusFormat, type CorpusRecord } from "./formats.js";
import { isKnownEncoding } from "./detect-encoding.js";
import { decodeLines, type CorpusProblem } from "./lines.js";

export interface CorpusProgress {
  readonly bytes: number;
  readonly totalBytes: number;
  readonly records: number;
}

export interface ReadCorpusOptions {
  /** How records are written; told from the file's name when not given. */
  readonly format?: CorpusFormat;
  /** Names of the columns of TSV or CSV. CSV reads them from its first line, TSV without a header calls them source, target, alignment. */
  readonly columns?: readonly string[];
  /**
   * Whether the first line of TSV or CSV names the columns. Unless said, it does in CSV without `columns`; where it repeats the `columns`; and
   * in TSV where it has only words that headers have, such as label and text.
   */
  readonly header?: boolean;
  /** A label of `TextDecoder`, such as gb18030; detected when not given. */
  readonly encoding?: string;
  /** What happens to lines that are wrong: `throw` (unless said) names them in one error, `skip` leaves them out and lists them. */
  readonly invalid?: "throw" | "skip";
  /** The largest file read, in bytes; 1 GiB unless said. */
  readonly maxBytes?: number;
  /** Called about once per megabyte. */
  readonly onProgress?: (progress: CorpusProgress) => void;
  readonly signal?: AbortSignal;
}

/** The names of these options. */
export const corpusNames: OptionNames<ReadCorpusOptions> = {
  format: true,
  columns: true,
  header: true,
  encoding: true,
  invalid: true,
  maxBytes: true,
  onProgress: true,
  signal: true,
};

export interface Corpus {
  /** The file's name. */
  readonly name: string;
  readonly records: readonly CorpusRecord[];
  /** Lines that were left out, and why. */
  readonly problems: readonly CorpusProblem[];
  readonly encoding: string;
}

const maxProblems = 1000;

/**
 * Reads a corpus: plain text (a record is a line that is not blank), TSV without quotes, CSV (RFC 4180) or JSON lines.
 *
 * @param source a path, a `Blob` or `File`, or bytes
 * @throws SyntaxError naming the lines that are wrong, unless `invalid` is `skip`
 * @throws RangeError for a file that is too large, or a format or an encoding that is not known
 * @example
 * ```ts
 * import { readCorpus } from "heed/data";
 * const bytes = new TextEncoder().encode("我是中国人。\tI am Chinese .\n");
 * const { records } = await readCorpus(bytes, { format: "tsv" });
 * console.log(records[0]?.fields.target); // I am Chinese .
 * ```
 */
export async function readCorpus(source: string | Blob | Uint8Array, options: ReadCorpusOptions = {}): Promise<Corpus> {
  readOptions("readCorpus", options, corpusNames);
  const { name, size, chunks } = await openSource(source);
  const maxBytes = options.maxBytes ?? 2 ** 30;
  if (size > maxBytes) throw new RangeError(`readCorpus: ${name} has ${size} bytes; at most maxBytes = ${maxBytes} are read`);
  if (options.encoding !== undefined && !isKnownEncoding(options.encoding)) {
    throw new RangeError(
      `readCorpus: expected an encoding such as utf-8, utf-16le or gb18030; got ${JSON.stringify(options.encoding)}`,
    );
  }
  const parser = recordParser(options.format ?? formatOf(name), options);
  const records: CorpusRecord[] = [];
  const problems: CorpusProblem[] = [];
  let encoding = options.encoding ?? "utf-8";
  const keep = (parsed: { records: CorpusRecord[]; problems: CorpusProblem[] }): void => {
    for (const record of parsed.records) records.push(record);
    for (const problem of parsed.problems) problems.push(problem);
  };
  let read = 0;
  for await (const block of decodeLines(limited(chunks, maxBytes, name), options.encoding)) {
    options.signal?.throwIfAborted();
    encoding = block.encoding;
    read = block.bytes;
    keep(parser.next(block));
    if (options.invalid !== "skip" && problems.length >= maxProblems) break;
    options.onProgress?.({ bytes: read, totalBytes: size, records: records.length });
  }
  keep(parser.end());
  if (problems.length > 0 && options.invalid !== "skip") throw new SyntaxError(describeProblems(name, problems));
  options.onProgress?.({ bytes: read, totalBytes: size, records: records.length });
  return { name, records, problems, encoding };
}

async function openSource(
  source: string | Blob | Uint8Array,
): Promise<{ name: string; size: number; chunks: AsyncIterable<Uint8Array> }> {
  if (typeof source === "string") return { name: source, ...(await openFile(source)) };
  if (source instanceof Blob) {
    return { name: source instanceof File ? source.name : "the blob", size: source.size, chunks: blobChunks(source) };
  }
  return { name: "the bytes", size: source.length, chunks: byteChunks(source) };
}

async function* blobChunks(blob: Blob): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < blob.size; start += 1 << 20) {
    yield new Uint8Array(await blob.slice(start, start + (1 << 20)).arrayBuffer());
  }
}

// oxlint-disable-next-line typescript/require-await -- an async source like the others
async function* byteChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 1 << 20) yield bytes.subarray(start, start + (1 << 20));
}

/** A file may grow while it is read, and a pipe has no size. */
async function* limited(chunks: AsyncIterable<Uint8Array>, maxBytes: number, name: string): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes)
      throw new RangeError(`readCorpus: ${name} goes on after ${maxBytes} bytes; at most maxBytes are read`);
    yield chunk;
  }
}

const formats: Readonly<Record<string, CorpusFormat>> = {
  txt: "text",
  text: "text",
  tsv: "tsv",
  tab: "tsv",
  csv: "csv",
  jsonl: "jsonl",
  ndjson: "jsonl",
};

function formatOf(name: string): CorpusFormat {
  const extension = /\.(\w+)$/u.exec(name)?.[1]?.toLowerCase() ?? "";
  const format = Object.hasOwn(formats, extension) ? formats[extension] : undefined;
  if (format === undefined) {
    throw new RangeError(
      `readCorpus: expected ${name} to end in ${Object.keys(formats)
        .map((known) => `.${known}`)
        .join(", ")}; otherwise give format: "text", "tsv", "csv" or "jsonl"`,
    );
  }
  return format;
}

function describeProblems(name: string, problems: readonly CorpusProblem[]): string {
  const shown = problems.slice(0, 5).map(({ line, message }) => `line ${line}: ${message}`);
  const more = problems.length > shown.length ? `; and ${problems.length - shown.length} more` : "";
  return `readCorpus: ${name}, ${shown.join("; ")}${more}. To leave such lines out, give invalid: "skip"`;
}
