import type { Language } from "heed/note";
import type { NoteWriter } from "../notes/note-writer.js";
import type { Prediction } from "../tools/prediction.js";
import type { DrawingSettings, Phrases } from "./options.js";

/** What all figures share and follow: a person's settings, the language, and a signal when these or the theme change. */
export interface Surroundings {
  readonly settings: DrawingSettings;
  readonly language: Language;
  readonly phrases: Phrases;
  /** Whether numbers are hidden until they were guessed. */
  readonly prediction: Prediction;
  /** Changes the text of written notes; absent where there are no notebooks. */
  readonly writer: NoteWriter | undefined;
  /** Opens the menu of the figure that a button is in, where there is one. */
  readonly openMenu?: ((button: HTMLElement) => void) | undefined;
  /** Calls back after every change, until the returned function is called. */
  onChange(callback: () => void): () => void;
}
