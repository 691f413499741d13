export { openOnnxFile } from "#onnx-model";
export type { ExposedAttention } from "./expose.js";
export type { GraphAttentionKind } from "./kinds.js";
export type { OnnxModel, OnnxOptions } from "./model.js";
export type { GraphInput, InputRole } from "./roles.js";
