export { openSafetensors, readSafetensors, type SafetensorsFile, type SafetensorsSource } from "./safetensors.js";
export { encodeSafetensors, writeSafetensors, type SafetensorsOptions } from "./safetensors-write.js";

export { AttentionMaps, type MapsKind, type MapsNoteOptions } from "../models/attention-maps.js";
export { checkpointFile, type CheckpointFile } from "./checkpoint-file.js";
export type { Generated, GenerateOptions } from "./generate.js";
export type { GradientOptions } from "./gradient-attention.js";
export type { AblateOptions, ComparedOutput, HeadAblation, KnockedOut, KnockOut, KnockOutOptions } from "./knock-out.js";
export { loadModel } from "./load-model.js";
export type { LoadOptions } from "./model-folder.js";
export type { ModelInput } from "./model-input.js";
export { ModelLook } from "./model-look.js";
export type { Feeds } from "./onnx-feeds.js";
export { readLook } from "./read-look.js";
export { openOnnx, type OnnxAttendOptions, type OpenedOnnx, type OpenOnnxOptions } from "./open-onnx.js";
export type { Filled, Guess, TopOptions } from "./predict.js";
export { PretrainedModel, type AttendEachOptions } from "./pretrained-model.js";
export type { ModelAttendOptions } from "./selection.js";
export { loadTrained, saveTrained, type TrainedKind } from "./trained-model.js";
