import type { Note } from "heed/note";
import type { Phrases } from "../view/options.js";
import { hopName } from "../view/wording.js";

/** What the rows of a note are called: its tokens; hops by more than their number. */
export function rowNames({ kind, axes }: Note, phrases: Phrases): readonly string[] {
  return kind === "summary" ? axes.rows.tokens.map((token) => hopName(token, phrases)) : axes.rows.tokens;
}

/** What the columns of a note are called: its tokens; parts of an image by where they are. */
export function columnNames({ image, axes }: Note, phrases: Phrases): readonly string[] {
  const across = image?.grid[1];
  if (across === undefined) return axes.columns.tokens;
  return axes.columns.tokens.map((_, i) => phrases.__("part %1, %2", Math.floor(i / across) + 1, (i % across) + 1));
}
