/**
 * `heed`: what a notebook begins with, in the order of the path: text → arrays → attention → models → cell. Everything else has an entry
 * point of its own (README.md).
 */
export { tokenize, type Tokens, loadTokenizer, Tokenizer } from "./text/index.js";

export {
  tensor,
  ndarray,
  NdArray,
  stack,
  toNested,
  transpose,
  type Tensor,
  type TensorLike,
  type Traced,
  compile,
  grad,
} from "./engine/index.js";
export * as ops from "./engine/ops.js";

export {
  attention,
  type AttentionInput,
  selfAttention,
  type SelfAttentionInput,
  multiHeadAttention,
  type MultiHeadAttentionInput,
  summaryAttention,
  SummaryResult,
  type SummaryAttentionInput,
  type Mask,
  AttentionResult,
  AttentionMaps,
} from "./attention/index.js";
export * as analysis from "./attention/analysis/index.js";

export { Seq2seq, Transformer, SummaryClassifier, Captioner, Bert } from "./models/index.js";
export { loadTrained, saveTrained } from "./storage/index.js";
export { loadModel, openOnnx, readAttention } from "./pretrained/index.js";

export { liveTraining, progress, showCurves, show, type ShowSettings } from "./notebook/index.js";

export * from "./entries/aliases/index.js";
