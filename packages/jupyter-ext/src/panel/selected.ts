/** What the panel needs once a note is selected; a chunk of its own. */
export { NoteDetails, type NoteActions } from "./note-details.js";
export { noteWindow } from "./note-window.js";
