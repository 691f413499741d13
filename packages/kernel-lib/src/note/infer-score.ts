import { decodeMatrix } from "./decode.js";
import { rowsOf, scoresOfRow } from "./derive-score.js";
import { allowedOf, softmaxOf, toleranceOf } from "./derive-softmax.js";
import type { Note, NoteScore } from "./schema.js";

/** How a head's weights were made, as far as its numbers tell. */
export interface InferredScore {
  readonly score: NoteScore;
  /** Whether keys of weight 0 were masked, where the note names no mask, as in the causal triangle of a decoder. */
  readonly isZeroMasked: boolean;
}

/** The scores that models use; a note of another says so. */
const candidates = [{ name: "scaled" }, { name: "dot" }] as const satisfies readonly NoteScore[];
/** Rows that are tried, spread over the head. */
const triedRows = 8;

const inferred = new WeakMap<Note, Map<number, InferredScore | undefined>>();

/**
 * Finds out how a head's weights came from its queries and keys where the note does not say: tries q·k ÷ √D and q·k, over all keys and over
 * those whose weight is not 0. Undefined where none of these gives the scores and weights of the note, or several do.
 */
export function inferScore(note: Note, head: number): InferredScore | undefined {
  let ofHeads = inferred.get(note);
  if (!ofHeads) inferred.set(note, (ofHeads = new Map()));
  if (!ofHeads.has(head)) ofHeads.set(head, infer(note, head));
  return ofHeads.get(head);
}

function infer(note: Note, head: number): InferredScore | undefined {
  const [rowCount = 0, columns = 0] = note.weights.shape.slice(-2);
  if (note.weights.encoding === "external" || !note.query || !note.keys) return undefined;
  const weights = decodeMatrix(note.weights, head);
  const stride = Math.max(1, Math.floor(rowCount / triedRows));
  const rows = Array.from({ length: Math.ceil(rowCount / stride) }, (_, i) => rowCount - 1 - i * stride).filter(
    (row) => row >= 0,
  );
  for (const isZeroMasked of note.mask ? [false] : [false, true]) {
    const fitting = candidates.filter((score) =>
      rows.every((row) => {
        const stored = weights.subarray(row * columns, (row + 1) * columns);
        return fits({ ...note, score }, head, row, stored, isZeroMasked);
      }),
    );
    const [score] = fitting;
    if (score) return fitting.length === 1 ? { score, isZeroMasked } : undefined;
  }
  return undefined;
}

/** Whether a row's stored scores and weights are those that the score gives. */
function fits(note: Note, head: number, row: number, stored: Float32Array, isZeroMasked: boolean): boolean {
  const ofRow = scoresOfRow(note, head, row);
  if (!("of" in ofRow)) return false;
  const made = Array.from(stored, (_, column) => ofRow.of(column));
  const scores = rowsOf(note.scores, head, note.weights.shape.at(-2) ?? 0);
  const given = scores?.width === stored.length ? scores.values.subarray(row * stored.length) : undefined;
  if (scores && given && made.some(({ value, error }, j) => Math.abs(value - (given[j] ?? 0)) > error + scores.error))
    return false;
  const allowed = isZeroMasked ? stored.map((weight) => Number(weight !== 0)) : allowedOf(note, head, row);
  const softmax = softmaxOf(
    Float64Array.from(made, ({ value }) => value),
    1,
    allowed,
  );
  const error = made.reduce((most, one) => Math.max(most, one.error), 0);
  const { weights } = note;
  const storage = weights.encoding === "external" ? 0 : weights.maxError;
  return stored.every((weight, j) => {
    const derived = softmax.weights[j] ?? 0;
    return Math.abs(derived - weight) <= toleranceOf(storage, derived, softmax, error);
  });
}
