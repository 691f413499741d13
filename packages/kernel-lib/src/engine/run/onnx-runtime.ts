/** Runs programs natively, in four steps: program → trace → graph → fused graph → session. */
import { fuseAll } from "../fuse/fusions.js";
import { graphOf } from "../lower/graph-of.js";
import type { Graph } from "../onnx/graph.js";
import type { DType, Tensor } from "../tensor.js";
import { isSpec, trace } from "../trace.js";
import { leavesOf } from "../tree.js";
import { describeCall } from "./errors.js";
import { firstNonFinite } from "./finite.js";
import { loadRuntime } from "./load-runtime.js";
import { findOrigin } from "./origin.js";
import type { ArrayInfo, Executable, Preparation, PrepareOptions } from "./runner.js";
import { Session } from "./session.js";
import { prepare as prepareOnJax } from "./jax.js";

export async function prepare(preparation: Preparation, options: PrepareOptions): Promise<Executable> {
  if (!(await isRuntimeHere())) return prepareOnJax(preparation, options);
  const { program, name, inputs, names, bound } = preparation;
  const traced = await trace(program, inputs);
  const graph = graphOf(traced, preparation);
  fuseAll(graph, options.fusions);
  const session = await Session.open(graph, name, options);
  const given = leavesOf(inputs, isSpec).slice(bound.length);
  const executable = {
    bytes: session.bytes,
    outputTree: traced.outputTree,
    inputs: given.map(({ leaf: { shape, dtype } }, i) => ({ name: names[bound.length + i] ?? "", shape, dtype })),
    outputs: graph.outputs.map(({ name: output, value }) => ({
      name: output,
      shape: value.shape,
      dtype: value.dtype as DType,
    })),
    run: (tensors: readonly Tensor[]) => session.run(tensors),
    dispose: () => session.close(),
  };
  return options.checkFinite === true ? checked(executable, () => graphOf(traced, preparation), name) : executable;
}

let here: Promise<boolean> | undefined;

/** Whether ONNX Runtime is installed and has a build for this machine; where not, jax-js runs programs, and a warning says so once. */
function isRuntimeHere(): Promise<boolean> {
  here ??= loadRuntime().then(
    () => true,
    (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      process.emitWarning(
        `ONNX Runtime cannot be loaded (${process.platform} ${process.arch}), programs run on jax-js, slower: ${reason}`,
      );
      return false;
    },
  );
  return here;
}

/** The same, with an error where a number is not finite. */
function checked(executable: Executable, graph: () => Graph, program: string): Executable {
  return {
    ...executable,
    run: async (inputs) => {
      const given = firstNonFinite(inputs, namesOf(executable.inputs));
      if (given !== undefined) throw new RangeError(`${program}: ${given}`);
      const results = await executable.run(inputs);
      const found = firstNonFinite(results, namesOf(executable.outputs));
      if (found === undefined) return results;
      const whole = graph();
      const origin = await findOrigin(whole, inputs, program);
      throw new RangeError(`${program}: ${found}${origin ? `; it first arises in ${describeCall(whole, origin)}` : ""}`);
    },
  };
}

const namesOf = (arrays: readonly ArrayInfo[]): string[] => arrays.map(({ name }) => name);
