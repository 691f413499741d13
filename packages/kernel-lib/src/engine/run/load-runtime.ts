/**
 * ONNX Runtime, which runs programs and models in Node; the only file that loads it. It is an optional dependency: its install script fetches
 * libraries for GPUs, and may fail.
 */
import type * as Ort from "onnxruntime-node";

export type Runtime = typeof Ort;

/** The version that this library is tested with, as package.json has it. */
export const runtimeVersion = "1.30.0";

let loading: Promise<Runtime> | undefined;

/**
 * ONNX Runtime, loaded at first use; it writes nothing to the console by itself and sends nothing anywhere.
 *
 * @throws Error saying what to type where it is not installed, or why it cannot be loaded
 */
export function loadRuntime(): Promise<Runtime> {
  // Unless this is said before its first session, ONNX Runtime 1.30 for Linux writes an identifier of the machine into the home directory
  // and logs into the temporary folder, and sends its use to its makers. (A worker thread has a copy of the environment, which native code
  // does not see: a program that opens its first session there sets the variable before it starts.)
  process.env["ORT_DISABLE_TELEMETRY"] = "1";
  loading ??= import("onnxruntime-node").then(
    (module) => {
      const runtime = runtimeIn(module);
      runtime.env.logLevel = "fatal";
      return runtime;
    },
    (error: unknown) => {
      throw new Error(reasonOf(error), { cause: error });
    },
  );
  return loading;
}

/** What a module that is CommonJS exports: under `default` in Node and Deno, side by side where a loader compiles it, as tsx does. */
export function runtimeIn(module: object): Runtime {
  const inside: unknown = "default" in module ? module.default : undefined;
  const found = [module, inside].find((one) => typeof one === "object" && one !== null && "InferenceSession" in one);
  if (found === undefined)
    throw new Error(`the module onnxruntime-node has only ${Object.keys(module).join(", ") || "nothing"}`);
  return found as Runtime;
}

function reasonOf(error: unknown): string {
  const isMissing = error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
  if (!isMissing) return error instanceof Error ? error.message : String(error);
  // its install script only fetches libraries for GPUs
  return `it is not installed; type: npm install onnxruntime-node@${runtimeVersion} --ignore-scripts`;
}
