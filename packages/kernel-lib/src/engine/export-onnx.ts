/**
 * Programs as ONNX files, for every other runtime: program → trace → graph → bytes. Only operations that every runtime has had for
 * years (opset 18; 20 with GELU); nothing is run, so it works in a browser, too, where the bytes are what one gets.
 */
import { describeValue, requireFunction } from "../checks/describe-value.js";
import { readOptions } from "../checks/read-options.js";
import { preparationOf, type Given } from "./compile.js";
import type { Program } from "./program.js";
import { fuseAll } from "./fuse/fusions.js";
import { graphOf } from "./lower/graph-of.js";
import { writeModel } from "./onnx/export.js";
import { trace } from "./trace.js";

export interface ExportOptions {
  /** Where the model is written. Without a path its bytes are only returned. */
  readonly path?: string;
  /** Values of the program's first input, as in `compile`: they become part of the model. */
  readonly weights?: unknown;
  /** What the model is called; the name of the function if not given. */
  readonly name?: string;
  /** What the arrays of the inputs are called, in order; by their places in the inputs if not given. */
  readonly inputNames?: readonly string[];
  /** Whether weights go into a second file beside the model. Above 2 GB they always do. */
  readonly external?: boolean;
}

/**
 * Saves a program as an ONNX model. Its outputs have the names they have in the program's result, so attention that the program returns
 * is an output of the model. Only operations of the ONNX standard are used; the shapes are those of the inputs given here.
 *
 * @param inputs tensors of the shapes and types that the model shall take; their values do not matter
 * @returns the bytes of the model
 * @throws RangeError when there are more than 2 GB of weights and no path
 * @example
 * ```ts
 * import { exportOnnx, ops } from "heed/program";
 * const attend = (query: ops.Traced, keys: ops.Traced) => {
 *   const weights = ops.softmax(ops.matmul(query, ops.transpose(keys)), -1);
 *   return { weights, output: ops.matmul(weights, keys) };
 * };
 * const bytes = await exportOnnx(attend, [[[1, 0, 2]], [[1, 1, 0], [0, 1, 1]]], { inputNames: ["query", "keys"] });
 * console.log(bytes.length > 0); // true
 * ```
 */
export function exportOnnx<F extends Program>(
  program: F,
  inputs: Given<Parameters<F>>,
  options?: Omit<ExportOptions, "weights">,
): Promise<Uint8Array>;
export function exportOnnx<Weights, Inputs extends unknown[]>(
  program: (weights: Weights, ...inputs: Inputs) => unknown,
  inputs: Given<Inputs>,
  options: ExportOptions & { readonly weights: Given<Weights> },
): Promise<Uint8Array>;
export async function exportOnnx(program: Program, inputs: unknown, options: ExportOptions = {}): Promise<Uint8Array> {
  const { inputNames, path, external } = readOptions("exportOnnx", options, {
    path: true,
    weights: true,
    name: true,
    inputNames: true,
    external: true,
  });
  requireFunction("exportOnnx", "a program, a function over arrays", program);
  if (!Array.isArray(inputs)) {
    throw new TypeError(
      `exportOnnx: expected a list with one entry for each input of the program; got ${describeValue(inputs)}`,
    );
  }
  const preparation = preparationOf(program, inputs as readonly unknown[], options);
  const count = preparation.names.length - preparation.bound.length;
  if (inputNames && inputNames.length !== count) {
    throw new RangeError(`exportOnnx: expected ${count} names of inputs; got ${inputNames.length}`);
  }
  const names = [
    ...preparation.names.slice(0, preparation.bound.length),
    ...(inputNames ?? preparation.names.slice(preparation.bound.length)),
  ];
  const graph = graphOf(await trace(program, preparation.inputs), { ...preparation, names });
  fuseAll(graph, { product: false, attention: false });
  return writeModel(graph, preparation.name, {
    ...(path !== undefined && { path }),
    ...(external !== undefined && { external }),
  });
}
