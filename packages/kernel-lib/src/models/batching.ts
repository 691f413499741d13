import { sizeOf, type Tensor } from "../engine/index.js";

/** One example of a tensor [B, …]; of each of its axes only the first `counts`, or all where there is none. */
export function exampleOf({ shape: [B = 1, ...axes], data }: Tensor, example: number, ...counts: readonly number[]): Tensor {
  const shape = axes.map((size, axis) => Math.min(size, counts[axis] ?? Infinity));
  const kept = new Float32Array(sizeOf(shape));
  const width = shape.at(-1) ?? 1;
  let filled = 0;
  const keep = (axis: number, start: number, size: number): void => {
    if (axis >= shape.length - 1) {
      kept.set(data.subarray(start, start + width), filled);
      filled += width;
      return;
    }
    const inner = size / (axes[axis] ?? 1);
    for (let i = 0; i < (shape[axis] ?? 0); i += 1) keep(axis + 1, start + i * inner, inner);
  };
  const size = data.length / B;
  keep(0, example * size, size);
  return { shape, dtype: "float32", data: kept };
}

/** softmax of a row of logits. */
export function softmaxOf(logits: ArrayLike<number>): number[] {
  const values = Array.from(logits);
  const largest = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - largest));
  const total = powers.reduce((sum, value) => sum + value, 0);
  return powers.map((value) => value / total);
}

/** Σ ln softmax(logits)ₜ of the target ids over the rows of logits [T, V]. */
export function logProbabilityOf({ shape: [T = 0, V = 0], data }: Tensor, targets: ArrayLike<number>): number {
  let sum = 0;
  for (let t = 0; t < T; t += 1) {
    const row = (data as Float32Array).subarray(t * V, (t + 1) * V);
    const largest = row.reduce((most, value) => Math.max(most, value), -Infinity);
    const total = row.reduce((all, value) => all + Math.exp(value - largest), 0);
    sum += (row[targets[t] ?? 0] ?? 0) - largest - Math.log(total);
  }
  return sum;
}

/** The tensor whose row i is row `from[i]` of another. */
export function chooseRows({ shape, data }: Tensor, from: readonly number[]): Tensor {
  const size = data.length / (shape[0] ?? 1);
  const rows = new Float32Array(from.length * size);
  from.forEach((row, i) => rows.set((data as Float32Array).subarray(row * size, (row + 1) * size), i * size));
  return { shape: [from.length, ...shape.slice(1)], dtype: "float32", data: rows };
}

/** Examples in groups of at most `size`. */
export function chunksOf<T>(examples: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(examples.length / size) }, (_, i) => examples.slice(i * size, (i + 1) * size));
}
