/** Bytes as printable characters, so that a vocabulary of bytes can be written as text (GPT-2). */

/** The character for each byte: itself where it prints, and one from U+0100 on where it does not. A space is Ġ. */
export const byteCharacters: readonly string[] = makeByteCharacters();

function makeByteCharacters(): string[] {
  let hidden = 0;
  return Array.from({ length: 256 }, (_, byte) => {
    const prints = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCharCode(prints ? byte : 256 + hidden++);
  });
}

const encoder = new TextEncoder();

/** The bytes of a text in UTF-8, each as its character. */
export function toByteCharacters(text: string): string {
  return Array.from(encoder.encode(text), (byte) => byteCharacters[byte]).join("");
}

/** The names of the bytes of a text in a vocabulary with byte fallback: <0xE6> <0x88> <0x91> for 我. */
export function toByteTokens(text: string): string[] {
  return Array.from(encoder.encode(text), (byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
}
