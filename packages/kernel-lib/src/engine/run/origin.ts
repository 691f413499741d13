/** Finds where a number that is not finite comes from. */
import { pack } from "../lower/cast.js";
import type { Graph, Node, Value } from "../onnx/graph.js";
import type { Tensor } from "../tensor.js";
import { Session } from "./session.js";

/**
 * The first node that makes NaN or an infinite number, found by running the program once more with every intermediate value looked at:
 * 0 · x summed over all elements is 0 if these are finite, and NaN otherwise.
 */
export async function findOrigin(graph: Graph, inputs: readonly Tensor[], program: string): Promise<Node | undefined> {
  const watched = graph.nodes.flatMap((node) =>
    node.outputs.filter((value) => value.dtype === "float32").map((value) => ({ node, value })),
  );
  const [first, ...others] = watched.map(({ value }) => flagOf(graph, value));
  if (!first) return undefined;
  const flags = graph.add("Concat", [first, ...others], { dtype: "float32", shape: [watched.length] }, { axis: 0 });
  graph.outputs = [];
  graph.output("flags", flags);
  graph.removeUnused();
  const session = await Session.open(graph, program, {});
  try {
    const [found] = await session.run(inputs);
    return watched[found?.data.findIndex((flag) => flag !== 0) ?? -1]?.node;
  } finally {
    await session.close();
  }
}

function flagOf(graph: Graph, value: Value): Value {
  const { dtype, shape } = value;
  const nothing = graph.add("Mul", [value, graph.constant(dtype, [], pack(dtype, [0]))], { dtype, shape });
  const sum = graph.add("ReduceSum", [nothing], { dtype, shape: [] }, { keepdims: 0 });
  return graph.add("Reshape", [sum, graph.integers([1])], { dtype, shape: [1] });
}
