/** Runs programs natively, in four steps: program → trace → graph → fused graph → session. */
import { fuseAll } from "../fuse/fusions.js";
import { lower, type Binding } from "../lower/lower.js";
import type { Graph } from "../onnx/graph.js";
import type { Tensor } from "../tensor.js";
import { trace, type Trace } from "../trace.js";
import { leavesOf } from "../tree.js";
import { describeCall } from "./errors.js";
import { firstNonFinite } from "./finite.js";
import { findOrigin } from "./origin.js";
import type { Executable, Preparation, PrepareOptions } from "./runner.js";
import { Session } from "./session.js";

export async function prepare(preparation: Preparation, options: PrepareOptions): Promise<Executable> {
  const { program, name, inputs, names, bound } = preparation;
  const traced = await trace(program, inputs);
  const graph = graphOf(traced, preparation);
  fuseAll(graph, options.fusions);
  const outputs = graph.outputs.map(({ name: output, value }) => ({ name: output, shape: value.shape, dtype: value.dtype }));
  const session = await Session.open(graph, name, options);
  const inputNames = names.slice(bound.length);
  return {
    outputTree: traced.outputTree,
    run: async (tensors) => {
      const results = await session.run(tensors);
      if (options.checkFinite === true) {
        const outputNames = outputs.map((output) => output.name);
        const found = firstNonFinite(tensors, inputNames) ?? firstNonFinite(results, outputNames);
        if (found !== undefined) throw await nonFinite(found, tensors, () => graphOf(traced, preparation), name);
      }
      return results;
    },
    dispose: () => session.close(),
  };
}

/** The graph of a traced program, not fused yet. */
function graphOf(traced: Trace, { name, names, bound }: Pick<Preparation, "name" | "names" | "bound">): Graph {
  const bindings = names.map((input, i): Binding => ({ name: input, ...(bound[i] && { constant: bound[i].data }) }));
  return lower(traced, bindings, outputNamesOf(traced), name);
}

/** What the outputs are called: by their places in the program's result. */
const outputNamesOf = ({ outputTree }: Trace): string[] =>
  leavesOf(outputTree, (leaf) => typeof leaf === "number").map(({ path }) => (path === "" ? "output" : path));

async function nonFinite(found: string, tensors: readonly Tensor[], graph: () => Graph, program: string): Promise<RangeError> {
  const whole = graph();
  const origin = await findOrigin(whole, tensors, program);
  const reason = origin ? `; it first arises in ${describeCall(whole, origin)}` : "";
  return new RangeError(`${program}: ${found}${reason}`);
}
