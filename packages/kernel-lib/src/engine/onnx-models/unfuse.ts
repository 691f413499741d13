/**
 * ONNX Runtime's fused attention nodes, rewritten into plain ones so that their weights can be seen. What each computes is
 * stated in ONNX Runtime's ContribOperators.md.
 */
import { TensorProto_DataType, type NodeProto } from "onnx-buf";
import { splitHeads } from "./ask-fused.js";
import type { FoundAttention } from "./find-softmax.js";
import { integer, integers, real } from "./attributes.js";
import type { GraphIndex } from "./graph-index.js";
import { NodeBuilder } from "./nodes.js";

/** A fused node and what stands in its place. */
export interface Unfused {
  readonly node: NodeProto;
  readonly builder: NodeBuilder;
  readonly attention: FoundAttention;
}

/** Rewrites a node, or says why it cannot be. */
type Rule = (index: GraphIndex, node: NodeProto, builder: NodeBuilder) => FoundAttention;

/** What the rest of a rule works on: queries, keys and values, each [B, H, T, D]. */
interface Parts {
  readonly query: string;
  readonly keys: string;
  readonly values: string;
  /** 1/√D where the file lets D be known; otherwise it is computed. */
  readonly scale?: number | undefined;
}

const rules: Readonly<Record<string, Rule>> = {
  Attention: (index, node, builder) => {
    // Only CUDA's kernel turns queries and keys by itself; how it does is not written down.
    if (integer(node, "do_rotary", 0) !== 0) throw new CannotOpen("with do_rotary");
    const [input = "", weights = "", bias = "", mask = "", past = "", scoreBias = ""] = node.input;
    return finish(index, node, builder, projected(index, node, builder, input, weights, bias), { mask, past, scoreBias });
  },
  QAttention: (index, node, builder) => {
    const [
      input = "",
      weights = "",
      bias = "",
      inputScale = "",
      weightScale = "",
      mask = "",
      inputZero = "",
      weightZero = "",
      past = "",
    ] = node.input;
    const real = builder.add("DequantizeLinear", [input, inputScale, inputZero]);
    const dense = builder.add("DequantizeLinear", [weights, weightScale, weightZero], { axis: 1 });
    return finish(index, node, builder, projected(index, node, builder, real, dense, bias, weights), {
      mask,
      past,
      scoreBias: "",
    });
  },
  MultiHeadAttention: (index, node, builder) => {
    const [query = "", key = "", value = "", bias = "", mask = "", scoreBias = "", pastKey = "", pastValue = ""] = node.input;
    const parts = separate(index, node, builder, query, key, value, bias);
    return finish(index, node, builder, parts, { mask, scoreBias, pastKey, pastValue });
  },
};

/** Rewrites every fused node that a rule knows, and says of those that it cannot why. */
export function unfuseAttention(index: GraphIndex, opset: number): { opened: Unfused[]; closed: string[] } {
  const opened: Unfused[] = [];
  const closed: string[] = [];
  index.graph.node.forEach((node, at) => {
    const rule = node.domain === "com.microsoft" && Object.hasOwn(rules, node.opType) ? rules[node.opType] : undefined;
    if (rule === undefined) return;
    const builder = new NodeBuilder(`heed/unfused_${at}`, opset);
    try {
      opened.push({ node, builder, attention: rule(index, node, builder) });
    } catch (error) {
      if (!(error instanceof CannotOpen)) throw error;
      closed.push(`${node.opType} ${error.message}`);
    }
  });
  return { opened, closed };
}

/** A form of a node that no rule knows; it stays as it is. */
class CannotOpen extends Error {}

/** A part of an axis; bounds are numbers, or values of the graph with one number each. */
function slice(builder: NodeBuilder, value: string, from: number | string, to: number | string, axis: number): string {
  const bound = (at: number | string): string => (typeof at === "string" ? at : builder.integers([at]));
  return builder.add("Slice", [value, bound(from), bound(to), builder.integers([axis])]);
}

/** The size of an axis, as a value with one number. */
const sizeOfAxis = (builder: NodeBuilder, value: string, axis: number): string =>
  builder.add("Gather", [builder.add("Shape", [value]), builder.integers([axis])]);

/** Behind every place of an axis. */
const toTheEnd = 2 ** 31 - 1;

