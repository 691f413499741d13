/**
 * ONNX Runtime's fused attention nodes, rewritten into plain ones so that their weights can be seen. What each computes is
 * stated in ONNX Runtime's ContribOperators.md.
 */
import { TensorProto_DataType, type NodeProto } from "onnx-buf";
import type { FoundAttention } from "./find-softmax.js";
import { integer, integers, real, type GraphIndex } from "./graph-index.js";
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

/** Fused attention that no rule opens. */
const closed = new Set(
  (
    "DecoderAttention DecoderMaskedMultiHeadAttention DecoderMaskedSelfAttention LinearAttention LongformerAttention " +
    "PackedAttention PackedMultiHeadAttention PagedAttention SparseAttention"
  ).split(" "),
);

/** Attention that is fused in a way that is not known here, by the name of its operation. */
export const closedAttention = (index: GraphIndex): string[] =>
  index.graph.node.filter((node) => node.domain === "com.microsoft" && closed.has(node.opType)).map((node) => node.opType);

/** Rewrites every fused node that a rule knows. */
export function unfuseAttention(index: GraphIndex, opset: number): Unfused[] {
  return index.graph.node
    .filter((node) => node.domain === "com.microsoft" && Object.hasOwn(rules, node.opType))
    .map((node, at) => {
      const builder = new NodeBuilder(`heed/unfused_${at}`, opset);
      const rule = rules[node.opType];
      if (rule === undefined) throw new Error(`internal: no rule for ${node.opType}`);
      return { node, builder, attention: rule(index, node, builder) };
    });
}

/** [B, T, H·D] → [B, H, T, D] */
function splitHeads(builder: NodeBuilder, value: string, heads: number): string {
  const split = builder.add("Reshape", [value, builder.integers([0, 0, heads, -1])]);
  return builder.add("Transpose", [split], { perm: [0, 2, 1, 3] });
}

const slice = (builder: NodeBuilder, value: string, from: number, to: number, axis: number): string =>
  builder.add("Slice", [value, builder.integers([from]), builder.integers([to]), builder.integers([axis])]);

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
  if (total === undefined) throw new RangeError(`openOnnx: expected the weights of ${describe(node)} to be constants`);
  const sizes = integers(node, "qkv_hidden_sizes") ?? [Number(total) / 3, Number(total) / 3, Number(total) / 3];
  const product = builder.add("MatMul", [input, weights]);
  const together = bias === "" ? product : builder.add("Add", [product, bias]);
  let from = 0;
  const [query = "", keys = "", values = ""] = sizes.map((size) => {
    const part = slice(builder, together, from, from + size, 2);
    from += size;
    return splitHeads(builder, part, heads);
  });
  return { query, keys, values, scale: real(node, "scale") || 1 / Math.sqrt((sizes[0] ?? heads) / heads) };
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
  const total = Number(index.constant(bias)?.dims[0] ?? 0);
  if (bias !== "" && total === 0) throw new RangeError(`openOnnx: expected the bias of ${describe(node)} to be a constant`);
  const shifted = (part: string, at: number): string =>
    bias === "" ? part : builder.add("Add", [part, slice(builder, bias, (at * total) / 3, ((at + 1) * total) / 3, 0)]);
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
  const [output = "", present = "", presentValue = ""] = node.output;
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
  for (const allowed of [paddingMask(index, node, builder, rest.mask, keys), causalMask(node, builder, query, keys)]) {
    if (allowed === undefined) continue;
    const bias = builder.add("Where", [allowed, like(0), like(real(node, "mask_filter_value") || -10_000)]);
    scores = builder.add("Add", [scores, bias]);
  }
  const weights = builder.add("Softmax", [scores], { axis: -1 });
  const read = builder.add("MatMul", [weights, values]);
  const joined = builder.add("Transpose", [read], { perm: [0, 2, 1, 3] });
  builder.add("Reshape", [joined, builder.integers([0, 0, -1])], {}, output);
  return {
    operation: node.opType,
    node: node.name,
    weights: { value: weights },
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

/** 0, 1, … T − 1 for the tokens of [B, H, T, D]. */
function positions(builder: NodeBuilder, value: string): string {
  const size = builder.add("Gather", [builder.add("Shape", [value]), builder.integers([2], [])]);
  return builder.add("Range", [builder.integers([0], []), size, builder.integers([1], [])]);
}

/** The padding mask in the forms the fused nodes take: lengths [B], or 1 and 0 as [B, K] or [B, Q, K]; → [B, 1, Q, K]. */
function paddingMask(index: GraphIndex, node: NodeProto, builder: NodeBuilder, mask: string, keys: string): string | undefined {
  if (mask === "") return undefined;
  const embedding = index.producer(mask);
  const rank = embedding?.opType.endsWith("EmbedLayerNormalization") === true ? 1 : index.rank(mask);
  if (rank === 1) {
    const lengths = builder.add("Cast", [mask], { to: TensorProto_DataType.INT64 });
    const column = builder.unsqueeze(lengths, [1, 2, 3]);
    return builder.add("Less", [positions(builder, keys), column]);
  }
  if (rank !== 2 && rank !== 3) {
    throw new RangeError(
      `openOnnx: expected a mask with 1, 2 or 3 axes at ${describe(node)}; got ${rank ?? "an unknown number"}`,
    );
  }
  const whole = builder.add("Cast", [mask], { to: TensorProto_DataType.INT64 });
  const allowed = builder.add("Greater", [whole, builder.integers([0], [])]);
  return builder.unsqueeze(allowed, rank === 2 ? [1, 2] : [1]);
}

/** A query sees the keys up to itself; with a past, queries are the last of the keys. */
function causalMask(node: NodeProto, builder: NodeBuilder, query: string, keys: string): string | undefined {
  if (integer(node, "unidirectional", 0) === 0) return undefined;
  const columns = positions(builder, keys);
  const counts = [query, keys].map((value) =>
    builder.add("Gather", [builder.add("Shape", [value]), builder.integers([2], [])]),
  );
  const past = builder.add("Sub", [counts[1] ?? "", counts[0] ?? ""]);
  const rows = builder.add("Add", [positions(builder, query), past]);
  return builder.add("Not", [builder.add("Greater", [columns, builder.unsqueeze(rows, [1])])]);
}

const describe = (node: NodeProto): string => `${node.opType} "${node.name}"`;
