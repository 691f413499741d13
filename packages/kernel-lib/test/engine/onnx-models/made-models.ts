/** Models of a few nodes, made for one test each: attention of q over k and v, with something between. */
import { writeFile } from "node:fs/promises";
import { create, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import {
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  type GraphProto,
  type GraphProtoSchema,
  type ModelProto,
  type NodeProto,
} from "onnx-buf";
import { openOnnxFile } from "../../../src/engine/onnx-models/index.js";

type Init = Exclude<MessageInitShape<typeof ModelProtoSchema>, ModelProto>;
type Graph = Exclude<MessageInitShape<typeof GraphProtoSchema>, GraphProto>;

const { FLOAT } = TensorProto_DataType;

export const node = (
  opType: string,
  input: string[],
  output: string[],
  rest: MessageInitShape<typeof NodeProtoSchema> = {},
): NodeProto => create(NodeProtoSchema, { opType, input, output, ...rest });
/** An input or output of float32. */
export const value = (name: string, ...sizes: number[]) => ({
  name,
  type: {
    value: {
      case: "tensorType" as const,
      value: {
        elemType: FLOAT,
        shape: { dim: sizes.map((size) => ({ value: { case: "dimValue" as const, value: BigInt(size) } })) },
      },
    },
  },
});

/** A model on q [1, 2, 4], its keys [1, 4, 2] and v [1, 2, 4]. */
export const modelOf = (
  nodes: NodeProto[],
  { graph, ...more }: Pick<Init, "functions" | "opsetImport"> & { graph?: Graph } = {},
): ModelProto =>
  create(ModelProtoSchema, {
    irVersion: 10n,
    opsetImport: [{ domain: "", version: 17n }],
    ...more,
    graph: {
      name: "hostile",
      input: [value("q", 1, 2, 4), value("k", 1, 4, 2), value("v", 1, 2, 4)],
      output: [value("out", 1, 2, 4)],
      ...graph,
      node: nodes,
    },
  });

export const scores = node("MatMul", ["q", "k"], ["scores"]);
/** From `masked` scores to `out`. */
export const reading = [node("Softmax", ["masked"], ["weights"]), node("MatMul", ["weights", "v"], ["out"])];

/** Writes a model to a file and gives the file's path. */
export async function write(path: string, model: ModelProto): Promise<string> {
  await writeFile(path, toBinary(ModelProtoSchema, model));
  return path;
}

/** Opens a model, and says which attention it has. */
export async function attentionOf(path: string): Promise<string[]> {
  const model = await openOnnxFile(path, { threads: 1 });
  await model.close();
  return model.attention.map(({ kind, layer }) => `${kind}.${layer}`);
}
