import { prepareToDraw } from "../view/views.js";
import type * as reader from "./read-note.js";

/** What reads computed notes and files of notes, loaded once. */
export const loadReader = (): Promise<typeof reader> => import("./read-note.js");

/** Fetches what reads and draws computed notes; a failure is told later, where a note would have been. */
export function prepareToRead(): void {
  prepareToDraw();
  loadReader().catch(() => undefined);
}
