/** Rules for operations on each element by itself: arithmetic, comparison, choice. */
import { numberIn, type Attributes, type ElementType, type Graph, type Value } from "../onnx/graph.js";
import { cast, castValue, isFloat, scalar } from "./cast.js";
import { input, output, rule, type Rule } from "./rule.js";
import { sizeOf } from "../tensor.js";
import { elements, laidOut, leading, naturalOrder, ofRank, range, repeated, reshaped, same, type View } from "./view.js";

/**
 * Applies a node to views element by element, with broadcasting, in the order in which they lie in memory: a transposed array stays
 * transposed, what is repeated in all inputs is computed once, and nothing is rearranged that lies alike.
 */
export function elementwise(
  graph: Graph,
  views: readonly View[],
  dtype: ElementType,
  make: (values: Value[], shape: readonly number[]) => Value,
): View {
  const rank = Math.max(...views.map((view) => view.shape.length));
  const aligned = views.map((view) => ofRank(view, rank));
  const shape = range(rank).map((i) => sizeOfAll(aligned.map((view) => view.shape[i] ?? 1)));
  const largest = leading(aligned);
  const liesAlike = (view: View): boolean => same(view.base.shape, largest.base.shape) && same(view.axes, largest.axes);
  if (aligned.every((view) => view.base.shape.length === 0 || elements(view) === 1 || liesAlike(view))) {
    const values = aligned.map((view) => (liesAlike(view) ? view.base : reshaped(graph, view.base, [])));
    return { base: made(make(values, largest.base.shape), dtype), shape, axes: largest.axes };
  }
  const order = naturalOrder(largest);
  const values = aligned.map((view) => laidOut(graph, view, order, true));
  const base = made(make(values, broadcastShape(values.map((value) => value.shape))), dtype);
  const missing = rank - base.shape.length;
  const axes = shape.map((_, i) => {
    const walked = aligned.some((view) => view.axes[i] !== repeated);
    return walked ? order.indexOf(i) - missing : repeated;
  });
  return { base, shape, axes };
}

function made(value: Value, dtype: ElementType): Value {
  if (value.dtype !== dtype) throw new Error(`internal: expected ${dtype} elements; made ${value.dtype}`);
  return value;
}

/** The size that several broadcast to. */
const sizeOfAll = (sizes: readonly number[]): number => sizes.find((size) => size !== 1) ?? 1;

export function broadcastShape(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return range(rank).map((i) => sizeOfAll(shapes.map((shape) => shape[i - rank + shape.length] ?? 1)));
}

/** One ONNX node over views of one type; nothing but a number when all of them are numbers known already. */
export function apply(graph: Graph, op: string, views: readonly View[], dtype: ElementType, attributes: Attributes = {}): View {
  const known =
    dtype === "float32" && views.every(({ base }) => base.dtype === dtype) && views.map(({ base }) => numberIn(base));
  const compute = folders[op];
  if (known && compute && known.every((x) => x !== undefined)) {
    return elementwise(graph, views, dtype, (_, shape) =>
      graph.constant(
        dtype,
        shape,
        Float32Array.from({ length: sizeOf(shape) }, () => compute(...known)),
      ),
    );
  }
  return elementwise(graph, views, dtype, (values, shape) => graph.add(op, values, { dtype, shape }, attributes));
}

/** What is computed of numbers while lowering. A float32 result is the rounded double one for each of these. */
const folders: Readonly<Record<string, (...x: number[]) => number>> = {
  Add: (x = 0, y = 0) => x + y,
  Sub: (x = 0, y = 0) => x - y,
  Mul: (x = 0, y = 0) => x * y,
  Div: (x = 0, y = 0) => x / y,
  Neg: (x = 0) => -x,
  Reciprocal: (x = 0) => 1 / x,
  Sqrt: (x = 0) => Math.sqrt(x),
};

/** The same computed in another type, where ONNX Runtime has no kernel for the one asked for. */
export function applyIn(
  graph: Graph,
  via: ElementType,
  op: string,
  views: readonly View[],
  dtype: ElementType,
  attributes: Attributes = {},
): View {
  const inner = apply(
    graph,
    op,
    views.map((view) => cast(graph, view, via)),
    via,
    attributes,
  );
  return cast(graph, inner, dtype);
}

