/** A note of a tensor in a file: small ones as a whole, large ones as an overview whose details are read when they are looked at. */
import {
  chooseBlock,
  encodeArray,
  encodeMask,
  libraryVersion,
  limits,
  makeNote,
  titleText,
  toBlocks,
  type Axis,
  type ExternalArray,
  type Note,
} from "heed/note";
import { SideFileError } from "./side-file-error.js";
import type { TensorReading } from "./tensor-choice.js";
import { MaskFinder } from "./tensor-mask.js";
import { placesOf, readNumbers, type HeadPlaces } from "./tensor-order.js";
import type { TensorOption } from "./tensor-stack.js";
import { tokensOf, type TokenAxis } from "./tensor-tokens.js";
import type { OpenedFile } from "./weights-file.js";

/** A tensor of at most this many cells is part of the note. */
const insideCells = 1_048_576;
/** More cells than this are not read for an overview: 0.8 GB in half precision. */
export const overviewCells = 402_653_184;
/** How far a row of weights in half precision or less may be from 1. */
const tolerance = 0.01;

/** How far reading is, in heads. */
export type OnProgress = (done: number, all: number) => void;

/** A note, and what its reader must know of how it was read. */
export interface ReadNote {
  readonly note: Note;
  /** How many tokens the file names for an axis of so many places: they do not fit and are not shown. */
  readonly misfit?: { readonly tokens: number; readonly places: number };
  /** Whether cells that are 0 in every head are taken for masked. */
  readonly isMasked: boolean;
}

/** What is read: a tensor of an opened file. */
export interface TensorSource {
  readonly file: OpenedFile;
  /** Of the file. */
  readonly name: string;
  readonly option: TensorOption;
  /** Whether the file has other tensors that could be attention, so that the title must say which it is. */
  readonly isOneOfMany: boolean;
}

/**
 * The note of a tensor as it is read.
 *
 * @throws SideFileError when the file cannot be used; RangeError when the tensor is too large or holds no weights
 */
