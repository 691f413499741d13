/** `heed/metrics`: how good a translation, an alignment, a gaze is. */
export * from "../metrics/index.js";