/** Queries, keys and values from one dense layer over the input, as `Attention` does it. */
function projected(
  index: GraphIndex,
  node: NodeProto,
  builder: NodeBuilder,
  input: string,
  weights: string,
  bias: string,
  sizedBy = weights,
): Parts {
  const heads = integer(node, "num_heads", 1);
  const total = index.constant(sizedBy)?.dims.at(-1);
  const third = total === undefined ? undefined : Number(total) / 3;
  const sizes = integers(node, "qkv_hidden_sizes") ?? (third === undefined ? undefined : [third, third, third]);
  const product = builder.add("MatMul", [input, weights]);
  const together = bias === "" ? product : builder.add("Add", [product, bias]);
  const [first, second] = sizes ?? [];
  const ends: [number | string, number | string] =
    first === undefined || second === undefined ? thirds(builder, sizeOfAxis(builder, together, 2)) : [first, first + second];
  const part = (from: number | string, to: number | string): string =>
    splitHeads(builder, slice(builder, together, from, to, 2), heads);
  const scale = real(node, "scale") || (first === undefined ? undefined : 1 / Math.sqrt(first / heads));
  return { query: part(0, ends[0]), keys: part(ends[0], ends[1]), values: part(ends[1], toTheEnd), scale };
}

/** Where the second and the last third of a size begin. */
function thirds(builder: NodeBuilder, size: string): [string, string] {
  const third = builder.add("Div", [size, builder.integers([3])]);
  return [third, builder.add("Mul", [third, builder.integers([2])])];
}

/** Queries, keys and values that come separately, or packed, as `MultiHeadAttention` takes them. */
function separate(
  index: GraphIndex,
  node: NodeProto,
  builder: NodeBuilder,
  query: string,
  key: string,
  value: string,
  bias: string,
): Parts {
  const heads = integer(node, "num_heads", 1);
  const scale = real(node, "scale") || undefined;
  // The bias is those of queries, keys and values one after the other; values may have another width.
  const width = bias === "" || key === "" ? "" : sizeOfAxis(builder, query, 2);
  const twice = width === "" ? "" : builder.add("Mul", [width, builder.integers([2])]);
  const bounds: readonly (readonly [number | string, number | string])[] = [
    [0, width],
    [width, twice],
    [twice, toTheEnd],
  ];
  const shifted = (part: string, at: number): string => {
    if (bias === "") return part;
    const [from = 0, to = toTheEnd] = bounds[at] ?? [];
    return builder.add("Add", [part, slice(builder, bias, from, to, 0)]);
  };
  /** One part of [B, T, H, n, D] packed together → [B, H, T, D] */
  const unpack = (packed: string, at: number): string => {
    const part = builder.add("Gather", [packed, builder.integers([at], [])], { axis: 3 });
    return builder.add("Transpose", [part], { perm: [0, 2, 1, 3] });
  };
  if (key === "") return { query: unpack(query, 0), keys: unpack(query, 1), values: unpack(query, 2), scale };
  const q = splitHeads(builder, shifted(query, 0), heads);
  if (value === "") return { query: q, keys: unpack(key, 0), values: unpack(key, 1), scale };
  const whole = (part: string, at: number): string =>
    index.rank(part) === 4 ? part : splitHeads(builder, shifted(part, at), heads);
  return { query: q, keys: whole(key, 1), values: whole(value, 2), scale };
}

/** What a fused node takes besides queries, keys and values; "" where absent. */
interface Rest {
  readonly mask: string;
  readonly scoreBias: string;
  /** Both together, [2, B, H, P, D]. */
  readonly past?: string;
  readonly pastKey?: string;
  readonly pastValue?: string;
}

/** From queries, keys and values to the node's outputs, with the weights under a name of their own. */
function finish(index: GraphIndex, node: NodeProto, builder: NodeBuilder, parts: Parts, rest: Rest): FoundAttention {
  const [output = "", present = "", presentValue = "", scoresOutput = ""] = node.output;
  const { query } = parts;
  let { keys, values } = parts;
  if (rest.past) {
    const part = (at: number): string => builder.add("Gather", [rest.past ?? "", builder.integers([at], [])], { axis: 0 });
    keys = builder.add("Concat", [part(0), keys], { axis: 2 });
    values = builder.add("Concat", [part(1), values], { axis: 2 });
  }
  if (rest.pastKey) keys = builder.add("Concat", [rest.pastKey, keys], { axis: 2 });
  if (rest.pastValue) values = builder.add("Concat", [rest.pastValue, values], { axis: 2 });
  if (node.opType === "MultiHeadAttention") {
    if (present !== "") builder.add("Identity", [keys], {}, present);
    if (presentValue !== "") builder.add("Identity", [values], {}, presentValue);
  } else if (present !== "") {
    const both = [keys, values].map((part) => builder.unsqueeze(part, [0]));
    builder.add("Concat", both, { axis: 0 }, present);
  }

  const transposed = builder.add("Transpose", [keys], { perm: [0, 1, 3, 2] });
  const like = (value: number): string => builder.numberLike(value, query);
  const product = builder.add("MatMul", [query, transposed]);
  let scores = builder.add("Mul", [product, parts.scale === undefined ? inverseRoot(builder, query) : like(parts.scale)]);
  if (rest.scoreBias !== "") scores = builder.add("Add", [scores, rest.scoreBias]);
  const bias = maskBias(index, node, builder, rest.mask, query, keys);
  if (bias !== undefined) scores = builder.add("Add", [scores, bias]);
  if (node.opType === "MultiHeadAttention" && scoresOutput !== "") builder.add("Identity", [scores], {}, scoresOutput);
  const weights = builder.add("Softmax", [scores], { axis: -1 });
  const read = builder.add("MatMul", [weights, values]);
  const joined = builder.add("Transpose", [read], { perm: [0, 2, 1, 3] });
  builder.add("Reshape", [joined, builder.integers([0, 0, -1])], {}, output);
  return {
    operation: node.opType,
    node: node.name,
    weights: { value: weights },
    softmax: weights,
    reading: output,
    // who looks at nothing that comes later looks at its own tokens
    streams: { query, keys: integer(node, "unidirectional", 0) === 0 ? keys : query },
    query: { value: query },
    keys: { value: keys },
    values: { value: values },
    keysTransposed: false,
  };
}

