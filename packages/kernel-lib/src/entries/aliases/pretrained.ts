/** Names that stood in "heed" itself before `heed/pretrained` had them; they go with the next release but one. */
export {
  /** @deprecated Import it from "heed/pretrained". */
  Encoding,
  /** @deprecated Import it from "heed/pretrained". */
  type EncodeOptions,
  /** @deprecated Import it from "heed/pretrained". */
  type EncodingAxis,
  /** @deprecated Import it from "heed/pretrained". */
  type TruncationStrategy,
  /** @deprecated Import it from "heed/pretrained". */
  openSafetensors,
  /** @deprecated Import it from "heed/pretrained". */
  readSafetensors,
  /** @deprecated Import it from "heed/pretrained". */
  type SafetensorsFile,
  /** @deprecated Import it from "heed/pretrained". */
  type SafetensorsSource,
  /** @deprecated Import it from "heed/pretrained". */
  encodeSafetensors,
  /** @deprecated Import it from "heed/pretrained". */
  writeSafetensors,
  /** @deprecated Import it from "heed/pretrained". */
  type SafetensorsOptions,
  /** @deprecated Import it from "heed/pretrained". */
  type MapsKind,
  /** @deprecated Import it from "heed/pretrained". */
  type MapsNoteOptions,
  /** @deprecated Import it from "heed/pretrained". */
  type ExportModelOptions,
  /** @deprecated Import it from "heed/pretrained". */
  type Generated,
  /** @deprecated Import it from "heed/pretrained". */
  type GenerateOptions,
  /** @deprecated Import it from "heed/pretrained". */
  type GradientOptions,
  /** @deprecated Import it from "heed/pretrained", where it is called `AblateHeadsOptions`. */
  type AblateOptions,
  /** @deprecated Import it from "heed/pretrained". */
  type ComparedOutput,
  /** @deprecated Import it from "heed/pretrained". */
  type HeadAblation,
  /** @deprecated Import it from "heed/pretrained", where it is called `Ablation`. */
  type KnockedOut,
  /** @deprecated Import it from "heed/pretrained", where it is called `AblationTarget`. */
  type KnockOut,
  /** @deprecated Import it from "heed/pretrained", where it is called `AblationOptions`. */
  type KnockOutOptions,
  /** @deprecated Import it from "heed/pretrained". */
  type LoadOptions,
  /** @deprecated Import it from "heed/pretrained". */
  type ModelInput,
  /** @deprecated Import it from "heed/pretrained", where it is called `ModelOutput`. */
  ModelLook,
  /** @deprecated Import it from "heed/pretrained". */
  type Feeds,
  /** @deprecated Import it from "heed/pretrained". */
  type OnnxAttendOptions,
  /** @deprecated Import it from "heed/pretrained". */
  type OpenedOnnx,
  /** @deprecated Import it from "heed/pretrained". */
  type OpenOnnxOptions,
  /** @deprecated Import it from "heed/pretrained". */
  type Filled,
  /** @deprecated Import it from "heed/pretrained". */
  type Guess,
  /** @deprecated Import it from "heed/pretrained". */
  type TopOptions,
  /** @deprecated Import it from "heed/pretrained". */
  PretrainedModel,
  /** @deprecated Import it from "heed/pretrained". */
  type AttendEachOptions,
  /** @deprecated Import it from "heed/pretrained". */
  type ModelAttendOptions,
  /** @deprecated Import it from "heed/pretrained", where it is called `readAttention`. */
  readLook,
} from "../pretrained.js";
