export { convolution, type ConvolutionParameters } from "./convolution.js";
export { dropout } from "./dropout.js";
export { embedding } from "./embedding.js";
export { gru, gruStep, initialGru, type GruParameters } from "./gru.js";
export { layerNorm } from "./layer-norm.js";
export { linear } from "./linear.js";
export { initialLstm, lstm, lstmStep, type LstmParameters, type LstmState } from "./lstm.js";
export { bidirectional, type BothDirections, type Recurrent, type RecurrentLayer, type RecurrentOptions } from "./recurrent.js";
export {
  initialTransformerBlock,
  transformerBlock,
  type NormParameters,
  type TransformerBlockOptions,
  type TransformerBlockOutput,
  type TransformerBlockParameters,
} from "./transformer-block.js";
