import type { Language, Note } from "heed/note";
import type { DrawingSettings, Phrases } from "../view/options.js";
import type { Selection } from "../view/selection.js";
import type { Hides } from "./table.js";

/** What is exported, and how it is drawn and worded. */
export interface ExportRequest {
  readonly note: Note;
  readonly selection: Selection;
  readonly settings: DrawingSettings;
  readonly phrases: Phrases;
  readonly language: Language;
  /** Weights that the reader has yet to guess. */
  readonly hides: Hides;
}
