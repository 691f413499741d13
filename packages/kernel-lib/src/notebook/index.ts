export { openComm, registerCommTarget, type Comm, type CommExtras, type CommMessage, type KernelComms } from "./comm.js";
export { showCurves, type Curves } from "./curves.js";
export {
  type Bundle,
  type DisplayOptions,
  type BesideOptions,
  type FileBeside,
  type Host,
  type KernelCell,
  type KernelHost,
  type NotebookFolder,
} from "./host.js";
export { interruption } from "./interruption.js";
export { liveTraining, type LiveTraining, type LiveTrainingOptions, type TrainingNews } from "./live-training.js";
export { progress, type Progress } from "./progress.js";
export { displayOf, show, type ShowSettings, type WeightOptions } from "./show.js";
