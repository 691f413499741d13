/** Runs programs natively: trace → graph → ONNX Runtime session. */
import { availableParallelism } from "node:os";
import ort from "onnxruntime-node";
import { fuseAll } from "../fuse/fusions.js";
import { lower } from "../lower/lower.js";
import { byteSize, type ConstantData, type ElementType, type Graph, type Value } from "../onnx/graph.js";
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
  fuseAll(graph, options.fusions);
  const inputNames = names.slice(bound.length);
  const { fixed, written } = placeConstants(graph);
  const model = serialise(graph, name, (value) => (written.has(value) ? { file: value.name, offset: 0 } : undefined));
  const session = await ort.InferenceSession.create(model, {
    executionProviders: [options.provider ?? "cpu"],
    intraOpNumThreads: options.threads ?? availableParallelism(),
    // the graph is fused already; ONNX Runtime's own fusions beyond "basic" make this CPU slower (SkipLayerNormalization: 4 times)
    graphOptimizationLevel: "basic",
    logSeverityLevel: 4,
    externalData: [...written].map((value) => ({ path: value.name, data: bytesOfConstant(value) })),
  });
  return {
    outputTree: traced.outputTree,
    run: async (tensors) => {
      const feeds = { ...fixed, ...Object.fromEntries(inputNames.map((label, i) => [label, toOrt(tensors[i] as Tensor)])) };
      const results = await session.run(feeds);
      return graph.outputs.map((output) => fromOrt(results[output.name] as ort.Tensor));
    },
    dispose: () => session.release(),
  };
}

/**
 * Where constants go. Short ones are written into the model. Large ones are handed to ONNX Runtime where they lie: as initialisers,
 * which it copies and packs, when they are a side of a product; as inputs, which it does not copy, when they are only read (tables of
 * embeddings: half of MiniLM's bytes, and two thirds of the time to open it).
 */
function placeConstants(graph: Graph): { fixed: Record<string, ort.Tensor>; written: Set<Value> } {
  const packed = new Set(graph.nodes.filter(({ op }) => packing.has(op)).flatMap(({ inputs }) => inputs));
  const large = graph.constants().filter((value) => byteSize(value) >= smallConstant);
  const read = large.filter((value) => byteSize(value) >= largeTable && !packed.has(value));
  for (const value of read) graph.inputs.push(value);
  return {
    fixed: Object.fromEntries(read.map((value) => [value.name, toOrt({ ...value, data: value.constant })])),
    written: new Set(large.filter((value) => !read.includes(value))),
  };
}

/** Nodes for which ONNX Runtime lays out a constant input anew. */
const packing = new Set(["MatMul", "Gemm", "FusedMatMul", "Conv"]);
const largeTable = 2 ** 18;

/** Constants of this many bytes are handed to ONNX Runtime where they lie instead of being copied into the model. */
const smallConstant = 1024;

const toOrt = ({
  dtype,
  data,
  shape,
}: {
  dtype: ElementType;
  data: ConstantData | undefined;
  shape: readonly number[];
}): ort.Tensor => new ort.Tensor(dtype, data as Float32Array, shape);

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
