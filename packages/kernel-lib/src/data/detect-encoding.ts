import { analyse } from "chardet";

export interface DetectedEncoding {
  /** A label that `TextDecoder` knows. */
  readonly encoding: string;
  /** How many bytes of byte-order mark come before the text. */
  readonly markLength: number;
}

const marks: readonly (readonly [string, readonly number[]])[] = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-32", [0xff, 0xfe, 0x00, 0x00]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
  ["gb18030", [0x84, 0x31, 0x95, 0x33]],
];

/**
 * Finds the encoding of a text from its first bytes: by its byte-order mark, as UTF-16 if bytes that are 0
 * stand at odd or at even places only, as UTF-8 if every byte fits, and otherwise by letter statistics (GB18030, Big5, Shift-JIS, EUC, windows-125x …).
 *
 * @param sample the first bytes of the text, up to about a megabyte
 */
export function detectEncoding(sample: Uint8Array): DetectedEncoding {
  const mark = marks.find(([, bytes]) => bytes.every((byte, i) => sample[i] === byte));
  if (mark) {
    if (mark[0] === "utf-32") throw new RangeError("detectEncoding: UTF-32 is not supported; save the file as UTF-8");
    return { encoding: mark[0], markLength: mark[1].length };
  }
  const encoding = utf16Without(sample) ?? (isUtf8(sample) ? "utf-8" : mostLikely(sample));
  return { encoding, markLength: 0 };
}

function isUtf8(sample: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(sample, { stream: true }); // a stream: the last character may be cut
    return true;
  } catch {
    return false;
  }
}

/** UTF-16 without a mark shows itself by the high bytes of ASCII (spaces, digits, line ends), which are 0. */
function utf16Without(sample: Uint8Array): string | undefined {
  const zeros = [0, 0];
  const looked = Math.min(sample.length, 4096) & ~1;
  for (let i = 0; i < looked; i += 1) if (sample[i] === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (Math.max(odd, even) < Math.max(4, looked / 100)) return undefined; // a stray NUL says nothing
  if (odd > even * 4) return "utf-16le";
  return even > odd * 4 ? "utf-16be" : undefined;
}

function mostLikely(sample: Uint8Array): string {
  // Too few letters for statistics, or a UTF-8 text with a broken byte: chardet then says windows-1252 or UTF-8 with little
  // confidence, and reading as UTF-8 is what names the broken line.
  const found = analyse(sample.subarray(0, 65_536)).find(({ name, confidence }) => confidence >= 10 && isKnownEncoding(name));
  return found && !isMostlyUtf8(sample) ? found.name.toLowerCase() : "utf-8";
}

/** Whether broken bytes are rare among well-formed characters beyond ASCII. */
function isMostlyUtf8(sample: Uint8Array): boolean {
  const text = new TextDecoder("utf-8").decode(sample);
  let broken = 0;
  let whole = 0;
  for (const character of text) {
    if (character === "\ufffd") broken += 1;
    else if (character > "\u007f") whole += 1;
  }
  return whole > broken;
}

export function isKnownEncoding(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== "";
  } catch {
    return false;
  }
}
