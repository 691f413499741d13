import type { ExternalArray } from "heed/note";
import type { ISignal } from "@lumino/signaling";
import type { LevelRows, MatrixLevel } from "./levels.js";
import type { TokenPlace } from "./selection.js";

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

/** Rows and columns of large heads that were read without the rest, by their array and by head and place. */
const around = new WeakMap<ExternalArray, Map<string, Float32Array>>();
const mostAround = 256;

const keyOf = (head: number, { axis, index }: TokenPlace): string => `${head}/${axis}/${index}`;

/** All weights of a token of a head, its row or its column, where they were read. */
export function loadedAround(array: ExternalArray, head: number, token: TokenPlace): Float32Array | undefined {
  const whole = loadedHead(array, head);
  if (!whole) return around.get(array)?.get(keyOf(head, token));
  const [rows = 0, columns = 0] = array.shape.slice(-2);
  const { axis, index } = token;
  if (axis === "rows") return whole.subarray(index * columns, (index + 1) * columns);
  return Float32Array.from({ length: rows }, (_, row) => whole[row * columns + index] ?? 0);
}

/** Keeps a row or a column, and forgets those that were read first where there are many. */
export function keepAround(array: ExternalArray, head: number, token: TokenPlace, values: Float32Array): void {
  const kept = around.get(array) ?? new Map<string, Float32Array>();
  around.set(array, kept);
  kept.set(keyOf(head, token), values);
  for (const first of kept.keys()) {
    if (kept.size <= mostAround) break;
    kept.delete(first);
  }
}

/** Forgets what was read of an array whose file turned out to be another. */
export function forgetHeads(array: ExternalArray): void {
  loaded.delete(array);
  around.delete(array);
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

/** Numbers of a head that are fetched at once while its columns are read: 2 MB of half precision. */
const numbersAtOnce = 2 ** 20;
/** Columns beside each other that are kept of what passes by. */
const columnsAtOnce = 64;

/**
 * Reads a column of a head that is too large to be kept: a file has its weights row by row, so that all of the head passes by, a part
 * at a time. Rejects when the file cannot be used.
 *
 * @param onProgress is told what share of the head has been read
 */
export async function readColumn(
  side: SideWeights,
  head: number,
  column: number,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<void> {
  const [rows = 0, columns = 0] = side.array.shape.slice(-2);
  const first = column - (column % columnsAtOnce);
  const kept = Array.from({ length: Math.min(columnsAtOnce, columns - first) }, () => new Float32Array(rows));
  const step = Math.max(1, Math.floor(numbersAtOnce / columns));
  for (let start = 0; start < rows; start += step) {
    signal.throwIfAborted();
    const end = Math.min(rows, start + step);
    const { max } = await side.rows(0, head, start, end, signal);
    for (const [i, values] of kept.entries()) {
      for (let row = start; row < end; row++) values[row] = max[(row - start) * columns + first + i] ?? 0;
    }
    onProgress(end / rows);
  }
  for (const [i, values] of kept.entries()) keepAround(side.array, head, { axis: "columns", index: first + i }, values);
}
