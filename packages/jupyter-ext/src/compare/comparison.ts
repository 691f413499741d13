import { jensenShannonDistance, type Note } from "heed/note";
import { allCells, groupCells } from "../view/cells.js";
import { alignTokens, type Alignment } from "../view/align.js";

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
  const cells = { a: allCells(a.note, a.head), b: allCells(b.note, b.head) };
  if ([cells.a, cells.b].some(({ block }) => block[0] > 1 || block[1] > 1)) return "external";
  const aligned = alignNotes(a.note, b.note);
  if (typeof aligned === "string") return aligned;
  const { rows, columns } = aligned;
  const [ofA, ofB] = (["a", "b"] as const).map((side) => {
    const [groupsOfRows, groupsOfColumns] = [rows, columns].map(({ groups }) => groups.map((group) => group[side]));
    return groupCells(cells[side], groupsOfRows ?? [], groupsOfColumns ?? []).values;
  }) as [Float32Array, Float32Array];
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

/** How the tokens of two notes correspond, or why they do not. */
function alignNotes(a: Note, b: Note): { readonly rows: Alignment; readonly columns: Alignment } | Obstacle {
  const grids = [a, b].map(({ image }) => image?.grid.join() ?? "");
  if (grids[0] !== grids[1]) return "image";
  const rows = alignTokens(a.axes.rows, b.axes.rows);
  if (!rows || rows.groups.length === 0) return "rows";
  const columns = alignTokens(a.axes.columns, b.axes.columns);
  if (!columns || columns.groups.length === 0) return "columns";
  if (Math.max(rows.groups.length, columns.groups.length) > most) return "size";
  return { rows, columns };
}

/** Why the heads of two notes cannot be compared, as far as their axes tell; undefined where they can. */
export function obstacleBetween(a: Note, b: Note): Obstacle | undefined {
  const aligned = alignNotes(a, b);
  return typeof aligned === "string" ? aligned : undefined;
}
