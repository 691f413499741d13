import type { Language } from "heed/note";
import type { DrawingSettings, Phrases } from "./options.js";

/** What all figures share and follow: a person's settings, the language, and a signal when these or the theme change. */
export interface Surroundings {
  readonly settings: DrawingSettings;
  readonly language: Language;
  readonly phrases: Phrases;
  /** Calls back after every change, until the returned function is called. */
  onChange(callback: () => void): () => void;
}
