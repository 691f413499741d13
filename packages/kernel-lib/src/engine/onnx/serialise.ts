/** A graph as the bytes of an ONNX model. */
import { create, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "onnx-buf";
import type { Attribute, ElementType, Kind, Node, Value } from "./graph.js";
import { bodies, byteSize, Graph, nodeName } from "./graph.js";

const dataTypes: Readonly<Record<ElementType, TensorProto_DataType>> = {
  float32: TensorProto_DataType.FLOAT,
  float64: TensorProto_DataType.DOUBLE,
  float16: TensorProto_DataType.FLOAT16,
  int32: TensorProto_DataType.INT32,
  uint32: TensorProto_DataType.UINT32,
  int64: TensorProto_DataType.INT64,
  uint64: TensorProto_DataType.UINT64,
  bool: TensorProto_DataType.BOOL,
};

/** ONNX's number for an element type, as `Cast` wants it. */
export const dataTypeOf = (dtype: ElementType): number => dataTypes[dtype];

/** The ONNX operator set every graph needs, and the operations that came later. The lowest that suffices is stated. */
const lowestOpset = 18;
const opsetOf: Readonly<Record<string, number>> = { DFT: 20, Gelu: 20, Attention: 23, RMSNormalization: 23, BitCast: 26 };

/** Where the numbers of a constant are when they are not in the model: in which file, from which byte on. */
export interface Place {
  readonly file: string;
  readonly offset: number;
}

/** Writes a graph as an ONNX model. Constants for which `placeOf` names a place are left out of it. */
export function serialise(
  graph: Graph,
  name: string,
  placeOf: (value: Value) => Place | undefined = () => undefined,
): Uint8Array {
  const nodes = allNodes(graph);
  const domains = new Set(nodes.map((node) => node.domain));
  const version = Math.max(lowestOpset, ...nodes.map((node) => (node.domain === "" ? (opsetOf[node.op] ?? 0) : 0)));
  // a constant may be an input as well: then it is given at each run like the others
  const written = graph.constants().filter((value) => !graph.inputs.includes(value));
  const model = create(ModelProtoSchema, {
    irVersion: 10n,
    producerName: "heed",
    opsetImport: [
      { domain: "", version: BigInt(version) },
      ...(domains.has("com.microsoft") ? [{ domain: "com.microsoft", version: 1n }] : []),
    ],
    graph: { ...graphProto(graph, name), initializer: written.map((value) => tensorProto(value, placeOf(value))) },
  });
  return toBinary(ModelProtoSchema, model);
}

/** The nodes of a graph and of all bodies inside it. */
const allNodes = (graph: Graph): Node[] =>
  graph.nodes.flatMap((node) => [node, ...bodies(node.attributes).flatMap((body) => allNodes(body))]);

/** A graph without its constants; those of the bodies of loops belong to the whole model. */
function graphProto(graph: Graph, name: string, outerNames?: (value: Value) => string): GraphProto {
  const names = finalNames(graph, outerNames);
  const copies = graph.outputs.filter(({ name: wish, value }) => names(value) !== wish);
  return create(GraphProtoSchema, {
    name,
    node: [
      ...graph.nodes.map((node, i) => nodeProto(node, i, names)),
      ...copies.map(({ name: wish, value }) => copyProto(names(value), wish)),
    ],
    input: graph.inputs.map((value) => valueInfo(value.name, value)),
    output: graph.outputs.map((output) => valueInfo(output.name, output.value)),
  });
}

/** A value that a node makes goes under the name of the output it is; other outputs are copies. */
function finalNames(graph: Graph, outerNames = (value: Value): string => value.name): (value: Value) => string {
  const made = new Set(graph.nodes.flatMap((node) => node.outputs));
  const names = new Map<Value, string>();
  for (const { name, value } of graph.outputs) if (made.has(value) && !names.has(value)) names.set(value, name);
  return (value) => names.get(value) ?? outerNames(value);
}

/** The numbers of a constant as they lie in memory, little-endian as ONNX wants them. */
export function bytesOfConstant(value: Value): Uint8Array<ArrayBuffer> {
  const { constant } = value;
  if (constant === undefined) throw new Error(`internal: ${value.name} is no constant`);
  return new Uint8Array(constant.buffer as ArrayBuffer, constant.byteOffset, constant.byteLength);
}

function nodeProto(node: Node, index: number, names: (value: Value) => string): NodeProto {
  return create(NodeProtoSchema, {
    name: nodeName(node, index),
    opType: node.op,
    domain: node.domain,
    input: node.inputs.map((value) => (value ? names(value) : "")),
    output: node.outputs.map(names),
    attribute: Object.entries(node.attributes).map(([key, value]) => attributeProto(key, value, names)),
  });
}

const copyProto = (from: string, to: string): NodeProto =>
  create(NodeProtoSchema, { name: to, opType: "Identity", input: [from], output: [to] });

function attributeProto(name: string, value: Attribute, names: (value: Value) => string): AttributeProto {
  const { FLOAT, GRAPH, INT, INTS, STRING } = AttributeProto_AttributeType;
  if (typeof value === "number") return create(AttributeProtoSchema, { name, type: INT, i: BigInt(value) });
  if (typeof value === "string")
    return create(AttributeProtoSchema, { name, type: STRING, s: new TextEncoder().encode(value) });
  if (value instanceof Graph) return create(AttributeProtoSchema, { name, type: GRAPH, g: graphProto(value, name, names) });
  if ("real" in value) return create(AttributeProtoSchema, { name, type: FLOAT, f: value.real });
  return create(AttributeProtoSchema, { name, type: INTS, ints: value.map(BigInt) });
}

function tensorProto(value: Value, place: Place | undefined): TensorProto {
  const kind = { name: value.name, dims: value.shape.map(BigInt), dataType: dataTypes[value.dtype] };
  if (!place) return create(TensorProtoSchema, { ...kind, rawData: bytesOfConstant(value) });
  const externalData = [
    { key: "location", value: place.file },
    { key: "offset", value: String(place.offset) },
    { key: "length", value: String(byteSize(value)) },
  ];
  return create(TensorProtoSchema, { ...kind, dataLocation: TensorProto_DataLocation.EXTERNAL, externalData });
}

const valueInfo = (name: string, { dtype, shape }: Kind): ValueInfoProto =>
  create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: "tensorType",
        value: {
          elemType: dataTypes[dtype],
          shape: { dim: shape.map((size) => ({ value: { case: "dimValue" as const, value: BigInt(size) } })) },
        },
      },
    },
  });
