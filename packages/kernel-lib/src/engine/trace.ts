/**
 * Traces: a program run once on arrays without values, which records the primitives it applies. jax-js does the recording, and
 * composes it with differentiation and batching; this file is all that the lowering sees of it.
 */
import { defaultDevice, init, makeJaxpr, type Array as JaxArray } from "@jax-js/jax";
import type { Program } from "./program.js";
import { describeValue } from "../checks/describe-value.js";
import { isTraced } from "./ops/array.js";
import { withLoops } from "./scan.js";
import { isTensor, type DataOf, type DType } from "./tensor.js";
import { mapTree, type Tree } from "./tree.js";

/** Element types inside programs. Inputs and outputs are of the first four. */
export type TraceType = DType | "float16" | "float64";

/** The type that a program's results of a type have outside of it. */
export const typeOfResult = (dtype: TraceType): DType => (dtype === "float16" || dtype === "float64" ? "float32" : dtype);

/** Shape and element type of an array, without values. */
export interface Spec {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** An array of the trace (compared by identity), or a number written in the program. */
export interface Atom {
  readonly aval: { readonly shape: readonly number[]; readonly dtype: TraceType; readonly weakType: boolean };
  /** Present for a number. */
  readonly value?: number;
}

/** One application of a primitive. */
export interface Equation {
  readonly primitive: string;
  readonly inputs: readonly Atom[];
  readonly params: Readonly<Record<string, unknown>>;
  readonly outBinders: readonly Atom[];
}

/** A program as jax-js writes it down: inputs, equations in order, outputs. */
export interface Body {
  readonly inBinders: readonly Atom[];
  readonly eqns: readonly Equation[];
  readonly outs: readonly Atom[];
}

export interface Trace extends Body {
  /** Arrays that the program makes by itself; they come before the program's inputs in `inBinders`. */
  readonly constants: readonly {
    readonly shape: readonly number[];
    readonly dtype: TraceType;
    readonly data: DataOf[DType] | Float64Array | Uint16Array;
  }[];
  /** The program's result, with the position of each array in `outs` in its place. */
  readonly outputTree: Tree<number>;
  /** What each array in `outs` is called: by its place in the program's result. */
  readonly outputNames: readonly string[];
}

let ready: Promise<void> | undefined;

/** Starts jax-js once. On its WebAssembly backend, which every Node and browser has. */
export function startJax(): Promise<void> {
  ready ??= init("wasm").then(() => void defaultDevice("wasm"));
  return ready;
}

/** What stands for an input while tracing. A class of its own: jax-js takes plain objects for trees. */
class Leaf {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly weakType = false;
  constructor({ shape, dtype }: Spec) {
    this.shape = shape;
    this.dtype = dtype;
  }
}
export const isSpec = (value: unknown): value is Spec =>
  typeof value === "object" && value !== null && "dtype" in value && typeof value.dtype === "string";

/** Runs the program on arrays of the given shapes and types and returns the record. */
export async function trace(program: Program, inputs: readonly Tree<Spec>[]): Promise<Trace> {
  await startJax();
  let result: unknown;
  const recorded = makeJaxpr((...traced: unknown[]) => {
    result = program(...traced);
    requireArrays(nameOf(program), result);
    return result as JaxArray[];
  });
  const leaves = inputs.map((input) => mapTree(input, isSpec, (spec) => new Leaf(spec)));
  const { jaxpr: closed } = withLoops(() => recorded(...(leaves as unknown as JaxArray[])));
  const body = closed.jaxpr.simplify() as unknown as Body;
  const constants = await Promise.all(
    (closed.consts as unknown as JaxArray[]).map(async (array) => {
      const { shape, dtype } = array;
      const data = await array.data();
      return { shape: [...shape], dtype: dtype as TraceType, data: data as DataOf[DType] };
    }),
  );
  const outputNames: string[] = [];
  const outputTree = mapTree(
    result as Tree<object | number>,
    isLeaf,
    (_, path) => outputNames.push(path === "" ? "output" : path) - 1,
  );
  return { ...body, constants, outputTree, outputNames };
}

/** @throws TypeError unless a program returned arrays of its own, or numbers, alone or in lists and objects */
function requireArrays(name: string, result: unknown): void {
  const refuse = (got: string): never => {
    throw new TypeError(`${name}: expected arrays of the program as its result; got ${got}`);
  };
  if (result === undefined) refuse("nothing. Does it end with return?");
  if (result instanceof Promise) refuse("a promise. Programs may not be async");
  const check = (value: unknown, path: string): void => {
    if (value === undefined || typeof value === "number" || isTraced(value)) return;
    if (typeof value !== "object" || value === null || !isTree(value)) {
      refuse(`${describeValue(value)}${path && ` at ${path}`}`);
    } else if (isTensor(value)) refuse(`${describeValue(value)}${path && ` at ${path}`}. Put it in with ops.constant`);
    else for (const [key, inner] of Object.entries(value)) check(inner, path === "" ? key : `${path}.${key}`);
  };
  check(result, "");
}

/** A list or a plain object, whose entries are looked at. */
const isTree = (value: object): boolean => Array.isArray(value) || value.constructor === Object;

/** Arrays of the program, and numbers, which are arrays without axes. */
const isLeaf = (value: unknown): value is object | number =>
  typeof value === "number" ||
  (typeof value === "object" && value !== null && !Array.isArray(value) && value.constructor !== Object);

/** The name of a program for errors. */
const nameOf = (program: Program): string => program.name || "program";
