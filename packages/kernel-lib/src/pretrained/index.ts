export type { ExportModelOptions } from "./export-model.js";
export type { Generated, GenerateOptions } from "./generate.js";
export type { GradientOptions } from "./gradient-attention.js";
export type {
  AblateHeadsOptions,
  ComparedOutput,
  HeadAblation,
  Ablation,
  AblationTarget,
  AblationOptions,
} from "./ablation.js";
export { loadModel } from "./load-model.js";
export type { LoadOptions } from "./model-folder.js";
export type { ModelInput } from "./model-input.js";
export { ModelOutput } from "./model-output.js";
export type { Feeds } from "./onnx-feeds.js";
export { readAttention } from "./read-attention.js";
export { openOnnx, type OnnxAttendOptions, type OpenedOnnx, type OpenOnnxOptions } from "./open-onnx.js";
export type { Filled, Guess, TopOptions } from "./predict.js";
export { PretrainedModel, type AttendEachOptions } from "./pretrained-model.js";
export type { ModelAttendOptions } from "./selection.js";
