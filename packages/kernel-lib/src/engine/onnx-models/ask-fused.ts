/**
 * Attention nodes that give their weights when asked: `Attention` of opset 23 has an output for them, and
 * `com.microsoft.GroupQueryAttention` too.
 */
import { create } from "@bufbuild/protobuf";
import { NodeProtoSchema, TensorProto_DataType, type NodeProto } from "onnx-buf";
import type { Exposed, FoundAttention } from "./find-softmax.js";
import { integer } from "./attributes.js";
import type { GraphIndex } from "./graph-index.js";
import { attribute, NodeBuilder } from "./nodes.js";

/** A node that was asked for its weights, and nodes that shape its inputs for reading. */
export interface Asked {
  readonly node: NodeProto;
  readonly builder: NodeBuilder;
  readonly attention: FoundAttention;
}

export function askFusedAttention(index: GraphIndex, opset: number): Asked[] {
  return index.graph.node
    .filter((node) => isStandard(node) || isGrouped(node))
    .map((node, at) => {
      const builder = new NodeBuilder(`heed/asked_${at}`, opset);
      return { node, builder, attention: isStandard(node) ? askStandard(index, node, builder) : askGrouped(node, builder) };
    });
}

const isStandard = (node: NodeProto): boolean => node.opType === "Attention" && node.domain === "";
const isGrouped = (node: NodeProto): boolean => node.opType === "GroupQueryAttention" && node.domain === "com.microsoft";

/** Y, present_key, present_value, qk_matmul_output; mode 3 is after the softmax. */
function askStandard(index: GraphIndex, node: NodeProto, builder: NodeBuilder): FoundAttention {
  const weights = ask(node, "qk_matmul_output_mode", 3, builder);
  const [query = "", keys = "", values = "", , pastKeys = ""] = node.input;
  /** [B, T, H·D] → [B, H, T, D] where the node takes the heads side by side. */
  const expose = (value: string, heads: number): Exposed => {
    if (heads === 0 || index.rank(value) === 4) return { value };
    return { value: splitHeads(builder, value, heads) };
  };
  const groups = integer(node, "kv_num_heads", 0);
  // With a past, what is looked at is what the node gives on.
  const whole = (place: number, value: string): Exposed =>
    pastKeys === "" ? expose(value, groups) : { value: nameOutput(node, place, builder) };
  return {
    operation: "Attention",
    node: node.name,
    weights: { value: weights },
    reading: node.output[0] ?? "",
    // who looks at nothing that comes later looks at its own tokens
    streams: { query, keys: integer(node, "is_causal", 0) === 0 ? keys : query },
    query: expose(query, integer(node, "q_num_heads", 0)),
    keys: whole(1, keys),
    values: whole(2, values),
    keysTransposed: false,
  };
}

/** output, present_key, present_value, output_qk; 2 is after the softmax. Queries that turn inside the node stay unseen. */
function askGrouped(node: NodeProto, builder: NodeBuilder): FoundAttention {
  const asked = ask(node, "qk_output", 2, builder);
  const [query = "", ownKeys = "", , , , lastKeys = ""] = node.input;
  const [, keys = "", values = ""] = node.output;
  const isSeen = ownKeys !== "" && integer(node, "do_rotary", 0) === 0;
  return {
    operation: "GroupQueryAttention",
    node: node.name,
    weights: { value: clearBehind(builder, asked, lastKeys) },
    reading: node.output[0] ?? "",
    // always a decoder over its own tokens
    streams: { query, keys: query },
    ...(isSeen && { query: { value: splitHeads(builder, query, integer(node, "num_heads", 1)) } }),
    ...(keys !== "" && { keys: { value: keys } }),
    ...(values !== "" && { values: { value: values } }),
    keysTransposed: false,
  };
}

/**
 * Sets weights [B, H, Q, K] to 0 behind the last key of their text, whose place `lastKeys` [B] tells (`seqlens_k`). ONNX Runtime never
 * writes them: they are what was in that memory before.
 */
function clearBehind(builder: NodeBuilder, weights: string, lastKeys: string): string {
  if (lastKeys === "") return weights;
  const last = builder.add("Cast", [builder.add("Reshape", [lastKeys, builder.integers([-1, 1, 1, 1])])], {
    to: TensorProto_DataType.INT64,
  });
  return builder.add("Where", [
    builder.add("Less", [last, builder.places(weights, 3)]),
    builder.numberLike(0, weights),
    weights,
  ]);
}

/** [B, T, H·D] → [B, H, T, D] */
export function splitHeads(builder: NodeBuilder, value: string, heads: number): string {
  const split = builder.add("Reshape", [value, builder.integers([0, 0, heads, -1])]);
  return builder.add("Transpose", [split], { perm: [0, 2, 1, 3] });
}

/** The name of an output, which it gets where it has none. */
function nameOutput(node: NodeProto, place: number, builder: NodeBuilder): string {
  while (node.output.length <= place) node.output.push("");
  const name = node.output[place] || builder.name("output");
  node.output[place] = name;
  return name;
}

/**
 * Sets the mode and names the fourth output. Where the model itself uses that output for something else, a second node beside the first is
 * asked instead.
 */
function ask(node: NodeProto, mode: string, value: number, builder: NodeBuilder): string {
  const isTaken = (node.output[3] ?? "") !== "" && integer(node, mode, 0) !== value;
  const asked = isTaken
    ? create(NodeProtoSchema, {
        ...node,
        name: builder.name(node.opType),
        output: node.output.map((output) => output && builder.name("unused")),
      })
    : node;
  if (isTaken) builder.nodes.push(asked);
  asked.attribute = [...asked.attribute.filter(({ name }) => name !== mode), attribute(mode, value)];
  return nameOutput(asked, 3, builder);
}
