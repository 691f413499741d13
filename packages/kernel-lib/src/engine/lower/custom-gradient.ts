/** The rule for functions that traces keep whole: ONNX has an operation for each. */
import { customGradientOf, type CustomGradientName } from "../custom-gradient.js";
import { apply } from "./elementwise.js";
import { input, type Call } from "./rule.js";
import { repeated, type View } from "./view.js";

const ops: Readonly<Record<CustomGradientName, string>> = {
  sigmoid: "Sigmoid",
  tanh: "Tanh",
  relu: "Relu",
  softmax: "Softmax",
  logSoftmax: "LogSoftmax",
};

/** The one node for a call, where there is one: a function on each element, or along an axis that the view walks. */
export function lowerCustomGradient(call: Pick<Call<never>, "graph" | "inputs">, name: string): View | undefined {
  const whole = customGradientOf(name);
  if (!whole) return undefined;
  const { graph } = call;
  const view = input(call, 0);
  const { base } = view;
  if (base.dtype !== "float32") return undefined;
  graph.label = whole.name;
  if (whole.axis === undefined) return apply(graph, ops[whole.name], [view], base.dtype);
  const axis = view.axes[view.shape.length + whole.axis] ?? repeated;
  if (axis === repeated) return undefined;
  return { ...view, base: graph.add(ops[whole.name], [base], base, { axis }) };
}
