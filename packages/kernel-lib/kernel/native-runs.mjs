/**
 * Lets runs of ONNX Runtime end: they are native code, which ends no earlier for being interrupted, but would lose its result and answer
 * with an error that says nothing. What runs after it is interrupted.
 */
import Module from "node:module";

const addon = /onnxruntime_binding\.node$/;
/** @param {<Result>(work: () => Result) => Result} protect does work that an interrupt must not end half-way */
export function protectNativeRuns(protect) {
  /** @type {Record<string, (module: any, file: string) => void>} */
  const extensions = /** @type {any} */ (Module)._extensions;
  const load = extensions[".node"];
  extensions[".node"] = (loaded, file) => {
    load?.(loaded, file);
    const { InferenceSession: Native } = addon.test(file) ? loaded.exports : {};
    if (Native === undefined) return;
    // Native classes cannot be changed, but be built upon.
    class InferenceSession extends Native {
      /** @param {unknown[]} values */
      run(...values) {
        return protect(() => super.run(...values));
      }

      /** @param {unknown[]} values */
      loadModel(...values) {
        return protect(() => super.loadModel(...values));
      }
    }
    loaded.exports = { ...loaded.exports, InferenceSession };
  };
}
