// In the order of the path: text, image → arrays → attention → models and what they learned → note → cell.
export * from "./text/index.js";
export * from "./vision/index.js";
export * from "./engine/index.js";
export * from "./metrics/index.js";
export * from "./data/index.js";
export * from "./storage/index.js";
export * from "./attention/index.js";
export * as analysis from "./attention/analysis/index.js";
export * as layers from "./layers/index.js";
export * as training from "./training/index.js";
export * from "./models/index.js";
export * from "./pretrained/index.js";
export * from "./note/index.js";
export * from "./notebook/index.js";
