import { detectEncoding } from "./detect-encoding.js";

/** Something wrong at one line of a file. */
export interface CorpusProblem {
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

/** Consecutive lines of a text, without their line ends. */
export interface LineBlock {
  /** The number of the first line, from 1. */
  readonly firstLine: number;
  readonly lines: readonly string[];
  /** Lines whose bytes are not valid in the encoding; they are in `lines` with U+FFFD in place of what is broken. */
  readonly problems: readonly CorpusProblem[];
  /** Bytes read so far. */
  readonly bytes: number;
  readonly encoding: string;
}

/**
 * Decodes bytes into lines, block by block. Lines end in \n, \r\n or \r.
 *
 * @param encoding a label of `TextDecoder`; found from the first bytes when not given
 */
export async function* decodeLines(chunks: AsyncIterable<Uint8Array>, encoding?: string): AsyncGenerator<LineBlock> {
  let rest: Uint8Array = new Uint8Array();
  let chosen = "";
  let firstLine = 1;
  let bytes = 0;
  const block = (part: Uint8Array, isLast: boolean): LineBlock => {
    const { lines, problems } = decodeBlock(part, chosen, firstLine, isLast);
    const made = { firstLine, lines, problems, bytes, encoding: chosen };
    firstLine += lines.length;
    return made;
  };
  for await (const chunk of chunks) {
    bytes += chunk.length;
    let start = 0;
    if (chosen === "") {
      const detected = detectEncoding(chunk);
      chosen = (encoding ?? detected.encoding).toLowerCase();
      start = markOf(detected, chosen);
    }
    const end = afterLastLineEnd(chunk, chosen, rest.length);
    if (end <= start) {
      rest = join(rest, chunk.subarray(start));
      continue;
    }
    yield block(join(rest, chunk.subarray(start, end)), false);
    rest = chunk.slice(end);
  }
  if (rest.length > 0) yield block(rest, true);
}

/** A mark is skipped when the encoding that is used is the one it stands for. */
function markOf(detected: { encoding: string; markLength: number }, chosen: string): number {
  return new TextDecoder(chosen).encoding === new TextDecoder(detected.encoding).encoding ? detected.markLength : 0;
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

const isUtf16 = (encoding: string): boolean => encoding.startsWith("utf-16");

/** Where the bytes after the last \n begin; 0 when there is none. \n is never a part of another character in these encodings. */
function afterLastLineEnd(chunk: Uint8Array, encoding: string, before: number): number {
  if (!isUtf16(encoding)) return chunk.lastIndexOf(0x0a) + 1;
  const [high, low] = encoding === "utf-16be" ? [0, 0x0a] : [0x0a, 0];
  const parity = before % 2; // a cut character leaves one byte in `before`
  for (let i = chunk.length - 2; i >= 0; i -= 1) {
    if (i % 2 === parity && chunk[i] === high && chunk[i + 1] === low) return i + 2;
  }
  return 0;
}

function decodeBlock(
  part: Uint8Array,
  encoding: string,
  firstLine: number,
  isLast: boolean,
): Pick<LineBlock, "lines" | "problems"> {
  const { text, isValid } = decode(part, encoding);
  const lines = splitLines(text, isLast);
  const problems = lines.flatMap((line, i): CorpusProblem[] => {
    const broken = isValid ? -1 : line.indexOf("\ufffd");
    if (broken >= 0) return [{ line: firstLine + i, message: `not valid ${encoding.toUpperCase()} at column ${broken + 1}` }];
    const zero = line.indexOf("\0"); // never a part of a text
    const message = `holds a NUL at column ${zero + 1}: not a text, or in another encoding`;
    return zero >= 0 ? [{ line: firstLine + i, message }] : [];
  });
  return { lines, problems };
}

function decode(bytes: Uint8Array, encoding: string): { text: string; isValid: boolean } {
  try {
    return { text: new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes), isValid: true };
  } catch (error) {
    if (error instanceof RangeError) throw error; // an encoding that TextDecoder does not know
    return { text: new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes), isValid: false };
  }
}

function splitLines(text: string, isLast: boolean): string[] {
  const lines = text.split(/\r\n|\n|\r/u);
  if (!isLast || lines.at(-1) === "") lines.pop(); // what follows the last line end is not a line
  return lines;
}
