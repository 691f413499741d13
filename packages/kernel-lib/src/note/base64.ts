const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const codes = Uint8Array.from(alphabet, (letter) => letter.charCodeAt(0));
const invalid = 255;
const values = new Uint8Array(256).fill(invalid);
codes.forEach((code, value) => (values[code] = value));
const padding = "=".charCodeAt(0);

/** The base64 text of bytes (RFC 4648, padded). */
export function encodeBase64(bytes: Uint8Array): string {
  const text = new Uint8Array(4 * Math.ceil(bytes.length / 3));
  let to = 0;
  for (let from = 0; from < bytes.length; from += 3) {
    const bits = ((bytes[from] ?? 0) << 16) | ((bytes[from + 1] ?? 0) << 8) | (bytes[from + 2] ?? 0);
    text[to++] = codes[bits >> 18] ?? 0;
    text[to++] = codes[(bits >> 12) & 63] ?? 0;
    text[to++] = codes[(bits >> 6) & 63] ?? 0;
    text[to++] = codes[bits & 63] ?? 0;
  }
  const missing = (3 - (bytes.length % 3)) % 3;
  text.fill(padding, text.length - missing);
  return new TextDecoder().decode(text);
}

/** The number of bytes that a base64 text stands for, or undefined where its length or padding cannot be right. */
export function base64Length(text: string): number | undefined {
  if (text.length % 4 !== 0) return undefined;
  const missing = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  return (text.length / 4) * 3 - missing;
}

/** Whether a text holds only letters of base64, with padding at its end alone. */
export function isBase64(text: string): boolean {
  const length = base64Length(text);
  if (length === undefined) return false;
  const letters = Math.ceil((length * 4) / 3);
  for (let i = 0; i < letters; i++) {
    const code = text.charCodeAt(i);
    if (code > 255 || values[code] === invalid) return false;
  }
  return true;
}

/** Bytes `start` ≤ i < `end` of a base64 text, without decoding the others. Letters that are none count as zeros. */
export function decodeBase64(text: string, start: number, end: number): Uint8Array {
  const bytes = new Uint8Array(end - start);
  const group = Math.floor(start / 3);
  let at = group * 3 - start;
  for (let from = group * 4; at < bytes.length; from += 4, at += 3) {
    const bits =
      (valueAt(text, from) << 18) | (valueAt(text, from + 1) << 12) | (valueAt(text, from + 2) << 6) | valueAt(text, from + 3);
    // writes outside a typed array are ignored, so the first and the last group need no special case
    bytes[at] = bits >> 16;
    bytes[at + 1] = (bits >> 8) & 255;
    bytes[at + 2] = bits & 255;
  }
  return bytes;
}

function valueAt(text: string, index: number): number {
  const value = values[text.charCodeAt(index)];
  return value === undefined || value === invalid ? 0 : value;
}
