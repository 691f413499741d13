import { field, readList, readObject } from "./check.js";
import { fail, NoteError } from "./error.js";
import { limits } from "./limits.js";
import { readNote } from "./parse-note.js";
import type { Note, StoredNote } from "./schema.js";
import { storeNote } from "./store.js";
import type { Language } from "./wording.js";

/** A `.heed.json` file of several notes. A file of one note may be the note itself. */
export interface NoteDocument {
  readonly version: 1;
  readonly notes: readonly StoredNote[];
}

/**
 * Reads the text of a `.heed.json` file: one note, or `{ "version": 1, "notes": [ … ] }`.
 *
 * @throws NoteError that names the bad field (`notes[2].weights.data`), with its message in `language`
 */
export function parseDocument(text: string, language: Language = "en"): readonly Note[] {
  try {
    const json = readObject(readJson(text), "document");
    const notes = field(json, "notes");
    if (notes === undefined) return [readNote(json, "note")];
    if (field(json, "version") !== 1) fail("version", "expected 1, the version of a list of notes", "应为 1，即笔记列表的版本");
    return readList(notes, "notes", limits.notes).map((note, i) => readNote(note, `notes[${i}]`));
  } catch (error) {
    throw error instanceof NoteError ? new NoteError(error.path, error.wording, language) : error;
  }
}

/** The text of a `.heed.json` file that holds these notes. */
export function writeDocument(notes: readonly Note[]): string {
  const stored = notes.map(storeNote);
  const [only] = stored;
  const content: StoredNote | NoteDocument = stored.length === 1 && only ? only : { version: 1, notes: stored };
  return `${JSON.stringify(content)}\n`;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    return fail("document", `expected JSON; ${reason}`, `应为 JSON；${reason}`);
  }
}
