/** Rules for convolution and for windows. */
import type { Graph, Kind, Value } from "../onnx/graph.js";
import { sizeOf } from "../tensor.js";
import { cast, castValue, pack } from "./cast.js";
import { slice } from "./movement.js";
import type { Reduction } from "./reduce.js";
import { input, output, rule, type Rule } from "./rule.js";
import { dense, permuted, range, reshaped, same, viewOf, type View } from "./view.js";

interface Convolution {
  /** So many leading axes are one convolution each. */
  vmapDims: number;
  strides: number[];
  padding: [number, number][];
  lhsDilation: number[];
  rhsDilation: number[];
}

/** Images [N, C, …] and kernels [O, C, …] to [N, O, …]. Leading axes that are convolved one by one become groups of channels. */
const convolution = rule<Convolution>(({ graph, inputs, outputs, params }) => {
  const { dtype, shape } = output({ outputs });
  const v = params.vmapDims;
  const groups = sizeOf(shape.slice(0, v));
  const [images, kernels] = [input({ inputs }, 0), input({ inputs }, 1)];
  const spatial = range(v + 2, images.shape.length);
  const few = multiplied(graph, images, kernels, shape, params);
  if (few) return viewOf(castValue(graph, few, dtype));
  // [groups, N, C, …] → [N, groups, C, …] → [N, groups · C, …]
  const channelsLast = permuted(images, [v, ...range(v), v + 1, ...spatial]);
  const pixels = dense(graph, cast(graph, channelsLast, "float32"));
  const [batch, channels] = [images.shape[v] ?? 1, images.shape[v + 1] ?? 1];
  const stacked = reshaped(graph, pixels, [batch, groups * channels, ...images.shape.slice(v + 2)]);
  const weights = dense(graph, cast(graph, kernels, "float32"));
  const outChannels = kernels.shape[v] ?? 1;
  const kernel = reshaped(graph, weights, [groups * outChannels, channels, ...kernels.shape.slice(v + 2)]);
  const made = { dtype: "float32", shape: [batch, groups * outChannels, ...shape.slice(v + 2)] } as const;
  const operands = { images: stacked, kernel, made, group: groups };
  const result = transposed(graph, operands, params) ?? direct(graph, operands, params);
  const unstacked = reshaped(graph, result, [batch, ...shape.slice(0, v), outChannels, ...shape.slice(v + 2)]);
  const back = permuted(viewOf(castValue(graph, unstacked, dtype)), [...range(1, v + 1), 0, v + 1, ...spatial]);
  return back;
});

/** What ONNX multiplies: images [N, groups · C, …] with kernels [groups · O, C, …]. */
interface Operands {
  readonly images: Value;
  readonly kernel: Value;
  /** The result's. */
  readonly made: Kind;
  readonly group: number;
}

/** A convolution as ONNX has it. */
function direct(graph: Graph, { images, kernel, made, group }: Operands, params: Convolution): Value {
  const { strides, padding, lhsDilation, rhsDilation } = params;
  const spread = dilated(graph, images, lhsDilation);
  const cuts = padding.map(([before, after], i) => {
    const [size = 1, window = 1] = [spread.shape[i + 2], kernel.shape[i + 2]];
    const reach = (window - 1) * (rhsDilation[i] ?? 1);
    // what is too much at the end need not be cut off where it is no whole stride
    const places = Math.floor((size + before - reach - 1) / (strides[i] ?? 1)) + 1;
    const isReached = places > (made.shape[i + 2] ?? 1);
    return { axis: i + 2, start: Math.max(0, -before), stop: isReached ? size - Math.max(0, -after) : size };
  });
  return graph.add("Conv", [slice(graph, spread, cuts), kernel], made, {
    strides,
    dilations: rhsDilation,
    pads: [...padding.map(([before]) => Math.max(0, before)), ...padding.map(([, after]) => Math.max(0, after))],
    group,
  });
}

/**
 * A convolution of images with zeros between their pixels, which is how the gradient of a strided one reads, without these zeros: each
 * pixel is multiplied with the flipped kernel and added where it falls. Undefined where it cannot be told so.
 */
