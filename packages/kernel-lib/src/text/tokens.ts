/** A text cut into tokens, each with its place. It is also an axis of a note, so it can label rows and columns as it is. */
export interface Tokens {
  /** The text itself. */
  readonly text: string;
  readonly tokens: readonly string[];
  /** [start, end) of each token in `text`, in UTF-16 units, as JavaScript's `slice` takes them. */
  readonly offsets: readonly (readonly [number, number])[];
}

/** A piece of a text and where it begins. */
export interface Piece {
  readonly piece: string;
  readonly start: number;
}

/** Pieces of a text as its tokens. */
export function toTokens(text: string, pieces: Iterable<Piece>): Tokens {
  const tokens: string[] = [];
  const offsets: [number, number][] = [];
  for (const { piece, start } of pieces) {
    tokens.push(piece);
    offsets.push([start, start + piece.length]);
  }
  return { text, tokens, offsets };
}
