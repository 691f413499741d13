import type { GraphProto, NodeProto, TensorProto } from "onnx-buf";
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
    if (isConstant && !node.opType.startsWith("Random")) for (const output of node.output) constants.add(output);
  }

  return {
    graph,
    producer: (value) => producers.get(value),
    consumers: (value) => consumers.get(value) ?? [],
    constant: (value) => tensors.get(value),
    isConstant: (value) => constants.has(value),
    rank: (value) => ranks.get(value) ?? rankThrough(producers.get(value), ranks),
  };
}

/** Operations that keep the number of axes of their first input. */
const keepRank = new Set(["Cast", "Identity", "QuantizeLinear", "DequantizeLinear"]);

function rankThrough(node: NodeProto | undefined, ranks: ReadonlyMap<string, number>): number | undefined {
  if (node === undefined) return undefined;
  if (node.opType === "Transpose") return integers(node, "perm")?.length;
  if (node.opType === "ReduceSum" && node.domain === "" && integer(node, "keepdims", 1) === 0) return 1;
  return keepRank.has(node.opType) ? ranks.get(node.input[0] ?? "") : undefined;
}

/** An attribute that is a whole number. */
export function integer(node: NodeProto, name: string, fallback: number): number {
  const found = node.attribute.find((attribute) => attribute.name === name);
  return found === undefined ? fallback : Number(found.i);
}

/** An attribute that is a list of whole numbers. */
export function integers(node: NodeProto, name: string): number[] | undefined {
  return node.attribute.find((attribute) => attribute.name === name)?.ints.map(Number);
}

/** An attribute that is a number. */
export function real(node: NodeProto, name: string): number | undefined {
  return node.attribute.find((attribute) => attribute.name === name)?.f;
}

/** An attribute that is a text. */
export function text(node: NodeProto, name: string): string | undefined {
  const bytes = node.attribute.find((attribute) => attribute.name === name)?.s;
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}
