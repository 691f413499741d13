/** The weights that the softmax nodes of a file give when ONNX Runtime runs it with nothing of ours in between. */
import { readFile } from "node:fs/promises";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, NodeProtoSchema, ValueInfoProtoSchema } from "onnx-buf";
import ort from "onnxruntime-node";
import type { Tensor } from "../../../src/engine/index.js";

/** In the order of the nodes; only the graph's list of outputs is changed. */
export async function ownWeights(file: string, feeds: Readonly<Record<string, Tensor>>): Promise<Tensor[]> {
  const model = fromBinary(ModelProtoSchema, await readFile(file));
  const { graph } = model;
  if (!graph) throw new Error(`${file} has no graph`);
  const names = graph.node.flatMap(({ opType, output }) => (opType === "Softmax" ? output.slice(0, 1) : []));
  for (const { input, output } of graph.node.filter(({ opType }) => opType === "QLinearSoftmax")) {
    const real = `${output[0]}/real`;
    const bytes = [output[0] ?? "", ...input.slice(3, 5)];
    graph.node.push(create(NodeProtoSchema, { opType: "DequantizeLinear", input: bytes, output: [real] }));
    names.push(real);
  }
  graph.output.push(...names.map((name) => create(ValueInfoProtoSchema, { name })));
  const session = await ort.InferenceSession.create(toBinary(ModelProtoSchema, model), {
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  try {
    const types = new Map(session.inputMetadata.map((input) => [input.name, input.isTensor ? input.type : ""]));
    const given = Object.entries(feeds).map(([name, { data, shape }]) => {
      const numbers = Array.from(data, Number);
      const values = types.get(name) === "int64" ? BigInt64Array.from(numbers, BigInt) : Float32Array.from(numbers);
      return [name, new ort.Tensor(values, shape)] as const;
    });
    const results = await session.run(Object.fromEntries(given), names);
    return names.map((name) => {
      const { data, dims } = results[name] as ort.Tensor;
      return { shape: [...dims], dtype: "float32", data: Float32Array.from(data as Float32Array) };
    });
  } finally {
    await session.release();
  }
}
