export * as ops from "./ops.js";
export type { Operand, Traced } from "./ops.js";
export { compile, type Compiled, type CompileOptions, type Given, type Prepared, type Returned } from "./compile.js";
export { ndarray, NdArray, stack, type AxisName } from "./nd-array.js";
export {
  isTensor,
  sizeOf,
  tensor,
  toNested,
  transpose,
  type DType,
  type Nested,
  type Tensor,
  type TensorLike,
} from "./tensor.js";
export type { MapTree, Tree } from "./tree.js";
export { exportOnnx, type ExportOptions } from "./export-onnx.js";
export { vmap, type BatchAxes } from "./vmap.js";
export { grad, valueAndGrad } from "./gradient.js";
export { Random } from "./random.js";
export type { Program } from "./program.js";
export { scan } from "./scan.js";
