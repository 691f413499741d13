import type { ExternalArray } from "heed/note";
import type { ISignal } from "@lumino/signaling";
import type { LevelRows, MatrixLevel } from "./levels.js";

/** The state of a file of weights: not asked for yet, being opened, usable, or what is wrong with it. */
export type SideState =
  "waiting" | "opening" | "ready" | "missing" | "refused" | "unreachable" | "too-large" | "changed" | "broken";

/** A matrix of at most this many cells is read as a whole. */
export const wholeMatrixCells = 2 ** 20;

/** The weights of a note that are in a file beside it, read a part at a time. */
export interface SideWeights {
  readonly array: ExternalArray;
  readonly state: SideState;
  /** What exactly is wrong, in technical terms. */
  readonly detail: string;
  /** Emitted when the state changes. */
  readonly changed: ISignal<SideWeights, void>;
  /** From fine to coarse; the first is the weights. */
  readonly levels: readonly MatrixLevel[];
  /** Rows `start` ≤ row < `end` of a level. Rejects, and changes the state, when the file cannot be used. */
  rows(level: number, head: number, start: number, end: number, signal?: AbortSignal): Promise<LevelRows>;
  /** Opens the file again after something was wrong with it. */
  retry(): void;
}

/** Opens the file of an array when its note is shown. */
export type OpenSide = (array: ExternalArray) => Promise<SideWeights>;

/** Heads that were read, by their array. */
const loaded = new WeakMap<ExternalArray, Map<number, Float32Array>>();
/** Numbers kept of one array: 64 MB. */
const mostKept = 16_777_216;

/** The weights of a head that was read from the file, for every view of it. */
export function loadedHead(array: ExternalArray, head: number): Float32Array | undefined {
  return loaded.get(array)?.get(head);
}

/** Keeps the weights of a head, and forgets those that were read first where there are many. */
export function keepHead(array: ExternalArray, head: number, values: Float32Array): void {
  const heads = loaded.get(array) ?? new Map<number, Float32Array>();
  loaded.set(array, heads);
  heads.delete(head);
  heads.set(head, values);
  for (const first of heads.keys()) {
    if (heads.size * values.length <= mostKept || heads.size === 1) break;
    heads.delete(first);
  }
}

/** Rows of large heads that were read alone, by their array and by head and row. */
const rows = new WeakMap<ExternalArray, Map<string, Float32Array>>();
const mostRows = 256;

/** A row of a head, where the head or the row alone was read. */
export function loadedRow(array: ExternalArray, head: number, row: number): Float32Array | undefined {
  const columns = array.shape.at(-1) ?? 0;
  const whole = loadedHead(array, head);
  return whole ? whole.subarray(row * columns, (row + 1) * columns) : rows.get(array)?.get(`${head}/${row}`);
}

/** Keeps a row, and forgets those that were read first where there are many. */
export function keepRow(array: ExternalArray, head: number, row: number, values: Float32Array): void {
  const kept = rows.get(array) ?? new Map<string, Float32Array>();
  rows.set(array, kept);
  kept.set(`${head}/${row}`, values);
  for (const first of kept.keys()) {
    if (kept.size <= mostRows) break;
    kept.delete(first);
  }
}

/** Forgets what was read of an array whose file turned out to be another. */
export function forgetHeads(array: ExternalArray): void {
  loaded.delete(array);
  rows.delete(array);
}

/** The files of arrays that are shown, for what explains or saves them: derivation, table, export. */
const opened = new WeakMap<ExternalArray, SideWeights>();

export const sideOf = (array: ExternalArray): SideWeights | undefined => opened.get(array);

export const keepSide = (side: SideWeights): void => void opened.set(side.array, side);

/** What is wrong with a file, once it has been found out. */
export type SideFault = Exclude<SideState, "waiting" | "opening" | "ready">;

export function faultOf({ state }: SideWeights): SideFault | undefined {
  return state === "waiting" || state === "opening" || state === "ready" ? undefined : state;
}

/** Whether a head is small enough to be read as a whole. */
export function isReadWhole({ shape }: ExternalArray): boolean {
  const [height = 0, width = 0] = shape.slice(-2);
  return height * width <= wholeMatrixCells;
}

/** Reads a head as a whole, unless it was, or is too large. Rejects when the file cannot be used. */
export async function readHead(side: SideWeights, head: number, signal?: AbortSignal): Promise<void> {
  if (isReadWhole(side.array) && !loadedHead(side.array, head)) {
    await side.rows(0, head, 0, side.array.shape.at(-2) ?? 0, signal);
  }
}
