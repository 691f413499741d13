import { listed, meantBy, type OptionNames } from "../checks/read-options.js";
import { readAxis } from "./axis.js";
import { readChoice, readNumber, readString } from "./check.js";
import { encodeDetails, type DetailInput } from "./details.js";
import { encodeArray, type InlineEncoding } from "./encode.js";
import { fail } from "./error.js";
import { findHighlights } from "./highlights.js";
import { readImage } from "./image.js";
import { limits } from "./limits.js";
import { makeMasking, type Masking } from "./mask.js";
import { placeOf, toPlainTensor, type NoteNumbers, type PlainTensor } from "./numbers.js";
import { describeExternal, type ExternalReference } from "./overview.js";
import {
  noteKinds,
  type Axis,
  type EncodedArray,
  type Note,
  type NoteImage,
  type NoteKind,
  type NoteSource,
  type NoteView,
} from "./schema.js";
import { failSum, roundingOf } from "./row-sums.js";
import { kindOf } from "./quote.js";
import { libraryVersion } from "./version.js";
import { titleText } from "./visible-token.js";

/** Labels of an axis, or all that is known of it. */
export type AxisInput = readonly string[] | Axis;

/** What {@link makeNote} makes a note from. */
export interface NoteInput extends DetailInput {
  /** `attention` where absent. */
  readonly kind?: NoteKind;
  readonly title?: string;
  /** Weights [K], [Q, K], [H, Q, K] or [L, H, Q, K]. */
  readonly weights: NoteNumbers;
  /** Labels; numbers where absent. */
  readonly rows?: AxisInput;
  readonly columns?: AxisInput;
  readonly heads?: AxisInput;
  readonly layers?: AxisInput;
  /** False to allow rows that are not probability distributions. */
  readonly normalised?: boolean;
  /**
   * How far the sum of a row may be from 1 (default 0.001): weights written by hand are rounded. At most what rounding to two decimals
   * makes of it: 0.001 + 0.005 for each column, and never more than 0.05.
   */
  readonly tolerance?: number;
  /** True (1) where a key may be looked at; any shape that broadcasts to that of the weights. */
  readonly mask?: NoteNumbers;
  /** Flat indices of rows without any allowed key; found from `mask` where absent. */
  readonly maskedRows?: readonly number[];
  readonly image?: NoteImage;
  readonly view?: NoteView;
  readonly source?: Partial<NoteSource>;
  /** How weights are stored; chosen by their number where absent. */
  readonly encoding?: InlineEncoding;
  /** Where the weights are, when they are not to be inside the note; or what puts them there, if it finds them too many. */
  readonly external?: ExternalReference | StoreSidecar;
}

/** Puts weights into a file beside the notebook and tells where they are; `undefined` leaves them to the note. */
export type StoreSidecar = (
  weights: PlainTensor,
  about: Pick<Note, "kind" | "title" | "axes">,
) => ExternalReference | undefined;

/**
 * Makes a note: checks that the numbers are weights and fit their labels, and stores them as compactly as their number asks.
 *
 * Up to 4,096 weights are stored as they are (`f32`), more in a byte each (`u8`, error ≤ 0.21 % of the row's largest weight);
 * the error made is computed and stored in `maxError`.
 *
 * @throws NoteError when a number is not finite, a weight is negative or does not fit the mask, a row does not sum to 1,
 *   or labels and sizes disagree
 * @example
 * ```ts
 * import { makeNote } from "heed/note";
 * const note = makeNote({ weights: [[0.7, 0.2, 0.1]], rows: ["I"], columns: ["我", "是", "中国人"] });
 * console.log(note.axes.columns.tokens.length); // 3
 * ```
 */
export function makeNote(input: NoteInput): Note {
  requireKnownNames(input);
  const kind = readChoice(input.kind ?? "attention", "note.kind", noteKinds);
  const weights = toWeights(input.weights);
  const axes = toAxes(input, kind, weights.shape);
  const masking = makeMasking(input.mask, input.maskedRows, weights);
  checkWeights(weights, masking, input);
  const image = kind === "image" ? readImage(input.image, "note.image", weights.shape.at(-1) ?? 0) : undefined;
  const title = input.title === undefined ? {} : { title: titleText(readString(input.title, "note.title", limits.label)) };
  const encoded = encodeWeights(weights, input, { kind, axes, ...title });
  return {
    version: 1,
    kind,
    ...title,
    axes,
    weights: encoded,
    ...(input.normalised === false && { normalised: false }),
    ...encodeDetails(input, weights.shape),
    ...(image && { image }),
    ...(masking.maskedRows.length > 0 && { maskedRows: masking.maskedRows }),
    ...(masking.mask && { mask: masking.mask }),
    maxError: encoded.maxError,
    ...highlightsOf(weights, encoded, masking),
    ...(input.view && { view: input.view }),
    source: { library: "heed", version: libraryVersion, ...input.source },
  };
}

const inputNames: OptionNames<NoteInput> = {
  kind: true,
  title: true,
  weights: true,
  rows: true,
  columns: true,
  heads: true,
  layers: true,
  normalised: true,
  tolerance: true,
  mask: true,
  maskedRows: true,
  image: true,
  view: true,
  source: true,
  encoding: true,
  external: true,
  scores: true,
  query: true,
  keys: true,
  values: true,
  output: true,
  score: true,
  detail: true,
};

