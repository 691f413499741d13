/** Makes the attention of an ONNX model outputs of its graph. */
import { create, toBinary } from "@bufbuild/protobuf";
import { GraphProtoSchema, ModelProtoSchema, TensorProto_DataType, ValueInfoProtoSchema, type GraphProto } from "onnx-buf";
import { askFusedAttention } from "./ask-fused.js";
import { closedAttention } from "./closed.js";
import type { ExposedAttention, GraphAttentionKind, GraphInput, InputRole } from "./described.js";
import { findSoftmaxAttention, type Exposed, type FoundAttention } from "./find-softmax.js";
import { indexGraph } from "./graph-index.js";
import { hasHalf, widenInputs } from "./half-precision.js";
import { inlineFunctions } from "./inline-functions.js";
import { inlineFirstSteps } from "./inline-if.js";
import { placeAttention } from "./kinds.js";
import { NodeBuilder } from "./nodes.js";
import { orderNodes } from "./order.js";
import type { ReadModel } from "./read-model.js";
import { inputsOf } from "./roles.js";
import { unfuseAttention } from "./unfuse.js";

/** A model ready to be run with its attention among its outputs. */
export interface ExposedModel {
  readonly bytes: Uint8Array;
  readonly inputs: readonly GraphInput[];
  /** Inputs in half precision are given as float32 under another name; the others keep theirs. */
  readonly widened: ReadonlyMap<string, string>;
  /** The outputs it had. */
  readonly outputs: readonly string[];
  readonly attention: readonly ExposedAttention[];
  /** What may hold attention and was not opened: fused nodes by operation, functions, bodies of loops and branches. */
  readonly closed: readonly string[];
}

/** Room behind the bytes of a file for what is added to it; a model of some hundred layers needs less. */
export const roomForOutputs = 1_000_000;

/** Attention that one graph may have; the largest models have some hundred. */
const mostAttention = 4096;

/**
 * Makes the weights (and queries, keys and values) of every attention in a model outputs of its graph. The model is rewritten in place.
 *
 * @param options `isChanged`: whether it already differs from the bytes it was read from; `roles`: what inputs are for, where that is known
 * @throws SyntaxError when its graph has cycles; RangeError when it cannot be rewritten
 */
export function exposeAttention(
  { model, buffer, size }: ReadModel,
  { isChanged = false, roles = {} }: { isChanged?: boolean; roles?: Readonly<Record<string, InputRole>> } = {},
): ExposedModel {
  const { graph } = model;
  const functions = inlineFunctions(model);
  const isInlined = inlineFirstSteps(graph);
  orderNodes(graph);
  const opset = Number(model.opsetImport.find(({ domain }) => domain === "" || domain === "ai.onnx")?.version ?? 1n);
  const original = indexGraph(graph);
  const inputs = inputsOf(original).map((input) => ({ ...input, role: roles[input.name] ?? input.role }));
  const outputs = graph.output.map(({ name }) => name);
  const isHalf = hasHalf(graph);
  const widened = widenInputs(graph, inputs, opset);

  const { opened, closed: unknown } = unfuseAttention(original, opset);
  const closed = [...closedAttention(original), ...functions.closed, ...unknown];
  const asked = askFusedAttention(original, opset);
  if (opened.length + asked.length > 0) {
    const places = new Map(opened.map(({ node, builder }) => [node, builder.nodes]));
    const after = new Map(asked.map(({ node, builder }) => [node, builder.nodes]));
    graph.node = graph.node.flatMap((node) => places.get(node) ?? [node, ...(after.get(node) ?? [])]);
    graph.initializer = [...graph.initializer, ...[...opened, ...asked].flatMap(({ builder }) => builder.constants)];
  }
  const isRewritten = isChanged || isInlined || functions.isChanged || widened.size > 0 || opened.length + asked.length > 0;
  const index = isRewritten ? indexGraph(graph) : original;
  const fused = new Map([...opened, ...asked].map(({ attention }) => [attention.weights.value, attention]));
  const plain = findSoftmaxAttention(index).filter(({ weights }) => !fused.has(weights.value));
  const found = inOrder(graph, [...plain, ...fused.values()]);
  if (found.length > mostAttention) {
    throw new RangeError(`openOnnx: expected a graph with at most ${mostAttention} attentions; got ${found.length}`);
  }

  const builder = new NodeBuilder("heed/output", opset);
  const places = placeAttention(index, inputs, found);
  const expose = (part: Exposed): string => exposePart(builder, part, isHalf);
  const counts = new Map<GraphAttentionKind, number>();
  const attention = found.map((one, i): ExposedAttention => {
    const { kind, reads, looksAt } = places[i] ?? { kind: "self", reads: [], looksAt: [] };
    const layer = counts.get(kind) ?? 0;
    counts.set(kind, layer + 1);
    return {
      kind,
      layer,
      operation: one.operation,
      node: one.node,
      reads,
      looksAt,
      outputs: {
        weights: expose(one.weights),
        ...(one.query && { query: expose(one.query) }),
        ...(one.keys && { keys: expose(one.keys) }),
        ...(one.values && { values: expose(one.values) }),
      },
      keysTransposed: one.keysTransposed,
    };
  });
  const known = new Set(outputs);
  const added = [...new Set(attention.flatMap((one) => Object.values(one.outputs)))].filter((name) => !known.has(name));
  const extra = create(GraphProtoSchema, {
    node: builder.nodes,
    output: added.map((name) => create(ValueInfoProtoSchema, { name })),
  });
  return {
    bytes: isRewritten ? rewritten(model, extra) : appended(buffer, size, extra),
    inputs,
    widened,
    outputs,
    attention,
    closed,
  };
}

/** In the order in which the graph computes the weights. */
function inOrder(graph: GraphProto, found: readonly FoundAttention[]): FoundAttention[] {
  const order = new Map(graph.node.flatMap((node, at) => node.output.map((output) => [output, at] as const)));
  const place = ({ weights }: FoundAttention): number => order.get(weights.value) ?? 0;
  return found.toSorted((x, y) => place(x) - place(y));
}

/** Numbers leave the graph as float32: quantised ones are scaled back, halves widened. */
function exposePart(builder: NodeBuilder, { value, quantised }: Exposed, isHalf: boolean): string {
  if (quantised) return builder.add("DequantizeLinear", [value, quantised.scale, quantised.zeroPoint]);
  return isHalf ? builder.add("Cast", [value], { to: TensorProto_DataType.FLOAT }) : value;
}

/**
 * The same file with the extra part behind it: protobuf joins the parts of a message that comes twice, so a large model need
 * not be written anew.
 */
function appended(buffer: Uint8Array, size: number, extra: GraphProto): Uint8Array {
  const tail = toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph: extra }));
  const whole = size + tail.length;
  const joined = whole <= buffer.length ? buffer.subarray(0, whole) : new Uint8Array(whole);
  if (joined.buffer !== buffer.buffer) joined.set(buffer.subarray(0, size));
  joined.set(tail, size);
  return joined;
}

function rewritten(model: ReadModel["model"], extra: GraphProto): Uint8Array {
  for (const node of extra.node) model.graph.node.push(node);
  nameApart(model.graph);
  for (const output of extra.output) model.graph.output.push(output);
  return toBinary(ModelProtoSchema, model);
}

/** Nodes that came out of functions and branches may have the names of others, which ONNX Runtime refuses. */
function nameApart({ node: nodes }: GraphProto): void {
  const taken = new Set<string>();
  nodes.forEach((node, at) => {
    if (taken.has(node.name)) node.name = `${node.name}/${at}`;
    if (node.name !== "") taken.add(node.name);
  });
}
