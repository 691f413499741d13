/** Reads the bytes of an ONNX model into what can be looked through. */
import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, type GraphProto, type ModelProto } from "onnx-buf";

/** Nodes a graph may have: unrolled models of a hundred layers have some ten thousand. */
export const mostNodes = 500_000;

/** A model as it was read, beside the bytes it was read from. */
export interface ReadModel {
  readonly model: ModelProto & { graph: GraphProto };
  /** The file; bytes beyond `size` are room to write what is added, so that a large file need not be copied. */
  readonly buffer: Uint8Array;
  readonly size: number;
}

/** @throws SyntaxError when the bytes are no ONNX model; RangeError when its graph is too large to be looked through */
export function readModel(buffer: Uint8Array, size: number = buffer.length): ReadModel {
  let model;
  try {
    model = fromBinary(ModelProtoSchema, buffer.subarray(0, size));
  } catch (error) {
    throw new SyntaxError(`openOnnx: expected an ONNX model; the file cannot be read as one (${String(error)})`);
  }
  const { graph } = model;
  if (graph === undefined || graph.node.length === 0) {
    throw new SyntaxError("openOnnx: expected an ONNX model; the file holds no graph");
  }
  if (graph.node.length > mostNodes) {
    throw new RangeError(`openOnnx: expected a graph of at most ${mostNodes} nodes; got ${graph.node.length}`);
  }
  return { model: model as ReadModel["model"], buffer, size };
}
