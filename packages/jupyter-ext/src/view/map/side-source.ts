import { decodeMatrix, type NoteMask } from "heed/note";
import { hideClosed, openBlocks } from "../open-blocks.js";
import type { LevelRows, MatrixLevel } from "../levels.js";
import type { SideWeights } from "../side-weights.js";
import type { MapSource } from "./source.js";

/** Cells of one band of rows, the unit in which a file is read and kept: 256 kB in half precision. */
const bandCells = 131_072;
/** Cells of one request, and of all that are kept. */
const requestCells = 4_194_304;
const keptCells = 33_554_432;
/** More cells than this are not read for one picture; it is drawn from a coarser level, or zoomed further in. */
const pictureCells = 16_777_216;
const requestsAtOnce = 4;

/** A head that is in a file: read band by band, as far as it is on the screen. The overview inside the note is always at hand. */
export class SideSource implements MapSource {
  readonly size: readonly [number, number];
  readonly levels: readonly MatrixLevel[];
  readonly #side: SideWeights;
  readonly #head: number;
  readonly #mask: NoteMask | undefined;
  readonly #onArrive: () => void;
  readonly #overview: { readonly level: number; readonly max: Float32Array; readonly mean: Float32Array };
  /** By level and number, in the order in which they arrived. */
  readonly #bands = new Map<string, LevelRows>();
  readonly #reading = new Map<string, AbortController>();
  #wanted: { readonly level: number; readonly bands: readonly number[] } | undefined;
  #kept = 0;
  #isStopped = false;

  constructor(side: SideWeights, head: number, mask: NoteMask | undefined, onArrive: () => void) {
    const { overview, shape } = side.array;
    const [rows = 0, columns = 0] = overview.max.shape.slice(-2);
    this.size = [shape.at(-2) ?? 0, shape.at(-1) ?? 0];
    this.levels = [...side.levels, { block: overview.block, shape: [rows, columns] }];
    this.#side = side;
    this.#head = head;
    this.#mask = mask;
    this.#onArrive = onArrive;
    const max = decodeMatrix(overview.max, head);
    hideClosed(max, openBlocks(mask, head, this.size, overview.block));
    this.#overview = {
      level: side.levels.length,
      max,
      mean: decodeMatrix(overview.mean, head),
    };
  }

  row(level: number, row: number): LevelRows | undefined {
    const columns = this.levels[level]?.shape[1] ?? 0;
    if (level === this.#overview.level) {
      const [start, end] = [row * columns, (row + 1) * columns];
      return { max: this.#overview.max.subarray(start, end), mean: this.#overview.mean.subarray(start, end) };
    }
    const height = this.#bandRows(level);
    const key = `${level}/${Math.floor(row / height)}`;
    const band = this.#bands.get(key);
    if (!band) return undefined;
    const start = (row % height) * columns;
    return {
      max: band.max.subarray(start, start + columns),
      ...(band.mean && { mean: band.mean.subarray(start, start + columns) }),
    };
  }

  want(level: number, start: number, end: number): void {
    if (level >= this.#overview.level) return;
    const columns = this.levels[level]?.shape[1] ?? 0;
    const height = this.#bandRows(level);
    if ((end - start) * columns > pictureCells) return this.want(level + 1, ...this.#rowsAt(level + 1, level, start, end));
    const bands: number[] = [];
    for (let band = Math.floor(start / height); band * height < end; band++) bands.push(band);
    this.#wanted = { level, bands };
    // what is not on the screen any more makes room for what is
    const keys = new Set(bands.map((band) => `${level}/${band}`));
    for (const [key, reading] of this.#reading) if (!keys.has(key)) reading.abort();
    this.#read();
  }

  /** Ends what is being read. */
  stop(): void {
    this.#isStopped = true;
    for (const reading of this.#reading.values()) reading.abort();
  }

  #rowsAt(level: number, from: number, start: number, end: number): [number, number] {
    const ratio = (this.levels[level]?.block[0] ?? 1) / (this.levels[from]?.block[0] ?? 1);
    return [Math.floor(start / ratio), Math.ceil(end / ratio)];
  }

  #bandRows(level: number): number {
    return Math.max(1, Math.floor(bandCells / (this.levels[level]?.shape[1] ?? 1)));
  }

  #read(): void {
    const { level, bands } = this.#wanted ?? { level: 0, bands: [] };
    const [rows, columns] = this.levels[level]?.shape ?? [0, 0];
    const height = this.#bandRows(level);
    const most = Math.max(1, Math.floor(requestCells / (height * columns)));
    while (!this.#isStopped && new Set(this.#reading.values()).size < requestsAtOnce) {
      const isMissing = (band: number): boolean =>
        !this.#bands.has(`${level}/${band}`) && !this.#reading.has(`${level}/${band}`);
      const first = bands.findIndex(isMissing);
      if (first < 0) return;
      const run = [bands[first] ?? 0];
      while (run.length < most && bands[first + run.length] !== undefined && isMissing(bands[first + run.length] ?? 0)) {
        run.push(bands[first + run.length] ?? 0);
      }
      const start = (run[0] ?? 0) * height;
      void this.#readRun(level, run, start, Math.min(rows, start + run.length * height));
    }
  }

  async #readRun(level: number, run: readonly number[], start: number, end: number): Promise<void> {
    const reading = new AbortController();
    for (const band of run) this.#reading.set(`${level}/${band}`, reading);
    let goesOn = true;
    try {
      const { max, mean } = await this.#side.rows(level, this.#head, start, end, reading.signal);
      const { block = [1, 1], shape = [0, 0] } = this.levels[level] ?? {};
      const size = this.#bandRows(level) * shape[1];
      hideClosed(max, openBlocks(this.#mask, this.#head, this.size, block), start * shape[1]);
      for (const [i, band] of run.entries()) {
        const [from, to] = [i * size, (i + 1) * size];
        this.#keep(`${level}/${band}`, { max: max.subarray(from, to), ...(mean && { mean: mean.subarray(from, to) }) });
      }
    } catch {
      // what is wrong is the state of the file, which the figure shows
      goesOn = reading.signal.aborted;
    }
    for (const band of run) this.#reading.delete(`${level}/${band}`);
    if (this.#isStopped) return;
    this.#onArrive();
    if (goesOn) this.#read();
  }

  #keep(key: string, band: LevelRows): void {
    this.#bands.set(key, band);
    this.#kept += band.max.length * (band.mean ? 2 : 1);
    for (const [oldest, { max, mean }] of this.#bands) {
      if (this.#kept <= keptCells || oldest === key) break;
      this.#bands.delete(oldest);
      this.#kept -= max.length * (mean ? 2 : 1);
    }
  }
}
