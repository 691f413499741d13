/** Reads computed notes and files of notes, which are checked byte for byte; a chunk of its own, loaded with the first of them. */
export { parseDocument, parseNote } from "heed/note";
