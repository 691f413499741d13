/** `heed/models`: models that are trained here, each after its paper, and their files. */
import "../notebook/show.js";

export * from "../models/index.js";
export { loadTrained, saveTrained, type StoredModel, type TrainedKind } from "../storage/index.js";

// Names of before, for one release.
export {
  /** @deprecated It is called `TransformerOutput`. */
  type TransformerOutput as TransformerLook,
} from "../models/index.js";
