/** Walks over the graphs within a graph: the branches and loop bodies that its nodes hold. */
import type { AttributeProto, GraphProto, NodeProto, TensorProto } from "onnx-buf";

/** The graphs that a node holds directly. */
export const bodiesOf = ({ attribute }: NodeProto): GraphProto[] =>
  attribute.flatMap(({ g, graphs }) => (g === undefined ? graphs : [g, ...graphs]));

/** The graphs within nodes, at any depth; outer ones first. */
export function* innerGraphs(nodes: readonly NodeProto[]): Generator<GraphProto> {
  const open = nodes.flatMap(bodiesOf);
  for (let graph = open.pop(); graph !== undefined; graph = open.pop()) {
    yield graph;
    for (const node of graph.node) for (const body of bodiesOf(node)) open.push(body);
  }
}

/** What nodes read from outside, the bodies within them included. */
export function readNames(node: NodeProto): Iterable<string> {
  const bodies = bodiesOf(node);
  if (bodies.length === 0) return node.input;
  const used = new Set<string>();
  const own = new Set<string>();
  for (const graph of innerGraphs([node])) {
    for (const { name } of [...graph.input, ...graph.initializer]) own.add(name);
    for (const { name } of graph.output) used.add(name);
    for (const inner of graph.node) {
      for (const name of inner.input) used.add(name);
      for (const name of inner.output) own.add(name);
    }
  }
  for (const name of own) used.delete(name);
  for (const name of node.input) used.add(name);
  return used;
}

/** The tensors written into an attribute. */
export function tensorsOf({ t, tensors, sparseTensor, sparseTensors }: AttributeProto): TensorProto[] {
  const sparse = sparseTensor === undefined ? sparseTensors : [sparseTensor, ...sparseTensors];
  return [
    ...(t === undefined ? tensors : [t, ...tensors]),
    ...sparse.flatMap(({ values, indices }) => [values, indices].filter((part) => part !== undefined)),
  ];
}
