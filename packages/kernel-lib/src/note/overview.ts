import { encodeArray } from "./encode.js";
import { cellCount, type PlainTensor } from "./numbers.js";
import type { ExternalArray, PyramidLevel } from "./schema.js";

/** Where numbers are beside the notebook. */
export interface ExternalReference {
  readonly file: string;
  readonly tensor: string;
  readonly headerHash?: string;
  /** base64 of the first 16 bytes of the SHA-256 of each matrix's bytes in the file. */
  readonly matrixHashes?: string;
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
export function toBlocks(tensor: PlainTensor, block: readonly [number, number]): Blocks {
  const [blocks] = toPyramid(tensor, [block]);
  if (!blocks) throw new Error("internal: no blocks");
  return blocks;
}

/** Several divisions from fine to coarse, each made of the one before: its blocks must be multiples of theirs. */
export function toPyramid(tensor: PlainTensor, blocks: readonly (readonly [number, number])[]): Blocks[] {
  const [rows = 1, columns = 1] = tensor.shape.slice(-2);
  let finer: Sums = { shape: tensor.shape, max: tensor.data, sum: tensor.data };
  let [down, across] = [1, 1];
  return blocks.map((block) => {
    finer = addBlocks(finer, block[0] / down, block[1] / across);
    [down, across] = block;
    const { shape, max, sum } = finer;
    const [blockRows = 1, blockColumns = 1] = shape.slice(-2);
    const mean = Float64Array.from(sum);
    for (let i = 0; i < mean.length; i++) {
      const row = Math.floor(i / blockColumns) % blockRows;
      const cells = Math.min(block[0], rows - row * block[0]) * Math.min(block[1], columns - (i % blockColumns) * block[1]);
      mean[i] = (mean[i] ?? 0) / cells;
    }
    return { block, max: { shape, data: max }, mean: { shape, data: mean } };
  });
}

/** The largest and the sum of each block. */
interface Sums {
  readonly shape: readonly number[];
  readonly max: ArrayLike<number>;
  readonly sum: ArrayLike<number>;
}

function addBlocks(finer: Sums, height: number, width: number): Sums {
  const [rows = 1, columns = 1] = finer.shape.slice(-2);
  const leading = finer.shape.slice(0, -2);
  const [blockRows, blockColumns] = [Math.ceil(rows / height), Math.ceil(columns / width)];
  const shape = [...leading, blockRows, blockColumns];
  const max = new Float32Array(cellCount(shape)).fill(-Infinity);
  const sum = new Float64Array(max.length);
  const matrices = cellCount(leading);
  // numbers that are float32 already, as they nearly always are, are read several times faster when that is known
  const largest = finer.max instanceof Float32Array ? finer.max : Float32Array.from(finer.max);
  const sums = finer.sum === finer.max ? largest : Float64Array.from(finer.sum);
  for (let matrix = 0, from = 0; matrix < matrices; matrix++) {
    for (let row = 0; row < rows; row++) {
      let to = (matrix * blockRows + Math.floor(row / height)) * blockColumns;
      for (let left = columns; left > 0; left -= width, to++) {
        let most = max[to] ?? 0;
        let total = 0;
        for (const end = from + Math.min(width, left); from < end; from++) {
          const value = largest[from] ?? 0;
          if (value > most) most = value;
          total += sums[from] ?? 0;
        }
        max[to] = most;
        sum[to] = (sum[to] ?? 0) + total;
      }
    }
  }
  return { shape, max, sum };
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
    ...(reference.matrixHashes !== undefined && { matrixHashes: reference.matrixHashes }),
    overview: { block, max: encodeArray(max), mean: encodeArray(mean) },
    ...(reference.pyramid && { pyramid: reference.pyramid }),
    maxError: reference.maxError,
  };
}
