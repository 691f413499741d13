import type { Language, Wording } from "./wording.js";

/** A note that cannot be made or read. `path` names the bad field; `wording` says what is wrong in every language. */
export class NoteError extends TypeError {
  readonly path: string;
  readonly wording: Wording;

  constructor(path: string, wording: Wording, language: Language = "en") {
    super(`${path}: ${wording[language]}`);
    this.path = path;
    this.wording = wording;
  }

  /** The message in the reader's language. */
  in(language: Language): string {
    return `${this.path}: ${this.wording[language]}`;
  }
}

/** Throws a {@link NoteError}: `path: expected …, got …` in English and Chinese. */
export function fail(path: string, en: string, chinese: string): never {
  throw new NoteError(path, { en, "zh-CN": chinese });
}
