/** Runs programs on jax-js itself: the runner of browsers, and the oracle in tests. */
import * as jax from "@jax-js/jax";
import type { Program } from "../compile.js";
import { toJax } from "../ops.js";
import { isTensor, type DType, type Tensor } from "../tensor.js";
import { mapTree, type Tree } from "../tree.js";

let ready: Promise<void> | undefined;

function initialise(): Promise<void> {
  ready ??= jax.init("wasm").then(() => void jax.defaultDevice("wasm"));
  return ready;
}

/** Makes a program callable: traced and compiled by jax-js once for each set of input shapes and types. */
export function prepare(program: Program): (inputs: Tree<Tensor>[]) => Promise<Tree<Tensor>> {
  const compiled = jax.jit(program as (...inputs: unknown[]) => jax.JsTree<jax.Array>);
  return async (inputs) => {
    await initialise();
    const output = compiled(...inputs.map((input) => mapTree(input, isTensor, toJax)));
    const leaves = new Map<jax.Array, Tensor>();
    const isArray = (value: unknown): value is jax.Array => value instanceof jax.Array;
    await Promise.all(jax.tree.leaves(output).map(async (array) => leaves.set(array, await toTensor(array))));
    return mapTree(output as Tree<jax.Array>, isArray, (array) => leaves.get(array) as Tensor);
  };
}

async function toTensor(array: jax.Array): Promise<Tensor> {
  const shape = [...array.shape];
  const dtype = array.dtype as DType;
  const data = await array.data();
  return { shape, dtype, data: dtype === "bool" ? Uint8Array.from(data) : (data as Float32Array) };
}
