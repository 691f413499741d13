export { checkNote, parseWrittenNote } from "./check.js";
export { NoteSyntaxError, type Diagnostic, type DiagnosticCode } from "./diagnostic.js";
export { computeNote, evaluateNote, prepareComputation } from "./evaluate.js";
export type { WrittenNote, WrittenScore, WrittenSource } from "./written-note.js";
