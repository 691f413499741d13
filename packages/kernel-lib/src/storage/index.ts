export { openSafetensors, readSafetensors, type SafetensorsFile, type SafetensorsSource } from "./safetensors/open.js";
export { encodeSafetensors, writeSafetensors, type SafetensorsOptions } from "./safetensors/write.js";
export { checkpointFile, type CheckpointFile } from "./checkpoint-file.js";
export { loadTrained, saveTrained, type StoredModel, type TrainedKind } from "./trained-model.js";
