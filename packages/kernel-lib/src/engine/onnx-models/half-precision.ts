/** Graphs in half precision: numbers go in and come out as float32. */
import { create } from "@bufbuild/protobuf";
import {
  TensorProto_DataType,
  ValueInfoProtoSchema,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "onnx-buf";
import type { GraphInput } from "./described.js";
import { NodeBuilder } from "./nodes.js";
import { innerGraphs, tensorsOf } from "./walk.js";

const { BFLOAT16, FLOAT, FLOAT16 } = TensorProto_DataType;
const isHalfType = (type: number | bigint): boolean => Number(type) === FLOAT16 || Number(type) === BFLOAT16;

/** Whether any value of a graph may be a half: a weight, a constant, an input, an output, or what a Cast makes. */
export function hasHalf(graph: GraphProto): boolean {
  return [graph, ...innerGraphs(graph.node)].some(
    ({ initializer, input, output, node }) =>
      initializer.some(isHalfTensor) || [...input, ...output].some(isHalfValue) || node.some(isHalfNode),
  );
}

const isHalfTensor = ({ dataType }: TensorProto): boolean => isHalfType(dataType);

const isHalfNode = ({ opType, attribute }: NodeProto): boolean =>
  attribute.some(
    (one) =>
      tensorsOf(one).some(isHalfTensor) ||
      (((opType === "Cast" && one.name === "to") || one.name === "dtype") && isHalfType(one.i)),
  );

function isHalfValue({ type }: ValueInfoProto): boolean {
  return type?.value.case === "tensorType" && isHalfType(type.value.value.elemType);
}

/**
 * Lets inputs in half precision be given as float32, under another name: JavaScript has no array of halves everywhere, and where it has
 * one, ONNX Runtime's binding does not take it. Returns the names by those of the inputs.
 */
export function widenInputs(graph: GraphProto, inputs: readonly GraphInput[], opset: number): Map<string, string> {
  const own = new Set(inputs.map(({ name }) => name));
  const builder = new NodeBuilder("heed/input", opset);
  const widened = new Map<string, string>();
  graph.input = graph.input.map((input) => {
    const { type } = input;
    if (!own.has(input.name) || !isHalfValue(input) || type?.value.case !== "tensorType") return input;
    const name = builder.name(input.name);
    graph.valueInfo.push(input);
    widened.set(input.name, name);
    builder.add("Cast", [name], { to: type.value.value.elemType }, input.name);
    const wide = { ...type.value.value, elemType: FLOAT };
    return create(ValueInfoProtoSchema, { name, type: { value: { case: "tensorType", value: wide } } });
  });
  graph.node = [...builder.nodes, ...graph.node];
  return widened;
}