function requireKnownNames(input: NoteInput): void {
  const known = Object.keys(inputNames);
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    fail(
      "note",
      `expected an object with weights; got ${kindOf(input)}`,
      `应为带有 weights 的对象，实际为 ${kindOf(input, "zh-CN")}`,
    );
  }
  const unknown = Object.keys(input).find((name) => !Object.hasOwn(inputNames, name));
  if (unknown === undefined) return;
  const meant = meantBy(unknown, known);
  fail(
    `note.${unknown}`,
    `expected ${listed(known)}; got ${unknown}${meant === undefined ? "" : `. Did you mean ${meant}?`}`,
    `应为 ${known.join("、")} 之一，实际为 ${unknown}${meant === undefined ? "" : `。是否想写 ${meant}？`}`,
  );
}

function toWeights(input: NoteNumbers): PlainTensor {
  const weights = toPlainTensor(input, "note.weights");
  const { data } = weights;
  const shape = weights.shape.length === 1 ? [1, ...weights.shape] : weights.shape;
  if (shape.length < 2 || shape.length > 4 || data.length === 0) {
    const sizes = `[${shape.join(", ")}]`;
    fail(
      "note.weights",
      `expected weights [Q, K], [H, Q, K] or [L, H, Q, K] with at least one weight; got ${sizes}. Choose one example of a batch`,
      `权重形状应为 [Q, K]、[H, Q, K] 或 [L, H, Q, K]，且不为空，实际为 ${sizes}。请从批次中取一个样本`,
    );
  }
  return { shape, data };
}

/** What the words will name is found in the numbers themselves, where rounding could make it another cell. */
function highlightsOf(weights: PlainTensor, encoded: EncodedArray, { mask }: Masking): Pick<Note, "highlights"> {
  const isBeside = encoded.encoding === "external";
  if (!isBeside && encoded.maxError <= exactError) return {};
  // how far rows spread takes a logarithm for each weight, and of an overview it is not told
  return { highlights: findHighlights(weights, mask, { spreads: !isBeside }) };
}

/** What float32 may round without changing what is the largest to anyone who reads it. */
const exactError = 1e-6;

function encodeWeights(
  weights: PlainTensor,
  { encoding, external }: NoteInput,
  about: Parameters<StoreSidecar>[1],
): EncodedArray {
  const reference = typeof external === "function" ? external(weights, about) : external;
  if (reference) return describeExternal(weights, reference);
  const count = weights.data.length;
  if (count > limits.inlineCells) {
    fail(
      "note.weights",
      `expected at most ${limits.inlineCells} weights inside a note; got ${count}. Store them beside the notebook`,
      `笔记内最多 ${limits.inlineCells} 个权重，实际有 ${count} 个。请把它们存为笔记本旁的文件`,
    );
  }
  return encodeArray(weights, encoding);
}

function toAxes(input: NoteInput, kind: NoteKind, shape: readonly number[]): Note["axes"] {
  const leading = shape.slice(0, -2);
  const onlyLayers = leading.length === 1 && input.layers !== undefined && input.heads === undefined;
  const headCount = onlyLayers ? undefined : leading.at(-1);
  const layerCount = onlyLayers ? leading[0] : leading.length === 2 ? leading[0] : undefined;
  const [rows = 0, columns = 0] = shape.slice(-2);
  const rowName = kind === "summary" ? "hop" : kind === "alignment" ? "target" : "query";
  const columnName = kind === "summary" ? "token" : kind === "alignment" ? "source" : kind === "image" ? "part" : "key";
  refuseAbsent(input.heads, headCount, "heads", shape);
  refuseAbsent(input.layers, layerCount, "layers", shape);
  return {
    rows: toAxis(input.rows, "rows", rows, rowName, limits.tokens),
    columns: toAxis(input.columns, "columns", columns, columnName, limits.tokens),
    ...(headCount !== undefined && { heads: toAxis(input.heads, "heads", headCount, "head", limits.heads, 0) }),
    ...(layerCount !== undefined && { layers: toAxis(input.layers, "layers", layerCount, "layer", limits.heads, 0) }),
  };
}

function refuseAbsent(labels: AxisInput | undefined, size: number | undefined, name: string, shape: readonly number[]): void {
  if (labels === undefined || size !== undefined) return;
  const sizes = `[${shape.join(", ")}]`;
  fail(`note.axes.${name}`, `weights ${sizes} have no axis of ${name}`, `权重 ${sizes} 没有 ${name} 这一轴`);
}

/** @param first the number of the first position, where the positions have no labels: layers and heads count from 0, as in programs */
function toAxis(input: AxisInput | undefined, key: string, size: number, name: string, most: number, first: 0 | 1 = 1): Axis {
  const tokens = Array.from({ length: input === undefined ? Math.min(size, most + 1) : 0 }, (_, i) => `${first + i}`);
  const axis = input === undefined ? { tokens } : Array.isArray(input) ? { tokens: input } : input;
  return { name, ...readAxis(axis, `note.axes.${key}`, size, most) };
}

function checkWeights({ shape, data }: PlainTensor, masking: Masking, input: NoteInput): void {
  const columns = shape.at(-1) ?? 1;
  const tolerance = Math.min(readNumber(input.tolerance ?? 1e-3, "note.tolerance"), roundingOf(columns));
  const empty = new Set(masking.maskedRows);
  for (let start = 0, row = 0; start < data.length; start += columns, row++) {
    let sum = 0;
    for (let i = start; i < start + columns; i++) {
      const weight = data[i] ?? 0;
      if (weight < 0) {
        fail(`note.weights${placeOf(shape, i)}`, `expected a weight ≥ 0; got ${weight}`, `权重应 ≥ 0，实际为 ${weight}`);
      }
      sum += weight;
    }
    if (input.normalised === false || empty.has(row) || Math.abs(sum - 1) <= tolerance) continue;
    failSum(`note.weights${placeOf(shape.slice(0, -1), row)}`, sum);
  }
}
