export { type Bundle, type DisplayOptions, type Host, type KernelCell, type KernelHost } from "./host.js";
export { interruption } from "./interruption.js";
export { progress, type Progress } from "./progress.js";
export { show, type Showable, type ShowSettings, type WeightOptions } from "./show.js";
