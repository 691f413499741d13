/** Which attention of a graph looks at its own tokens and which at another text's, and in which stack it stands. */
import type { NodeProto } from "onnx-buf";
import type { GraphAttentionKind } from "./described.js";
import type { FoundAttention } from "./find-softmax.js";
import type { GraphIndex } from "./graph-index.js";

export function attentionKinds(index: GraphIndex, found: readonly FoundAttention[]): GraphAttentionKind[] {
  const isCross = found.map(({ query, keys }) => {
    if (query === undefined || keys === undefined) return false;
    const from = sources(index, query.value);
    const to = sources(index, keys.value);
    return from.size > 0 && to.size > 0 && ![...from].some((source) => to.has(source));
  });
  if (!isCross.includes(true)) return found.map(() => "self");

  const decoderInputs = new Set<string>();
  found.forEach(({ query, keys }, i) => {
    if (!isCross[i]) return;
    const memory = graphInputs(index, keys?.value ?? "");
    for (const name of graphInputs(index, query?.value ?? "")) if (!memory.has(name)) decoderInputs.add(name);
  });
  return found.map(({ query }, i) => {
    if (isCross[i]) return "cross";
    const inputs = graphInputs(index, query?.value ?? "");
    return [...inputs].some((name) => decoderInputs.has(name)) ? "decoder" : "encoder";
  });
}

const projections = new Set([
  "MatMul",
  "Gemm",
  "MatMulInteger",
  "MatMulIntegerToFloat",
  "QLinearMatMul",
  "DynamicQuantizeMatMul",
  "Conv",
]);
/** What only changes how a value is written down. */
const rewritings = new Set([
  "Cast",
  "Identity",
  "Reshape",
  "QuantizeLinear",
  "DequantizeLinear",
  "DynamicQuantizeLinear",
  "Dropout",
]);

/** What the projections behind queries or keys read: for self-attention the same vectors. */
function sources(index: GraphIndex, value: string): Set<string> {
  const found = new Set<string>();
  visit(index, value, (node, name) => {
    if (node === undefined) {
      found.add(name);
      return false;
    }
    if (!projections.has(node.opType)) return true;
    const inputs = node.input.filter((input) => input !== "" && !index.isConstant(input));
    const isProjection = node.input.some((input) => input !== "" && index.isConstant(input));
    if (!isProjection || inputs.length === 0) return true;
    found.add(original(index, inputs[0] ?? ""));
    return false;
  });
  return found;
}

function original(index: GraphIndex, value: string): string {
  let name = value;
  for (let node = index.producer(name); node && rewritings.has(node.opType); node = index.producer(name)) {
    const [input = ""] = node.input;
    if (index.isConstant(input)) break;
    name = input;
  }
  return name;
}

/** The inputs of the graph that a value depends on. */
export function graphInputs(index: GraphIndex, value: string): Set<string> {
  const names = new Set(index.graph.input.map(({ name }) => name));
  const found = new Set<string>();
  visit(index, value, (node, name) => {
    if (node === undefined && names.has(name)) found.add(name);
    return node !== undefined;
  });
  return found;
}

/** Walks back from a value through everything it is made of; `step` says whether to go on behind it. */
function visit(index: GraphIndex, value: string, step: (node: NodeProto | undefined, name: string) => boolean): void {
  const seen = new Set<string>();
  const open = [value];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === "" || seen.has(name) || index.isConstant(name)) continue;
    seen.add(name);
    const node = index.producer(name);
    // Shapes are no data: a value reshaped like another does not depend on its numbers.
    if (node?.opType === "Shape") continue;
    if (step(node, name)) open.push(...(node?.input ?? []));
  }
}
