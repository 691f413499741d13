/** Makes the attention of an ONNX model outputs of its graph. */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  GraphProtoSchema,
  ModelProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  ValueInfoProtoSchema,
  type GraphProto,
} from "onnx-buf";
import { askFusedAttention } from "./ask-fused.js";
import type { ExposedAttention, GraphAttentionKind, GraphInput } from "./described.js";
import { findSoftmaxAttention, type Exposed, type FoundAttention } from "./find-softmax.js";
import { inlineFirstSteps } from "./inline-if.js";
import { indexGraph } from "./graph-index.js";
import { attentionKinds } from "./kinds.js";
import { NodeBuilder } from "./nodes.js";
import { inputsOf } from "./roles.js";
import { closedAttention, unfuseAttention } from "./unfuse.js";

/** A model ready to be run with its attention among its outputs. */
export interface ExposedModel {
  readonly bytes: Uint8Array;
  readonly inputs: readonly GraphInput[];
  /** The outputs it had. */
  readonly outputs: readonly string[];
  readonly attention: readonly ExposedAttention[];
  /** Fused attention that could not be opened, by operation. */
  readonly closed: readonly string[];
  /** Files its weights lie in. */
  readonly externalFiles: readonly string[];
}

/** Room behind the bytes of a file for what is added to it; a model of some hundred layers needs less. */
export const roomForOutputs = 1_000_000;

/**
 * Reads a model and makes the weights (and queries, keys and values) of every attention in it outputs.
 *
 * @param buffer the file; bytes beyond `size` are room to write what is added, so that a large file need not be copied
 * @throws SyntaxError when the bytes are no ONNX model
 */
export function exposeAttention(buffer: Uint8Array, size: number = buffer.length): ExposedModel {
  const bytes = buffer.subarray(0, size);
  const model = parse(bytes);
  const graph = model.graph as GraphProto;
  const opset = Number(model.opsetImport.find(({ domain }) => domain === "" || domain === "ai.onnx")?.version ?? 1n);
  const isInlined = inlineFirstSteps(graph);
  const original = indexGraph(graph);
  const inputs = inputsOf(original);
  const outputs = graph.output.map(({ name }) => name);

  const closed = closedAttention(original);
  const opened = unfuseAttention(original, opset);
  const asked = askFusedAttention(original, opset);
  const isRewritten = isInlined || opened.length + asked.length > 0;
  if (opened.length + asked.length > 0) {
    const places = new Map(opened.map(({ node, builder }) => [node, builder.nodes]));
    const after = new Map(asked.map(({ node, builder }) => [node, builder.nodes]));
    graph.node = graph.node.flatMap((node) => places.get(node) ?? [node, ...(after.get(node) ?? [])]);
    graph.initializer.push(...[...opened, ...asked].flatMap(({ builder }) => builder.constants));
  }
  const index = isRewritten ? indexGraph(graph) : original;
  const fused = new Map([...opened, ...asked].map(({ attention }) => [attention.weights.value, attention]));
  const plain = findSoftmaxAttention(index).filter(({ weights }) => !fused.has(weights.value));
  const found = inOrder(graph, [...plain, ...fused.values()]);

  const isHalf = hasHalf(graph);
  const builder = new NodeBuilder("heed/output", opset);
  const kinds = attentionKinds(index, found);
  const expose = (part: Exposed): string => exposePart(builder, part, isHalf);
  const counts = new Map<GraphAttentionKind, number>();
  const attention = found.map((one, i): ExposedAttention => {
    const kind = kinds[i] ?? "self";
    const layer = counts.get(kind) ?? 0;
    counts.set(kind, layer + 1);
    return {
      kind,
      layer,
      operation: one.operation,
      node: one.node,
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
    outputs,
    attention,
    closed,
    externalFiles: externalFiles(graph),
  };
}

function parse(bytes: Uint8Array): ReturnType<typeof fromBinary<typeof ModelProtoSchema>> {
  let model;
  try {
    model = fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    throw new SyntaxError(`openOnnx: expected an ONNX model; the file cannot be read as one (${String(error)})`);
  }
  if (model.graph === undefined || model.graph.node.length === 0) {
    throw new SyntaxError("openOnnx: expected an ONNX model; the file holds no graph");
  }
  return model;
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

const hasHalf = (graph: GraphProto): boolean =>
  graph.initializer.some(
    ({ dataType }) => dataType === TensorProto_DataType.FLOAT16 || dataType === TensorProto_DataType.BFLOAT16,
  );

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

function rewritten(model: ReturnType<typeof parse>, extra: GraphProto): Uint8Array {
  model.graph?.node.push(...extra.node);
  model.graph?.output.push(...extra.output);
  return toBinary(ModelProtoSchema, model);
}

function externalFiles(graph: GraphProto): string[] {
  const files = new Set<string>();
  for (const { dataLocation, externalData } of graph.initializer) {
    if (dataLocation !== TensorProto_DataLocation.EXTERNAL) continue;
    const location = externalData.find(({ key }) => key === "location")?.value;
    if (location !== undefined) files.add(location);
  }
  return [...files];
}
