import { encodeArray } from "./encode.js";
import { cellCount, type PlainTensor } from "./numbers.js";
import type { ExternalArray, PyramidLevel } from "./schema.js";

/** Where numbers are beside the notebook. */
export interface ExternalReference {
  readonly file: string;
  readonly tensor: string;
  readonly headerHash?: string;
  /** The largest difference between a number in the file and the original. */
  readonly maxError: number;
  readonly pyramid?: readonly PyramidLevel[];
}

/** An overview inside a note has at most this many blocks: 12 heads of 4,096 × 4,096 in blocks of 32; about 0.5 MB. */
export const overviewBlocks = 196_608;

/** The largest and the mean value of each block of a tensor's last two axes. */
export interface Blocks {
  readonly block: readonly [number, number];
  readonly max: PlainTensor;
  readonly mean: PlainTensor;
}

/** Divides the last two axes into blocks; blocks at the end of an axis may be smaller. */
export function toBlocks({ shape, data }: PlainTensor, block: readonly [number, number]): Blocks {
  const [rows = 1, columns = 1] = shape.slice(-2);
  const [height, width] = block;
  const blockRows = Math.ceil(rows / height);
  const blockColumns = Math.ceil(columns / width);
  const matrices = cellCount(shape.slice(0, -2));
  const blocked = [...shape.slice(0, -2), blockRows, blockColumns];
  const max = new Float32Array(cellCount(blocked)).fill(-Infinity);
  const mean = new Float64Array(max.length);
  for (let matrix = 0, from = 0; matrix < matrices; matrix++) {
    for (let row = 0; row < rows; row++) {
      let to = (matrix * blockRows + Math.floor(row / height)) * blockColumns;
      for (let left = columns; left > 0; left -= width, to++) {
        let largest = max[to] ?? 0;
        let sum = 0;
        for (const end = from + Math.min(width, left); from < end; from++) {
          const value = data[from] ?? 0;
          if (value > largest) largest = value;
          sum += value;
        }
        max[to] = largest;
        mean[to] = (mean[to] ?? 0) + sum;
      }
    }
  }
  for (let i = 0; i < mean.length; i++) {
    const row = Math.floor(i / blockColumns) % blockRows;
    const cells = Math.min(height, rows - row * height) * Math.min(width, columns - (i % blockColumns) * width);
    mean[i] = (mean[i] ?? 0) / cells;
  }
  return { block, max: { shape: blocked, data: max }, mean: { shape: blocked, data: mean } };
}

/** The smallest square block, a power of two, that leaves at most `most` blocks. */
export function chooseBlock(shape: readonly number[], most: number = overviewBlocks): number {
  const [rows = 1, columns = 1] = shape.slice(-2);
  const matrices = cellCount(shape.slice(0, -2));
  let block = 1;
  while (block < Math.max(rows, columns) && matrices * Math.ceil(rows / block) * Math.ceil(columns / block) > most) block *= 2;
  return block;
}

/** The reference to numbers in a file, with the overview that stays in the note. */
export function describeExternal(tensor: PlainTensor, reference: ExternalReference): ExternalArray {
  const size = chooseBlock(tensor.shape);
  const { block, max, mean } = toBlocks(tensor, [size, size]);
  return {
    shape: [...tensor.shape],
    encoding: "external",
    file: reference.file,
    tensor: reference.tensor,
    ...(reference.headerHash !== undefined && { headerHash: reference.headerHash }),
    overview: { block, max: encodeArray(max), mean: encodeArray(mean) },
    ...(reference.pyramid && { pyramid: reference.pyramid }),
    maxError: reference.maxError,
  };
}