/** A view of one number. */
const number = (graph: Graph, dtype: ElementType, value: number): View => ({
  base: scalar(graph, dtype, value),
  shape: [],
  axes: [],
});

/** Unary operations that ONNX has under another name. `double` is computed as float32 where there is no kernel for it. */
const unary = (op: string, hasDouble = true): Rule =>
  rule(({ graph, inputs, outputs }) => {
    const x = input({ inputs }, 0);
    const { dtype } = output({ outputs });
    return dtype === "float64" && !hasDouble ? applyIn(graph, "float32", op, [x], dtype) : apply(graph, op, [x], dtype);
  });

/** Binary operations; `logical` is what they mean for bools. */
const binary = (op: string, logical: string): Rule =>
  rule(({ graph, inputs, outputs }) => {
    const { dtype } = output({ outputs });
    const views = inputs.map((view) => cast(graph, view, dtype));
    return apply(graph, dtype === "bool" ? logical : op, views, dtype);
  });

const negate = rule(({ graph, inputs, outputs }) => {
  const { dtype } = output({ outputs });
  if (dtype === "uint32") return apply(graph, "Sub", [number(graph, dtype, 0), input({ inputs }, 0)], dtype);
  return apply(graph, "Neg", [input({ inputs }, 0)], dtype);
});

const rounded = (op: string): Rule =>
  rule(({ graph, inputs, outputs }) => {
    const { dtype } = output({ outputs });
    return isFloat(dtype) ? apply(graph, op, [input({ inputs }, 0)], dtype) : input({ inputs }, 0);
  });

/**
 * Quotient truncated towards zero, and its remainder with the sign of the dividend. Whole numbers are divided as 64-bit ones, and
 * division by zero gives 0 (remainder: the dividend): on many processors either would otherwise stop the process.
 */
const wholeDivision = (op: "Div" | "Mod"): Rule =>
  rule(({ graph, inputs, outputs }) => {
    const { dtype } = output({ outputs });
    const [x, y] = inputs.map((view) => cast(graph, view, dtype)) as [View, View];
    if (isFloat(dtype)) {
      if (op === "Mod") return apply(graph, "Mod", [x, y], dtype, { fmod: 1 });
      return truncated(graph, apply(graph, "Div", [x, y], dtype), dtype);
    }
    const [dividend, divisor] = [cast(graph, x, "int64"), cast(graph, y, "int64")];
    const isZero = apply(graph, "Equal", [divisor, number(graph, "int64", 0)], "bool");
    const safe = divisor.base.constant?.every((d) => d !== 0n)
      ? divisor
      : apply(graph, "Where", [isZero, number(graph, "int64", 1), divisor], "int64");
    const result = apply(graph, op, [dividend, safe], "int64", op === "Mod" ? { fmod: 1 } : {});
    if (safe === divisor) return cast(graph, result, dtype);
    const atZero = op === "Mod" ? dividend : number(graph, "int64", 0);
    return cast(graph, apply(graph, "Where", [isZero, atZero, result], "int64"), dtype);
  });

function truncated(graph: Graph, x: View, dtype: ElementType): View {
  const isNegative = apply(graph, "Less", [x, number(graph, dtype, 0)], "bool");
  return apply(graph, "Where", [isNegative, apply(graph, "Ceil", [x], dtype), apply(graph, "Floor", [x], dtype)], dtype);
}

const compare = rule<{ op: "less" | "equal" | "not_equal" | "less_equal" }>(({ graph, inputs, params, equation }) => {
  let dtype = promoted(equation.inputs.map((atom) => atom.aval));
  if (dtype === "bool" && (params.op === "less" || params.op === "less_equal")) dtype = "int32";
  const views = inputs.map((view) => cast(graph, view, dtype));
  const op = { less: "Less", equal: "Equal", not_equal: "Equal", less_equal: "LessOrEqual" }[params.op];
  const result = apply(graph, op, views, "bool");
  return params.op === "not_equal" ? apply(graph, "Not", [result], "bool") : result;
});

