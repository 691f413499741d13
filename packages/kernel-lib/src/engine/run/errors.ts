/** Errors of ONNX Runtime in the words of the program: what the user called, on which arrays, of which sizes. */
import type { Memory } from "../onnx/cost.js";
import { bodies, byteSize, nodeName, type Graph, type Node, type Value } from "../onnx/graph.js";

/** What ONNX Runtime said, with the part of the program it is about. */
export function explain(error: unknown, graph: Graph, program: string): Error {
  const message = error instanceof Error ? error.message : String(error);
  const [, name, status = message] = /Name:'([^']*)' Status Message: ([\s\S]*)/.exec(message) ?? [];
  const node = name === undefined ? undefined : allNodes(graph).find((candidate) => candidate.name === name)?.node;
  const call = node ? `${program}: ${describeCall(graph, node)}` : program;
  const options = { cause: error };
  const [, idx, low, high] = /idx=(-?\d+) must be within the inclusive range \[(-?\d+),(-?\d+)\]/.exec(status) ?? [];
  if (idx !== undefined) return new RangeError(`${call}: index ${idx} is out of range; expected ${low} to ${high}`, options);
  const [, size] = /Failed to allocate memory for requested buffer of size (\d+)/.exec(status) ?? [];
  if (size !== undefined)
    return new RangeError(`${call}: out of memory: ${inGigabytes(Number(size))} more are needed. ${remedy}`, options);
  if (/Array buffer allocation failed|bad_alloc|out of memory/i.test(status)) {
    return new RangeError(`${call}: out of memory. ${remedy}`, options);
  }
  return new Error(`${call}: ONNX Runtime failed: ${status.trim()}`, options);
}

/** Said before a run that cannot succeed. */
export function tooLarge(program: string, { peak, largest }: Memory, available: number): RangeError {
  const what = largest
    ? `, ${inGigabytes(byteSize(largest.value))} of it for ${describeNode(largest.node)} [${largest.value.shape.join(", ")}]`
    : "";
  return new RangeError(
    `${program}: out of memory: it needs ${inGigabytes(peak)}${what}; ${inGigabytes(available)} are free. ${remedy}`,
  );
}

const remedy = "Run on shorter inputs or fewer at a time, or return fewer arrays";
const inGigabytes = (bytes: number): string => `${(bytes / 1e9).toLocaleString("en", { maximumSignificantDigits: 3 })} GB`;

/** A node as its user knows it, with its inputs: `take of weights.words [30522, 384] and ids [1, 16]`. */
export function describeCall(graph: Graph, node: Node): string {
  const inputs = node.inputs.flatMap((value) => (value && !isShape(value) ? [describeValue(graph, value)] : []));
  return `${describeNode(node)} of ${inputs.join(" and ")}`;
}

/** What a value is: an input, a weight, an array with a name, or what a call made. */
export function describeValue(graph: Graph, value: Value): string {
  const made = graph.producer(value);
  const [source] = made && !graph.titles.has(value) && passing.has(made.op) ? made.inputs : [];
  if (source) return describeValue(graph, source);
  const called = made ? `the result of ${describeNode(made)}` : value.name.replace(/^constant.*/, "a constant");
  return `${graph.titles.get(value) ?? called} [${value.shape.join(", ")}]`;
}

/** Nodes that only bring an array into another form. */
const passing = new Set(["Cast", "Reshape", "Transpose", "Expand"]);

const isShape = (value: Value): boolean => value.dtype === "int64" && value.constant !== undefined;

/** What users call the primitives that have another name in a trace. */
const calls: Readonly<Record<string, string>> = {
  gather: "take",
  scatter: "the gradient of take",
  dot: "matmul",
  mul: "multiply",
  neg: "negate",
  reduce: "a sum, mean, largest or smallest",
  compare: "a comparison",
  conv: "a convolution",
  pad: "pad",
  shrink: "slice",
};

const describeNode = (node: Node): string => calls[node.label] ?? (node.label || node.op);

/** Every node with the name it has in the serialised model. */
function allNodes(graph: Graph): { name: string; node: Node }[] {
  return graph.nodes.flatMap((node, i) => [
    { name: nodeName(node, i), node },
    ...bodies(node.attributes).flatMap((body) => allNodes(body)),
  ]);
}
