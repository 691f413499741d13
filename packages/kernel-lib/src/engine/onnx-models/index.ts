import { openOnnxFile as open } from "#onnx-model";
import type { OnnxModel, OnnxOptions } from "./model.js";

/** Opens an ONNX file with its attention exposed. Typed here: TypeScript of tslab's age cannot follow a `#` name in a declaration. */
export const openOnnxFile: (file: string, options: OnnxOptions) => Promise<OnnxModel> = open;
export type { OnnxModel };
export type { ExposedAttention, GraphInput, InputRole } from "./described.js";
