/** `heed/program`: your own formulas – written once over traced arrays, differentiated, compiled, trained, exported. */
export * from "../engine/index.js";
export * as layers from "../layers/index.js";
export * as training from "../training/index.js";
export { checkpointFile, type CheckpointFile } from "../storage/index.js";

// Formulas of attention, to compose inside a program.
export {
  attend,
  maskedSoftmax,
  type Attended,
  type AttendOptions,
  mergeHeads,
  multiHead,
  splitHeads,
  type MultiHeadAttended,
  type MultiHeadOptions,
  type MaskConditions,
  type AttentionAxes,
  type AttentionParts,
  type AttentionTensors,
  type AxisLetters,
  type NoteOptions,
  type Projections,
  score,
  type Score,
  type ScoreKind,
  summarise,
  type Summarised,
  type SummaryParts,
} from "../attention/index.js";

// What a program says to the notebook it runs in.
export {
  openComm,
  registerCommTarget,
  type Comm,
  type CommExtras,
  type CommMessage,
  type KernelComms,
  type SidecarOptions,
  type Bundle,
  type DisplayOptions,
  type SidecarFile,
  type Host,
  type KernelCell,
  type KernelHost,
  type NotebookFolder,
  interruption,
  liveTraining,
  type LiveTraining,
  type LiveTrainingOptions,
  type TrainingNews,
  type Curves,
  type Progress,
  displayOf,
  type WeightOptions,
} from "../notebook/index.js";

// Names of before, for one release.
export {
  /** @deprecated It is called `SidecarFile`. */
  type SidecarFile as FileBeside,
  /** @deprecated It is called `SidecarOptions`. */
  type SidecarOptions as BesideOptions,
} from "../notebook/index.js";
