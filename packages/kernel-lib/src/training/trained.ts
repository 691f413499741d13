import type { Returned } from "../engine/index.js";
import type { Checkpoint } from "./checkpoint.js";
import type { EndReason, StepEvent, ValidationEvent } from "./report.js";

/** What training made. */
export interface Trained<Parameters> {
  /** With validation, the parameters that had the lowest loss in it; else those of the last step. */
  readonly parameters: Returned<Parameters>;
  readonly reason: EndReason;
  /** The last state, with which training can go on. */
  readonly checkpoint: Checkpoint;
  /** Every step of this run. */
  readonly steps: readonly StepEvent[];
  readonly validations: readonly ValidationEvent[];
}
