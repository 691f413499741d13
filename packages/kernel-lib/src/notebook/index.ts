export { type Bundle, type DisplayOptions, type Host, type KernelCell, type KernelHost } from "./host.js";
export { interruption } from "./interruption.js";
export { liveTraining, type LiveTraining, type LiveTrainingOptions, type TrainingNews } from "./live-training.js";
export { progress, type Progress } from "./progress.js";
export { show, type Showable, type ShowSettings, type WeightOptions } from "./show.js";
