/** Runs programs natively, in four steps: program → trace → graph → fused graph → session. */
import { fuseAll } from "../fuse/fusions.js";
import { lower, type Binding } from "../lower/lower.js";
import { writeModel } from "../onnx/export.js";
import type { Graph } from "../onnx/graph.js";
import type { DType, Tensor } from "../tensor.js";
import { isSpec, trace, type Trace } from "../trace.js";
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

/** Writes a program as an ONNX model of standard operations, in sets that every runtime has had for years (18, 20 with GELU). */
export async function exportProgram(
  preparation: Preparation,
  options: { path?: string; external?: boolean },
): Promise<Uint8Array> {
  const { program, name, inputs } = preparation;
  const graph = graphOf(await trace(program, inputs), preparation);
  fuseAll(graph, { product: false, attention: false });
  return writeModel(graph, name, options);
}

/** The graph of a traced program, not fused yet. */
function graphOf(traced: Trace, { name, names, bound }: Pick<Preparation, "name" | "names" | "bound">): Graph {
  const bindings = names.map((input, i): Binding => ({ name: input, ...(bound[i] && { constant: bound[i].data }) }));
  return lower(traced, bindings, traced.outputNames, name);
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
