import { AlignedTextBuilder, type AlignedText } from "./aligned-text.js";
import { CodePoints, parseRanges } from "./code-points.js";
import { unknownToNormaliserRanges } from "./unicode-tables.js";

/** A Unicode normalisation form. */
export type UnicodeForm = "NFC" | "NFD" | "NFKC" | "NFKD";

/** Characters that came with a newer Unicode than the normalisation of Hugging Face's tokenizers knows: they stay, and nothing combines with them. */
const unknown = new CodePoints(parseRanges(unknownToNormaliserRanges)).toRegExp();

/**
 * A text in a Unicode normalisation form, with its origins.
 *
 * `String.normalize` does not say what came from where, so both sides are taken to pieces: a character of the result is made of parts,
 * and each part comes from one character of the source. A result of several source characters comes from all of them, from the first to
 * the last. (Hugging Face's tokenizers name the first alone: [0, 1] for a syllable written with two letters. The tokens are the same.)
 */
export function toUnicodeForm(source: AlignedText, form: UnicodeForm): AlignedText {
  const { text } = source;
  const wanted = normalise(text, form);
  if (wanted === text) return source;
  const decomposition = form.includes("K") ? "NFKD" : "NFD";
  const parts = new PartsByCharacter(text, decomposition);
  const made = new AlignedTextBuilder(source);
  for (const character of wanted) {
    const pieces = form === decomposition ? character : normalise(character, decomposition);
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const piece of pieces) {
      const position = parts.take(piece);
      first = Math.min(first, position);
      last = Math.max(last, position);
    }
    made.addFrom(character, first, last);
  }
  return made.build();
}

/** What stands between characters that are not known is normalised by itself. */
function normalise(text: string, form: UnicodeForm): string {
  let [result, done] = ["", 0];
  for (const match of text.matchAll(unknown)) {
    result += text.slice(done, match.index).normalize(form) + match[0];
    done = match.index + match[0].length;
  }
  return done === 0 ? text.normalize(form) : result + text.slice(done).normalize(form);
}

/** The parts of a decomposed text. Marks may have changed places, but those that are the same never pass each other. */
class PartsByCharacter {
  /** Of each character the positions in the source that it comes from, and how many of them have been taken. */
  readonly #parts = new Map<string, { readonly positions: number[]; taken: number }>();

  constructor(text: string, form: "NFD" | "NFKD") {
    let position = 0;
    for (const whole of text) {
      for (const character of normalise(whole, form)) {
        const known = this.#parts.get(character) ?? { positions: [], taken: 0 };
        known.positions.push(position);
        this.#parts.set(character, known);
      }
      position += whole.length;
    }
  }

  /** The position that the next part that is this character comes from. */
  take(character: string): number {
    const known = this.#parts.get(character);
    return known?.positions[known.taken++] ?? 0;
  }
}
