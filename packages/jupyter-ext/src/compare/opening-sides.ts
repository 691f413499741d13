import { matrixCount, type Language, type Note } from "heed/note";
import type { Sides } from "./comparison-view.js";
import { obstacleBetween } from "./comparison.js";
import type { NoteChoice } from "./note-choices.js";

/** Notes that are read to find one to compare with; a notebook with more has one among them. */
const mostRead = 60;

/**
 * What a comparison opens with: a note beside the nearest that it can be compared with, those after it first. One that is alone is compared
 * with itself: with its next head, where it has several.
 *
 * @param id of the note; the first where there is none of this id
 */
export async function openingSides(
  listed: readonly NoteChoice[],
  id: string | undefined,
  head: number,
  language: Language,
): Promise<Sides> {
  const at = Math.max(
    0,
    listed.findIndex((choice) => choice.id === id),
  );
  const first = listed[at];
  const a = { id: first?.id, head };
  const note = first && (await readOf(first, language));
  if (!note) return { a, b: a };
  const others = [...listed.slice(at + 1), ...listed.slice(0, at).toReversed()];
  for (const other of others.slice(0, mostRead)) {
    const found = await readOf(other, language);
    if (found && obstacleBetween(note, found) === undefined) return { a, b: { id: other.id, head } };
  }
  return { a, b: { id: first.id, head: head + 1 < matrixCount(note) ? head + 1 : Math.max(0, head - 1) } };
}

/** A note that cannot be read is none to open with; why, its own figure tells. */
const readOf = (choice: NoteChoice, language: Language): Promise<Note | undefined> =>
  choice.read(language).catch(() => undefined);
