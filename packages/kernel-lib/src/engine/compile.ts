/**
 * The front door of the engine: a program becomes an async function over tensors. It is traced and prepared by a runner once for each
 * set of input shapes and types; `#runner` is ONNX Runtime in Node and jax-js elsewhere.
 */
import * as native from "#runner";
import { Cache } from "./cache.js";
import type { Traced } from "./ops.js";
import { prepare as prepareOnJax } from "./run/jax.js";
import type { Executable, PrepareOptions } from "./run/runner.js";
import { tensor, type Tensor, type TensorLike } from "./tensor.js";
import { isTensorLike, leavesOf, mapTree, structureOf, type MapTree, type Tree } from "./tree.js";

/** A pure function over traced arrays: written once with the operations of `ops.ts`, run by any runner. */
// oxlint-disable-next-line typescript/no-explicit-any -- a program states its own inputs; `never[]` would refuse them all
export type Program<Inputs extends any[] = any[], Output = any> = (...inputs: Inputs) => Output;

export interface CompileOptions extends PrepareOptions {
  /**
   * What runs the program. `"onnx"` (ONNX Runtime) is the default in Node; `"jax"` (jax-js) is what browsers have, runs every
   * primitive, and is the second opinion when a number looks wrong.
   */
  readonly runner?: "onnx" | "jax";
  /** What errors and exported graphs call the program; the name of the function if not given. */
  readonly name?: string;
  /** For how many sets of input shapes a prepared program is kept; the one unused for longest goes first. 16 if not given. */
  readonly keep?: number;
  /** Stops before the next step (trace, prepare, run) with the signal's reason. A run that has begun is finished first. */
  readonly signal?: AbortSignal;
}

/** What a program takes and returns when it runs: tensors, or anything that makes one, for its arrays. */
export type Given<T> = MapTree<T, Traced, TensorLike>;
export type Returned<T> = MapTree<T, Traced, Tensor>;

/** A program that has become an async function over tensors. */
export interface Compiled<F extends Program> {
  (...inputs: Given<Parameters<F>>): Promise<Returned<ReturnType<F>>>;
  /** The same prepared programs for calls that can be cancelled: `await forward.with({ signal })(ids)`. */
  with(options: Pick<CompileOptions, "signal">): Compiled<F>;
  /** Forgets every prepared program and frees its memory. The next call prepares anew. */
  clear(): Promise<void>;
}

/**
 * Makes a program callable with tensors. It is traced and prepared once for each set of input shapes and types.
 *
 * With `weights`, the program's first input is bound: it becomes part of the prepared program, where ONNX Runtime packs matrices once
 * for fast products. Do so for a trained model. Weights that change (training) are given at each call like any other input.
 *
 * @example
 * ```ts
 * import { compile, ops } from "heed";
 * const double = compile((x: ops.Traced) => ops.multiply(x, 2));
 * console.log((await double([1, 2, 3])).data); // Float32Array [2, 4, 6]
 *
 * const project = compile((w: ops.Traced, x: ops.Traced) => ops.matmul(x, w), { weights: [[1, 0], [1, 1]] });
 * console.log((await project([[2, 3]])).data); // Float32Array [5, 3]
 * ```
 */
export function compile<Weights, Inputs extends unknown[], Output>(
  program: (weights: Weights, ...inputs: Inputs) => Output,
  options: CompileOptions & { readonly weights: Given<Weights> },
): Compiled<(...inputs: Inputs) => Output>;
export function compile<F extends Program>(program: F, options?: CompileOptions): Compiled<F>;
export function compile(program: Program, options: CompileOptions & { readonly weights?: unknown } = {}): Compiled<Program> {
  const { runner, keep = 16, weights, name = program.name || "program", ...prepareOptions } = options;
  const prepare = runner === "jax" ? prepareOnJax : native.prepare;
  const cache = new Cache<Executable>(keep, (executable) => executable.dispose());
  const bound = "weights" in options ? [tensorsOf(weights, "weights", name)] : [];

  const compiled = (signal?: AbortSignal): Compiled<Program> => {
    const call = async (...inputs: unknown[]): Promise<unknown> => {
      signal?.throwIfAborted();
      const given = inputs.map((input, i) => tensorsOf(input, `input${i}`, name));
      const make = (): Promise<Executable> => {
        const all = [...bound, ...given];
        return prepare(
          {
            program,
            name,
            inputs: all.map(({ tree }) => tree),
            names: all.flatMap(({ leaves }) => leaves.map(({ path }) => path)),
            bound: bound.flatMap(({ leaves }) => leaves.map(({ leaf }) => leaf)),
          },
          prepareOptions,
        );
      };
      const key = given.map(({ tree }) => structureOf(tree, isTensorLike, (leaf) => kindOf(leaf as Tensor))).join(";");
      return cache.use(key, make, async (executable) => {
        signal?.throwIfAborted();
        const outputs = await executable.run(given.flatMap(({ leaves }) => leaves.map(({ leaf }) => leaf)));
        signal?.throwIfAborted();
        return mapTree(executable.outputTree, isPosition, (i) => outputs[i]);
      });
    };
    const more = { with: (changed: Pick<CompileOptions, "signal">) => compiled(changed.signal), clear: () => cache.clear() };
    return Object.assign(call, more) as unknown as Compiled<Program>;
  };
  return compiled(options.signal);
}

const isPosition = (value: unknown): value is number => typeof value === "number";
const kindOf = ({ dtype, shape }: Tensor): string => `${dtype}[${shape.join()}]`;

/** The tensors of an input, as a tree and as a list. */
function tensorsOf(
  input: unknown,
  path: string,
  name: string,
): { tree: Tree<Tensor>; leaves: { leaf: Tensor; path: string }[] } {
  try {
    const tree = mapTree(input as Tree<TensorLike>, isTensorLike, (leaf) => tensor(leaf), path);
    return { tree, leaves: leavesOf(tree, isTensorLike as (value: unknown) => value is Tensor, path) };
  } catch (error) {
    if (error instanceof TypeError) throw new TypeError(`${name}: ${error.message}`, { cause: error });
    throw error;
  }
}
