import type { IDisposable } from "@lumino/disposable";
import type { Note } from "heed/note";
import type { DrawingOptions, Phrases } from "./options.js";
import type { Selection, TokenCell, ViewName } from "./selection.js";
import type { SideWeights } from "./side-weights.js";

/** What a view shows: a note, what is chosen of it, and all that a picture depends on besides. */
export interface Scene {
  readonly note: Note;
  readonly selection: Selection;
  readonly options: DrawingOptions;
  /** Where weights are that are not inside the note. */
  readonly side?: SideWeights;
}

/** What a view tells the figure that it is in. */
export interface ViewHost {
  /** A cell is pointed at or walked to; undefined where the pointer leaves. */
  visit(cell: TokenCell | undefined): void;
  /** The reader chooses: another head, another row, a cell, a token. */
  select(selection: Partial<Selection>): void;
  /** Says a sentence to a screen reader. */
  announce(sentence: string): void;
}

/** Tokens to be highlighted because they were chosen in another figure, by their places along the axes. */
export interface Marks {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

/** One way to see a note, on the page. */
export interface View extends IDisposable {
  readonly node: HTMLElement;
  /** The element in it that takes the focus, which the figure names for screen readers. */
  readonly focusable: HTMLElement;
  /** Takes its place on the page, so that its size is final before anything is drawn; says what is worth knowing beside it. */
  place(scene: Scene): string;
  /** Shows at once something like what was placed last, for the time until it is drawn. */
  sketch?(): void;
  /** Draws what was placed last. */
  draw(): Promise<void>;
  /** Whether what was placed last, for another width, is no larger or smaller than what is drawn. */
  hasSameSize?(): boolean;
  /** Shows which cell or token is chosen, in what is drawn now and until it is placed again. */
  choose(selection: Selection): void;
  /** Highlights tokens, in what is drawn now and later. */
  mark(marks: Marks): void;
}

/** What can be set above a view. */
export type Control = "scale" | "words" | "special" | "direction";

/** A way to see notes: for which it is there, and how its code is loaded. */
export interface ViewType {
  readonly name: ViewName;
  readonly label: (phrases: Phrases) => string;
  readonly suits: (note: Note) => boolean;
  /** Whether the heads are offered as thumbnails above it; otherwise the view itself shows all of them. */
  readonly ofOneHead: boolean;
  readonly controls: readonly Control[];
  /** What the keys do, for a screen reader. */
  readonly keys: (phrases: Phrases) => string;
  readonly load: () => Promise<(host: ViewHost) => View>;
}