function transposed(graph: Graph, { images, kernel, made, group }: Operands, params: Convolution): Value | undefined {
  const { strides, padding, lhsDilation, rhsDilation } = params;
  if (lhsDilation.every((step) => step === 1) || strides.some((stride) => stride !== 1)) return undefined;
  const [outChannels = 1, channels = 1, ...window] = kernel.shape;
  const reach = window.map((size, i) => (size - 1) * (rhsDilation[i] ?? 1));
  // what is padded there is cut off here, and the other way round; at the end it may be added instead
  const [before, after] = [0, 1].map((end) => padding.map((pads, i) => (reach[i] ?? 0) - (pads[end] ?? 0))) as [
    number[],
    number[],
  ];
  const isKnown = after.every((cut, i) => (before[i] ?? 0) >= 0 && -cut < (lhsDilation[i] ?? 1));
  if (!isKnown || window.length > 3) return undefined;
  const flipped = slice(
    graph,
    kernel,
    window.map((size, i) => ({ axis: i + 2, start: size - 1, stop: -1, step: -1 })),
  );
  // [groups · O, C, …] → [groups · C, O, …]
  const grouped = viewOf(reshaped(graph, flipped, [group, outChannels / group, channels, ...window]));
  const inputFirst = dense(graph, permuted(grouped, [0, 2, 1, ...range(3, 3 + window.length)]));
  const weights = reshaped(graph, inputFirst, [group * channels, outChannels / group, ...window]);
  return graph.add("ConvTranspose", [images, weights], made, {
    strides: lhsDilation,
    dilations: rhsDilation,
    pads: [...before, ...after.map((cut) => Math.max(0, cut))],
    output_padding: after.map((cut) => Math.max(0, -cut)),
    group,
  });
}

/** Zeros put between neighbours along the axes after the second: n elements become (n − 1) · dilation + 1. */
function dilated(graph: Graph, value: Value, dilation: readonly number[]): Value {
  if (dilation.every((step) => step === 1)) return value;
  const { dtype } = value;
  const outer = value.shape.slice(0, 2);
  const sizes = value.shape.slice(2);
  const apart = reshaped(graph, value, [...outer, ...sizes.flatMap((size) => [size, 1])]);
  const wide = apart.shape.map((size, axis) => (axis >= 2 && axis % 2 === 1 ? (dilation[(axis - 3) / 2] ?? 1) : size));
  const zeros = apart.shape.map(() => 0);
  const amounts = graph.integers([...zeros, ...wide.map((size, axis) => size - (apart.shape[axis] ?? 1))]);
  const padded = graph.add("Pad", [apart, amounts], { dtype, shape: wide });
  const together = reshaped(graph, padded, [...outer, ...sizes.map((size, i) => size * (dilation[i] ?? 1))]);
  const cuts = sizes.map((size, i) => ({ axis: i + 2, start: 0, stop: (size - 1) * (dilation[i] ?? 1) + 1 }));
  return slice(graph, together, cuts);
}

/**
 * A convolution with few places in its result as one product: what each place sees, times all kernels. So reads the gradient of a kernel
 * (images and kernels as large as pictures, a result as small as a kernel), for which ONNX Runtime multiplies many narrow matrices in one
 * thread. Undefined where it is not so: what is seen is copied for each place, which the product must outweigh.
 */
function multiplied(
  graph: Graph,
  images: View,
  kernels: View,
  shape: readonly number[],
  { vmapDims, strides, padding, lhsDilation, rhsDilation }: Convolution,
): Value | undefined {
  const [batch = 1, outChannels = 1, ...sides] = shape;
  const [, channels = 1, ...window] = kernels.shape;
  const places = sizeOf(sides);
  const copies = outChannels < 4 * places || sizeOf(window) < places;
  if (vmapDims > 0 || lhsDilation.some((step) => step !== 1) || copies) return undefined;
  // [C, …, N]: what lies together is copied together
  const pixels = dense(graph, cast(graph, permuted(images, [...range(1, window.length + 2), 0]), "float32"));
  const weights = dense(graph, cast(graph, kernels, "float32"));
  // as much at both ends, so that convolutions that see the same places of the same images share them
  const around = padding.map((ends) => Math.max(0, ...ends));
  const wide = pixels.shape.map((size, axis) => size + 2 * (around[axis - 1] ?? 0));
  const amounts = graph.integers([0, ...around, 0, 0, ...around, 0]);
  const padded = same(wide, pixels.shape) ? pixels : graph.add("Pad", [pixels, amounts], { dtype: "float32", shape: wide });
  const length = channels * sizeOf(window);
  const seen = range(places).map((place) => {
    const cuts = indexOf(place, sides).map((at, i) => {
      const start = at * (strides[i] ?? 1) + (around[i] ?? 0) - (padding[i]?.[0] ?? 0);
      const step = rhsDilation[i] ?? 1;
      return { axis: i + 1, start, stop: start + ((window[i] ?? 1) - 1) * step + 1, step };
    });
    return reshaped(graph, slice(graph, padded, cuts), [length, batch]);
  });
  const columns = graph.add("Concat", seen, { dtype: "float32", shape: [length, places * batch] }, { axis: 1 });
  const made = { dtype: "float32", shape: [places * batch, outChannels] } as const;
  const rows = reshaped(graph, weights, [outChannels, length]);
  const product = graph.add("Gemm", [columns, rows], made, { transA: 1, transB: 1 });
  const each = permuted(viewOf(reshaped(graph, product, [places, batch, outChannels])), [1, 2, 0]);
  return reshaped(graph, dense(graph, each), shape);
}

