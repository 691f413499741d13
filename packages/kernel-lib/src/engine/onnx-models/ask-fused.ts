/**
 * Attention nodes that give their weights when asked: `Attention` of opset 23 has an output for them, and
 * `com.microsoft.GroupQueryAttention` too.
 */
import type { NodeProto } from "onnx-buf";
import type { FoundAttention } from "./find-softmax.js";
import { integer, type GraphIndex } from "./graph-index.js";
import { attribute, NodeBuilder, type AttributeValue } from "./nodes.js";

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
  const [query = "", keys = "", values = ""] = node.input;
  /** [B, T, H·D] → [B, H, T, D] where the node takes the heads side by side. */
  const expose = (value: string, heads: number): { value: string } => {
    if (heads === 0 || index.rank(value) === 4) return { value };
    const split = builder.add("Reshape", [value, builder.integers([0, 0, heads, -1])]);
    return { value: builder.add("Transpose", [split], { perm: [0, 2, 1, 3] }) };
  };
  const groups = integer(node, "kv_num_heads", 0);
  return {
    operation: "Attention",
    node: node.name,
    weights: { value: weights },
    query: expose(query, integer(node, "q_num_heads", 0)),
    keys: expose(keys, groups),
    values: expose(values, groups),
    keysTransposed: false,
  };
}

/** output, present_key, present_value, output_qk; 2 is after the softmax. Queries turn inside the node and stay unseen. */
function askGrouped(node: NodeProto, builder: NodeBuilder): FoundAttention {
  const weights = ask(node, "qk_output", 2, builder);
  const [, keys = "", values = ""] = node.output;
  return {
    operation: "GroupQueryAttention",
    node: node.name,
    weights: { value: weights },
    ...(keys !== "" && { keys: { value: keys } }),
    ...(values !== "" && { values: { value: values } }),
    keysTransposed: false,
  };
}

/** Sets the mode and names the fourth output. */
function ask(node: NodeProto, mode: string, value: AttributeValue, builder: NodeBuilder): string {
  node.attribute = [...node.attribute.filter(({ name }) => name !== mode), attribute(mode, value)];
  while (node.output.length < 4) node.output.push("");
  const name = node.output[3] || builder.name("weights");
  node.output[3] = name;
  return name;
}
