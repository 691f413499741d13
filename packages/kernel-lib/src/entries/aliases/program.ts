/** Names that stood in "heed" itself before `heed/program` had them; they go with the next release but one. */
export {
  /** @deprecated Import it from "heed/program". */
  layers,
  /** @deprecated Import it from "heed/program". */
  training,
  /** @deprecated Import it from "heed/program". */
  type Operand,
  /** @deprecated Import it from "heed/program". */
  type Compiled,
  /** @deprecated Import it from "heed/program". */
  type CompileOptions,
  /** @deprecated Import it from "heed/program". */
  type Given,
  /** @deprecated Import it from "heed/program". */
  type Prepared,
  /** @deprecated Import it from "heed/program". */
  type Returned,
  /** @deprecated Import it from "heed/program". */
  isTensor,
  /** @deprecated Import it from "heed/program". */
  sizeOf,
  /** @deprecated Import it from "heed/program". */
  type DType,
  /** @deprecated Import it from "heed/program". */
  type Nested,
  /** @deprecated Import it from "heed/program". */
  type MapTree,
  /** @deprecated Import it from "heed/program". */
  type Tree,
  /** @deprecated Import it from "heed/program". */
  exportOnnx,
  /** @deprecated Import it from "heed/program". */
  type ExportOptions,
  /** @deprecated Import it from "heed/program". */
  vmap,
  /** @deprecated Import it from "heed/program". */
  type BatchAxes,
  /** @deprecated Import it from "heed/program". */
  valueAndGrad,
  /** @deprecated Import it from "heed/program". */
  Random,
  /** @deprecated Import it from "heed/program". */
  type Program,
  /** @deprecated Import it from "heed/program". */
  scan,
  /** @deprecated Import it from "heed/program". */
  checkpointFile,
  /** @deprecated Import it from "heed/program". */
  type CheckpointFile,
  /** @deprecated Import it from "heed/program". */
  attend,
  /** @deprecated Import it from "heed/program". */
  maskedSoftmax,
  /** @deprecated Import it from "heed/program". */
  type Attended,
  /** @deprecated Import it from "heed/program". */
  type AttendOptions,
  /** @deprecated Import it from "heed/program". */
  type MaskConditions,
  /** @deprecated Import it from "heed/program". */
  mergeHeads,
  /** @deprecated Import it from "heed/program". */
  multiHead,
  /** @deprecated Import it from "heed/program". */
  splitHeads,
  /** @deprecated Import it from "heed/program". */
  type MultiHeadAttended,
  /** @deprecated Import it from "heed/program". */
  type MultiHeadOptions,
  /** @deprecated Import it from "heed/program". */
  type Projections,
  /** @deprecated Import it from "heed/program". */
  type AttentionAxes,
  /** @deprecated Import it from "heed/program". */
  type AttentionParts,
  /** @deprecated Import it from "heed/program". */
  type AttentionTensors,
  /** @deprecated Import it from "heed/program". */
  type AxisLetters,
  /** @deprecated Import it from "heed/program". */
  type NoteOptions,
  /** @deprecated Import it from "heed/program". */
  score,
  /** @deprecated Import it from "heed/program". */
  type Score,
  /** @deprecated Import it from "heed/program". */
  type ScoreKind,
  /** @deprecated Import it from "heed/program". */
  summarise,
  /** @deprecated Import it from "heed/program". */
  type Summarised,
  /** @deprecated Import it from "heed/program". */
  type SummaryParts,
  /** @deprecated Import it from "heed/program". */
  openComm,
  /** @deprecated Import it from "heed/program". */
  registerCommTarget,
  /** @deprecated Import it from "heed/program". */
  type Comm,
  /** @deprecated Import it from "heed/program". */
  type CommExtras,
  /** @deprecated Import it from "heed/program". */
  type CommMessage,
  /** @deprecated Import it from "heed/program". */
  type KernelComms,
  /** @deprecated Import it from "heed/program". */
  type Curves,
  /** @deprecated Import it from "heed/program". */
  type Bundle,
  /** @deprecated Import it from "heed/program". */
  type DisplayOptions,
  /** @deprecated Import it from "heed/program", where it is called `SidecarOptions`. */
  type BesideOptions,
  /** @deprecated Import it from "heed/program", where it is called `SidecarFile`. */
  type FileBeside,
  /** @deprecated Import it from "heed/program". */
  type Host,
  /** @deprecated Import it from "heed/program". */
  type KernelCell,
  /** @deprecated Import it from "heed/program". */
  type KernelHost,
  /** @deprecated Import it from "heed/program". */
  type NotebookFolder,
  /** @deprecated Import it from "heed/program". */
  interruption,
  /** @deprecated Import it from "heed/program". */
  type LiveTraining,
  /** @deprecated Import it from "heed/program". */
  type LiveTrainingOptions,
  /** @deprecated Import it from "heed/program". */
  type TrainingNews,
  /** @deprecated Import it from "heed/program". */
  type Progress,
  /** @deprecated Import it from "heed/program". */
  displayOf,
  /** @deprecated Import it from "heed/program". */
  type WeightOptions,
} from "../program.js";
