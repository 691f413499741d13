/** The rule for products: every `dot` becomes one matrix product, whatever axes the program has put where. */
import { sizeOf } from "../tensor.js";
import type { Graph, Value } from "../onnx/graph.js";
import { cast } from "./cast.js";
import { apply } from "./elementwise.js";
import { reduce } from "./reduce.js";
import { input, output, rule, type Call, type Rule } from "./rule.js";
import { ascending, elements, ofRank, permuted, pick, range, repeated, reshaped, same, type View } from "./view.js";

/**
 * `dot` multiplies two arrays that broadcast against each other and sums over the last axis. Axes that both walk are the batch, axes
 * that one walks are its rows or columns, and axes that neither walks stay repeated: that is a batched matrix product.
 */
const dot = rule((call) => {
  const { graph, inputs, outputs } = call;
  const { dtype, shape } = output({ outputs });
  const via = dtype === "bool" ? "int32" : dtype;
  const rank = Math.max(input({ inputs }, 0).shape.length, input({ inputs }, 1).shape.length);
  const inner = rank - 1;
  const given = inputs.map((view) => ofRank(cast(graph, view, via), rank)) as [View, View];
  const [x, y] = isUsedTransposed(call, given, inner) ? (given.toReversed() as [View, View]) : given;
  const batch = range(inner).filter((i) => walks(x, i) && walks(y, i));
  const rows = range(inner).filter((i) => walks(x, i) && !walks(y, i));
  const columns = range(inner).filter((i) => !walks(x, i) && walks(y, i));
  if (!walks(x, inner) || !walks(y, inner) || (rows.length === 0 && columns.length === 0 && batch.length > 0)) {
    return cast(graph, multiplyAndSum(graph, x, y, inner), dtype);
  }
  // the larger side decides in which order the batch is walked
  const order = inMemoryOrder(elements(x) >= elements(y) ? x : y, batch);
  const left = matrix(graph, x, order, inMemoryOrder(x, rows), inner, "left");
  const right = matrix(graph, y, order, inMemoryOrder(y, columns), inner, "right");
  const product = graph.add("MatMul", [left.value, right.value], {
    dtype: via,
    shape: [...left.value.shape.slice(0, -1), right.value.shape.at(-1) ?? 1],
  });
  const parts = [...order, ...left.free, ...right.free];
  const base = reshaped(graph, product, pick(shape, parts));
  return cast(graph, { base, shape, axes: shape.map((_, i) => parts.indexOf(i)) }, dtype);
});

/** Whether what uses the product has its columns before its rows, so that the product of the sides exchanged is the one to make. */
function isUsedTransposed(
  { equation, outputs, followerOf }: Pick<Call<never>, "equation" | "outputs" | "followerOf">,
  [x, y]: readonly [View, View],
  inner: number,
): boolean {
  /** For each axis of the array that the result has become: which axis of the result it is. */
  let axes: (number | undefined)[] = range(output({ outputs }).shape.length);
  for (let next = followerOf(equation); next; next = followerOf(next)) {
    const { primitive, params, inputs, outBinders } = next;
    const [before = [], after = []] = [inputs[0]?.aval.shape, outBinders[0]?.aval.shape];
    if (primitive === "transpose") axes = (params["perm"] as number[]).map((axis) => axes[axis]);
    else if (primitive === "reshape" && same(withoutOnes(before), withoutOnes(after))) {
      const kept = axes.filter((_, i) => before[i] !== 1);
      axes = after.map((size) => (size === 1 ? undefined : kept.shift()));
    } else break;
  }
  const place = (mine: View, other: View): number =>
    axes.findIndex((axis) => axis !== undefined && axis < inner && walks(mine, axis) && !walks(other, axis));
  const [row, column] = [place(x, y), place(y, x)];
  return column >= 0 && row > column;
}

const withoutOnes = (shape: readonly number[]): number[] => shape.filter((size) => size !== 1);

