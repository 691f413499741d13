import { AlignedTextBuilder, type AlignedText } from "./aligned-text.js";

/** A Unicode normalisation form. */
export type UnicodeForm = "NFC" | "NFD" | "NFKC" | "NFKD";

/** A character of the decomposed text. */
interface Part {
  readonly character: string;
  /** 0 for the first part of a character of the source, 1 for those that come in addition. */
  readonly added: 0 | 1;
  isUsed: boolean;
}

/**
 * A text in a Unicode normalisation form, with its origins.
 *
 * `String.normalize` does not say what came from where, so both sides are taken to pieces: a character of the result is made of parts,
 * and each part comes from one character of the source. A result of several source characters comes from where the first of them came
 * from; a part in addition comes from where the character before it came from. This is how Hugging Face's tokenizers count.
 */
export function toUnicodeForm(source: AlignedText, form: UnicodeForm): AlignedText {
  const wanted = source.text.normalize(form);
  if (wanted === source.text) return source;
  const decomposition = form.includes("K") ? "NFKD" : "NFD";
  const parts = decompose(source.text, decomposition);
  const made = new AlignedTextBuilder(source);
  let position = 0; // the first unit of the source that nothing has replaced yet
  let firstUnused = 0;
  for (const character of wanted) {
    const pieces = form === decomposition ? [character] : [...character.normalize(decomposition)];
    let added = 1 - pieces.length;
    for (const piece of pieces) added += take(parts, firstUnused, piece);
    while (parts[firstUnused]?.isUsed === true) firstUnused++;
    if (added > 0) {
      made.add(character, position - 1);
    } else {
      made.add(character, Math.min(position, source.length - 1));
      for (let replaced = 0; replaced < 1 - added; replaced++) position += unitsAt(source.text, position);
    }
  }
  return made.build();
}

function decompose(text: string, form: "NFD" | "NFKD"): Part[] {
  const parts: Part[] = [];
  for (const character of text) {
    let added: 0 | 1 = 0;
    for (const part of character.normalize(form)) {
      parts.push({ character: part, added, isUsed: false });
      added = 1;
    }
  }
  return parts;
}

/** Uses the next part that is this character: marks may have changed places, but never far. */
function take(parts: Part[], from: number, character: string): number {
  for (let at = from; at < parts.length; at++) {
    const part = parts[at];
    if (part && !part.isUsed && part.character === character) {
      part.isUsed = true;
      return part.added;
    }
  }
  return 0;
}

const unitsAt = (text: string, position: number): number => ((text.codePointAt(position) ?? 0) > 0xffff ? 2 : 1);
