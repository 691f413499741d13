import { describeNote } from "./describe.js";
import { fallbackSvg } from "./picture/index.js";
import { noteMimeType, type Note, type StoredNote } from "./schema.js";
import { storeNote } from "./store.js";
import type { Language } from "./wording.js";

/** What a cell shows: the note, and the same in a picture and in words for viewers that cannot draw it. */
export type DisplayBundle = Readonly<{
  [noteMimeType]: StoredNote;
  "image/svg+xml": string;
  "text/plain": string;
}>;

/**
 * The MIME bundle of a computed note.
 *
 * @example
 * ```ts
 * import { displayBundle, makeNote } from "heed/note";
 * const bundle = displayBundle(makeNote({ weights: [[0.25, 0.75]], rows: ["h1"], columns: ["s1", "s2"] }));
 * console.log(bundle["text/plain"]); // “h1” looks most at “s2” (75%).
 * ```
 */
export function displayBundle(note: Note, options: { readonly language?: Language } = {}): DisplayBundle {
  const language = options.language ?? "en";
  const words = describeNote(note, language);
  return {
    [noteMimeType]: storeNote(note),
    "image/svg+xml": fallbackSvg(note, language, words),
    "text/plain": words,
  };
}
