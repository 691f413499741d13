import { prepare } from "#runner";
import type { Traced } from "./ops.js";
import { tensor, type Tensor, type TensorLike } from "./tensor.js";
import { isTensorLike, mapTree, type MapTree, type Tree } from "./tree.js";

/** A pure function over traced arrays: written once with the operations of `ops.ts`, run by any runner. */
// oxlint-disable-next-line typescript/no-explicit-any -- a program states its own inputs; `never[]` would refuse them all
export type Program<Inputs extends any[] = any[], Output = any> = (...inputs: Inputs) => Output;

/** A program that has become an async function over tensors. */
export type Compiled<F extends Program> = (
  ...inputs: MapTree<Parameters<F>, Traced, TensorLike>
) => Promise<MapTree<ReturnType<F>, Traced, Tensor>>;

/**
 * Makes a program callable with tensors. It is traced and prepared once for each set of input shapes and types.
 *
 * @example
 * ```ts
 * import { compile, ops } from "heed";
 * const double = compile((x: ops.Traced) => ops.multiply(x, 2));
 * console.log((await double([1, 2, 3])).data); // Float32Array [2, 4, 6]
 * ```
 */
export function compile<F extends Program>(program: F): Compiled<F> {
  const run = prepare(program);
  const call = async (...inputs: Tree<TensorLike>[]): Promise<unknown> =>
    run(inputs.map((input) => mapTree(input, isTensorLike, (leaf) => tensor(leaf))));
  return call as Compiled<F>;
}
