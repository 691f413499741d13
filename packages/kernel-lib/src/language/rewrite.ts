import { parseWrittenNote } from "./check.js";
import { NoteSyntaxError, Problems } from "./diagnostic.js";
import { readSource, type Written, type WrittenMap } from "./source.js";
import type { Matrix, WrittenScore } from "./written-note.js";

/** A mask in the words of a written note. */
export interface MaskWords {
  readonly causal?: boolean;
  /** The first keys that may be looked at; the rest is padding. */
  readonly lengths?: number;
}

/** Fields of a written note that are to have other values. */
export interface NoteChanges {
  readonly temperature?: number;
  readonly score?: Extract<WrittenScore, { kind: "dot" | "scaled" | "cosine" }>["kind"];
  /** In words, of which none at all take the mask away, or row by row. */
  readonly mask?: MaskWords | Matrix;
  /** Other numbers for `query`, `keys`, `W`, …, in the shape that the field has; a vector is one row. */
  readonly numbers?: Readonly<Record<string, Matrix>>;
}

/** A part of the text and what stands there instead. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The text of a written note with some values changed, as its author would change them: comments, labels, layout and numbers that stay the
 * same stay as they are.
 *
 * @throws NoteSyntaxError when the text is no written note, or would be none afterwards
 * @example
 * ```ts
 * import { rewriteNote } from "heed/language";
 * const text = "query: [1, 0] # looks\nkeys: [[1, 0], [0, 1]]";
 * console.log(rewriteNote(text, { temperature: 2, numbers: { query: [[1, 0.5]] } }));
 * // query: [1, 0.5] # looks
 * // keys: [[1, 0], [0, 1]]
 * // temperature: 2
 * ```
 */
export function rewriteNote(text: string, changes: NoteChanges): string {
  const problems = new Problems();
  const root = readSource(text, problems);
  if (!root) throw new NoteSyntaxError(problems.toDiagnostics(text, "en"), "en");
  const edits = Object.entries(changes.numbers ?? {}).flatMap(([field, matrix]) => numberEdits(root, field, matrix));
  const added: string[] = [];
  const set = (field: string, value: string | undefined): void => {
    const entry = entryOf(root, field);
    if (entry && value !== undefined) edits.push(replacing(text, entry.value, value));
    else if (entry) edits.push(removing(text, root, field));
    else if (value !== undefined) added.push(`${field}: ${value}`);
  };
  if (changes.score !== undefined) set("score", changes.score);
  if (changes.temperature !== undefined)
    set("temperature", changes.temperature === 1 ? undefined : shortest(changes.temperature));
  if (changes.mask !== undefined) set("mask", maskText(changes.mask));
  if (added.length > 0) edits.push(adding(text, root, added));
  const rewritten = apply(text, edits);
  parseWrittenNote(rewritten);
  return rewritten;
}

const entryOf = (root: WrittenMap, field: string): WrittenMap["entries"][number] | undefined =>
  root.entries.find(({ key }) => key.source === field);

/** Fields that mean the same where the first is not written. */
const otherNames: Readonly<Record<string, string>> = { keys: "values", V: "v" };

/** Only the numbers that differ. */
function numberEdits(root: WrittenMap, field: string, matrix: Matrix): Edit[] {
  const entry = entryOf(root, field) ?? entryOf(root, otherNames[field] ?? "");
  if (!entry) throw new TypeError(`rewriteNote: expected the field ${field} in the note; it is not there`);
  return scalarsIn(entry.value).flatMap(({ span, value, source }, i) => {
    const wanted = matrix.flat()[i];
    if (wanted === undefined || wanted === valueOf(value, source)) return [];
    return [{ ...span, text: shortest(wanted) }];
  });
}

function scalarsIn(written: Written): Extract<Written, { kind: "scalar" }>[] {
  switch (written.kind) {
    case "scalar":
      return [written];
    case "list":
      return written.items.flatMap(scalarsIn);
    case "map":
      return written.entries.flatMap(({ value }) => scalarsIn(value));
  }
}

/** A number, or a fraction `1/3`. */
function valueOf(value: unknown, source: string): number {
  if (typeof value === "number") return value;
  const [above, below = "1"] = source.split("/");
  return Number(above) / Number(below);
}

/** Six digits are what a slider means. */
const shortest = (value: number): string => String(Number(value.toPrecision(6)));

function maskText(mask: MaskWords | Matrix): string | undefined {
  if (isMatrix(mask)) return `[${mask.map((row) => `[${row.join(", ")}]`).join(", ")}]`;
  const { causal = false, lengths } = mask;
  if (lengths === undefined) return causal ? "causal" : undefined;
  return causal ? `{ causal: true, lengths: ${lengths} }` : `{ lengths: ${lengths} }`;
}

const isMatrix = (mask: MaskWords | Matrix): mask is Matrix => Array.isArray(mask);

/** What a block of lines ends in belongs to the layout, not to the value. */
function endOf(text: string, { span }: Written): number {
  return span.start + text.slice(span.start, span.end).trimEnd().length;
}

function replacing(text: string, value: Written, by: string): Edit {
  const end = endOf(text, value);
  // a list that begins on a line of its own moves up beside its field
  const before = text.slice(0, value.span.start).trimEnd().length;
  const isOnOwnLine = text.slice(before, value.span.start).includes("\n");
  return isOnOwnLine ? { start: before, end, text: ` ${by}` } : { start: value.span.start, end, text: by };
}

const isFlow = (text: string, { span }: WrittenMap): boolean => text[span.start] === "{";

/** Takes away the lines of a field, or, inside braces, the field and its comma. */
function removing(text: string, root: WrittenMap, field: string): Edit {
  const at = root.entries.findIndex(({ key }) => key.source === field);
  const [before, entry, after] = [root.entries[at - 1], root.entries[at], root.entries[at + 1]];
  if (!entry) return { start: 0, end: 0, text: "" };
  if (isFlow(text, root)) {
    if (after) return { start: entry.key.span.start, end: after.key.span.start, text: "" };
    return { start: before ? endOf(text, before.value) : entry.key.span.start, end: endOf(text, entry.value), text: "" };
  }
  const start = text.lastIndexOf("\n", entry.key.span.start - 1) + 1;
  const lineEnd = text.indexOf("\n", endOf(text, entry.value));
  if (lineEnd >= 0) return { start, end: lineEnd + 1, text: "" };
  return { start: Math.max(0, start - 1), end: text.length, text: "" };
}

/** Adds fields after the last one, in line with the first. */
function adding(text: string, root: WrittenMap, lines: readonly string[]): Edit {
  const last = root.entries.at(-1);
  const first = root.entries[0];
  if (!last || !first) return { start: text.length, end: text.length, text: lines.join("\n") };
  if (isFlow(text, root)) {
    const end = endOf(text, last.value);
    return { start: end, end, text: `, ${lines.join(", ")}` };
  }
  const indentation = " ".repeat(first.key.span.start - (text.lastIndexOf("\n", first.key.span.start - 1) + 1));
  // behind a comment on the last line, not inside it
  const lineEnd = text.indexOf("\n", endOf(text, last.value));
  const end = lineEnd < 0 ? text.length : lineEnd;
  return { start: end, end, text: lines.map((line) => `\n${indentation}${line}`).join("") };
}

function apply(text: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((a, b) => b.start - a.start || b.end - a.end)
    .reduce((changed, { start, end, text: by }) => changed.slice(0, start) + by + changed.slice(end), text);
}