export async function noteOfTensor(
  source: TensorSource,
  reading: TensorReading,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<ReadNote> {
  const { file, name, option } = source;
  const places = placesOf(option, reading);
  const { shape, starts } = places;
  const [rows = 0, columns = 0] = shape.slice(-2);
  const size = rows * columns;
  const cells = starts.length * size;
  if (starts.length > limits.heads * limits.heads || cells > overviewCells) {
    throw new RangeError(`${option.name}: expected at most ${overviewCells} weights; got ${cells}`);
  }
  if (!places.isWhole && cells > limits.inlineCells) {
    const order = `expected queries and keys as the last two axes of more than ${limits.inlineCells} weights`;
    throw new RangeError(`${option.name}: ${order}; got them elsewhere. Write the tensor in the order [heads, queries, keys]`);
  }
  const tokens = tokensOf(file.header.metadata, option.name, [rows, columns], exampleOf(reading));
  const axes = axesOf(option, reading, shape, tokens);
  const about = {
    kind: option.name.startsWith("cross.") ? ("alignment" as const) : ("attention" as const),
    title: titleOf(source),
    source: sourceOf(file.header.metadata),
  };
  const inside = cells <= insideCells || !places.isWhole ? new Float32Array(cells) : undefined;
  const sums = { isNormalised: true, emptyRows: [] as number[] };
  const masks = new MaskFinder(rows, columns);
  const block = chooseBlock(shape);
  const blocked = [...shape.slice(0, -2), Math.ceil(rows / block), Math.ceil(columns / block)];
  const perMatrix = (blocked.at(-2) ?? 0) * (blocked.at(-1) ?? 0);
  const overview = { max: new Float32Array(starts.length * perMatrix), mean: new Float32Array(starts.length * perMatrix) };
  for (const [i, start] of starts.entries()) {
    const values = await readHead(source, places, start, signal);
    checkRows(values, columns, i * rows, option.name, sums);
    masks.add(values);
    inside?.set(values, i * size);
    if (!inside) {
      const { max, mean } = toBlocks({ shape: [rows, columns], data: values }, [block, block]);
      overview.max.set(max.data, i * perMatrix);
      overview.mean.set(mean.data, i * perMatrix);
    }
    onProgress(i + 1, starts.length);
  }
  const mask = sums.isNormalised ? masks.mask : undefined;
  const [misfit] = [tokens.rows, tokens.columns].flatMap(({ misfit: named, tokens: list }) =>
    named === undefined ? [] : [{ tokens: named, places: list.length }],
  );
  const known = { isMasked: mask !== undefined, ...(misfit && { misfit }) };
  if (inside) {
    const { layers, heads, ...sides } = axes;
    const note = makeNote({
      ...about,
      weights: { shape, data: inside },
      ...sides,
      ...(layers && { layers }),
      ...(heads && { heads }),
      ...(sums.isNormalised ? { maskedRows: sums.emptyRows } : { normalised: false }),
      ...(mask && { mask }),
      tolerance,
      ...(cells <= insideCells && { encoding: "f32" }),
    });
    return { note, ...known };
  }
  const weights: ExternalArray = {
    shape,
    encoding: "external",
    file: name,
    tensor: option.parts[0] ?? option.name,
    headerHash: file.headerHash,
    overview: {
      block: [block, block],
      max: encodeArray({ shape: blocked, data: overview.max }),
      mean: encodeArray({ shape: blocked, data: overview.mean }),
    },
    maxError: 0,
  };
  const note: Note = {
    version: 1,
    ...about,
    axes,
    weights,
    ...(!sums.isNormalised && { normalised: false }),
    ...(mask && { mask: encodeMask(mask.shape, mask.data) }),
    maxError: 0,
  };
  return { note, ...known };
}

/** One head, row by row, in as few requests as its size allows. */
async function readHead(
  { file, option }: TensorSource,
  { shape, strides, isWhole }: HeadPlaces,
  start: number,
  signal: AbortSignal,
): Promise<Float32Array> {
  const [rows = 0, columns = 0] = shape.slice(-2);
  if (isWhole) return readNumbers(file, option, start, start + rows * columns, signal);
  const [down, across] = strides;
  const numbers = await readNumbers(file, option, start, start + (rows - 1) * down + (columns - 1) * across + 1, signal);
  return Float32Array.from(
    { length: rows * columns },
    (_, i) => numbers[Math.floor(i / columns) * down + (i % columns) * across] ?? 0,
  );
}

/** Weights are not negative; rows that all sum to 1, or to 0 where nothing may be looked at, are distributions. */
function checkRows(
  values: Float32Array,
  columns: number,
  firstRow: number,
  tensor: string,
  sums: { isNormalised: boolean; emptyRows: number[] },
): void {
  for (let start = 0, row = firstRow; start < values.length; start += columns, row++) {
    let sum = 0;
    for (let i = start; i < start + columns; i++) {
      const value = values[i] ?? 0;
      if (value < 0) throw new SideFileError("broken", `${tensor} holds ${value}, which is no weight`);
      sum += value;
    }
    if (sum === 0) sums.emptyRows.push(row);
    else if (Math.abs(sum - 1) > tolerance) sums.isNormalised = false;
  }
}

/** What the file is called, or calls itself, and which of its tensors it is. */
function titleOf({ file, name, option, isOneOfMany }: TensorSource): string {
  const { title } = file.header.metadata;
  const stem = titleText(title ?? "") || name.replace(/\.safetensors$/, "");
  return (isOneOfMany ? `${stem} · ${option.name}` : stem).slice(0, limits.label);
}

/** Which example of a batch is shown: that of the first axis that is nothing else. */
function exampleOf({ roles, entries }: TensorReading): number {
  return entries[roles.indexOf("one")] ?? 0;
}

function axesOf(
  { name, labels }: TensorOption,
  { roles }: TensorReading,
  shape: readonly number[],
  tokens: { readonly rows: TokenAxis; readonly columns: TokenAxis },
): Note["axes"] {
  const isCross = name.startsWith("cross.");
  const hasLayers = roles.includes("layers");
  const counted = (role: "layers" | "heads", size: number): Axis => ({
    name: role === "layers" ? "layer" : "head",
    // tensors are called by the numbers in their names
    tokens: labels[roles.indexOf(role)] ?? Array.from({ length: size }, (_, i) => `${i}`),
  });
  return {
    rows: labelled(isCross ? "target" : "query", tokens.rows),
    columns: labelled(isCross ? "source" : "key", tokens.columns),
    ...(hasLayers && { layers: counted("layers", shape[0] ?? 0) }),
    ...(roles.includes("heads") && { heads: counted("heads", shape[hasLayers ? 1 : 0] ?? 0) }),
  };
}

const labelled = (axis: string, { tokens: list, special }: TokenAxis): Axis => ({
  name: axis,
  tokens: list,
  ...(special && { special }),
});

function sourceOf({ model, text }: Readonly<Record<string, string>>): Note["source"] {
  return {
    library: "safetensors",
    version: libraryVersion,
    ...(model !== undefined && { model: model.slice(0, limits.label) }),
    ...(text !== undefined && { text: text.slice(0, limits.text) }),
  };
}
