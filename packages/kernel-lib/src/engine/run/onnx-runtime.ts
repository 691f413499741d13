/** Runs programs natively: trace → graph → ONNX Runtime session. */
import { availableParallelism } from "node:os";
import ort from "onnxruntime-node";
import { lower } from "../lower/lower.js";
import { byteSize } from "../onnx/graph.js";
import { bytesOfConstant, serialise } from "../onnx/serialise.js";
import type { Tensor } from "../tensor.js";
import { trace } from "../trace.js";
import { leavesOf } from "../tree.js";
import type { Executable, Preparation, PrepareOptions } from "./runner.js";

/** Prepares a program: traces it, lowers the trace to a graph and opens a session for it. */
export async function prepare(preparation: Preparation, options: PrepareOptions): Promise<Executable> {
  const { program, name, inputs, names, bound } = preparation;
  const traced = await trace(program, inputs);
  const bindings = names.map((label, i) => ({ name: label, ...(bound[i] ? { constant: bound[i].data } : {}) }));
  const outputNames = leavesOf(traced.outputTree, (leaf) => typeof leaf === "number", "output").map(({ path }) => path);
  const graph = lower(traced, bindings, outputNames, name);
  const inputNames = names.slice(bound.length);
  const outside = graph.constants().filter((value) => byteSize(value) >= smallConstant);
  const model = serialise(graph, name, (value) => (outside.includes(value) ? { file: value.name, offset: 0 } : undefined));
  const session = await ort.InferenceSession.create(model, {
    executionProviders: [options.provider ?? "cpu"],
    intraOpNumThreads: options.threads ?? availableParallelism(),
    logSeverityLevel: 4,
    externalData: outside.map((value) => ({ path: value.name, data: bytesOfConstant(value) })),
  });
  return {
    outputTree: traced.outputTree,
    run: async (tensors) => {
      const feeds = Object.fromEntries(inputNames.map((label, i) => [label, toOrt(tensors[i] as Tensor)]));
      const results = await session.run(feeds);
      return graph.outputs.map((output) => fromOrt(results[output.name] as ort.Tensor));
    },
    dispose: () => session.release(),
  };
}

/** Constants of this many bytes are handed to ONNX Runtime where they lie instead of being copied into the model. */
const smallConstant = 1024;

const toOrt = ({ dtype, data, shape }: Tensor): ort.Tensor => new ort.Tensor(dtype, data, shape);

function fromOrt(value: ort.Tensor): Tensor {
  const shape = [...value.dims];
  switch (value.type) {
    case "float32":
      return { shape, dtype: "float32", data: value.data as Float32Array };
    case "int32":
      return { shape, dtype: "int32", data: value.data as Int32Array };
    case "uint32":
      return { shape, dtype: "uint32", data: value.data as Uint32Array };
    case "bool":
      return { shape, dtype: "bool", data: value.data as Uint8Array };
    default:
      throw new Error(`internal: ONNX Runtime returned ${value.type} elements`);
  }
}
