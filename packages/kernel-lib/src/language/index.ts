export { checkNote, parseWrittenNote } from "./check.js";
export { NoteSyntaxError, type Diagnostic, type DiagnosticCode } from "./diagnostic.js";
export { computeNote, evaluateNote, prepareComputation } from "./evaluate.js";
export { rewriteNote, type MaskWords, type NoteChanges } from "./rewrite.js";
export type { WrittenNote, WrittenScore, WrittenSource } from "./written-note.js";
