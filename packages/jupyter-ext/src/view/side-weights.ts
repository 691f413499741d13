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

/** Forgets the heads of an array whose file turned out to be another. */
export function forgetHeads(array: ExternalArray): void {
  loaded.delete(array);
}
