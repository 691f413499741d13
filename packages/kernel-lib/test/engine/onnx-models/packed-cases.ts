/** Small ONNX models with inputs, packed into one file. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { loadRuntime } from "../../../src/engine/run/load-runtime.js";
import type { Tensor } from "../../../src/engine/index.js";

export interface PackedCase {
  readonly model: Uint8Array;
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** The weights that are known of it, if any. */
  readonly weights?: Tensor;
  /** The weights of each layer, by kind and number. */
  readonly attention: Readonly<Record<string, Tensor>>;
}

interface Entry {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: readonly [number, number];
}

/** Reads what `write` of onnx_attention.py wrote. */
export async function readCases(name: string): Promise<Map<string, PackedCase>> {
  const bytes = brotliDecompressSync(await readFile(join(import.meta.dirname, "../../golden", name)));
  const start = 8 + Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString("utf8", 8, start)) as Record<string, Entry>;
  const read = (key: string): Tensor => {
    const { dtype, shape, data_offsets: range } = header[key] as Entry;
    const { buffer } = new Uint8Array(bytes.subarray(start + range[0], start + range[1]));
    if (dtype === "F32") return { shape, dtype: "float32", data: new Float32Array(buffer) };
    if (dtype === "I32") return { shape, dtype: "int32", data: new Int32Array(buffer) };
    return { shape, dtype: "bool", data: new Uint8Array(buffer) };
  };
  const found = new Map<string, PackedCase>();
  for (const key of Object.keys(header).filter((one) => one.endsWith("/model"))) {
    const name = key.slice(0, -"/model".length);
    const base = name.replace(/_expanded$/, "");
    const under = (folder: string): Record<string, Tensor> =>
      Object.fromEntries(
        Object.keys(header)
          .filter((one) => one.startsWith(`${base}/${folder}/`))
          .map((one) => [one.slice(`${base}/${folder}/`.length), read(one)]),
      );
    found.set(name, {
      model: read(key).data as Uint8Array,
      inputs: under("in"),
      attention: under("attention"),
      ...(`${base}/weights` in header && { weights: read(`${base}/weights`) }),
    });
  }
  return found;
}

/** The model with names in place of all sizes. */
export function withSymbolicSizes(bytes: Uint8Array): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes);
  for (const { name, type } of model.graph?.input ?? []) {
    if (type?.value.case !== "tensorType") continue;
    type.value.value.shape?.dim.forEach((size, axis) => {
      size.value = { case: "dimParam", value: `${name}_${axis}` };
    });
  }
  for (const { type } of model.graph?.output ?? []) if (type?.value.case === "tensorType") delete type.value.value.shape;
  return toBinary(ModelProtoSchema, model);
}

/**
 * What ONNX Runtime gives for the model as it is, by the names of its outputs: undefined where it has no kernel for it, and where an
 * input is in half precision, which its binding does not take.
 */
export async function runUnopened({ model, inputs }: PackedCase): Promise<Record<string, Tensor> | undefined> {
  const ort = await loadRuntime();
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 4 }).catch(
    () => undefined,
  );
  if (session === undefined) return undefined;
  const feeds: Record<string, InstanceType<typeof ort.Tensor>> = {};
  for (const one of session.inputMetadata) {
    const { data, shape } = inputs[one.name] as Tensor;
    if (!one.isTensor || one.type === "float16") return undefined;
    if (one.type === "int64") {
      feeds[one.name] = new ort.Tensor("int64", BigInt64Array.from(data as Int32Array, BigInt), shape);
    } else feeds[one.name] = new ort.Tensor(one.type as "float32", data as Float32Array, shape);
  }
  const results = await session.run(feeds).catch(() => undefined);
  await session.release();
  return (
    results &&
    Object.fromEntries(
      Object.entries(results).map(([name, { dims, data }]) => [
        name,
        { shape: [...dims], dtype: "float32", data: Float32Array.from(data as Float32Array) },
      ]),
    )
  );
}