/** 1/√D of [B, H, T, D], computed in the graph. */
function inverseRoot(builder: NodeBuilder, query: string): string {
  const size = builder.add("Gather", [builder.add("Shape", [query]), builder.integers([3], [])]);
  const root = builder.add("Sqrt", [builder.add("Cast", [size], { to: TensorProto_DataType.FLOAT })]);
  return builder.castLike(builder.add("Reciprocal", [root]), query);
}

/** What is added to the scores for a mask: 0, the node's own value where padding is, the lowest of all where a key comes later. */
function maskBias(
  index: GraphIndex,
  node: NodeProto,
  builder: NodeBuilder,
  mask: string,
  query: string,
  keys: string,
): string | undefined {
  const like = (value: number): string => builder.numberLike(value, query);
  const known = paddingMask(index, node, builder, mask, query, keys);
  const padding = known && builder.add("Where", [known, like(0), like(real(node, "mask_filter_value") || -10_000)]);
  const earlier = causalMask(node, builder, query, keys);
  return earlier === undefined ? padding : builder.add("Where", [earlier, padding ?? like(0), like(lowest)]);
}

/** The lowest float32. */
const lowest = -3.4028234663852886e38;

/**
 * The padding mask in the forms the fused nodes take: where each text ends, [B], and where it starts, [2B]; or 1 and 0 as [B, K] or
 * [B, Q, K]; → [B, 1, Q, K].
 */
function paddingMask(
  index: GraphIndex,
  node: NodeProto,
  builder: NodeBuilder,
  mask: string,
  query: string,
  keys: string,
): string | undefined {
  if (mask === "") return undefined;
  const embedding = index.producer(mask);
  const rank = embedding?.opType.endsWith("EmbedLayerNormalization") === true ? 1 : index.rank(mask);
  const whole = builder.add("Cast", [mask], { to: TensorProto_DataType.INT64 });
  if (rank === 1) {
    const batch = sizeOfAxis(builder, query, 0);
    const twice = builder.add("Mul", [batch, builder.integers([2])]);
    // [3B + 2], which holds places in a packed batch behind the lengths, has no starts
    const hasStarts = builder.add("Equal", [sizeOfAxis(builder, whole, 0), twice]);
    const padded = builder.add("Concat", [whole, builder.add("Expand", [builder.integers([0]), batch])], { axis: 0 });
    const starts = builder.add("Where", [hasStarts, slice(builder, padded, batch, twice, 0), builder.integers([0])]);
    const column = (value: string): string => builder.unsqueeze(value, [1, 2, 3]);
    const places = builder.places(keys, 2);
    const isBefore = builder.add("Less", [places, column(slice(builder, whole, 0, batch, 0))]);
    return builder.add("And", [isBefore, builder.add("Not", [builder.add("Less", [places, column(starts)])])]);
  }
  if (rank !== 2 && rank !== 3) {
    throw new CannotOpen(`with a mask of ${rank ?? "an unknown number of"} axes`);
  }
  const allowed = builder.add("Greater", [whole, builder.integers([0], [])]);
  return builder.unsqueeze(allowed, rank === 2 ? [1, 2] : [1]);
}

/** A query sees the keys up to itself; with a past, queries are the last of the keys. */
function causalMask(node: NodeProto, builder: NodeBuilder, query: string, keys: string): string | undefined {
  if (integer(node, "unidirectional", 0) === 0) return undefined;
  const columns = builder.places(keys, 2);
  const [queries, all] = [query, keys].map((value) =>
    builder.add("Gather", [builder.add("Shape", [value]), builder.integers([2], [])]),
  );
  const past = builder.add("Sub", [all ?? "", queries ?? ""]);
  const rows = builder.add("Add", [builder.places(query, 2), past]);
  return builder.add("Not", [builder.add("Greater", [columns, builder.unsqueeze(rows, [1])])]);
}
