/** Rules that read and write at places known only when the program runs. */
import type { ElementType, Graph, Value } from "../onnx/graph.js";
import { cast, castValue, pack } from "./cast.js";
import { broadcastShape } from "./elementwise.js";
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

/** The opposite of gather: updates put (or added, where places repeat) into zeros of the given shape. */
const scatter = rule<Indexing & { op: "add" | "set" | "update"; shape: number[] }>(({ graph, inputs, params }) => {
  const updates = input({ inputs }, 0);
  const { dtype } = updates.base;
  const indices = inputs.slice(1).map((view) => cast(graph, view, "int64"));
  const others = range(params.shape.length).filter((i) => !params.axis.includes(i));
  const places = stackedIndices(graph, indices);
  const rank = places.shape.length - 1;
  const placeAxes = range(params.outDim, params.outDim + rank);
  const otherAxes = range(updates.shape.length).filter((i) => !placeAxes.includes(i));
  const ordered = dense(graph, permuted(updates, [...placeAxes, ...otherAxes]));
  const target = [...params.axis, ...others].map((i) => params.shape[i] ?? 1);
  const via: ElementType = dtype === "bool" ? "int32" : dtype;
  const zeros = graph.add("Expand", [graph.constant(via, [], pack(via, [0])), graph.integers(target)], { dtype: via, shape: target });
  const value = graph.add(
    "ScatterND",
    [zeros, places, castValue(graph, ordered, via)],
    { dtype: via, shape: target },
    params.op === "add" ? { reduction: "add" } : {},
  );
  const back = [...params.axis, ...others];
  return permuted(viewOf(castValue(graph, value, dtype)), params.shape.map((_, i) => back.indexOf(i)));
});

export const indexingRules: Readonly<Record<string, Rule>> = { gather, scatter };
