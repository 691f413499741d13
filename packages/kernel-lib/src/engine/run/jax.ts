/** Runs programs on jax-js itself: the runner of browsers, and the oracle in tests. */
import * as jax from "@jax-js/jax";
import { toJax } from "../ops/array.js";
import { evaluate, read, traceOf, type Tracer } from "../scan-trace.js";
import { sizeOf, type Tensor } from "../tensor.js";
import { isSpec, trace, typeOfResult } from "../trace.js";
import { leavesOf, mapTree, type Tree } from "../tree.js";
import { firstNonFinite } from "./finite.js";
import type { Executable, Preparation, PrepareOptions } from "./runner.js";

/** Prepares a program to be compiled by jax-js at its first run. */
export async function prepare(
  { program, name, inputs, names, bound }: Preparation,
  options: PrepareOptions,
): Promise<Executable> {
  if (options.provider !== undefined && options.provider !== "cpu") {
    throw new RangeError(`${name}: provider "${options.provider}" belongs to ONNX Runtime; jax-js computes on "cpu" here`);
  }
  const { outs, outputTree, outputNames } = await trace(program, inputs);
  const flat = (...leaves: jax.Array[]): jax.Array[] => {
    let next = 0;
    const outputs: jax.Array[] = [];
    const result: unknown = program(...inputs.map((tree) => mapTree(tree, isSpec, () => leaves[next++])));
    mapTree(result as Tree<jax.Array>, isArray, (array) => outputs.push(array));
    return outputs;
  };
  const compiled = jax.jit(flat);
  let run: (arrays: readonly jax.Array[]) => jax.Array[] = (arrays) => {
    try {
      return compiled(...arrays.map((array) => array.ref));
    } catch (error) {
      // jax-js 0.1.25 cannot compile a sort or a scatter of an array that was only transposed or reshaped
      if (!(error instanceof Error) || !error.message.includes("input is not imm")) throw error;
      run = (given) => stepByStep(flat, given);
      return run(arrays);
    }
  };
  const given = leavesOf(inputs, isSpec).slice(bound.length);
  return {
    bytes: 0, // code only: weights are given to jax-js at each run
    outputTree,
    inputs: given.map(({ leaf: { shape, dtype } }, i) => ({ name: names[bound.length + i] ?? "", shape, dtype })),
    outputs: outs.map(({ aval }, i) => ({ name: outputNames[i] ?? "", shape: aval.shape, dtype: typeOfResult(aval.dtype) })),
    run: async (tensors) => {
      const arrays = [...bound, ...tensors].map(toJax);
      const outputs = run(arrays);
      for (const array of arrays) array.dispose();
      const results = await Promise.all(outputs.map(toTensor));
      const found = options.checkFinite === true ? firstNonFinite(results, outputNames) : undefined;
      if (found !== undefined) throw new RangeError(`${name}: ${found}`);
      return results;
    },
    dispose: async () => compiled.dispose(),
  };
}

/** Runs one primitive after another instead of compiling them together. */
function stepByStep(program: (...leaves: jax.Array[]) => jax.Array[], arrays: readonly jax.Array[]): jax.Array[] {
  const { trace, captured } = traceOf(
    (...leaves) => program(...(leaves as jax.Array[])),
    arrays.map((array) => array.aval),
  );
  const values = new Map(
    trace.inBinders.map((binder, i): [typeof binder, Tracer] => [binder, [...captured, ...arrays][i] as Tracer]),
  );
  evaluate(trace.eqns, values);
  const outputs = trace.outs.map((atom) => read(atom, values).ref as jax.Array);
  for (const value of values.values()) if (!arrays.includes(value as jax.Array)) value.dispose();
  return outputs;
}

const isArray = (value: unknown): value is jax.Array =>
  typeof value === "object" && value !== null && !Array.isArray(value) && value.constructor !== Object;

async function toTensor(array: jax.Array): Promise<Tensor> {
  const shape = [...array.shape];
  const dtype = typeOfResult(array.dtype);
  if (sizeOf(shape) === 0) array.dispose();
  const data = sizeOf(shape) === 0 ? [] : await array.data();
  switch (dtype) {
    case "bool":
      return { shape, dtype, data: Uint8Array.from(data) };
    case "int32":
      return { shape, dtype, data: Int32Array.from(data) };
    case "uint32":
      return { shape, dtype, data: Uint32Array.from(data) };
    case "float32":
      return { shape, dtype, data: data instanceof Float32Array ? data : Float32Array.from(data) };
  }
}
