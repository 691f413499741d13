/** Softmax and layer normalisation. */
import { pack } from "../lower/cast.js";
import { real, type Graph, type Value } from "../onnx/graph.js";
import type { Fusion } from "./fuse.js";
import { any, as, either, node, number, type Found } from "./pattern.js";

const x = any("x");
const axes = any("axes");

/** The only axis that is reduced, if there is just one. */
function onlyAxis(found: Found): number | undefined {
  const { constant } = found.value("axes");
  return constant?.length === 1 ? Number(constant[0]) : undefined;
}

const alongAxis =
  (op: string) =>
  (graph: Graph, found: Found, result: Value): Value =>
    graph.add(op, [found.value("x")], result, { axis: onlyAxis(found) ?? -1 });

const isAlongAxis = (found: Found): boolean => onlyAxis(found) !== undefined;

const shifted = as("shifted", node("Sub", x, node("ReduceMax", x, axes)));
const exponential = as("exponential", node("Exp", shifted));
const total = node("ReduceSum", exponential, axes);

/** exp(x − max x) / Σ exp(x − max x) */
const softmax: Fusion = {
  pattern: either(node("Mul", exponential, node("Reciprocal", total)), node("Div", exponential, total)),
  when: isAlongAxis,
  replace: alongAxis("Softmax"),
};

/** (x − max x) − log Σ exp(x − max x) */
const logSoftmax: Fusion = {
  pattern: node("Sub", shifted, node("Log", total)),
  when: isAlongAxis,
  replace: alongAxis("LogSoftmax"),
};

export const softmaxes: readonly Fusion[] = [softmax, logSoftmax];

const centred = as("centred", node("Sub", x, node("ReduceMean", x, axes)));
const deviation = node("Sqrt", node("Add", node("ReduceMean", node("Mul", centred, centred), axes), number("epsilon")));
const normal = either(node("Mul", centred, node("Reciprocal", deviation)), node("Div", centred, deviation));
const scale = any("scale");
const bias = any("bias");

/** Whether the last axis is normalised, and scale and bias (where there are any) are vectors along it. */
function isOverLastAxis(found: Found): boolean {
  const { shape } = found.value("x");
  const width = shape.at(-1) ?? 1;
  const isVector = (name: string): boolean => {
    const value = found.values.get(name);
    return !value || (value.shape.at(-1) === width && value.shape.slice(0, -1).every((size) => size === 1));
  };
  return onlyAxis(found) === shape.length - 1 && isVector("scale") && isVector("bias");
}

function normalised(graph: Graph, found: Found, result: Value): Value {
  const { dtype, shape } = found.value("x");
  const width = shape.at(-1) ?? 1;
  const vector = (name: string): Value | undefined => {
    const value = found.values.get(name);
    return value && value.shape.length > 1
      ? graph.add("Reshape", [value, graph.integers([width])], { dtype, shape: [width] })
      : value;
  };
  const ones = (): Value =>
    graph.constant(
      dtype,
      [width],
      pack(
        dtype,
        Array.from({ length: width }, () => 1),
      ),
    );
  return graph.add(
    "LayerNormalization",
    [vector("scale") ?? ones(), vector("bias")].toSpliced(0, 0, found.value("x")),
    result,
    {
      axis: -1,
      epsilon: real(found.number("epsilon")),
    },
  );
}

/** (x − mean x) / √(var x + ε) · scale + bias over the last axis */
export const layerNorms: readonly Fusion[] = [
  node("Add", node("Mul", normal, scale), bias),
  node("Mul", normal, scale),
  normal,
].map((pattern) => ({ pattern, when: isOverLastAxis, replace: normalised }));
