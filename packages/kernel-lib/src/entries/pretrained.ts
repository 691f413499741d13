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

// Names of before, for one release.
export {
  /** @deprecated It is called `ModelOutput`. */
  ModelOutput as ModelLook,
  /** @deprecated It is called `readAttention`. */
  readAttention as readLook,
  /** @deprecated It is called `Ablation`. */
  type Ablation as KnockedOut,
  /** @deprecated It is called `AblationTarget`. */
  type AblationTarget as KnockOut,
  /** @deprecated It is called `AblationOptions`. */
  type AblationOptions as KnockOutOptions,
  /** @deprecated It is called `AblateHeadsOptions`. */
  type AblateHeadsOptions as AblateOptions,
} from "../pretrained/index.js";
