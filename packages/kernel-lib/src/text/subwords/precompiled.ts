import { AlignedTextBuilder, type AlignedText } from "./aligned-text.js";
import { characters } from "../characters.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * SentencePiece's normalisation table: a double array trie of what is replaced, and the replacements, each ended by a NUL.
 *
 * @see https://github.com/google/sentencepiece, normalizer.cc; https://github.com/s-yata/darts-clone for the trie
 */
export class PrecompiledTable {
  readonly #trie: Uint32Array;
  readonly #replacements: Uint8Array;

  /** @throws SyntaxError when the bytes are no such table */
  constructor(bytes: Uint8Array) {
    const trieBytes = bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    if (trieBytes === 0 || trieBytes % 4 !== 0 || 4 + trieBytes > bytes.length) {
      throw new SyntaxError(
        `tokenizer.json: expected a precompiled_charsmap with a trie; got ${bytes.length} bytes, trie ${trieBytes}`,
      );
    }
    this.#trie = new Uint32Array(bytes.slice(4, 4 + trieBytes).buffer);
    this.#replacements = bytes.subarray(4 + trieBytes);
  }

  /** Whole characters are looked up as readers see them if they are short, then by their code points. */
  normalise(source: AlignedText): AlignedText {
    const made = new AlignedTextBuilder(source);
    for (const { piece, start } of characters(source.text)) {
      const whole = encoder.encode(piece).length < 6 ? this.#find(piece) : undefined;
      if (whole !== undefined) {
        replace(made, piece, start, whole);
        continue;
      }
      let at = start;
      for (const character of piece) {
        const found = this.#find(character);
        if (found === undefined) made.copy(at, at + character.length);
        else replace(made, character, at, found);
        at += character.length;
      }
    }
    return made.build();
  }

  /** What a text is replaced by, looked up by its shortest beginning that is in the table. */
  #find(text: string): string | undefined {
    let unit = this.#trie[0] ?? 0;
    let node = offsetOf(unit);
    for (const byte of encoder.encode(text)) {
      if (byte === 0) return undefined;
      node ^= byte;
      unit = this.#trie[node] ?? 0;
      if ((unit & 0x800000ff) >>> 0 !== byte) return undefined;
      node ^= offsetOf(unit);
      if (((unit >>> 8) & 1) === 1) return this.#replacement((this.#trie[node] ?? 0) & 0x7fffffff);
    }
    return undefined;
  }

  #replacement(start: number): string {
    const end = this.#replacements.indexOf(0, start);
    return decoder.decode(this.#replacements.subarray(start, end < 0 ? undefined : end));
  }
}

const offsetOf = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6);

/** Characters stand for each other one by one; those in addition come from where the last one came from. */
function replace(made: AlignedTextBuilder, old: string, start: number, replacement: string): void {
  const olds = [...old];
  let at = start;
  [...replacement].forEach((character, i) => {
    if (i > 0 && i < olds.length) at += olds[i - 1]?.length ?? 1;
    made.add(character, at);
  });
}
