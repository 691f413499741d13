/** Runs programs on jax-js itself: the runner of browsers, and the oracle in tests. */
import * as jax from "@jax-js/jax";
import { toJax } from "../ops.js";
import { evaluate, read, traceOf, type Tracer } from "../scan-trace.js";
import { sizeOf, type Tensor } from "../tensor.js";
import { isSpec, startJax } from "../trace.js";
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
  await startJax();
  let outputTree: Tree<number>;
  const flat = (...leaves: jax.Array[]): jax.Array[] => {
    let next = 0;
    const result: unknown = program(...inputs.map((tree) => mapTree(tree, isSpec, () => leaves[next++])));
    const outputs: jax.Array[] = [];
    outputTree = mapTree(result as Tree<jax.Array>, isArray, (array) => outputs.push(array) - 1);
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
  return {
    get outputTree() {
      return outputTree;
    },
    run: async (given) => {
      const arrays = [...bound, ...given].map(toJax);
      const outputs = run(arrays);
      for (const array of arrays) array.dispose();
      const results = await Promise.all(outputs.map(toTensor));
      if (options.checkFinite === true) {
        const outputNames = leavesOf(outputTree, (leaf) => typeof leaf === "number").map(({ path }) => path || "output");
        const found = firstNonFinite(given, names.slice(bound.length)) ?? firstNonFinite(results, outputNames);
        if (found !== undefined) throw new RangeError(`${name}: ${found}`);
      }
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
  const { dtype } = array;
  if (sizeOf(shape) === 0) array.dispose();
  const data = sizeOf(shape) === 0 ? [] : await array.data();
  if (dtype === "bool") return { shape, dtype, data: Uint8Array.from(data) };
  if (dtype === "int32") return { shape, dtype, data: Int32Array.from(data) };
  if (dtype === "uint32") return { shape, dtype, data: Uint32Array.from(data) };
  return { shape, dtype: "float32", data: data instanceof Float32Array ? data : Float32Array.from(data) };
}
