/** Exported models: valid, named, and equal to the program in other runtimes. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import ort from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as browserFiles from "../../src/engine/onnx/files-browser.js";
import { compile, exportOnnx, ops, tensor, type Tensor, type Traced } from "../../src/engine/index.js";
import { integers, random } from "./agree.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "heed-export-"));
});
afterAll(() => rm(folder, { recursive: true }));

interface Weights {
  words: Traced;
  query: Traced;
  key: Traced;
  scale: Traced;
  bias: Traced;
}

/** Two heads over embedded tokens, with everything a model has: look-up, products, softmax, normalisation, gelu, a mask. */
function encoder(weights: Weights, ids: Traced, mask: Traced): { attention: Traced[]; hidden: Traced } {
  const x = ops.take(weights.words, ids, 0); // [T, W]
  const split = (y: Traced): Traced => ops.transpose(ops.reshape(y, [x.shape[0] ?? 1, 2, 5]), [1, 0, 2]);
  const [query, keys, values] = [ops.matmul(x, weights.query), ops.matmul(x, weights.key), x].map(split) as [
    Traced,
    Traced,
    Traced,
  ];
  const scores = ops.multiply(ops.matmul(query, ops.swapAxes(keys, -1, -2)), 1 / Math.sqrt(5));
  const attention = ops.where(mask, ops.softmax(ops.where(mask, scores, -3e38), -1), 0);
  const mixed = ops.reshape(ops.transpose(ops.matmul(attention, values), [1, 0, 2]), x.shape);
  const centred = ops.subtract(mixed, ops.mean(mixed, -1, { keepdims: true }));
  const normal = ops.divide(centred, ops.sqrt(ops.add(ops.mean(ops.square(centred), -1, { keepdims: true }), 1e-6)));
  return { attention: [attention], hidden: ops.gelu(ops.add(ops.multiply(normal, weights.scale), weights.bias)) };
}

const weights = { words: random(31, 10), query: random(10, 10), key: random(10, 10), scale: random(10), bias: random(10) };
const ids = integers(0, 31, 7);
const mask: Tensor = { shape: [7], dtype: "bool", data: Uint8Array.of(1, 1, 1, 1, 1, 0, 0) };

async function expected(): Promise<Record<string, Tensor>> {
  const { attention, hidden } = await compile(encoder, { weights, runner: "jax" })(ids, mask);
  return { "attention[0]": attention[0] as Tensor, hidden };
}

const project = (w: Traced, x: Traced): Traced => ops.matmul(x, w);
const various = (key: Traced, x: Traced): Traced[] => [
  ops.randomUniform(key, [5]),
  ops.cumulativeSum(x, 0),
  ops.sort(x),
  ops.argmax(x, 0),
];

const options = { weights, inputNames: ["ids", "mask"] };

