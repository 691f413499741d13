export { batchesOf, padded, type Batches, type BatchOptions, type Padded, type PaddingOptions } from "./batches.js";
export type { Best, Checkpoint, CheckpointStore, StoredCheckpoint } from "./checkpoint.js";
export { TrainingError } from "./error.js";
export {
  accuracy,
  binaryCrossEntropy,
  crossEntropy,
  huber,
  meanAbsoluteError,
  meanSquaredError,
  type Counted,
  type CrossEntropyOptions,
} from "./loss.js";
export type { Loss, Model } from "./model.js";
export type { Named } from "./named.js";
export { adam, adamW, sgd, type AdamOptions, type Optimiser, type OptimiserState, type WeightDecay } from "./optimiser.js";
export type { EndReason, Reporter, StepEvent, TrainingEvent, ValidationEvent } from "./report.js";
export { constantRate, cosine, inverseSquareRoot, linear, stepDown, type Schedule } from "./schedule.js";
export { initialState, stepOf, type Measured, type State, type StepOptions } from "./step.js";
export type { Trained } from "./trained.js";
export { train, type CheckpointOptions, type TrainOptions, type ValidationOptions } from "./train.js";
