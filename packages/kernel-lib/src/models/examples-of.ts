import type { Tensor } from "../engine/index.js";

/** The first rows and columns of one example of a tensor [B, T, S]. */
export function cornerOf({ shape, data }: Tensor, example: number, rows: number, columns: number = Infinity): Tensor {
  const [, T = 0, S = 0] = shape;
  const width = Math.min(columns, S);
  const values = new Float32Array(rows * width);
  for (let row = 0; row < rows; row += 1) {
    const start = (example * T + row) * S;
    values.set((data as Float32Array).subarray(start, start + width), row * width);
  }
  return { shape: [rows, width], dtype: "float32", data: values };
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

/** The first rows and columns of every head of one example: [B, H, Q, K] → [H, rows, columns]. */
export function headsOf({ shape, data }: Tensor, example: number, rows: number, columns: number): Tensor {
  const [, H = 1, Q = 0, K = 0] = shape;
  const values = new Float32Array(H * rows * columns);
  for (let h = 0; h < H; h += 1) {
    for (let q = 0; q < rows; q += 1) {
      const start = ((example * H + h) * Q + q) * K;
      values.set((data as Float32Array).subarray(start, start + columns), (h * rows + q) * columns);
    }
  }
  return { shape: [H, rows, columns], dtype: "float32", data: values };
}
