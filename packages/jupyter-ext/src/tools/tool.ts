import type { IDisposable } from "@lumino/disposable";
import type { NoteFigure } from "../view/note-figure.js";
import type { Phrases } from "../view/options.js";
import type { Surroundings } from "../view/surroundings.js";

/** What can be opened below a picture. */
export type ToolName = "derivation" | "sliders" | "table";

/** What a tool works with. */
export interface ToolContext {
  readonly figure: NoteFigure;
  readonly surroundings: Surroundings;
  /** Says a sentence to a screen reader. */
  announce(sentence: string): void;
  /** Closes the tool, and gives the focus to its button. */
  close(): void;
}

/** Something below a picture that explains or changes it. */
export interface Tool extends IDisposable {
  readonly node: HTMLElement;
  /** Follows another note, another choice in it, or another language. */
  update(): void;
}

/** A tool as it is offered: its button, when there is one, and how its code is loaded. */
export interface ToolType {
  readonly name: ToolName;
  readonly label: (phrases: Phrases) => string;
  readonly title: (phrases: Phrases) => string;
  readonly suits: (figure: NoteFigure) => boolean;
  readonly load: () => Promise<(context: ToolContext) => Tool>;
}
