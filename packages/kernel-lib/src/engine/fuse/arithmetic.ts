/** Arithmetic that jax-js spells out: differences, quotients, means, and the functions made of them. */
import type { Graph, Value } from "../onnx/graph.js";
import type { Fusion } from "./fuse.js";
import { any, as, either, exactly, node, number, type Found, type Pattern } from "./pattern.js";

/** One node over what was found, with the shape and type of the result. */
export const becomes =
  (op: string, ...names: string[]) =>
  (graph: Graph, found: Found, result: Value): Value =>
    graph.add(
      op,
      names.map((name) => found.value(name)),
      result,
    );

const x = any("x");
const y = any("y");
const axes = any("axes");

const difference: Fusion = { pattern: node("Add", x, node("Neg", y)), replace: becomes("Sub", "x", "y") };

/** Where the divisor is as large as the result; a small one is better inverted once. */
const quotient: Fusion = {
  pattern: node("Mul", x, node("Reciprocal", y)),
  when: (found, result) => found.value("y").shape.join() === result.shape.join(),
  replace: becomes("Div", "x", "y"),
};

const mean: Fusion = {
  pattern: node("Mul", as("sum", node("ReduceSum", x, axes)), number("factor")),
  when: (found) => {
    const whole = found.value("x").shape.reduce((product, size) => product * size, 1);
    const kept = found.value("sum").shape.reduce((product, size) => product * size, 1);
    return whole > 0 && found.number("factor") === Math.fround(kept / whole);
  },
  replace: becomes("ReduceMean", "x", "axes"),
};

/** 1 / (1 + exp(−x)); x may be held above the lowest number whose exp is finite, which Sigmoid does by itself */
const sigmoid: Fusion = {
  pattern: node("Reciprocal", node("Add", node("Exp", node("Neg", either(node("Max", x, exactly(-88)), x))), exactly(1))),
  replace: becomes("Sigmoid", "x"),
};

/** (e − 1) / (e + 1) · s with e = exp(2 s x), s the sign that makes it small */
const sign = as("sign", node("Where", node("Less", x, exactly(0)), exactly(1), exactly(-1)));
const small = as("small", node("Exp", node("Mul", node("Mul", x, sign), exactly(2))));
const tanh: Fusion = {
  pattern: node("Mul", node("Mul", node("Add", small, exactly(-1)), node("Reciprocal", node("Add", small, exactly(1)))), sign),
  replace: becomes("Tanh", "x"),
};

const relu: Fusion = {
  pattern: node("Max", x, exactly(0)),
  when: (found, result) => found.value("x").dtype === "float32" && found.value("x").shape.join() === result.shape.join(),
  replace: becomes("Relu", "x"),
};

/** Before {@link arithmetic}, which would take the last steps of these for itself. */
export const functions: readonly Fusion[] = [sigmoid, tanh, relu];

export const arithmetic: readonly Fusion[] = [mean, difference, quotient];

const half = (inner: Pattern, factor: Pattern): Pattern =>
  either(
    node("Mul", node("Mul", x, inner), factor),
    node("Mul", x, node("Mul", inner, factor)),
    node("Mul", inner, node("Mul", x, factor)),
  );

/** x/2 · (1 + erf(x / √2)), in whatever order the product is taken */
const gelu: Fusion = {
  pattern: half(node("Add", node("Erf", node("Mul", x, exactly(Math.SQRT1_2))), exactly(1)), exactly(0.5)),
  replace: becomes("Gelu", "x"),
};

const cube = node("Mul", node("Mul", x, x), x);
const inside = node("Mul", node("Add", x, node("Mul", cube, exactly(0.044715))), exactly(Math.sqrt(2 / Math.PI)));

/** x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))) */
const geluTanh: Fusion = {
  pattern: half(node("Add", node("Tanh", inside), exactly(1)), exactly(0.5)),
  replace: (graph, found, result) => graph.add("Gelu", [found.value("x")], result, { approximate: "tanh" }),
};

export const gelus: readonly Fusion[] = [gelu, geluTanh];
