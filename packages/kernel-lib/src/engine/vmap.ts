/** Programs over one example become programs over a batch. */
import { requireFunction } from "../checks/describe-value.js";
import * as jax from "@jax-js/jax";
import { isTraced, own, traced } from "./ops/array.js";
import type { Traced } from "./ops/operand.js";
import { leavesOf, mapTree, type Tree } from "./tree.js";

/** For each input the axis of the batch; `null` for inputs that every example shares. */
export type BatchAxes<Inputs extends unknown[]> = { readonly [K in keyof Inputs]?: number | null };

/**
 * The program over a batch: written for one example, it runs for all at once. The batch is the first axis of every input unless `axes` says
 * otherwise, and the first of every result. Composes with `valueAndGrad`, inside and outside.
 *
 * @throws TypeError when no input has a batch, or the sizes of batches differ
 * @example
 * ```ts
 * import { compile, ops, vmap } from "heed/program";
 * const dot = (x: ops.Traced, y: ops.Traced) => ops.sum(ops.multiply(x, y));
 * const dots = compile(vmap(dot, [0, null]));
 * console.log((await dots([[1, 2], [3, 4]], [1, 10])).data); // Float32Array [21, 43]
 * ```
 */
export function vmap<Inputs extends unknown[], Output>(
  program: (...inputs: Inputs) => Output,
  axes?: BatchAxes<Inputs>,
): (...inputs: Inputs) => Output {
  requireFunction("vmap", "a program over one example", program);
  return (...inputs) => {
    const trees = inputs as Tree<Traced>[];
    const leaves = trees.flatMap((tree, i) => {
      const axis = axes === undefined ? 0 : (axes[i] ?? null);
      return leavesOf(tree, isTraced, `input${i}`).map((found) => ({
        ...found,
        axis: axis !== null && axis < 0 ? found.leaf.ndim + axis : axis,
      }));
    });
    requireOneBatch(leaves);
    let output: Output | undefined;
    const flat = (...arrays: jax.Array[]): jax.Array[] => {
      let next = 0;
      output = program(...(trees.map((tree) => mapTree(tree, isTraced, () => traced(arrays[next++] as jax.Array))) as Inputs));
      return leavesOf(output as Tree<Traced>, isTraced).map(({ leaf }) => own(leaf));
    };
    const results = jax.vmap(
      flat,
      leaves.map(({ axis }) => axis),
    )(...leaves.map(({ leaf }) => own(leaf)));
    let next = 0;
    return mapTree(output as Tree<Traced>, isTraced, () => traced(results[next++] as jax.Array)) as Output;
  };
}

function requireOneBatch(leaves: readonly { leaf: Traced; path: string; axis: number | null }[]): void {
  const batches = leaves.flatMap(({ leaf, path, axis }) =>
    axis === null ? [] : [{ path, axis, shape: leaf.shape, size: leaf.shape.at(axis) }],
  );
  const [first] = batches;
  if (!first) throw new TypeError("vmap: expected a batch axis for at least one input; got none");
  const text = ({ path, axis, shape }: (typeof batches)[number]): string => `${path} [${shape.join(", ")}] along axis ${axis}`;
  const odd = batches.find(({ size }) => size === undefined || size !== first.size);
  if (odd)
    throw new TypeError(`vmap: expected batches of one size; got ${text(first)}${odd === first ? "" : ` and ${text(odd)}`}`);
}