/** A matrix (or a batch of them) with the summed axis last on the left side, first on the right. */
function matrix(
  graph: Graph,
  view: View,
  batch: readonly number[],
  free: readonly number[],
  inner: number,
  side: "left" | "right",
): { value: Value; free: readonly number[] } {
  const order = side === "left" ? [...batch, ...free, inner] : [...batch, inner, ...free];
  const swapped = side === "left" ? [...batch, inner, ...free] : [...batch, ...free, inner];
  const sizes = (axes: readonly number[]): number[] => axes.map((i) => view.shape[i] ?? 1);
  const [outer, width, depth] = [sizes(batch), sizeOf(sizes(free)), view.shape[inner] ?? 1];
  const stacked = (axes: readonly number[]): boolean => ascending(axes.map((i) => view.axes[i] ?? repeated));
  const endsWhereMemoryDoes = (axes: readonly number[]): boolean => view.axes[axes.at(-1) ?? -1] === view.base.shape.length - 1;
  const movesRows =
    batch.length > 0 && view.base.dtype === "float32" && endsWhereMemoryDoes(swapped) && !endsWhereMemoryDoes(order);
  const liesSwapped = stacked(swapped);
  if (!stacked(order) && (liesSwapped || movesRows)) {
    // the matrices lie transposed in memory, or are brought there by whole rows: name them so, and let one transpose of the last two axes be
    // fused or packed away
    const lying = liesSwapped ? view.base : transposedTo(graph, view, swapped);
    const value = reshaped(graph, lying, [...outer, ...(side === "left" ? [depth, width] : [width, depth])]);
    const rank = value.shape.length;
    const perm = [...range(rank - 2), rank - 1, rank - 2];
    return { value: graph.add("Transpose", [value], { dtype: value.dtype, shape: pick(value.shape, perm) }, { perm }), free };
  }
  const laid = stacked(order) ? view.base : transposedTo(graph, view, order);
  // a left side without a batch may keep its rows on several axes, as it is: MatMul multiplies them all
  if (side === "left" && batch.length === 0 && free.length > 0)
    return { value: reshaped(graph, laid, [...sizes(free), depth]), free };
  return { value: reshaped(graph, laid, [...outer, ...(side === "left" ? [width, depth] : [depth, width])]), free };
}

function transposedTo(graph: Graph, view: View, order: readonly number[]): Value {
  const walked = permuted(view, order).axes;
  const spare = range(view.base.shape.length).filter((axis) => !walked.includes(axis));
  const perm = [...spare, ...walked];
  return graph.add("Transpose", [view.base], { dtype: view.base.dtype, shape: pick(view.base.shape, perm) }, { perm });
}

/** Products summed without a matrix product: where one side repeats along the summed axis, or there are neither rows nor columns. */
function multiplyAndSum(graph: Graph, x: View, y: View, inner: number): View {
  const { dtype } = x.base;
  const constantIn = (view: View): boolean => view.axes[inner] === repeated;
  if (
    constantIn(x) !== constantIn(y) &&
    (x.shape[inner] === y.shape[inner] || [x, y].some((view) => view.shape[inner] === 1))
  ) {
    const depth = Math.max(x.shape[inner] ?? 1, y.shape[inner] ?? 1);
    const [summed, factor] = constantIn(y) ? [x, y] : [y, x];
    const written = { ...summed, shape: [...summed.shape.slice(0, inner), depth] };
    const kept = range(inner);
    return apply(graph, "Mul", [reduce(graph, written, "Add", [inner]), permuted(factor, kept)], dtype);
  }
  return reduce(graph, apply(graph, "Mul", [x, y], dtype), "Add", [inner]);
}

const walks = (view: View, i: number): boolean => view.axes[i] !== repeated;
const inMemoryOrder = (view: View, axes: readonly number[]): number[] =>
  axes.toSorted((i, j) => (view.axes[i] ?? 0) - (view.axes[j] ?? 0));

export const dotRules: Readonly<Record<string, Rule>> = { dot };
