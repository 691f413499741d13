import { sizeOf, type Tensor } from "../../engine/index.js";

/** The sizes of weights [..., Q, K] and how many matrices there are. */
export interface WeightSizes {
  /** The axes before Q and K, such as L and H. */
  readonly leading: readonly number[];
  readonly matrices: number;
  readonly Q: number;
  readonly K: number;
}

/** @throws TypeError unless the tensor is weights [..., Q, K] */
export function weightSizes(caller: string, { shape, data }: Tensor): WeightSizes {
  if (shape.length < 2 || sizeOf(shape) !== data.length) {
    throw new TypeError(`${caller}: expected weights [..., Q, K]; got [${shape.join(", ")}] with ${data.length} numbers`);
  }
  const leading = shape.slice(0, -2);
  return { leading, matrices: sizeOf(leading), Q: shape.at(-2) ?? 0, K: shape.at(-1) ?? 0 };
}

/** @throws TypeError unless queries and keys are the same tokens */
export function selfSizes(caller: string, weights: Tensor): WeightSizes {
  const sizes = weightSizes(caller, weights);
  if (sizes.Q !== sizes.K) {
    throw new TypeError(`${caller}: expected tokens that attend to themselves, [..., T, T]; got Q=${sizes.Q}, K=${sizes.K}`);
  }
  return sizes;
}

/** Whether a row has any weight; fully masked rows have none and count nowhere. */
export function hasWeight(data: ArrayLike<number>, start: number, K: number): boolean {
  for (let i = start; i < start + K; i++) if (data[i] !== 0) return true;
  return false;
}

/**
 * The mean over the rows of each matrix of what `measure` says of a row; rows it says nothing of (undefined) and fully masked
 * rows do not count. [..., Q, K] → [...].
 *
 * @throws RangeError when no row of a matrix counts
 */
export function meanOverRows(
  caller: string,
  weights: Tensor,
  measure: (row: number, start: number, data: ArrayLike<number>) => number | undefined,
  why: string,
): Tensor<"float32"> {
  const { leading, matrices, Q, K } = weightSizes(caller, weights);
  const { data } = weights;
  const means = new Float32Array(matrices);
  for (let matrix = 0; matrix < matrices; matrix++) {
    let sum = 0;
    let rows = 0;
    for (let row = 0; row < Q; row++) {
      const start = (matrix * Q + row) * K;
      const value = hasWeight(data, start, K) ? measure(row, start, data) : undefined;
      if (value === undefined) continue;
      sum += value;
      rows += 1;
    }
    if (rows === 0) throw new RangeError(`${caller}: expected ${why}; got none`);
    means[matrix] = sum / rows;
  }
  return { shape: [...leading], dtype: "float32", data: means };
}