describe("a model", () => {
  test("has the names of the program and runs in a session of its own", async () => {
    const session = await ort.InferenceSession.create(await exportOnnx(encoder, [ids, mask], options));
    expect(session.inputNames).toEqual(["ids", "mask"]);
    expect(session.outputNames).toEqual(["attention[0]", "hidden"]);
    const results = await session.run({
      ids: new ort.Tensor("int32", ids.data as Int32Array, [7]),
      mask: new ort.Tensor("bool", mask.data as Uint8Array, [7]),
    });
    for (const [name, { data }] of Object.entries(await expected())) {
      data.forEach((x, i) => expect(Number(results[name]?.data[i])).toBeCloseTo(x, 5));
    }
  });

  test("calls its nodes by what was written, not by how it was traced", async () => {
    const bytes = await exportOnnx((x: Traced) => ops.tanh(ops.softmax(x, -1)), [random(5, 7)]);
    const nodes = fromBinary(ModelProtoSchema, bytes).graph?.node ?? [];
    expect(nodes.map(({ name, opType }) => [name.replace(/#\d+$/u, ""), opType])).toEqual([
      ["softmax", "Softmax"],
      ["tanh", "Tanh"],
    ]);
  });

  test("is one file, or a small one with the weights beside it", async () => {
    const [whole, split] = [join(folder, "whole.onnx"), join(folder, "split.onnx")];
    const bytes = await exportOnnx(encoder, [ids, mask], { ...options, path: whole });
    expect(Buffer.compare(await readFile(whole), bytes)).toBe(0);
    await exportOnnx(encoder, [ids, mask], { ...options, path: split, external: true });
    expect((await stat(`${split}.data`)).size).toBe(31 * 10 * 4); // all others are shorter than what is worth a place
    expect((await stat(split)).size).toBeLessThan((await stat(whole)).size - 31 * 10 * 4 + 256);
    const [a, b] = await Promise.all([whole, split].map((path) => ort.InferenceSession.create(path)));
    const feeds = {
      ids: new ort.Tensor("int32", ids.data as Int32Array, [7]),
      mask: new ort.Tensor("bool", mask.data as Uint8Array, [7]),
    };
    expect((await a?.run(feeds))?.["hidden"]?.data).toEqual((await b?.run(feeds))?.["hidden"]?.data);
  });

  test("more weights than one model can have need a path", async () => {
    // never written to, so that no memory stands behind it
    const huge: Tensor = { shape: [23_000, 24_000], dtype: "float32", data: new Float32Array(23_000 * 24_000) };
    await expect(exportOnnx(project, [random(1, 23_000)], { weights: huge })).rejects.toThrow(
      /^exportOnnx: project has 2\.21 GB of weights, and a model of one piece can have 2 GB; give a path/,
    );
  });

  test("wants as many names as there are inputs", async () => {
    await expect(exportOnnx(encoder, [ids, mask], { ...options, inputNames: ["ids"] })).rejects.toThrow(
      new RangeError("exportOnnx: expected 2 names of inputs; got 1"),
    );
  });
});

/** A Python with onnx and onnxruntime, if this machine has one: that of the benchmarks' peers, or of the project. */
const python = [process.env["HEED_PEERS_PYTHON"], ".venv-peers/bin/python", ".venv/bin/python"].find((path) => {
  if (path === undefined || !existsSync(path)) return false;
  try {
    execFileSync(path, ["-c", "import onnx, onnxruntime"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
});

describe.skipIf(python === undefined)("in Python", () => {
  const script = `
import json, sys, numpy, onnx, onnxruntime
path, inputs = sys.argv[1], json.load(open(sys.argv[2]))
onnx.checker.check_model(path, full_check=True)
session = onnxruntime.InferenceSession(path)
feeds = {name: numpy.array(value["data"], value["dtype"]).reshape(value["shape"]) for name, value in inputs.items()}
names = [output.name for output in session.get_outputs()]
print(json.dumps({name: value.ravel().tolist() for name, value in zip(names, session.run(names, feeds))}))
`;
  async function runInPython(path: string, inputs: Record<string, Tensor>): Promise<Record<string, number[]>> {
    const file = join(folder, "inputs.json");
    const plain = Object.entries(inputs).map(([name, { shape, dtype, data }]) => [name, { shape, dtype, data: [...data] }]);
    await writeFile(file, JSON.stringify(Object.fromEntries(plain)));
    return JSON.parse(execFileSync(python ?? "", ["-c", script, path, file], { encoding: "utf8" })) as Record<string, number[]>;
  }

  test.each([false, true])(
    "onnx.checker accepts it and onnxruntime gives the same numbers (weights beside it: %s)",
    async (external) => {
      const path = join(folder, `python-${external}.onnx`);
      await exportOnnx(encoder, [ids, mask], { ...options, path, external });
      const got = await runInPython(path, { ids, mask });
      for (const [name, { data }] of Object.entries(await expected())) {
        expect(got[name]).toHaveLength(data.length);
        data.forEach((x, i) => expect(got[name]?.[i]).toBeCloseTo(x, 5));
      }
    },
  );

  test("random numbers, running sums, order and whole numbers are valid too", async () => {
    const path = join(folder, "various.onnx");
    const inputs = { key: tensor(Uint32Array.of(3, 5)), x: integers(-9, 9, 11) };
    await exportOnnx(various, [inputs.key, inputs.x], { path, inputNames: ["key", "x"] });
    const got = await runInPython(path, inputs);
    const wanted = await compile(various, { runner: "jax" })(inputs.key, inputs.x);
    expect(Object.values(got)).toEqual(wanted.map(({ data }) => [...data]));
  });
});

test("a browser, which has no paths, says so; the bytes need none", async () => {
  await expect(browserFiles.writeModelFile("model.onnx", [])).rejects.toThrow(
    new TypeError('exportOnnx: expected no path in a browser; got "model.onnx". Save the bytes that are returned without one'),
  );
});
