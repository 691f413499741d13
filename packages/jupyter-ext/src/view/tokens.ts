import type { Axis, Note } from "heed/note";
import { alignTokens, type Alignment } from "./align.js";
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
 * Where chosen tokens stand in another note: on its axes of the same text, at the same place of it, also where that is cut into other tokens.
 * A token of another text is another one, whatever it is called: the h1 of two formulas have nothing to do with each other.
 */
export function findTokens(chosen: readonly ChosenToken[], { axes }: Note): Marks {
  const places = (axis: Axis): number[] => [...new Set(chosen.flatMap((token) => placesOf(token, axis)))].sort((a, b) => a - b);
  return { rows: places(axes.rows), columns: places(axes.columns) };
}

function placesOf({ axis, index }: ChosenToken, other: Axis): readonly number[] {
  if (sameTokens(axis, other)) return [index];
  return alignmentOf(axis, other)?.groups.find(({ a }) => a.includes(index))?.b ?? [];
}

const alignments = new WeakMap<Axis, WeakMap<Axis, Alignment | undefined>>();

/** How two axes correspond, worked out once: each click asks about all notes of a notebook. */
function alignmentOf(axis: Axis, other: Axis): Alignment | undefined {
  const known = alignments.get(axis) ?? new WeakMap<Axis, Alignment | undefined>();
  alignments.set(axis, known);
  if (!known.has(other)) known.set(other, alignTokens(axis, other));
  return known.get(other);
}

export function sameTokens(a: Axis, b: Axis): boolean {
  return a === b || (a.tokens.length === b.tokens.length && a.tokens.every((token, i) => token === b.tokens[i]));
}
