/** Rules for order along the last axis. */
import type { ElementType, Graph, Value } from "../onnx/graph.js";
import { castValue, isFloat } from "./cast.js";
import { input, rule, type Rule } from "./rule.js";
import { dense, viewOf, type View } from "./view.js";

/** All elements of each row, smallest first, and where they were. Equal ones keep their order. */
function sorted(graph: Graph, view: View): [Value, Value] {
  const { dtype } = view.base;
  const { shape } = view;
  const via: ElementType = isFloat(dtype) || dtype === "int32" ? dtype : "int64";
  const count = graph.integers([shape.at(-1) ?? 1]);
  const [values, places] = graph.addAll(
    "TopK",
    [castValue(graph, dense(graph, view), via), count],
    [
      { dtype: via, shape },
      { dtype: "int64", shape },
    ],
    { axis: -1, largest: 0, sorted: 1 },
  );
  return [castValue(graph, values, dtype), castValue(graph, places, "int32")];
}

const sort = rule(({ graph, inputs }) => viewOf(sorted(graph, input({ inputs }, 0))[0]));
const argsort = rule(({ graph, inputs }) => sorted(graph, input({ inputs }, 0)).map(viewOf));

export const sortRules: Readonly<Record<string, Rule>> = { sort, argsort };
