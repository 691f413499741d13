import { Signal, type ISignal } from "@lumino/signaling";
import type { ExternalArray } from "heed/note";
import type { LevelRows, MatrixLevel } from "../view/levels.js";
import { forgetHeads, isReadWhole, keepAround, keepHead, type SideState, type SideWeights } from "../view/side-weights.js";
import type { ByteSource } from "./range-source.js";
import { requireSameBytes, requireSameNumbers } from "./same-numbers.js";
import { SideFileError } from "./side-file-error.js";
import { openSafetensors, requireSame, type OpenedFile } from "./weights-file.js";

/** Opens the file of an array by its plain name. */
export type OpenBeside = (name: string) => Promise<ByteSource>;

/** Where in a file the heads of a note are. */
export interface TensorSlice {
  /** Of the tensor that the note names. */
  readonly shape: readonly number[];
  /** The tensor of a head, and the head's place among the matrices of that tensor, in their order. */
  readonly placeOf: (head: number) => { readonly tensor: string; readonly matrix: number };
}

interface LevelTensors extends MatrixLevel {
  readonly max: string;
  readonly mean?: string;
}

/** The file of a note's weights. It is opened when it is first read, and only the rows that are asked for are read. */
export class SideFile implements SideWeights {
  readonly array: ExternalArray;
  readonly levels: readonly LevelTensors[];
  readonly #open: OpenBeside;
  readonly #slice: TensorSlice;
  readonly #changed = new Signal<this, void>(this);
  #file: Promise<OpenedFile> | undefined;
  #state: SideState = "waiting";
  #detail = "";
  /** Why nothing more is read, until it is tried again. */
  #fault: unknown;

  constructor(array: ExternalArray, open: OpenBeside, slice?: TensorSlice) {
    this.array = array;
    this.#open = open;
    this.#slice = slice ?? { shape: array.shape, placeOf: (head) => ({ tensor: array.tensor, matrix: head }) };
    this.levels = levelsOf(array);
  }

  get state(): SideState {
    return this.#state;
  }

  get detail(): string {
    return this.#detail;
  }

  get changed(): ISignal<this, void> {
    return this.#changed;
  }

  async rows(level: number, head: number, start: number, end: number, signal?: AbortSignal): Promise<LevelRows> {
    const found = this.levels[level];
    if (!found) throw new RangeError(`rows: expected a level below ${this.levels.length}; got ${level}`);
    const [rows, columns] = found.shape;
    if (this.#fault !== undefined) throw this.#fault;
    const { tensor, matrix } = this.#slice.placeOf(head);
    // overviews are of the note's own tensor
    const name = level === 0 ? tensor : found.max;
    const from = (matrix * rows + start) * columns;
    const to = (matrix * rows + end) * columns;
    try {
      const file = await this.#opened();
      const isWhole = level === 0 && start === 0 && end === rows;
      const compare = isWhole ? (bytes: Uint8Array): void => requireSameBytes(this.array, head, bytes) : undefined;
      const [max, mean] = await Promise.all([
        file.read(name, from, to, signal, compare),
        found.mean === undefined ? undefined : file.read(found.mean, from, to, signal),
      ]);
      requireWeights(name, max);
      requireSameNumbers(this.array, { head, level: found, start, end, max });
      if (isWhole && isReadWhole(this.array)) keepHead(this.array, head, max);
      else if (level === 0 && end === start + 1) keepAround(this.array, head, { axis: "rows", index: start }, max);
      return { max, ...(mean && { mean }) };
    } catch (error) {
      if (!signal?.aborted) this.#fail(error);
      throw error;
    }
  }

  retry(): void {
    this.#file = undefined;
    this.#fault = undefined;
    this.#set("waiting", "");
  }

  #opened(): Promise<OpenedFile> {
    if (!this.#file) {
      this.#set("opening", "");
      const opening = this.#check();
      this.#file = opening;
      opening.then(
        () => this.#file === opening && this.#set("ready", ""),
        () => undefined,
      );
    }
    return this.#file;
  }

  async #check(): Promise<OpenedFile> {
    const file = await openSafetensors(await this.#open(this.array.file), this.array.file);
    requireSame(file, this.array, this.#slice.shape);
    return file;
  }

  #fail(error: unknown): void {
    this.#fault = error;
    forgetHeads(this.array);
    this.#set(error instanceof SideFileError ? error.fault : "broken", error instanceof Error ? error.message : String(error));
  }

  #set(state: SideState, detail: string): void {
    if (state === this.#state && detail === this.#detail) return;
    this.#state = state;
    this.#detail = detail;
    this.#changed.emit();
  }
}

function levelsOf(array: ExternalArray): LevelTensors[] {
  const [rows = 0, columns = 0] = array.shape.slice(-2);
  const shapeOf = ([down, across]: readonly [number, number]): [number, number] => [
    Math.ceil(rows / down),
    Math.ceil(columns / across),
  ];
  return [
    { block: [1, 1], shape: [rows, columns], max: array.tensor },
    ...(array.pyramid ?? []).map(({ block, max, mean }) => ({ block, shape: shapeOf(block), max, mean })),
  ];
}

function requireWeights(tensor: string, numbers: Float32Array): void {
  for (let i = 0; i < numbers.length; i++) {
    if ((numbers[i] ?? 0) < 0) throw new SideFileError("broken", `${tensor} holds ${numbers[i]}, which is no weight`);
  }
}
