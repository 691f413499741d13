/** Opens a graph in ONNX Runtime and runs it; what goes wrong is told in the words of the program. */
import { availableParallelism } from "node:os";
import type * as Ort from "onnxruntime-node";
import { memoryOf, workOf, type Memory } from "../onnx/cost.js";
import { byteSize, type ConstantData, type ElementType, type Graph, type Value } from "../onnx/graph.js";
import { bytesOfConstant, serialise } from "../onnx/serialise.js";
import type { Tensor } from "../tensor.js";
import { explain, tooLarge } from "./errors.js";
import { loadRuntime, type Runtime } from "./load-runtime.js";
import type { PrepareOptions } from "./runner.js";
import { spinning } from "./threads.js";

/** A graph ready to run. */
export class Session {
  /** What ONNX Runtime holds of constants, packed for its products. */
  readonly bytes: number;
  readonly #runtime: Runtime;
  readonly #native: Ort.InferenceSession;
  readonly #graph: Graph;
  readonly #program: string;
  readonly #inputNames: readonly string[];
  readonly #fixed: Readonly<Record<string, Ort.Tensor>>;
  readonly #memory: Memory;

  private constructor(
    runtime: Runtime,
    native: Ort.InferenceSession,
    graph: Graph,
    program: string,
    inputNames: readonly string[],
    fixed: Readonly<Record<string, Ort.Tensor>>,
  ) {
    this.#runtime = runtime;
    this.#native = native;
    this.#graph = graph;
    this.#program = program;
    this.#inputNames = inputNames;
    this.#fixed = fixed;
    this.#memory = memoryOf(graph);
    this.bytes = graph.constants().reduce((sum, value) => sum + (value.name in fixed ? 0 : byteSize(value)), 0);
  }

  static async open(graph: Graph, program: string, options: PrepareOptions): Promise<Session> {
    const runtime = await loadRuntime();
    const inputNames = graph.inputs.map((value) => value.name);
    const { read, written } = placeConstants(graph);
    const model = serialise(graph, program, (value) => (written.has(value) ? { file: value.name, offset: 0 } : undefined));
    const fixed = Object.fromEntries(
      read.map((value) => [value.name, tensorFor(runtime, value.dtype, value.constant as ConstantData, value.shape)]),
    );
    const { provider = "cpu" } = options;
    try {
      const native = await runtime.InferenceSession.create(model, {
        executionProviders: [provider],
        intraOpNumThreads: options.threads ?? (workOf(graph) < littleWork ? 1 : availableParallelism()),
        // the graph is fused already; ONNX Runtime's further fusions make this CPU slower (SkipLayerNormalization: 4 times)
        graphOptimizationLevel: "basic",
        logSeverityLevel: 4,
        // one block for a whole run, laid out in advance: a third more memory, and no faster
        enableMemPattern: false,
        extra: { session: spinning },
        externalData: [...written].map((value) => ({ path: value.name, data: bytesOfConstant(value) })),
      });
      return new Session(runtime, native, graph, program, inputNames, fixed);
    } catch (error) {
      if (provider !== "cpu") throw noProvider(runtime, provider, program, error);
      throw explain(error, graph, program);
    }
  }

  /** Runs on arrays in the order of the graph's inputs and returns those of its outputs. */
  async run(inputs: readonly Tensor[]): Promise<Tensor[]> {
    if (this.#memory.peak > checkedFrom && this.#memory.peak > process.availableMemory()) {
      throw tooLarge(this.#program, this.#memory, process.availableMemory());
    }
    const feeds: Record<string, Ort.Tensor> = { ...this.#fixed };
    this.#inputNames.forEach((name, i) => {
      const { dtype, data, shape } = inputs[i] as Tensor;
      feeds[name] = tensorFor(this.#runtime, dtype, data, shape);
    });
    try {
      const results = await this.#native.run(feeds);
      return this.#graph.outputs.map(({ name, value }) => toTensor(results[name] as Ort.Tensor, value));
    } catch (error) {
      throw explain(error, this.#graph, this.#program);
    }
  }

  close(): Promise<void> {
    return this.#native.release();
  }
}

/** Below so many operations one thread is as fast as several, and quicker to start. */
const littleWork = 2 ** 20;

/** Runs that need less memory are not worth asking how much there is. */
const checkedFrom = 2 ** 28;

/**
 * Where constants go. Short ones are written into the model. Large ones are handed to ONNX Runtime where they lie: as initialisers,
 * which it copies and packs, when they are a side of a product; as inputs, which it does not copy, when they are only read (tables of
 * embeddings: half of MiniLM's bytes, and more than half of the time to open it).
 */
function placeConstants(graph: Graph): { read: Value[]; written: Set<Value> } {
  const packed = new Set(graph.nodes.filter(({ op }) => packing.has(op)).flatMap(({ inputs }) => inputs));
  const large = graph.constants().filter((value) => byteSize(value) >= smallConstant);
  // halves stay in the model: the binding cannot hand them over where JavaScript has an array type for them
  const read = large.filter((value) => byteSize(value) >= largeTable && !packed.has(value) && value.dtype !== "float16");
  graph.inputs.push(...read);
  return { read, written: new Set(large.filter((value) => !read.includes(value))) };
}

/** Nodes for which ONNX Runtime lays out a constant input anew. */
const packing = new Set(["MatMul", "Gemm", "FusedMatMul", "Conv"]);
const smallConstant = 2 ** 10;
const largeTable = 2 ** 18;

const tensorFor = (runtime: Runtime, dtype: ElementType, data: ConstantData, shape: readonly number[]): Ort.Tensor =>
  new runtime.Tensor(dtype, data as Float32Array, shape);

/** The array that ONNX Runtime returned: its numbers were copied out, nothing native is behind it. */
const toTensor = ({ data }: Ort.Tensor, { dtype, shape }: Value): Tensor =>
  ({ shape: [...shape], dtype, data }) as unknown as Tensor;

function noProvider(runtime: Runtime, provider: string, program: string, cause: unknown): RangeError {
  const known = runtime.listSupportedBackends().map(({ name }) => name);
  const reason = known.includes(provider)
    ? `ONNX Runtime could not start it (${String(cause).split("\n")[0]})`
    : `this build of ONNX Runtime has only ${known.join(", ")}`;
  return new RangeError(`${program}: provider "${provider}" is not available: ${reason}; "cpu" is always there`, { cause });
}
