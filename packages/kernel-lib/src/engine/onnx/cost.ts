/** What running a graph takes, estimated before it runs. */
import { sizeOf } from "../tensor.js";
import { byteSize, usedBy, type Graph, type Node, type Value } from "./graph.js";

export interface Memory {
  /** The most bytes that are held at one time, besides constants and inputs; results count twice, for they are copied out at the end. */
  readonly peak: number;
  /** The largest value that is held at that time, and the node that makes it. */
  readonly largest: { readonly value: Value; readonly node: Node } | undefined;
}

/**
 * How much memory a run needs. A node writes over an input of the same size that nobody needs later, as ONNX Runtime does; a reshape
 * needs none.
 */
export function memoryOf(graph: Graph): Memory {
  const lastUse = new Map<Value, number>();
  graph.nodes.forEach((node, i) => usedBy(node).forEach((value) => lastUse.set(value, i)));
  const results = new Set(graph.outputs.map(({ value }) => value));
  const held = new Map<Value, Node>();
  let bytes = 0;
  let peak = 0;
  let largest: Memory["largest"];
  graph.nodes.forEach((node, i) => {
    const ending = [...new Set(usedBy(node))].filter(
      (value) => lastUse.get(value) === i && held.has(value) && !results.has(value),
    );
    for (const value of node.outputs) {
      const spare = ending.findIndex((input) => byteSize(input) === byteSize(value));
      if (spare >= 0) bytes -= byteSize(ending[spare] as Value);
      if (spare >= 0) held.delete(ending.splice(spare, 1)[0] as Value);
      held.set(value, node);
      bytes += byteSize(value);
    }
    if (bytes > peak) {
      peak = bytes;
      for (const [value, maker] of held)
        if (!largest || byteSize(value) > byteSize(largest.value)) largest = { value, node: maker };
    }
    for (const value of ending) if (held.delete(value)) bytes -= byteSize(value);
    for (const value of node.outputs)
      if (!lastUse.has(value) && !results.has(value) && held.delete(value)) bytes -= byteSize(value);
  });
  const copied = [...results].reduce((sum, value) => sum + byteSize(value), 0);
  return { peak: Math.max(peak, bytes + copied), largest };
}

/** About how many multiplications and additions a run takes. */
export function workOf(graph: Graph): number {
  return graph.nodes.reduce((sum, node) => {
    const made = node.outputs.reduce((elements, value) => elements + sizeOf(value.shape), 0);
    const [left, right] = node.inputs;
    if (node.op === "ConvTranspose" && left && right) return sum + 2 * sizeOf(left.shape) * sizeOf(right.shape.slice(1));
    if (!products.has(node.op) || !left || !right) return sum + made;
    const depth = node.op === "Conv" ? sizeOf(right.shape.slice(1)) : sizeOf(left.shape) / Math.max(1, rowsOf(node, left));
    return sum + 2 * made * depth;
  }, 0);
}

const products = new Set(["MatMul", "Gemm", "FusedMatMul", "Conv", "Attention"]);

const rowsOf = (node: Node, left: Value): number => {
  const inner = node.attributes["transA"] === 1 ? (left.shape.at(-2) ?? 1) : (left.shape.at(-1) ?? 1);
  return sizeOf(left.shape) / Math.max(1, inner);
};
