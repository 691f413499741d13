import type { Axis, Note } from "heed/note";
import type { Selection } from "./selection.js";
import type { Marks } from "./view.js";

/** A token that was chosen in some figure, with the axis it stands on. */
export interface ChosenToken {
  readonly axis: Axis;
  readonly index: number;
}

/** The tokens of the chosen cell, or the chosen token. */
export function tokensOf(note: Note, { cell, token }: Pick<Selection, "cell" | "token">): ChosenToken[] {
  const { axes } = note;
  if (!cell) return token ? [{ axis: axes[token.axis], index: token.index }] : [];
  const row: ChosenToken = { axis: axes.rows, index: cell.row };
  // the parts of an image have numbers, not words, that others could share
  return note.kind === "image" ? [row] : [row, { axis: axes.columns, index: cell.column }];
}

/**
 * Where chosen tokens stand in another note: at the same place where an axis has the same tokens (a repeated word is then not
 * mixed up with its double), otherwise wherever the same token is.
 */
export function findTokens(chosen: readonly ChosenToken[], { axes }: Note): Marks {
  const places = (axis: Axis): number[] => [...new Set(chosen.flatMap((token) => placesOf(token, axis)))].sort((a, b) => a - b);
  return { rows: places(axes.rows), columns: places(axes.columns) };
}

function placesOf({ axis, index }: ChosenToken, other: Axis): number[] {
  if (sameTokens(axis, other)) return [index];
  const token = axis.tokens[index];
  return token === undefined ? [] : Array.from(other.tokens.keys()).filter((place) => other.tokens[place] === token);
}

export function sameTokens(a: Axis, b: Axis): boolean {
  return a === b || (a.tokens.length === b.tokens.length && a.tokens.every((token, i) => token === b.tokens[i]));
}
