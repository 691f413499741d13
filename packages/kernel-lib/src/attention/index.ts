export * as analysis from "./analysis/index.js";
export { attend, maskedSoftmax, type Attended, type AttendOptions } from "./attend.js";
export { attention, type AttentionInput } from "./attention.js";
export type { Mask, MaskConditions } from "./mask.js";
export {
  mergeHeads,
  multiHead,
  multiHeadAttention,
  splitHeads,
  type MultiHeadAttended,
  type MultiHeadAttentionInput,
  type MultiHeadOptions,
} from "./multi-head.js";
export type { Projections } from "./project.js";
export {
  AttentionResult,
  type AttentionAxes,
  type AttentionParts,
  type AttentionTensors,
  type AxisLetters,
  type NoteOptions,
} from "./result.js";
export { score, type Score, type ScoreKind } from "./score.js";
export { selfAttention, type SelfAttentionInput } from "./self-attention.js";
export {
  summarise,
  summaryAttention,
  SummaryResult,
  type Summarised,
  type SummaryAttentionInput,
  type SummaryParts,
} from "./summary.js";
export { AttentionMaps, type MapsKind, type MapsNoteOptions } from "./attention-maps.js";
