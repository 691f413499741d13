import { sizeOf, type Tensor } from "./index.js";

/** Tensors of one shape along a new first axis. */
export function stackTensors(tensors: readonly Tensor[]): Tensor<"float32"> {
  const shape = tensors[0]?.shape ?? [];
  const size = sizeOf(shape);
  const data = new Float32Array(tensors.length * size);
  tensors.forEach((tensor, i) => data.set(tensor.data, i * size));
  return { shape: [tensors.length, ...shape], dtype: "float32", data };
}
