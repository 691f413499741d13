export { openSafetensors, readSafetensors, type SafetensorsFile, type SafetensorsSource } from "./safetensors.js";
export type { SafetensorsDType } from "./safetensors-dtypes.js";
export { encodeSafetensors, writeSafetensors, type SafetensorsOptions } from "./safetensors-write.js";
