/** Rules for reductions over axes, and for windows. */
import type { ElementType, Graph } from "../onnx/graph.js";
import { cast, scalar } from "./cast.js";
import { apply } from "./elementwise.js";
import { input, rule, type Rule } from "./rule.js";
import { pick, range, repeated, type View } from "./view.js";

export type Reduction = "Add" | "Mul" | "Max" | "Min";

const ops: Readonly<Record<Reduction, string>> = { Add: "ReduceSum", Mul: "ReduceProd", Max: "ReduceMax", Min: "ReduceMin" };

/** Reduces axes of a view where they lie: nothing is transposed for it. Repeated axes are accounted for by arithmetic. */
export function reduce(graph: Graph, view: View, reduction: Reduction, axes: readonly number[]): View {
  const { dtype } = view.base;
  const walked = axes
    .map((i) => view.axes[i] ?? repeated)
    .filter((axis) => axis !== repeated)
    .toSorted((a, b) => a - b);
  const times = axes.filter((i) => view.axes[i] === repeated).reduce((product, i) => product * (view.shape[i] ?? 1), 1);
  const via = typeFor(dtype, reduction);
  let { base } = cast(graph, view, via);
  if (walked.length > 0) {
    const shape = base.shape.map((size, axis) => (walked.includes(axis) ? 1 : size));
    base = graph.add(ops[reduction], [base, graph.integers(walked)], { dtype: via, shape });
  }
  const kept = range(view.shape.length).filter((i) => !axes.includes(i));
  const result: View = { base, shape: pick(view.shape, kept), axes: pick(view.axes, kept) };
  return cast(graph, repeatedTimes(graph, result, reduction, times), dtype);
}

/** The type to reduce in, where ONNX Runtime has no kernel for the one at hand. */
const typeFor = (dtype: ElementType, reduction: Reduction): ElementType => {
  if (dtype === "bool") return "int32";
  if (dtype === "uint32") return "int64";
  return dtype === "int32" && reduction === "Mul" ? "int64" : dtype;
};

/** n equal elements added are n times one of them; multiplied, its n-th power. */
function repeatedTimes(graph: Graph, view: View, reduction: Reduction, times: number): View {
  if (times === 1) return view;
  const { dtype } = view.base;
  const count: View = { base: scalar(graph, dtype, times), shape: [], axes: [] };
  if (times === 0 && (reduction === "Add" || reduction === "Mul")) {
    const nothing: View = { base: scalar(graph, dtype, reduction === "Mul" ? 1 : 0), shape: [], axes: [] };
    return { ...nothing, shape: view.shape, axes: view.shape.map(() => repeated) };
  }
  if (reduction === "Add") return apply(graph, "Mul", [view, count], dtype);
  if (reduction === "Mul") return apply(graph, "Pow", [view, count], dtype);
  return view;
}

const reduceRule = rule<{ op: Reduction; axis: number[] }>(({ graph, inputs, params }) =>
  reduce(graph, input({ inputs }, 0), params.op, params.axis),
);

export const reduceRules: Readonly<Record<string, Rule>> = { reduce: reduceRule };
