import type { GraphProto, NodeProto } from "onnx-buf";
import { readNames } from "./walk.js";

/**
 * Brings the nodes of a graph into an order in which they can run, each after those it reads from. Most files list them so.
 *
 * @throws SyntaxError when two nodes make the same value, or a value is made of itself
 */
export function orderNodes(graph: GraphProto): void {
  const producers = new Map<string, NodeProto>();
  for (const node of graph.node) {
    for (const output of node.output) {
      if (output === "") continue;
      if (producers.has(output)) throw new SyntaxError(`openOnnx: expected each value from one node; two make "${output}"`);
      producers.set(output, node);
    }
  }
  const needs = new Map(graph.node.map((node) => [node, producersOf(node, producers)]));
  const done = new Set<NodeProto>();
  const ordered: NodeProto[] = [];
  for (const start of graph.node) {
    // Depth first, without recursion: a node leaves the stack when all that it needs has left it.
    const stack = [{ node: start, next: 0 }];
    const above = new Set([start]);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const need = done.has(top.node) ? undefined : needs.get(top.node)?.[top.next++];
      if (need === undefined) {
        if (!done.has(top.node)) ordered.push(top.node);
        done.add(top.node);
        above.delete(top.node);
        stack.pop();
      } else if (above.has(need)) {
        throw new SyntaxError(`openOnnx: expected a graph without cycles; ${need.opType} "${need.name}" reads what it makes`);
      } else if (!done.has(need)) {
        above.add(need);
        stack.push({ node: need, next: 0 });
      }
    }
  }
  graph.node = ordered;
}

function producersOf(node: NodeProto, producers: ReadonlyMap<string, NodeProto>): NodeProto[] {
  const found = new Set<NodeProto>();
  for (const name of readNames(node)) {
    const producer = name === "" ? undefined : producers.get(name);
    if (producer !== undefined) found.add(producer);
  }
  return [...found];
}
