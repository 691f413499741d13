import type { Note, NoteView } from "heed/note";

/** The ways to see a note. */
export type ViewName = "matrix" | "heads" | "grid" | "lines" | "text" | "image" | "hops";

/** A weight by its tokens: the row looks at the column, counted in the note's own tokens. */
export interface TokenCell {
  readonly row: number;
  readonly column: number;
}

/** A token on one side of a note. */
export interface TokenPlace {
  readonly axis: "rows" | "columns";
  readonly index: number;
}

/** What a reader has chosen of a note. It stays with the figure while the note is redrawn. */
export interface Selection {
  /** layer × heads + head */
  readonly head: number;
  /** Heads of the same layer that are drawn together as lines, each in a colour; the head itself is one of them. */
  readonly heads?: readonly number[];
  /** The token whose look at an image is drawn. */
  readonly row: number;
  /** The view; where absent, the note's kind chooses. */
  readonly view?: ViewName;
  /** What colours mean; where absent, the note's own wish. */
  readonly scale?: NonNullable<NoteView["scale"]>;
  /** Whether subwords are read as the words they make. */
  readonly joinsWords?: boolean;
  /** Whether tokens that the note marks as special, such as [CLS], are left out. */
  readonly hidesSpecial?: boolean;
  /** Whether a chosen token is shown with what looks at it, rather than with what it looks at. */
  readonly looksBack?: boolean;
  /** The cell that was clicked or entered, for what explains it and for other figures to follow. */
  readonly cell?: TokenCell | undefined;
  /** The token whose weights alone are shown, in views that show one token's at a time. */
  readonly token?: TokenPlace | undefined;
}

/** What colours mean: what the reader chose, else the note's own wish, else the weights themselves. */
export function scaleOf(note: Note, selection: Selection): NonNullable<NoteView["scale"]> {
  return selection.scale ?? note.view?.scale ?? "global";
}
