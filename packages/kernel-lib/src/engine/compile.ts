/**
 * The front door of the engine: a program becomes an async function over tensors. It is traced and prepared by a runner once for each
 * set of input shapes and types; `#runner` is ONNX Runtime in Node and jax-js elsewhere.
 */
import * as native from "#runner";
import { requireFunction } from "../checks/describe-value.js";
import { readOptions, type OptionNames } from "../checks/read-options.js";
import { Cache } from "./cache.js";
import { throwIfInterrupted } from "./interruption.js";
import type { Traced } from "./ops.js";
import { prepare as prepareOnJax } from "./run/jax.js";
import type { ArrayInfo, Executable, Preparation, PrepareOptions } from "./run/runner.js";
import type { Program } from "./program.js";
import { isTensor, readTensor, type Tensor, type TensorLike } from "./tensor.js";
import type { Spec } from "./trace.js";
import { isTensorLike, leavesOf, mapTree, structureOf, type MapTree, type Tree } from "./tree.js";

export interface CompileOptions extends PrepareOptions {
  /**
   * What runs the program. `"onnx"` (ONNX Runtime) is the default in Node; `"jax"` (jax-js) is what browsers have, runs every
   * primitive, and is the second opinion when a number looks wrong.
   */
  readonly runner?: "onnx" | "jax";
  /** What errors and exported graphs call the program; the name of the function if not given. */
  readonly name?: string;
  /** For how many sets of input shapes a prepared program is kept; the one unused for longest goes first. 16 if not given. */
  readonly cacheSize?: number;
  /** @deprecated It is called `cacheSize`. */
  readonly keep?: number;
  /**
   * Stops before the next step (trace, prepare, run) with the signal's reason. A run that has begun is finished first. So does an
   * interrupt of the notebook's cell, also without a signal.
   */
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
  /** Prepares the program for inputs of the same shapes and types as these, and returns the form for calling it many times. */
  prepare(...inputs: Given<Parameters<F>>): Promise<Prepared<Returned<ReturnType<F>>>>;
  /** Forgets every prepared program and frees its memory. The next call prepares anew. */
  clear(): Promise<void>;
}

/**
 * A program prepared for certain shapes, for loops that call it many times. Arrays go in and come out as a flat list: what one run
 * returns can be given to the next as it is, and nothing is looked up, checked or copied on the way in.
 */
export interface Prepared<Output> {
  /** Name, shape and type of each array that goes in, in order. */
  readonly inputs: readonly ArrayInfo[];
  /** Name, shape and type of each array that comes out, in order. */
  readonly outputs: readonly ArrayInfo[];
  run(inputs: readonly Tensor[]): Promise<Tensor[]>;
  /** The arrays of one run in the places they have in the program's result. */
  result(outputs: readonly Tensor[]): Output;
  /** Frees the prepared program. */
  dispose(): Promise<void>;
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
  requireFunction("compile", "a program, a function over arrays", program);
  const {
    runner,
    cacheSize = 16,
    keep: _,
    weights,
    name = program.name || "program",
    ...prepareOptions
  } = readOptions("compile", options, compileNames);
  const prepare = runner === "jax" ? prepareOnJax : native.prepare;
  const cache = new Cache<Executable>(cacheSize, (executable) => executable.dispose());
  const bound = "weights" in options ? [tensorsOf(weights, "weights", name)] : [];
  const make = (given: readonly Flat[]): Promise<Executable> =>
    prepare(preparation(program, name, bound, given), prepareOptions);
  const flatten = (inputs: readonly unknown[]): Flat[] => inputs.map((input, i) => tensorsOf(input, `input${i}`, name));

  const withSignal = (signal?: AbortSignal): Compiled<Program> => {
    const call = async (...inputs: unknown[]): Promise<unknown> => {
      throwIfInterrupted();
      signal?.throwIfAborted();
      const given = flatten(inputs);
      const run = async (executable: Executable): Promise<unknown> => {
        throwIfInterrupted();
        signal?.throwIfAborted();
        const outputs = await executable.run(given.flatMap(tensorsIn));
        signal?.throwIfAborted();
        return mapTree(executable.outputTree, isPosition, (i) => outputs[i]);
      };
      return cache.use(given.map(formOf).join(";"), () => make(given), run);
    };
    const more = {
      with: (changed: Pick<CompileOptions, "signal">) =>
        withSignal(readOptions("compile: with", changed, { signal: true }).signal),
      prepare: async (...inputs: unknown[]): Promise<Prepared<unknown>> => {
        const executable = await make(flatten(inputs));
        const result = (outputs: readonly Tensor[]): unknown => mapTree(executable.outputTree, isPosition, (i) => outputs[i]);
        const run = async (tensors: readonly Tensor[]): Promise<Tensor[]> => {
          throwIfInterrupted();
          return executable.run(tensors);
        };
        return { ...executable, run, result };
      },
      clear: () => cache.clear(),
    };
    return Object.assign(call, more) as unknown as Compiled<Program>;
  };
  return withSignal(options.signal);
}

const compileNames: OptionNames<CompileOptions & { readonly weights?: unknown }> = {
  runner: true,
  name: true,
  cacheSize: true,
  keep: { now: "cacheSize" },
  signal: true,
  weights: true,
  provider: true,
  threads: true,
  fusions: true,
  checkFinite: true,
};

/** What a runner is told of a program that is not to be compiled. */
export function preparationOf(
  program: Program,
  inputs: readonly unknown[],
  options: { readonly name?: string; readonly weights?: unknown },
): Preparation {
  const { name = program.name || "program", weights } = options;
  const bound = weights === undefined ? [] : [tensorsOf(weights, "weights", name)];
  return preparation(
    program,
    name,
    bound,
    inputs.map((input, i) => tensorsOf(input, `input${i}`, name)),
  );
}

function preparation(program: Program, name: string, bound: readonly Flat[], given: readonly Flat[]): Preparation {
  const all = [...bound, ...given];
  return {
    program,
    name,
    inputs: all.map(({ tree }) => mapTree(tree, isTensor, ({ shape, dtype }): Spec => ({ shape, dtype }))),
    names: all.flatMap(({ leaves }) => leaves.map(({ path }) => path)),
    bound: bound.flatMap(tensorsIn),
  };
}

/** An input as a tree of tensors, and as a list of them with their places. */
interface Flat {
  readonly tree: Tree<Tensor>;
  readonly leaves: readonly { readonly leaf: Tensor; readonly path: string }[];
}

function tensorsOf(input: unknown, path: string, name: string): Flat {
  try {
    const tree = mapTree(input as Tree<TensorLike>, isTensorLike, (leaf, at) => readTensor(name, at, leaf), path);
    return { tree, leaves: leavesOf(tree, isTensor, path) };
  } catch (error) {
    if (error instanceof TypeError && !error.message.startsWith(`${name}: `))
      throw new TypeError(`${name}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** What a prepared program depends on: where an input has its tensors, and of which types and shapes they are. */
const formOf = ({ tree }: Flat): string =>
  structureOf(tree, isTensor, (leaf) => {
    const { dtype, shape } = leaf as Tensor;
    return `${dtype}[${shape.join()}]`;
  });

const tensorsIn = ({ leaves }: Flat): Tensor[] => leaves.map(({ leaf }) => leaf);
const isPosition = (value: unknown): value is number => typeof value === "number";
