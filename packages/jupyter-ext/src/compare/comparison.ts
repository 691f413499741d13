import { jensenShannonDistance, type Note } from "heed/note";
import { cellsOf } from "../view/cells.js";
import { alignTokens, type Alignment, type TokenGroup } from "./align.js";

/** One of the two things compared: a head of a note. */
export interface Side {
  readonly note: Note;
  /** layer × heads + head */
  readonly head: number;
}

/** Two heads over the same tokens. Matrices are row-major [rows, columns]; NaN where a note masks a cell. */
export interface Comparison {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly a: Float32Array;
  readonly b: Float32Array;
  /** a − b, where a masked cell of one counts as 0; NaN where both mask. */
  readonly difference: Float32Array;
  /** The Jensen–Shannon distance of each row, NaN where a row of either has no weight. */
  readonly distances: Float64Array;
  /** Whether tokens had to be joined, and how many on each side have no partner. */
  readonly isJoined: boolean;
  readonly leftOut: { readonly a: number; readonly b: number };
}

/** Why two notes cannot be compared. */
export type Obstacle = "rows" | "columns" | "image" | "external" | "size";

/** More places than this along an axis are not compared. */
const most = 2_048;

/**
 * Brings two heads to the same rows and columns and subtracts them. Of tokens that are joined, keys' weights add up and queries' rows are
 * averaged, so that rows still sum to 1 (Clark et al. 2019, §4.1).
 */
export function compareNotes(a: Side, b: Side): Comparison | Obstacle {
  if (a.note.weights.encoding === "external" || b.note.weights.encoding === "external") return "external";
  const grids = [a, b].map(({ note }) => note.image?.grid.join() ?? "");
  if (grids[0] !== grids[1]) return "image";
  const rows = alignTokens(a.note.axes.rows, b.note.axes.rows);
  if (!rows || rows.groups.length === 0) return "rows";
  const columns = alignTokens(a.note.axes.columns, b.note.axes.columns);
  if (!columns || columns.groups.length === 0) return "columns";
  if (Math.max(rows.groups.length, columns.groups.length) > most) return "size";
  const [ofA, ofB] = [joined(a, "a", rows, columns), joined(b, "b", rows, columns)];
  const K = columns.groups.length;
  const filled = [ofA, ofB].map((values) => values.map((value) => (Number.isNaN(value) ? 0 : value)));
  const [plainA = ofA, plainB = ofB] = filled;
  return {
    rows: rows.groups.map(({ label }) => label),
    columns: columns.groups.map(({ label }) => label),
    a: ofA,
    b: ofB,
    difference: ofA.map((value, i) =>
      Number.isNaN(value) && Number.isNaN(ofB[i]) ? Number.NaN : (plainA[i] ?? 0) - (plainB[i] ?? 0),
    ),
    distances: Float64Array.from(rows.groups, (_, row) =>
      jensenShannonDistance(plainA.subarray(row * K, (row + 1) * K), plainB.subarray(row * K, (row + 1) * K)),
    ),
    isJoined: !(rows.isSame && columns.isSame),
    leftOut: {
      a: rows.leftOut.a.length + columns.leftOut.a.length,
      b: rows.leftOut.b.length + columns.leftOut.b.length,
    },
  };
}

/** The weights of one side over the groups of tokens. */
function joined({ note, head }: Side, side: "a" | "b", rows: Alignment, columns: Alignment): Float32Array {
  const { values, shape } = cellsOf(note, head, [Infinity, Infinity]);
  if (rows.isSame && columns.isSame) return values;
  const result = new Float32Array(rows.groups.length * columns.groups.length);
  rows.groups.forEach((row, i) => {
    columns.groups.forEach((column, j) => {
      result[i * columns.groups.length + j] = joinedCell(values, shape[1], row[side], column[side]);
    });
  });
  return result;
}

/** The mean over the rows of the sum over the columns; rows without any weight do not count. */
function joinedCell(values: Float32Array, width: number, rows: TokenGroup["a"], columns: TokenGroup["a"]): number {
  let [total, count] = [0, 0];
  for (const row of rows) {
    const seen = columns.map((column) => values[row * width + column] ?? 0).filter((value) => !Number.isNaN(value));
    if (isEmptyRow(values, width, row)) continue;
    count += 1;
    total += seen.reduce((sum, value) => sum + value, 0);
  }
  const isMasked = rows.every((row) => columns.every((column) => Number.isNaN(values[row * width + column] ?? 0)));
  return isMasked ? Number.NaN : total / Math.max(1, count);
}

function isEmptyRow(values: Float32Array, width: number, row: number): boolean {
  return values.subarray(row * width, (row + 1) * width).every((value) => Number.isNaN(value));
}
