/** What a runner is: it prepares a program for inputs of given shapes and types, and runs it on any values of these. */
import type { Fusions } from "../fuse/fusions.js";
import type { Program } from "../program.js";
import type { Tensor } from "../tensor.js";
import type { Spec } from "../trace.js";
import type { Tree } from "../tree.js";

/** A program and what is known of its inputs. */
export interface Preparation {
  readonly program: Program;
  /** For errors. */
  readonly name: string;
  /** The program's inputs, in its order: shapes and types of those given at each run, after the bound weights if there are any. */
  readonly inputs: readonly Tree<Spec>[];
  /** One name for each array of `inputs`. */
  readonly names: readonly string[];
  /** The values of the first so many arrays, known already. */
  readonly bound: readonly Tensor[];
}

export interface PrepareOptions {
  /** What computes. `"cpu"` is everywhere; `"cuda"` and `"webgpu"` where ONNX Runtime has them. */
  readonly provider?: "cpu" | "cuda" | "webgpu";
  /** How many threads compute; as many as there are processor cores if not given. */
  readonly threads?: number;
  /** Which fusions to leave out, `{ gelu: false }`, or `false` for none at all: to see whether one of them changes a number. */
  readonly fusions?: Fusions | false;
  /**
   * Looks for NaN and infinite numbers in what is given and returned, and says where the first one arose. Costs a pass over the results,
   * and a second run when there is one.
   */
  readonly checkFinite?: boolean;
}

/** What is known of an array before it exists. */
export interface ArrayInfo extends Spec {
  readonly name: string;
}

/** A prepared program. */
export interface Executable {
  /** The arrays that are not bound, in the order in which `run` takes them. */
  readonly inputs: readonly ArrayInfo[];
  /** The arrays that `run` returns. */
  readonly outputs: readonly ArrayInfo[];
  /** About how much memory it holds between runs. */
  readonly bytes: number;
  /** The program's result, with the position of each array in what `run` returns in its place. */
  readonly outputTree: Tree<number>;
  /** Runs on the arrays that are not bound, in their order. */
  run(inputs: readonly Tensor[]): Promise<Tensor[]>;
  dispose(): Promise<void>;
}
