/**
 * Views: transposes, broadcasts and unit axes cost nothing. A view says how an array of the program lies in a value of the graph; the
 * value is rearranged only when an operation needs it, and most operations work in whatever order the value has.
 */
import type { Graph, Value } from "../onnx/graph.js";
import { sizeOf } from "../tensor.js";

/** In {@link View.axes}: the axis repeats one element (or has just one). */
export const repeated = -1;

export interface View {
  readonly base: Value;
  readonly shape: readonly number[];
  /** For each axis of the view, the axis of `base` it walks along, or `repeated`. Each axis of `base` of size ≠ 1 is walked once. */
  readonly axes: readonly number[];
}

/** A value seen as it is. */
export const viewOf = (base: Value): View => ({
  base,
  shape: base.shape,
  axes: base.shape.map((size, axis) => (size === 1 ? repeated : axis)),
});

export const pick = <T>(from: readonly T[], indices: readonly number[]): T[] => indices.map((i) => from[i] as T);
export const range = (start: number, stop?: number): number[] =>
  stop === undefined ? range(0, start) : Array.from({ length: Math.max(0, stop - start) }, (_, i) => start + i);
export const same = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((x, i) => x === b[i]);

/** How many elements a view's value holds; what repeats counts once. */
export const elements = (view: View): number => sizeOf(view.base.shape);
/** Whether axes come in the order in which they lie in memory. */
export const ascending = (axes: readonly number[]): boolean => axes.every((axis, i) => i === 0 || axis > (axes[i - 1] ?? 0));

/** The axes of a view in another order; axes left out must be repeated. */
export const permuted = (view: View, order: readonly number[]): View => ({
  base: view.base,
  shape: pick(view.shape, order),
  axes: pick(view.axes, order),
});

/** A view with repeated axes of the given sizes put in, so that they stand at `axes` of the result. */
export function withRepeated(view: View, shape: readonly number[], axes: readonly number[]): View {
  let next = 0;
  return { base: view.base, shape, axes: shape.map((_, i) => (axes.includes(i) ? repeated : (view.axes[next++] ?? repeated))) };
}

/** A view with leading axes of size 1 put in until it has `rank` axes. */
export const ofRank = (view: View, rank: number): View =>
  view.shape.length >= rank
    ? view
    : withRepeated(view, [...range(rank - view.shape.length).map(() => 1), ...view.shape], range(rank - view.shape.length));

/** The same elements under another shape, without moving any: the value merely gets another shape. */
export function reshaped(graph: Graph, value: Value, shape: readonly number[]): Value {
  if (same(value.shape, shape)) return value;
  if (value.constant) return graph.constant(value.dtype, shape, value.constant);
  const source = graph.producer(value);
  const [inner] = source?.op === "Reshape" ? source.inputs : [];
  if (inner) return reshaped(graph, inner, shape);
  // a 0 in the wanted shape would otherwise mean "as in the input"
  const attributes = shape.includes(0) ? { allowzero: 1 } : {};
  return graph.add("Reshape", [value, graph.integers(shape)], { dtype: value.dtype, shape }, attributes);
}

/**
 * A value that holds the view with its axes in `order`; repeated axes have size 1 in it. With `trailing`, leading axes of size 1
 * may be missing, as broadcasting allows.
 */
export function laidOut(graph: Graph, view: View, order: readonly number[], trailing = false): Value {
  const { base } = view;
  const walked = pick(view.axes, order);
  const shape = walked.map((axis) => (axis === repeated ? 1 : (base.shape[axis] ?? 1)));
  const needed = walked.filter((axis) => axis !== repeated);
  let value = base;
  if (!ascending(needed)) {
    // axes of size 1 go where the wanted shape has them, which may spare a reshape
    const spare = range(base.shape.length).filter((axis) => !needed.includes(axis));
    const placed = walked.flatMap((axis) => (axis === repeated ? spare.splice(0, 1) : [axis]));
    const perm = [...spare, ...placed];
    value = graph.add("Transpose", [base], { dtype: base.dtype, shape: pick(base.shape, perm) }, { perm });
  }
  if (trailing && value.shape.length <= shape.length && same(withoutLeadingOnes(value.shape), withoutLeadingOnes(shape)))
    return value;
  return reshaped(graph, value, shape);
}

/** A value that holds exactly the view: axes in order, repetitions written out. */
export function dense(graph: Graph, view: View): Value {
  const value = laidOut(graph, view, range(view.shape.length));
  return expanded(graph, value, view.shape);
}

/** Repetitions of size-1 axes written out. */
export function expanded(graph: Graph, value: Value, shape: readonly number[]): Value {
  if (same(value.shape, shape)) return value;
  return graph.add("Expand", [value, graph.integers(shape)], { dtype: value.dtype, shape });
}

/** The order of a view's axes in which its base needs no rearranging; repeated axes stay where they are. */
export function naturalOrder(view: View): number[] {
  const walking = range(view.axes.length).filter((i) => view.axes[i] !== repeated);
  const sorted = walking.toSorted((i, j) => (view.axes[i] ?? 0) - (view.axes[j] ?? 0));
  let next = 0;
  return view.axes.map((axis, i) => (axis === repeated ? i : (sorted[next++] ?? i)));
}

