import type { OnnxModel, OnnxOptions } from "./model.js";

/** @throws Error always: models are opened where there are files. */
export function openOnnxFile(file: string, _options: OnnxOptions): Promise<OnnxModel> {
  return Promise.reject(new Error(`openOnnx: ${file} can be opened in Node only; a browser has no files`));
}
