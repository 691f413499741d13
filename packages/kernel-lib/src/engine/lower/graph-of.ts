import type { Graph } from "../onnx/graph.js";
import type { Preparation } from "../run/runner.js";
import type { Trace } from "../trace.js";
import { lower, type Binding } from "./lower.js";

/** The graph of a traced program, not fused yet. */
export function graphOf(traced: Trace, { name, names, bound }: Pick<Preparation, "name" | "names" | "bound">): Graph {
  const bindings = names.map((input, i): Binding => ({ name: input, ...(bound[i] && { constant: bound[i].data }) }));
  return lower(traced, bindings, traced.outputNames, name);
}
