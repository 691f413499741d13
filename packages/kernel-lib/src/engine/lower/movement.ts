/** Rules for operations that move elements about. The first three make views and no nodes. */
import type { Graph, Value } from "../onnx/graph.js";
import { cast, pack } from "./cast.js";
import { input, output, rule, type Rule } from "./rule.js";
import {
  expanded,
  laidOut,
  leading,
  naturalOrder,
  permuted,
  range,
  repeated,
  reshape,
  withRepeated,
  type View,
} from "./view.js";

const transpose = rule<{ perm: number[] }>(({ inputs, params }) => permuted(input({ inputs }, 0), params.perm));

const broadcast = rule<{ shape: number[]; axis: number[] }>(({ inputs, params }) =>
  withRepeated(input({ inputs }, 0), params.shape, params.axis),
);

const reshapeRule = rule<{ shape: number[] }>(({ graph, inputs, params }) =>
  reshape(graph, input({ inputs }, 0), params.shape),
);

/** Cuts ranges out of a value along some axes; whole axes are left alone. */
export function slice(
  graph: Graph,
  value: Value,
  cuts: readonly { readonly axis: number; readonly start: number; readonly stop: number; readonly step?: number }[],
): Value {
  const real = cuts.filter(({ axis, start, stop, step = 1 }) => step !== 1 || start !== 0 || stop !== value.shape[axis]);
  if (real.length === 0) return value;
  const shape = [...value.shape];
  for (const { axis, start, stop, step = 1 } of real) shape[axis] = Math.max(0, Math.ceil((stop - start) / step));
  const integers = (numbers: number[]): Value => graph.integers(numbers);
  const inputs = [
    value,
    integers(real.map(({ start }) => start)),
    integers(real.map(({ stop, step = 1 }) => (step < 0 && stop < 0 ? Number.MIN_SAFE_INTEGER : stop))),
    integers(real.map(({ axis }) => axis)),
  ];
  if (real.some(({ step = 1 }) => step !== 1)) inputs.push(integers(real.map(({ step = 1 }) => step)));
  return graph.add("Slice", inputs, { dtype: value.dtype, shape });
}

/** A range of each axis of a view; a repeated axis just repeats less often. */
function cut(graph: Graph, view: View, ranges: readonly (readonly [number, number])[]): View {
  const shape = ranges.map(([start, stop]) => stop - start);
  const cuts = ranges.flatMap(([start, stop], i) => {
    const axis = view.axes[i] ?? repeated;
    return axis === repeated ? [] : [{ axis, start, stop }];
  });
  const base = slice(graph, view.base, cuts);
  // an axis that is cut down to one element has no need to be walked
  return { base, shape, axes: view.axes.map((axis, i) => (shape[i] === 1 ? repeated : axis)) };
}

const shrink = rule<{ slice: [number, number][] }>(({ graph, inputs, params }) =>
  cut(graph, input({ inputs }, 0), params.slice),
);

/** A shape with another size on one axis. */
const shapeWith = (shape: readonly number[], at: number, size: number): number[] =>
  shape.map((whole, i) => (i === at ? size : whole));

const split = rule<{ axis: number; sizes: number[] }>(({ graph, inputs, params }) => {
  const view = input({ inputs }, 0);
  const { base } = view;
  const axis = view.axes[params.axis] ?? repeated;
  const shapes = params.sizes.map((size) => shapeWith(view.shape, params.axis, size));
  if (axis === repeated) return shapes.map((shape) => ({ ...view, shape }));
  const kinds = params.sizes.map((size) => ({ dtype: base.dtype, shape: shapeWith(base.shape, axis, size) }));
  const parts = graph.addAll("Split", [base, graph.integers(params.sizes)], kinds, { axis });
  return shapes.map((shape, i) => ({
    base: parts[i] as Value,
    shape,
    // an axis that is cut down to one element has no need to be walked
    axes: view.axes.map((walked, at) => (shape[at] === 1 ? repeated : walked)),
  }));
});

const flip = rule<{ axis: number[] }>(({ graph, inputs, params }) => {
  const view = input({ inputs }, 0);
  const axes = params.axis.map((i) => view.axes[i] ?? repeated).filter((axis) => axis !== repeated);
  const cuts = axes.map((axis) => ({ axis, start: (view.base.shape[axis] ?? 1) - 1, stop: -1, step: -1 }));
  return { ...view, base: slice(graph, view.base, cuts) };
});

/** Brings a view's elements into a value in the order of its base, with the given axes written out even if they repeat. */
export function withAxes(graph: Graph, view: View, order: readonly number[], written: readonly number[]): Value {
  const value = laidOut(graph, view, order);
  const shape = order.map((i, at) => (written.includes(i) ? (view.shape[i] ?? 1) : (value.shape[at] ?? 1)));
  return expanded(graph, value, shape);
}

const pad = rule<{ width: [number, number][] }>(({ graph, inputs, params }) => {
  const view = input({ inputs }, 0);
  const padded = range(view.shape.length).filter((i) => params.width[i]?.some((size) => size > 0));
  const order = naturalOrder(view);
  const value = withAxes(graph, view, order, padded);
  const widths = order.map((i): [number, number] => params.width[i] ?? [0, 0]);
  const shape = value.shape.map((size, at) => size + (widths[at]?.[0] ?? 0) + (widths[at]?.[1] ?? 0));
  const amounts = graph.integers([...widths.map(([before]) => before), ...widths.map(([, after]) => after)]);
  const base = graph.add("Pad", [value, amounts], { dtype: value.dtype, shape });
  return ordered(
    base,
    order,
    view.shape.map((size, i) => size + (params.width[i]?.[0] ?? 0) + (params.width[i]?.[1] ?? 0)),
  );
});

/** The view whose axes lie in `base` in the given order; where `base` has one element and the view several, they repeat. */
export function ordered(base: Value, order: readonly number[], shape: readonly number[]): View {
  return { base, shape, axes: shape.map((_, i) => ((base.shape[order.indexOf(i)] ?? 1) === 1 ? repeated : order.indexOf(i))) };
}

const concatenate = rule<{ axis: number }>(({ graph, inputs, outputs, params }) => {
  const { dtype, shape } = output({ outputs });
  const views = inputs.map((view) => cast(graph, view, dtype));
  const order = naturalOrder(leading(views));
  // axes that repeat in every part stay unwritten, except the one along which parts are joined
  const written = range(shape.length).filter((i) => i === params.axis || views.some((view) => view.axes[i] !== repeated));
  const parts = views.filter((view) => view.shape[params.axis] !== 0).map((view) => withAxes(graph, view, order, written));
  const [first] = parts;
  if (!first) return ordered(graph.constant(dtype, shape, pack(dtype, [])), range(shape.length), shape);
  const joined = order.map((i) => (written.includes(i) ? (shape[i] ?? 1) : 1));
  const base =
    parts.length === 1 ? first : graph.add("Concat", parts, { dtype, shape: joined }, { axis: order.indexOf(params.axis) });
  return ordered(base, order, shape);
});

export const movementRules: Readonly<Record<string, Rule>> = {
  transpose,
  broadcast,
  reshape: reshapeRule,
  shrink,
  split,
  flip,
  pad,
  concatenate,
};
