export { embedding } from "./embedding.js";
export { layerNorm } from "./layer-norm.js";
export { linear } from "./linear.js";
