import { findHost } from "#host";
import {
  displayBundle,
  displayResultsBy,
  makeNote,
  type DisplayBundle,
  type Language,
  type Note,
  type NoteInput,
  type NoteNumbers,
  type Showable,
  type StoreSidecar,
} from "../note/index.js";
import type { Host } from "./host.js";

/** How a picture is shown, whatever it is of. */
export interface ShowSettings {
  /**
   * Pictures of the same id replace one another in place, while a cell runs: attention as training goes on. Without an id each is a
   * picture of its own.
   */
  readonly id?: string;
  /** The language of the sentence and the picture beside the note; that of the computer where absent. */
  readonly language?: Language;
  /**
   * Weights that would take more bytes than this inside the notebook go into a `.safetensors` file beside it, which the viewer reads head
   * by head; the note keeps an overview. 4,000,000 unless given here or as `HEED_SIDECAR_THRESHOLD` in the environment; `Infinity` keeps them
   * inside. The file is named after the notebook and the cell, so running the cell again replaces it.
   */
  readonly sidecarThreshold?: number;
  /** @deprecated It is called `sidecarThreshold`. */
  readonly besideOver?: number;
}

/** What plain weights need to become a note. */
export type WeightOptions = Omit<NoteInput, "weights">;

/**
 * Shows attention in the cell that runs: a note, which the extension draws, with a picture and a sentence for viewers without it.
 *
 * It works in this project's kernel, in plain tslab and in Deno's kernel; outside a notebook it prints the sentence.
 *
 * @param value a result that makes notes (`toNote`), a note, or plain weights: nested numbers, a tensor, or `{ shape, data }`
 * @param options labels (`rows`, `columns`), `title` and what else the value's `toNote` takes; `id` to replace a picture in place
 * @throws TypeError when the value is none of these; NoteError when weights and labels do not fit
 * @example
 * ```ts
 * import { show } from "heed";
 * show([[0.7, 0.2, 0.1]], { rows: ["I"], columns: ["我", "是", "中国人"], title: "我是中国人 → I am Chinese" });
 * // 我是中国人 → I am Chinese: “I” looks most at “我” (70%).
 * ```
 */
export function show<Options extends object = WeightOptions>(
  value: Showable<Options> | Note | NoteNumbers,
  options: Options & ShowSettings = {} as Options & ShowSettings,
): void {
  const { id, language, besideOver, sidecarThreshold = besideOver, ...rest } = options;
  const host = findHost();
  const note = toNote(
    value,
    rest as Omit<Options, keyof ShowSettings> as Options,
    host.storeSidecar?.({ sidecarThreshold, id }),
  );
  const bundle = displayBundle(note, { language: language ?? host.language });
  if (id === undefined) host.display(bundle);
  else displayInPlace(host, `heed-${id}`, bundle);
}

/**
 * What a notebook shows of a value that ends a cell, as {@link show} does with no options.
 *
 * A result returns this from its method `Symbol.for("Jupyter.display")`.
 */
export function displayOf<Options extends object>(value: Showable<Options>): DisplayBundle {
  const host = findHost();
  const note = toNote(value, {} as Options, host.storeSidecar?.({}));
  return displayBundle(note, { language: host.language });
}

displayResultsBy(displayOf);

function toNote<Options extends object>(
  value: Showable<Options> | Note | NoteNumbers,
  options: Options,
  external: StoreSidecar | undefined,
): Note {
  // whatever makes a note hands on to makeNote what it does not know itself
  const all = { ...(external && { external }), ...options };
  if (isShowable(value)) return value.toNote(all);
  if (isNote(value)) return { ...value, ...pickTitle(options) };
  if (isNumbers(value)) return makeNote({ ...all, weights: value });
  const got = value === null ? "null" : typeof value;
  throw new TypeError(`show: expected a result with a method toNote, a note, or weights as numbers; got ${got}`);
}

/** A note has its labels already. */
function pickTitle(options: object): { title?: string } {
  const other = Object.keys(options).find((key) => key !== "title");
  if (other !== undefined)
    throw new TypeError(`show: of a note only the title can be changed; got ${other}. Make another note`);
  return options;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

const isShowable = <Options extends object>(value: unknown): value is Showable<Options> =>
  isObject(value) && "toNote" in value && typeof value.toNote === "function";

const isNote = (value: unknown): value is Note =>
  isObject(value) && "version" in value && "axes" in value && "weights" in value;

const isNumbers = (value: unknown): value is NoteNumbers =>
  Array.isArray(value) || ArrayBuffer.isView(value) || (isObject(value) && "shape" in value && "data" in value);

/** The run of a cell in which each display was made. */
const runs = new Map<string, unknown>();

/** Displays a bundle, or replaces what this run of the cell has displayed under the same id. */
export function displayInPlace(host: Host, displayId: string, bundle: Readonly<Record<string, unknown>>): void {
  const update = runs.has(displayId) && runs.get(displayId) === host.run;
  runs.set(displayId, host.run);
  host.display(bundle, { displayId, update });
}
