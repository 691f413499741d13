/** Runs programs on jax-js itself: the runner of browsers, and the oracle in tests. */
import * as jax from "@jax-js/jax";
import { toJax } from "../ops.js";
import { sizeOf, type DType, type Tensor } from "../tensor.js";
import { isSpec, startJax } from "../trace.js";
import { mapTree, type Tree } from "../tree.js";
import type { Executable, Preparation, PrepareOptions } from "./runner.js";

/** Prepares a program to be compiled by jax-js at its first run. */
export async function prepare({ program, name, inputs, bound }: Preparation, options: PrepareOptions): Promise<Executable> {
  if (options.provider !== undefined && options.provider !== "cpu") {
    throw new RangeError(`${name}: provider "${options.provider}" belongs to ONNX Runtime; jax-js computes on "cpu" here`);
  }
  await startJax();
  let outputTree: Tree<number>;
  const compiled = jax.jit((...leaves: jax.Array[]) => {
    let next = 0;
    const result: unknown = program(...inputs.map((tree) => mapTree(tree, isSpec, () => leaves[next++])));
    const outputs: jax.Array[] = [];
    outputTree = mapTree(result as Tree<jax.Array>, isArray, (array) => outputs.push(array) - 1);
    return outputs;
  });
  return {
    get outputTree() {
      return outputTree;
    },
    run: async (given) => {
      const arrays = [...bound, ...given].map(toJax);
      return Promise.all(compiled(...arrays).map(toTensor));
    },
    dispose: async () => compiled.dispose(),
  };
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
  return { shape, dtype: "float32" satisfies DType, data: data instanceof Float32Array ? data : Float32Array.from(data) };
}
