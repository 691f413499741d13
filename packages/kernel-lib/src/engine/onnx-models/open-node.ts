/** Opens ONNX models in Node: reads the file, exposes its attention, runs it in ONNX Runtime. */
import { open, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename } from "node:path";
import type * as Ort from "onnxruntime-node";
import { decodeFloat16 } from "../../dtypes/float16.js";
import { throwIfInterrupted } from "../interruption.js";
import { loadRuntime, type Runtime } from "../run/load-runtime.js";
import { spinning } from "../run/threads.js";
import { sizeOf, type Tensor } from "../tensor.js";
import { exposeAttention, roomForOutputs } from "./expose.js";
import { bringExternalData } from "./external-files-node.js";
import type { OnnxModel, OnnxOptions } from "./model.js";
import { readModel } from "./read-model.js";

/** What fits into one buffer of protobuf. */
const largestFile = 2 ** 31 - 1;

export async function openOnnxFile(file: string, options: OnnxOptions): Promise<OnnxModel> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) throw new RangeError(`openOnnx: expected a file at ${file}; there is none`);
  const { size } = found;
  if (size > largestFile) {
    throw new RangeError(
      `openOnnx: expected a file of at most 2 GiB; ${basename(file)} has ${size} bytes. Save the model with external data`,
    );
  }
  const buffer = new Uint8Array(size + roomForOutputs);
  await readInto(buffer, file, size);
  const read = readModel(buffer, size);
  const { folder, isChanged } = await bringExternalData(read.model, file);
  const exposed = exposeAttention(read, { isChanged, ...(options.roles && { roles: options.roles }) });
  const ort = await loadRuntime().catch((error: unknown) => {
    throw new Error(`openOnnx: ONNX Runtime cannot be loaded: ${messageOf(error)}`, { cause: error });
  });
  const session = await ort.InferenceSession.create(exposed.bytes, {
    intraOpNumThreads: options.threads ?? availableParallelism(),
    executionProviders: [...(options.providers ?? ["cpu"])],
    // What goes wrong is thrown; rewritten nodes also leave shapes behind that the runtime would warn about.
    logSeverityLevel: 4,
    extra: {
      session: {
        ...spinning,
        ...(folder !== undefined && { model_external_initializers_file_folder_path: folder }),
      },
    },
  }).catch((error: unknown) => {
    throw new SyntaxError(`openOnnx: ONNX Runtime cannot open ${basename(file)}: ${messageOf(error)}`, { cause: error });
  });
  return {
    inputs: exposed.inputs,
    outputs: exposed.outputs,
    attention: exposed.attention,
    closed: exposed.closed,
    run: async (feeds, fetch) => {
      throwIfInterrupted();
      const given = exposed.inputs.map(({ name, dtype }) => {
        const wide = exposed.widened.get(name);
        return [wide ?? name, toRuntime(ort, name, wide === undefined ? dtype : "float32", feeds[name])] as const;
      });
      const results = await session.run(Object.fromEntries(given), [...fetch]).catch((error: unknown) => {
        throw new RangeError(`openOnnx: the model failed on these inputs: ${messageOf(error)}`, { cause: error });
      });
      return Object.fromEntries(fetch.map((name) => [name, fromRuntime(name, results[name])]));
    },
    close: () => session.release(),
  };
}

/** Fills the beginning of a buffer with a file. */
async function readInto(buffer: Uint8Array, file: string, size: number): Promise<void> {
  const handle = await open(file);
  try {
    for (let done = 0; done < size;) {
      const { bytesRead } = await handle.read(buffer, done, size - done, done);
      if (bytesRead === 0) throw new SyntaxError(`openOnnx: ${basename(file)} ended at byte ${done} of ${size}`);
      done += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 400);

type RuntimeTensor = Ort.Tensor;

function toRuntime(ort: Runtime, name: string, dtype: string, value: Tensor | undefined): RuntimeTensor {
  if (value === undefined) throw new TypeError(`openOnnx: expected a tensor for the input "${name}"; got none`);
  const { data, shape } = value;
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(
      `openOnnx: input "${name}" has ${data.length} elements; its shape [${shape.join(", ")}] asks for another number`,
    );
  }
  switch (dtype) {
    case "int64":
      return new ort.Tensor(
        "int64",
        BigInt64Array.from(data as Int32Array, (x) => BigInt(Math.trunc(x))),
        shape,
      );
    case "int32":
      return new ort.Tensor("int32", Int32Array.from(data), shape);
    case "bool":
      return new ort.Tensor(
        "bool",
        Uint8Array.from(data, (x) => (x === 0 ? 0 : 1)),
        shape,
      );
    case "float32":
      return new ort.Tensor("float32", data instanceof Float32Array ? data : Float32Array.from(data), shape);
    case "uint8":
      return new ort.Tensor("uint8", Uint8Array.from(data), shape);
    case "int8":
      return new ort.Tensor("int8", Int8Array.from(data), shape);
    case "float64":
      return new ort.Tensor("float64", Float64Array.from(data), shape);
    default:
      throw new TypeError(`openOnnx: input "${name}" has the type ${dtype}, which cannot be given here`);
  }
}

function fromRuntime(name: string, value: RuntimeTensor | undefined): Tensor {
  if (value === undefined) throw new RangeError(`openOnnx: expected an output "${name}"; the model has none`);
  const shape = [...value.dims];
  const { type, data } = value;
  if (type === "float32") return { shape, dtype: "float32", data: data as Float32Array };
  if (type === "bool") return { shape, dtype: "bool", data: data as Uint8Array };
  if (type === "int32") return { shape, dtype: "int32", data: data as Int32Array };
  if (type === "int64") return { shape, dtype: "int32", data: Int32Array.from(data as BigInt64Array, Number) };
  if (type === "float16") {
    // an array of halves where JavaScript has one, of their bits elsewhere
    const { buffer, byteOffset, length } = data as Uint16Array;
    return { shape, dtype: "float32", data: decodeFloat16(new Uint16Array(buffer, byteOffset, length)) };
  }
  if (type === "string") throw new TypeError(`openOnnx: output "${name}" holds texts, not numbers`);
  return { shape, dtype: "float32", data: Float32Array.from(data as Float64Array) };
}
