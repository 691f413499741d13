import type { Language, Note } from "heed/note";
import { prepareToDraw } from "../view/views.js";

/** Notes kept, so that scrolling, re-rendering and the panel do not evaluate the same text again. */
const keptNotes = 200;

const kept = new Map<string, Promise<Note>>();

/** The note that a text describes. The evaluator is a chunk of its own, loaded with the first written note. */
export function evaluate(text: string, language: Language): Promise<Note> {
  const key = `${language} ${text}`;
  const found = kept.get(key);
  // most recently used last
  kept.delete(key);
  const note = found ?? import("heed/language").then(({ evaluateNote }) => evaluateNote(text, { language }));
  kept.set(key, note);
  for (const oldest of kept.keys()) {
    if (kept.size <= keptNotes) break;
    kept.delete(oldest);
  }
  return note;
}

/** Fetches what evaluates and draws written notes; a failure is told later, where a note would have been. */
export function prepareToEvaluate(): void {
  prepareToDraw();
  import("heed/language").then(({ prepareComputation }) => prepareComputation()).catch(() => undefined);
}
