import { create } from "@bufbuild/protobuf";
import { NodeProtoSchema, type GraphProto, type NodeProto } from "onnx-buf";
import { readNames } from "./walk.js";

/**
 * Puts the `else` branch of an If in its place where the condition is an input of the graph, and takes that input away. Exports that hold
 * a decoder's first and later steps in one file ask this way whether there is a past; attention is looked at without one.
 *
 * Returns whether anything changed.
 */
export function inlineFirstSteps(graph: GraphProto): boolean {
  const inputs = new Set(graph.input.map(({ name }) => name));
  const conditions = new Set<string>();
  graph.node = graph.node.flatMap((node) => {
    const [condition = ""] = node.input;
    const branch = node.opType === "If" && inputs.has(condition) ? branchOf(node) : undefined;
    if (branch === undefined) return [node];
    conditions.add(condition);
    for (const tensor of branch.initializer) graph.initializer.push(tensor);
    // Names within a branch differ from those outside, so its nodes can stand there as they are.
    const outputs = node.output.map((output, i) =>
      create(NodeProtoSchema, { opType: "Identity", input: [branch.output[i]?.name ?? ""], output: [output] }),
    );
    return [...branch.node, ...outputs];
  });
  if (conditions.size === 0) return false;
  const used = new Set(graph.node.flatMap((node) => [...readNames(node)]));
  graph.input = graph.input.filter(({ name }) => !conditions.has(name) || used.has(name));
  return true;
}

const branchOf = (node: NodeProto): GraphProto | undefined => node.attribute.find(({ name }) => name === "else_branch")?.g;