/**
 * Which of several views decides in which order a result lies: one of the largest and, of these, one that lies as the program has its axes.
 * So of arrays that meet again and again in two orders each is rearranged once.
 */
export function leading(views: readonly View[]): View {
  const isInOrder = ({ axes }: View): boolean => ascending(axes.filter((axis) => axis !== repeated));
  return views.reduce((a, b) => {
    if (elements(a) !== elements(b)) return elements(a) > elements(b) ? a : b;
    return !isInOrder(a) && isInOrder(b) ? b : a;
  });
}

/** The view under another shape: a view again when no axis mixes repeated with walked elements or jumps over another. */
export function reshape(graph: Graph, given: View, shape: readonly number[]): View {
  const regrouped = sizeOf(shape) === 0 ? [] : groups(given.shape, shape);
  const isWhole = (view: View): boolean => sizeOf(shape) > 0 && regrouped.every((group) => liesTogether(view, group));
  // what repeats need not be written out when it is enough to rearrange the base
  const view = isWhole(given) ? given : together(graph, given, regrouped);
  if (!isWhole(view)) return viewOf(reshaped(graph, dense(graph, given), shape));
  // the sizes each axis of the base gets: those of its group under the group's first axis, nothing under its others
  const sizes = new Map<number, readonly number[]>();
  for (const { old, sizes: given } of regrouped) {
    const walked = old.map((i) => view.axes[i] ?? repeated);
    if (walked[0] === undefined || walked[0] === repeated) continue;
    walked.forEach((axis, i) => sizes.set(axis, i === 0 ? given : []));
  }
  const changes = [...sizes].some(([axis, given]) => given.length !== 1 || given[0] !== view.base.shape[axis]);
  const starts = new Map<number, number>();
  const baseShape: number[] = [];
  view.base.shape.forEach((size, axis) => {
    starts.set(axis, baseShape.length);
    if (sizes.has(axis)) baseShape.push(...(sizes.get(axis) ?? []));
    else if (!changes) baseShape.push(size);
  });
  const base = changes ? reshaped(graph, view.base, baseShape) : view.base;
  const axes = regrouped.flatMap(({ old, sizes: given }) => {
    const axis = old[0] === undefined ? repeated : (view.axes[old[0]] ?? repeated);
    return given.map((_, i) => (axis === repeated ? repeated : (starts.get(axis) ?? 0) + i));
  });
  let next = 0;
  return { base, shape, axes: shape.map((size) => (size === 1 ? repeated : (axes[next++] ?? repeated))) };
}

/** A run of old axes that becomes a run of new sizes, size-1 axes aside. */
interface Group {
  readonly old: readonly number[];
  readonly sizes: readonly number[];
}

/**
 * The view over a value in which the axes of each group come one after another; what repeats still does. The group that holds the innermost
 * axis of the base stays innermost, so that long runs of elements move together.
 */
function together(graph: Graph, view: View, parts: readonly Group[]): View {
  const innermost = ({ old }: Group): number => Math.max(repeated, ...old.map((i) => view.axes[i] ?? repeated));
  const grouped = parts.toSorted((a, b) => innermost(a) - innermost(b)).flatMap(({ old }) => old);
  const order = [...range(view.shape.length).filter((i) => !grouped.includes(i)), ...grouped];
  const base = laidOut(graph, view, order);
  return { base, shape: view.shape, axes: view.shape.map((_, i) => (view.axes[i] === repeated ? repeated : order.indexOf(i))) };
}

function groups(before: readonly number[], after: readonly number[]): Group[] {
  const olds = range(before.length).filter((i) => before[i] !== 1);
  const news = after.filter((size) => size !== 1);
  const found: Group[] = [];
  while (olds.length > 0 || news.length > 0) {
    const old: number[] = [];
    const sizes: number[] = [];
    let [taken, given] = [1, 1];
    do {
      if (taken <= given) {
        const i = olds.shift() ?? 0;
        old.push(i);
        taken *= before[i] ?? 1;
      } else {
        const size = news.shift() ?? 1;
        sizes.push(size);
        given *= size;
      }
    } while (taken !== given || sizes.length === 0);
    found.push({ old, sizes });
  }
  return found;
}

/** Whether the elements along the axes of a group need not move: the axes follow one another, or all repeat. */
function liesTogether(view: View, { old }: Group): boolean {
  const walked = old.map((i) => view.axes[i] ?? repeated);
  if (walked.every((axis) => axis === repeated)) return true;
  return walked.every((axis, i) => axis !== repeated && (i === 0 || follows(view, walked[i - 1] ?? 0, axis)));
}

/** Whether, in memory, base axis `second` comes right after `first`. */
const follows = (view: View, first: number, second: number): boolean =>
  second > first && range(first + 1, second).every((axis) => view.base.shape[axis] === 1);

function withoutLeadingOnes(shape: readonly number[]): readonly number[] {
  const first = shape.findIndex((size) => size !== 1);
  return first < 0 ? [] : shape.slice(first);
}
