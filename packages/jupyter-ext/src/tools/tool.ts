import type { IDisposable } from "@lumino/disposable";
import type { ISignal } from "@lumino/signaling";
import type { Note } from "heed/note";
import type { Phrases } from "../view/options.js";
import type { Selection, TokenCell } from "../view/selection.js";
import type { Surroundings } from "../view/surroundings.js";

/** What can be opened below a picture. */
export type ToolName = "derivation" | "sliders" | "table";

/** What a tool sees of the figure it belongs to. */
export interface ToolFigure {
  readonly node: HTMLElement;
  readonly isDisposed: boolean;
  readonly note: Note | undefined;
  /** The text of a written note. */
  readonly text: string | undefined;
  readonly selection: Selection;
  readonly selected: ISignal<ToolFigure, Selection>;
  /** The cell under the pointer or the keyboard's cursor. */
  readonly visited: ISignal<ToolFigure, TokenCell | undefined>;
  select(changes: Partial<Selection>): void;
  /** Shows a changed note in place of the figure's own, until it has another. */
  showChanged(note: Note): void;
}

/** What a tool works with. */
export interface ToolContext {
  readonly figure: ToolFigure;
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
  readonly suits: (figure: ToolFigure, surroundings: Surroundings) => boolean;
  readonly load: () => Promise<(context: ToolContext) => Tool>;
}
