/** Old places of names, for one release: they can be imported, and editors strike them out. */
export * from "./program.js";
export * from "./data.js";
export * from "./pretrained.js";
export * from "./metrics.js";
export * from "./models.js";
export * from "./note.js";
