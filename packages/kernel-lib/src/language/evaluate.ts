import { roundingOf } from "../note/row-sums.js";
import { makeNote, NoteError, type Language, type Note } from "../note/index.js";
import { parseWrittenNote } from "./check.js";
import { NoteSyntaxError } from "./diagnostic.js";
import type { WrittenNote } from "./written-note.js";

/**
 * Evaluates a written note: reads it, computes it where it gives vectors, and makes the note. Runs in a browser without a kernel.
 *
 * @throws NoteSyntaxError with line and column of everything that is wrong
 * @example
 * ```ts
 * import { evaluateNote } from "heed/language";
 * const note = await evaluateNote(`
 * query: { h1: [1, 0, 2] }
 * keys: { s1: [1, 1, 0], s2: [0, 1, 1], s3: [2, 0, 1], s4: [1, 0, 1] }
 * score: dot
 * `);
 * console.log(note.axes.columns.tokens); // ["s1", "s2", "s3", "s4"]
 * ```
 */
export async function evaluateNote(text: string, options: { readonly language?: Language } = {}): Promise<Note> {
  const written = parseWrittenNote(text, options);
  try {
    return await computeNote(written);
  } catch (error) {
    throw toSyntaxError(error, options.language ?? "en");
  }
}

/** What was checked can still fail where numbers overflow. */
function toSyntaxError(error: unknown, language: Language): unknown {
  if (!(error instanceof TypeError || error instanceof RangeError)) return error;
  const wording = error instanceof NoteError ? error.wording : { en: error.message, "zh-CN": `无法计算：${error.message}` };
  const place = { line: 1, column: 1, endLine: 1, endColumn: 1 };
  return new NoteSyntaxError([{ code: "not-computable", ...place, message: wording[language], wording }], language);
}

/**
 * Computes a written note that has been read. A viewer that lets its reader change a number passes the changed note:
 * `computeNote({ ...written, temperature: 2 })`.
 */
export async function computeNote(written: WrittenNote): Promise<Note> {
  const { source, mask, temperature, ...labels } = written;
  if (source.form === "weights") {
    const { shape, weights, normalised } = source;
    const columns = shape.at(-1) ?? 1;
    return makeNote({
      ...labels,
      weights: { shape, data: weights },
      tolerance: roundingOf(columns),
      ...(!normalised && { normalised }),
      ...(mask && { mask }),
      maskedRows: emptyRows(weights, columns),
    });
  }
  // the engine is loaded when the first note needs it
  const { compute } = await import("./compute.js");
  return compute(source, { mask, temperature }, labels);
}

/**
 * Loads what computes notes of vectors, which is otherwise loaded with the first of them: for a viewer that knows already that
 * such a note is coming.
 *
 * @example
 * ```ts
 * import { evaluateNote, prepareComputation } from "heed/language";
 * await prepareComputation();
 * const note = await evaluateNote("query: [1, 0]\nkeys: [[1, 0], [0, 1]]");
 * console.log(note.weights.shape); // [1, 2]
 * ```
 */
export async function prepareComputation(): Promise<void> {
  await import("./compute.js");
}

/** Rows whose weights are all 0: the author says that these may look at nothing. */
function emptyRows(weights: readonly number[], columns: number): number[] {
  const rows = Array.from({ length: weights.length / columns }, (_, row) => row);
  return rows.filter((row) => weights.slice(row * columns, (row + 1) * columns).every((weight) => weight === 0));
}
