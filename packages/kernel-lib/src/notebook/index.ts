export { openComm, registerCommTarget } from "./comm.js";
export type { Comm, CommExtras, CommMessage, KernelComms } from "./kernel-comms.js";
export { showCurves, type Curves } from "./curves.js";
export {
  type Bundle,
  type DisplayOptions,
  type SidecarOptions,
  type SidecarFile,
  type Host,
  type KernelCell,
  type KernelHost,
  type NotebookFolder,
} from "./host.js";
export { interruption } from "./interruption.js";
export { liveTraining, type LiveTraining, type LiveTrainingOptions, type TrainingNews } from "./live-training.js";
export { progress, type Progress } from "./progress.js";
export { displayOf, show, type ShowSettings, type WeightOptions } from "./show.js";