/** Where the i-th element of an array lies along each axis. */
const indexOf = (i: number, shape: readonly number[]): number[] =>
  shape.reduceRight<{ rest: number; at: number[] }>(
    ({ rest, at }, size) => ({ rest: Math.floor(rest / size), at: [rest % size, ...at] }),
    { rest: i, at: [] },
  ).at;

interface Windows {
  window: number[];
  strides: number[];
}

/** Every window of an array: the last axes [… , n] become [… , places, …, window]. A reduction of the windows joins them in one node. */
const pool = rule<Windows>(({ graph, inputs, outputs, params, follower, absorb }) => {
  const view = input({ inputs }, 0);
  const { shape } = output({ outputs });
  const reduction = reductionOf(follower, shape.length, params.window.length);
  const pooled = reduction && pooledBy(graph, view, reduction, params);
  if (pooled) {
    absorb(pooled);
    return [];
  }
  const outer = view.shape.length - params.window.length;
  // each windowed axis is gathered by a table [places, window]
  const tables = params.window.map((size, i) => {
    const places = shape[outer + i] ?? 1;
    const table = range(places).flatMap((place) => range(size).map((at) => place * (params.strides[i] ?? 1) + at));
    return graph.constant("int64", [places, size], BigInt64Array.from(table, BigInt));
  });
  let value = dense(graph, view);
  tables.forEach((table, i) => {
    const axis = outer + 2 * i;
    const gathered = [...value.shape.slice(0, axis), ...table.shape, ...value.shape.slice(axis + 1)];
    value = graph.add("Gather", [value, table], { dtype: value.dtype, shape: gathered }, { axis });
  });
  const places = params.window.map((_, i) => outer + 2 * i);
  return permuted(viewOf(value), [...range(outer), ...places, ...places.map((axis) => axis + 1)]);
});

/** The reduction that follows, if it is one over exactly the axes of the windows. */
function reductionOf(
  follower: { readonly primitive: string; readonly params: Readonly<Record<string, unknown>> } | undefined,
  rank: number,
  windows: number,
): Reduction | undefined {
  if (follower?.primitive !== "reduce") return undefined;
  const { op, axis } = follower.params as { op: Reduction; axis: number[] };
  return same(
    axis.toSorted((a, b) => a - b),
    range(rank - windows, rank),
  )
    ? op
    : undefined;
}

/** The largest (or the sum) of each window as one node, where ONNX has it. */
function pooledBy(graph: Graph, view: View, reduction: Reduction, { window, strides }: Windows): View | undefined {
  const { dtype } = view.base;
  if (dtype !== "float32" || (reduction !== "Max" && reduction !== "Add") || window.length > 3) return undefined;
  const outer = view.shape.slice(0, view.shape.length - window.length);
  const sizes = view.shape.slice(outer.length);
  const images = reshaped(graph, dense(graph, view), [1, sizeOf(outer), ...sizes]);
  const places = sizes.map((size, i) => Math.floor((size - (window[i] ?? 1)) / (strides[i] ?? 1)) + 1);
  const kind = { dtype, shape: [1, sizeOf(outer), ...places] };
  const attributes = { kernel_shape: window, strides };
  const pooled = graph.add(reduction === "Max" ? "MaxPool" : "AveragePool", [images], kind, attributes);
  const times = graph.constant(dtype, [], pack(dtype, [sizeOf(window)]));
  const result = reduction === "Max" ? pooled : graph.add("Mul", [pooled, times], kind);
  return viewOf(reshaped(graph, result, [...outer, ...places]));
}

/** The opposite of `pool`: windows added into the array they were taken from. */
const poolTranspose = rule<Windows & { inShape: number[] }>(({ graph, inputs, outputs, params }) => {
  const view = input({ inputs }, 0);
  const { dtype, shape } = output({ outputs });
  const { window, strides, inShape } = params;
  const outer = inShape.slice(0, inShape.length - window.length);
  const n = window.length;
  const placeAxes = range(outer.length, outer.length + n);
  const windowAxes = range(outer.length + n, outer.length + 2 * n);
  const columns = dense(graph, cast(graph, permuted(view, [...range(outer.length), ...windowAxes, ...placeAxes]), "float32"));
  const places = sizeOf(placeAxes.map((axis) => view.shape[axis] ?? 1));
  const flat = reshaped(graph, columns, [1, sizeOf(outer) * sizeOf(window), places]);
  const sizes = inShape.slice(outer.length);
  const image = graph.add(
    "Col2Im",
    [flat, graph.integers(sizes), graph.integers(window)],
    { dtype: "float32", shape: [1, sizeOf(outer), ...sizes] },
    { strides },
  );
  return viewOf(castValue(graph, reshaped(graph, image, shape), dtype));
});

export const convolutionRules: Readonly<Record<string, Rule>> = {
  conv: convolution,
  pool,
  pool_transpose: poolTranspose,
};
