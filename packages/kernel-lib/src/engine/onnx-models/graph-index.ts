import type { GraphProto, NodeProto, TensorProto } from "onnx-buf";
import { rankOf } from "./ranks.js";
import { readNames } from "./walk.js";

/** Who makes and who uses each value of a graph, and which values never change. */
export interface GraphIndex {
  readonly graph: GraphProto;
  /** The node that makes a value; undefined for inputs and constants. */
  producer(value: string): NodeProto | undefined;
  consumers(value: string): readonly NodeProto[];
  /** The tensor behind a constant, if it is written in the file as such. */
  constant(value: string): TensorProto | undefined;
  /** Whether a value is the same in every run: a weight, or made of weights alone. */
  isConstant(value: string): boolean;
  /** How many axes a value has, where the file lets it be known. */
  rank(value: string): number | undefined;
}

export function indexGraph(graph: GraphProto): GraphIndex {
  const producers = new Map<string, NodeProto>();
  const consumers = new Map<string, NodeProto[]>();
  const tensors = new Map<string, TensorProto>();
  const constants = new Set<string>();
  const ranks = new Map<string, number>();

  for (const tensor of graph.initializer) {
    tensors.set(tensor.name, tensor);
    constants.add(tensor.name);
    ranks.set(tensor.name, tensor.dims.length);
  }
  for (const info of [...graph.input, ...graph.valueInfo, ...graph.output]) {
    const type = info.type?.value;
    if (type?.case === "tensorType" && type.value.shape) ranks.set(info.name, type.value.shape.dim.length);
  }
  // Nodes are in the order in which they run, so one pass sees every input before its use.
  for (const node of graph.node) {
    for (const output of node.output) producers.set(output, node);
    for (const input of node.input) {
      if (input === "") continue;
      const users = consumers.get(input);
      if (users) users.push(node);
      else consumers.set(input, [node]);
    }
    if (node.opType === "Constant") {
      const value = node.attribute.find(({ name }) => name === "value")?.t;
      const [output] = node.output;
      if (value && output !== undefined) {
        tensors.set(output, value);
        ranks.set(output, value.dims.length);
      }
    }
    const given = [...readNames(node)].filter((input) => input !== "");
    const isConstant = node.opType === "Constant" || (given.length > 0 && given.every((input) => constants.has(input)));
    const [output = ""] = node.output;
    if (!ranks.has(output)) {
      const rank = rankOf(
        node,
        (value) => ranks.get(value),
        (value) => tensors.get(value),
      );
      if (rank !== undefined) ranks.set(output, rank);
    }
    if (isConstant && !node.opType.startsWith("Random")) for (const output of node.output) constants.add(output);
  }

  return {
    graph,
    producer: (value) => producers.get(value),
    consumers: (value) => consumers.get(value) ?? [],
    constant: (value) => tensors.get(value),
    isConstant: (value) => constants.has(value),
    rank: (value) => ranks.get(value),
  };
}
