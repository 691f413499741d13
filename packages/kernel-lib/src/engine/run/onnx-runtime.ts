/** Runs programs natively: trace → ONNX graph → ONNX Runtime. Until the lowering exists, jax-js runs them here too. */
export { prepare } from "./jax.js";
