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
  // several times as fast as looking at each letter
  return base64Length(text) !== undefined && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

/** What newer engines bring (ECMAScript 2026), several times as fast as what is written in JavaScript. */
const { fromBase64 } = Uint8Array as { fromBase64?: (text: string) => Uint8Array };

/** Bytes `start` ≤ i < `end` of a base64 text, without decoding the others. Letters that are none count as zeros. */
export function decodeBase64(text: string, start: number, end: number): Uint8Array {
  const group = Math.floor(start / 3);
  if (fromBase64 && start < end) {
    try {
      const whole = fromBase64.call(Uint8Array, text.slice(group * 4, Math.ceil(end / 3) * 4));
      // a buffer of its own, as of the other way
      if (whole.length >= end - group * 3) return whole.slice(start - group * 3, end - group * 3);
    } catch {
      // letters that are none are read one by one
    }
  }
  const bytes = new Uint8Array(end - start);
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
