/** Rules that read and write at places known only when the program runs. */
import { sizeOf } from "../tensor.js";
import type { ElementType, Graph, Value } from "../onnx/graph.js";
import { cast, castValue, pack, scalar } from "./cast.js";
import { apply, broadcastShape } from "./elementwise.js";
import { input, output, rule, type Rule } from "./rule.js";
import { dense, expanded, laidOut, ofRank, permuted, range, repeated, reshaped, viewOf, type View } from "./view.js";

interface Indexing {
  /** The axes that are indexed, one index array each. */
  axis: number[];
  /** Where, among the axes that are left, those of the index arrays are put. */
  outDim: number;
}

/** The elements of the first input at the given places: x[…, indices, …]. */
const gather = rule<Indexing>(({ graph, inputs, outputs, params }) => {
  const x = input({ inputs }, 0);
  const { shape } = output({ outputs });
  const indices = inputs.slice(1).map((view) => cast(graph, view, "int64"));
  const others = range(x.shape.length).filter((i) => !params.axis.includes(i));
  const rank = Math.max(...indices.map((view) => view.shape.length));
  const [only] = params.axis;
  if (params.axis.length === 1 && only !== undefined && x.axes[only] !== repeated) {
    const index = dense(graph, indices[0] as View);
    const at = x.axes[only] ?? 0;
    const { base } = x;
    const value = graph.add(
      "Gather",
      [base, index],
      { dtype: base.dtype, shape: [...base.shape.slice(0, at), ...index.shape, ...base.shape.slice(at + 1)] },
      { axis: at },
    );
    const moved = (axis: number): number => (axis === repeated || axis < at ? axis : axis + rank - 1);
    const axes = others.map((i) => moved(x.axes[i] ?? repeated));
    axes.splice(params.outDim, 0, ...index.shape.map((size, i) => (size === 1 ? repeated : at + i)));
    return { base: value, shape, axes };
  }
  // several axes: they come first, and each place is named by a row of numbers
  const data = laidOut(graph, x, [...params.axis, ...others]);
  const written = expanded(graph, data, [...params.axis.map((i) => x.shape[i] ?? 1), ...data.shape.slice(params.axis.length)]);
  const places = stackedIndices(graph, indices);
  const placesShape = places.shape.slice(0, -1);
  const value = graph.add("GatherND", [written, places], {
    dtype: written.dtype,
    shape: [...placesShape, ...written.shape.slice(params.axis.length)],
  });
  const order = others.map((_, i) => placesShape.length + i);
  order.splice(params.outDim, 0, ...range(placesShape.length));
  const found = viewOf(value);
  return { base: value, shape, axes: order.map((axis) => found.axes[axis] ?? repeated) };
});

/** Index arrays broadcast against each other and stacked on a new last axis. */
function stackedIndices(graph: Graph, indices: readonly View[]): Value {
  const rank = Math.max(...indices.map((view) => view.shape.length));
  const aligned = indices.map((view) => ofRank(view, rank));
  const shape = broadcastShape(aligned.map((view) => view.shape));
  const parts = aligned.map((view) =>
    reshaped(graph, expanded(graph, laidOut(graph, view, range(rank)), shape), [...shape, 1]),
  );
  const [first] = parts;
  if (parts.length === 1 && first) return first;
  return graph.add("Concat", parts, { dtype: "int64", shape: [...shape, parts.length] }, { axis: rank });
}

/**
 * The opposite of gather: updates added into zeros of the given shape. Places on several axes become one number each, and
 * `ScatterElements` adds one element after another; ONNX Runtime's `ScatterND` adds from several threads at once and loses updates
 * where places repeat.
 */
const scatter = rule<Indexing & { op: "add"; shape: number[] }>(({ graph, inputs, params }) => {
  const updates = input({ inputs }, 0);
  const { dtype } = updates.base;
  const via: ElementType = dtype === "bool" ? "int32" : dtype;
  const others = range(params.shape.length).filter((i) => !params.axis.includes(i));
  const sizes = (axes: readonly number[]): number[] => axes.map((i) => params.shape[i] ?? 1);
  const places = linearPlaces(graph, inputs.slice(1), sizes(params.axis));
  const count = sizeOf(places.shape);
  const width = sizeOf(sizes(others));
  const placeAxes = range(params.outDim, params.outDim + places.shape.length);
  const otherAxes = range(updates.shape.length).filter((i) => !placeAxes.includes(i));
  const rows = reshaped(graph, castValue(graph, dense(graph, permuted(updates, [...placeAxes, ...otherAxes])), via), [
    count,
    width,
  ]);
  const shape = [sizeOf(sizes(params.axis)), width];
  const zeros = expanded(graph, graph.constant(via, [1, 1], pack(via, [0])), shape);
  const where = expanded(graph, reshaped(graph, places, [count, 1]), [count, width]);
  const sums = graph.add("ScatterElements", [zeros, where, rows], { dtype: via, shape }, { axis: 0, reduction: "add" });
  const order = [...params.axis, ...others];
  const back = viewOf(castValue(graph, reshaped(graph, sums, sizes(order)), dtype));
  return permuted(
    back,
    params.shape.map((_, i) => order.indexOf(i)),
  );
});

/** Places on several axes as one number each: where they are when the axes are laid end to end. */
function linearPlaces(graph: Graph, indices: readonly View[], sizes: readonly number[]): Value {
  const rank = Math.max(...indices.map((view) => view.shape.length));
  const linear = indices.reduce<View | undefined>((sum, view, i) => {
    const index = cast(graph, view, "int64");
    if (!sum) return index;
    const size: View = { base: scalar(graph, "int64", sizes[i] ?? 1), shape: [], axes: [] };
    return apply(graph, "Add", [apply(graph, "Mul", [sum, size], "int64"), index], "int64");
  }, undefined);
  return dense(graph, ofRank(linear as View, rank));
}

export const indexingRules: Readonly<Record<string, Rule>> = { gather, scatter };
