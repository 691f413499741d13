/** `heed/pretrained`: models of others – Hugging Face folders and ONNX files –, their tokenizers, and tensors in `.safetensors` files. */
import "../notebook/show.js";

export { AttentionMaps, type MapsKind, type MapsNoteOptions } from "../attention/index.js";
export * from "../pretrained/index.js";
export {
  encodeSafetensors,
  openSafetensors,
  readSafetensors,
  writeSafetensors,
  type SafetensorsFile,
  type SafetensorsOptions,
  type SafetensorsSource,
} from "../storage/index.js";
export {
  Encoding,
  loadTokenizer,
  Tokenizer,
  type EncodeOptions,
  type EncodingAxis,
  type TruncationStrategy,
} from "../text/index.js";
