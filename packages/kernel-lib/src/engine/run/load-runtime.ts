/** ONNX Runtime, silent: it writes nothing to the console by itself and sends nothing anywhere. The only file that loads it. */
import ort from "onnxruntime-node";

// Unless this is said before its first session, ONNX Runtime 1.30 for Linux writes an identifier of the machine into the home directory
// and logs into the temporary folder, and sends its use to its makers. (A worker thread has a copy of the environment, which native code
// does not see: a program that opens its first session there sets the variable before it starts.)
process.env["ORT_DISABLE_TELEMETRY"] = "1";

ort.env.logLevel = "fatal";

export { ort };
