export * from "./engine/index.js";
export * from "./note/index.js";