/** The type a pair is computed in: the higher of both; numbers written in the program adapt, but stay whole only beside bools. */
function promoted(kinds: readonly { readonly dtype: ElementType; readonly weakType: boolean }[]): ElementType {
  const ranks: readonly ElementType[] = ["bool", "uint32", "int32", "float16", "float32", "float64"];
  const higher = (a: ElementType, b: ElementType): ElementType => (ranks.indexOf(a) >= ranks.indexOf(b) ? a : b);
  return kinds.reduce((a, b) => {
    if (a.weakType === b.weakType) return { dtype: higher(a.dtype, b.dtype), weakType: a.weakType };
    return { dtype: higher(a.weakType ? b.dtype : a.dtype, "uint32"), weakType: false };
  }).dtype;
}

/** ONNX Runtime chooses among these types; others are carried by one that holds them. */
export const carrier: Partial<Record<ElementType, ElementType>> = { uint32: "int32", bool: "int32", uint64: "int64" };

const where = rule(({ graph, inputs, outputs }) => {
  const { dtype } = output({ outputs });
  const condition = input({ inputs }, 0);
  const via = carrier[dtype] ?? dtype;
  const [x, y] = [input({ inputs }, 1), input({ inputs }, 2)].map((view) => cast(graph, cast(graph, view, dtype), via)) as [
    View,
    View,
  ];
  return cast(graph, apply(graph, "Where", [condition, x, y], via), dtype);
});

/** erfc(x) = exp(−x²) · P(1 / (1 + |x|/2)) for x ≥ 0 and 2 − erfc(−x) otherwise, to 1.2e-7 of itself (Press et al., erfcc). */
const erfc = rule(({ graph, inputs, outputs }) => {
  const { dtype } = output({ outputs });
  const at = (value: number): View => number(graph, dtype, value);
  const x = input({ inputs }, 0);
  const magnitude = apply(graph, "Abs", [x], dtype);
  const t = apply(
    graph,
    "Reciprocal",
    [apply(graph, "Add", [apply(graph, "Mul", [magnitude, at(0.5)], dtype), at(1)], dtype)],
    dtype,
  );
  const coefficients = [
    0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368, -1.26551223,
  ];
  const polynomial = coefficients
    .slice(1)
    .reduce(
      (sum, coefficient) => apply(graph, "Add", [apply(graph, "Mul", [sum, t], dtype), at(coefficient)], dtype),
      at(coefficients[0] ?? 0),
    );
  const exponent = apply(graph, "Sub", [polynomial, apply(graph, "Mul", [magnitude, magnitude], dtype)], dtype);
  const tail = apply(graph, "Mul", [t, apply(graph, "Exp", [exponent], dtype)], dtype);
  const isNegative = apply(graph, "Less", [x, at(0)], "bool");
  return apply(graph, "Where", [isNegative, apply(graph, "Sub", [at(2), tail], dtype), tail], dtype);
});

const convert = rule<{ dtype: ElementType }>(({ graph, inputs, params }) => {
  const x = input({ inputs }, 0);
  // a negative number as uint32 is 0, which ONNX leaves open: go through the 64-bit type that holds both
  if (params.dtype === "uint32" && isFloat(x.base.dtype)) {
    const positive = apply(graph, "Max", [x, number(graph, x.base.dtype, 0)], x.base.dtype);
    return cast(graph, cast(graph, positive, "int64"), "uint32");
  }
  return { ...x, base: castValue(graph, x.base, params.dtype) };
});

const asIs = rule(({ inputs }) => input({ inputs }, 0));

export const elementwiseRules: Readonly<Record<string, Rule>> = {
  add: binary("Add", "Or"),
  mul: binary("Mul", "And"),
  max: binary("Max", "Or"),
  min: binary("Min", "And"),
  idiv: wholeDivision("Div"),
  mod: wholeDivision("Mod"),
  neg: negate,
  reciprocal: unary("Reciprocal"),
  exp: unary("Exp"),
  log: unary("Log"),
  sqrt: unary("Sqrt"),
  sin: unary("Sin"),
  cos: unary("Cos"),
  asin: unary("Asin", false),
  atan: unary("Atan", false),
  erf: unary("Erf", false),
  erfc,
  floor: rounded("Floor"),
  ceil: rounded("Ceil"),
  compare,
  where,
  cast: convert,
  stop_gradient: asIs,
};
