/** A note of a tensor in a file: small ones as a whole, large ones as an overview whose details are read when they are looked at. */
import {
  chooseBlock,
  encodeArray,
  libraryVersion,
  limits,
  makeNote,
  toBlocks,
  type Axis,
  type ExternalArray,
  type Note,
} from "heed/note";
import { SideFileError } from "./side-file-error.js";
import { sliceOf, tokensOf, type TensorReading } from "./tensor-choice.js";
import type { OpenedFile } from "./weights-file.js";

/** A tensor of at most this many cells is part of the note. */
const insideCells = 1_048_576;
/** More cells than this are not read for an overview: 0.8 GB in half precision. */
export const overviewCells = 402_653_184;
/** Cells of one request. */
const requestCells = 8_388_608;
/** How far a row of weights in half precision or less may be from 1. */
const tolerance = 0.01;

/** How far reading is, in matrices. */
export type OnProgress = (done: number, all: number) => void;

/**
 * The note of a tensor as it is read.
 *
 * @throws SideFileError when the file cannot be used; RangeError when the tensor is too large or holds no weights
 */
export async function noteOfTensor(
  file: OpenedFile,
  name: string,
  reading: TensorReading,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Note> {
  const { shape: whole = [] } = file.header.entries.get(reading.tensor) ?? {};
  const { shape, matrices } = sliceOf(whole, reading);
  const [rows = 0, columns = 0] = shape.slice(-2);
  const cells = matrices.length * rows * columns;
  if (matrices.length > limits.heads * limits.heads || cells > overviewCells) {
    throw new RangeError(`${reading.tensor}: expected at most ${overviewCells} weights; got ${cells}`);
  }
  const axes = axesOf(file, reading, shape);
  const about = {
    kind: reading.tensor.startsWith("cross.") ? ("alignment" as const) : ("attention" as const),
    title: reading.tensor.slice(0, limits.label),
    source: sourceOf(file.header.metadata),
  };
  const size = rows * columns;
  const inside = cells <= insideCells ? new Float32Array(cells) : undefined;
  const sums = { isNormalised: true, emptyRows: [] as number[] };
  const block = chooseBlock(shape);
  const blocked = [...shape.slice(0, -2), Math.ceil(rows / block), Math.ceil(columns / block)];
  const perMatrix = (blocked.at(-2) ?? 0) * (blocked.at(-1) ?? 0);
  const overview = { max: new Float32Array(matrices.length * perMatrix), mean: new Float32Array(matrices.length * perMatrix) };
  for (const [i, matrix] of matrices.entries()) {
    const values = await readMatrix(file, reading.tensor, matrix, [rows, columns], signal);
    checkRows(values, columns, i * rows, reading.tensor, sums);
    inside?.set(values, i * size);
    if (!inside) {
      const { max, mean } = toBlocks({ shape: [rows, columns], data: values }, [block, block]);
      overview.max.set(max.data, i * perMatrix);
      overview.mean.set(mean.data, i * perMatrix);
    }
    onProgress(i + 1, matrices.length);
  }
  if (inside) {
    const { layers, heads, ...sides } = axes;
    return makeNote({
      ...about,
      weights: { shape, data: inside },
      ...sides,
      ...(layers && { layers }),
      ...(heads && { heads }),
      ...(sums.isNormalised ? { maskedRows: sums.emptyRows } : { normalised: false }),
      tolerance,
      encoding: "f32",
    });
  }
  const weights: ExternalArray = {
    shape,
    encoding: "external",
    file: name,
    tensor: reading.tensor,
    headerHash: file.headerHash,
    overview: {
      block: [block, block],
      max: encodeArray({ shape: blocked, data: overview.max }),
      mean: encodeArray({ shape: blocked, data: overview.mean }),
    },
    maxError: 0,
  };
  return { version: 1, ...about, axes, weights, ...(!sums.isNormalised && { normalised: false }), maxError: 0 };
}

/** One matrix, in as few requests as its size allows. */
async function readMatrix(
  file: OpenedFile,
  tensor: string,
  matrix: number,
  [rows, columns]: readonly [number, number],
  signal: AbortSignal,
): Promise<Float32Array> {
  const size = rows * columns;
  const values = new Float32Array(size);
  for (let at = 0; at < size; at += requestCells) {
    const end = Math.min(size, at + requestCells);
    values.set(await file.read(tensor, matrix * size + at, matrix * size + end, signal), at);
  }
  return values;
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

const counted = (name: string, count: number | undefined): Axis => ({
  name,
  tokens: Array.from({ length: count ?? 0 }, (_, i) => `${i}`),
});

function axesOf(file: OpenedFile, { tensor, roles }: TensorReading, shape: readonly number[]): Note["axes"] {
  const [Q = 0, K = 0] = shape.slice(-2);
  const { rows, columns } = tokensOf(file.header.metadata, tensor, [Q, K]);
  const isCross = tensor.startsWith("cross.");
  const hasLayers = roles.includes("layers");
  return {
    rows: { name: isCross ? "target" : "query", tokens: rows },
    columns: { name: isCross ? "source" : "key", tokens: columns },
    ...(hasLayers && { layers: counted("layer", shape[0]) }),
    ...(roles.includes("heads") && { heads: counted("head", shape[hasLayers ? 1 : 0]) }),
  };
}

function sourceOf({ model, text }: Readonly<Record<string, string>>): Note["source"] {
  return {
    library: "safetensors",
    version: libraryVersion,
    ...(model !== undefined && { model: model.slice(0, limits.label) }),
    ...(text !== undefined && { text: text.slice(0, limits.text) }),
  };
}
