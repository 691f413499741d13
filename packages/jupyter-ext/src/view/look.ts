import { groupsOf, joinAxis, type Axis, type Groups, type Note } from "heed/note";
import { allCells, groupCells, limitCells, type Cells } from "./cells.js";
import type { Selection, TokenCell, TokenPlace } from "./selection.js";
import type { Marks } from "./view.js";
import { loadedHead, wholeMatrixCells } from "./side-weights.js";

/** An axis as it is read: its tokens or the words they make, without those that are hidden. */
export interface ReadAxis extends Axis {
  /** The note's own tokens behind each; absent where they are the same. */
  readonly groups?: Groups;
}

/** One head as it is read. */
export interface Look {
  readonly note: Note;
  readonly rows: ReadAxis;
  readonly columns: ReadAxis;
  readonly cells: Cells;
  /** The share of each row's weight that hidden columns hold; absent where none are hidden. Nothing is rescaled. */
  readonly hidden?: Float32Array;
}

/** The chosen head of a note, as the reader wants to read it, at most `limit` cells along each axis. */
export function lookAt(note: Note, selection: Selection, limit: readonly [number, number] = [Infinity, Infinity]): Look {
  const { rows, columns } = readAxes(note, selection);
  const whole = allCells(note, selection.head);
  if (!rows.groups && !columns.groups) return { note, rows, columns, cells: limitCells(whole, limit) };
  const rowGroups = rows.groups ?? singles(rows);
  const grouped = groupCells(whole, rowGroups, columns.groups ?? singles(columns));
  const keeps = (columns.groups?.flat().length ?? whole.shape[1]) === whole.shape[1];
  return {
    note,
    rows,
    columns,
    cells: limitCells(grouped, limit),
    ...(!keeps && { hidden: hiddenShares(whole, rowGroups, grouped) }),
  };
}

/** The axes of a note as the reader wants to read them. Of weights in a file that was not read there is an overview of all tokens only. */
export function readAxes({ axes, weights }: Note, selection: Selection): { rows: ReadAxis; columns: ReadAxis } {
  if (weights.encoding === "external" && !loadedHead(weights, selection.head))
    return { rows: axes.rows, columns: axes.columns };
  return { rows: readAxis(axes.rows, selection), columns: readAxis(axes.columns, selection) };
}

function readAxis(axis: Axis, { joinsWords, hidesSpecial }: Selection): ReadAxis {
  const words = joinsWords ? axis.words : undefined;
  const special = new Set(hidesSpecial ? axis.special : []);
  if (!words && special.size === 0) return axis;
  const groups = words ? groupsOf(words) : singles(axis);
  const kept = groups.filter(([first = -1]) => !special.has(first));
  // an axis of special tokens only stays as it is
  const shown = kept.length > 0 ? kept : groups;
  if (shown.length === axis.tokens.length) return axis;
  const joined = joinAxis(axis, shown);
  // a token that is only left among fewer is still written as the model has it
  const tokens = words ? joined.tokens : shown.map(([token = 0]) => axis.tokens[token] ?? "");
  return { ...joined, tokens, groups: shown };
}

const singles = ({ tokens }: Axis): number[][] => tokens.map((_, token) => [token]);

const sum = (values: Float32Array): number => values.reduce((total, value) => total + (value || 0), 0);

function hiddenShares(whole: Cells, rows: Groups, shown: Cells): Float32Array {
  const before = groupCells(whole, rows, [Array.from({ length: whole.shape[1] }, (_, key) => key)]).values;
  return Float32Array.from(rows.keys(), (row) => {
    const all = before[row] ?? Number.NaN;
    const rest = sum(shown.values.subarray(row * shown.shape[1], (row + 1) * shown.shape[1]));
    return all > 0 ? Math.max(0, 1 - rest / all) : 0;
  });
}

/** What of a note a reader may choose to read differently. */
export function readingsOf({ axes, weights }: Note): { readonly words: boolean; readonly special: boolean } {
  const both = [axes.rows, axes.columns];
  const [rows = 0, columns = 0] = weights.shape.slice(-2);
  const isReadWhole = weights.encoding !== "external" || rows * columns <= wholeMatrixCells;
  return {
    words: isReadWhole && both.some(({ words }) => words && groupsOf(words).length < words.length),
    special: isReadWhole && both.some(({ special, tokens }) => special && special.length > 0 && special.length < tokens.length),
  };
}

/** The first of the note's own tokens behind a place of an axis that is read. */
export function tokenAt(axis: ReadAxis, place: number): number {
  return axis.groups ? (axis.groups[place]?.[0] ?? 0) : place;
}

/** Where one of the note's own tokens is read; undefined where it is hidden. */
export function placeOfToken(axis: ReadAxis, token: number): number | undefined {
  if (!axis.groups) return token < axis.tokens.length ? token : undefined;
  const place = axis.groups.findIndex((group) => group.includes(token));
  return place < 0 ? undefined : place;
}

/** The note's own tokens that a cell stands for; of a block or joined words, the first. */
export function tokensAt({ rows, columns, cells: { block } }: Look, row: number, column: number): TokenCell {
  return { row: tokenAt(rows, row * block[0]), column: tokenAt(columns, column * block[1]) };
}

/** The cell that stands for one of the note's weights; undefined where it is hidden. */
export function cellWith({ rows, columns, cells: { block } }: Look, weight: TokenCell): TokenCell | undefined {
  const [row, column] = [placeOfToken(rows, weight.row), placeOfToken(columns, weight.column)];
  if (row === undefined || column === undefined) return undefined;
  return { row: Math.floor(row / block[0]), column: Math.floor(column / block[1]) };
}

/** The place of the chosen token among those that are read, and which axis it is on. */
export function placeOfChosen(look: Look, token: TokenPlace | undefined): TokenPlace | undefined {
  const place = token && placeOfToken(look[token.axis], token.index);
  return place === undefined ? undefined : { axis: token?.axis ?? "rows", index: place };
}

/** The marked tokens by their places among those that are read. */
export function markedPlaces(
  look: Look,
  marks: Marks,
): { readonly rows: ReadonlySet<number>; readonly columns: ReadonlySet<number> } {
  const places = (axis: "rows" | "columns"): Set<number> =>
    new Set(marks[axis].flatMap((token) => placeOfToken(look[axis], token) ?? []));
  return { rows: places("rows"), columns: places("columns") };
}
