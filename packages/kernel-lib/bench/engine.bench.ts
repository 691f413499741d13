/** The engine: attention and a whole encoder with every attention, beside PyTorch and the graph exported from it. */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { compile, type Tensor } from "heed";
import { readSafetensors } from "heed/pretrained";
import ort from "onnxruntime-node";
import { attention, minilm, products, random, type Weights } from "./engine-models.ts";
import { timed, type Bench } from "./harness.ts";
import { checkSame, folder, idsOf, sizes } from "./minilm.ts";
import type { PythonPeer } from "./python-peer.ts";
import type { ops } from "heed";

export default async function bench(bench: Bench): Promise<void> {
  const python = bench.python("engine.py");
  const temporary = await mkdtemp(join(tmpdir(), "heed-bench-"));
  bench.onEnd(() => rm(temporary, { recursive: true }));
  const file = join(temporary, "minilm.onnx");
  await python.sample("export", { file })();
  const weights = await readSafetensors(join(folder, "model.safetensors"));

  await attentionCases(bench, python);
  await minilmCases(bench, python, weights, file);
  await bench.compare({
    name: "MiniLM with every attention returned, 1 × 128",
    unit: "ms",
    ours: sampleOf(compile(minilm, { weights }), idsOf(1, 128)),
    peer: { name: "hidden state alone", sample: sampleOf(compile(hiddenAlone, { weights }), idsOf(1, 128)) },
    samples: 41,
  });
  let length = 100;
  const run = compile(minilm, { weights });
  await bench.compare({
    name: "MiniLM compiled at a length not met before",
    unit: "ms",
    ours: async () => {
      const ids = idsOf(1, length++);
      const start = performance.now();
      const prepared = await run.prepare(ids);
      const time = performance.now() - start;
      await prepared.dispose();
      return time;
    },
    limit: 100,
    samples: 21,
  });
  await bench.compare({
    name: "MiniLM at 1 × 128: memory of the process",
    unit: "MB",
    ours: () => memoryOf("heed"),
    peer: { name: "exported graph", sample: () => memoryOf(file) },
    samples: 3,
    warmUp: 0,
  });
}

const hiddenAlone = (weights: Weights, ids: ops.Traced): ops.Traced => minilm(weights, ids).hidden;

async function attentionCases(bench: Bench, python: PythonPeer): Promise<void> {
  const [attend, onJax] = [compile(attention), compile(attention, { runner: "jax" })];
  for (const length of [128, 512, 2048]) {
    const inputs = [0, 1, 2].map(() => random(12, length, 64)) as [Tensor, Tensor, Tensor];
    const name = `attention with weights, 12 × ${length} × 64`;
    const ours = timed(() => attend(...inputs));
    const peer = python.sample("attention", { heads: 12, length, width: 64 });
    await bench.compare({
      name,
      unit: "ms",
      ours,
      peer: { name: "PyTorch eager", sample: peer },
      samples: length > 512 ? 15 : 41,
    });
    if (length > 512) continue;
    await bench.compare({
      name,
      unit: "ms",
      ours,
      peer: { name: "jax-js", sample: timed(() => onJax(...inputs)) },
      samples: 9,
    });
  }
}

async function minilmCases(bench: Bench, python: PythonPeer, weights: Record<string, Tensor>, file: string): Promise<void> {
  const run = compile(minilm, { weights });
  const multiply = compile(products, { weights });
  const session = await ort.InferenceSession.create(file, { logSeverityLevel: 4, intraOpNumThreads: availableParallelism() });
  bench.onEnd(() => session.release());
  for (const [batch, length] of sizes) {
    const ids = idsOf(batch, length);
    const int64 = (value: (i: number) => number): ort.Tensor =>
      new ort.Tensor(
        "int64",
        BigInt64Array.from(ids.data, (_, i) => BigInt(value(i))),
        [batch, length],
      );
    const feeds = { ids: int64((i) => ids.data[i] ?? 0), mask: int64(() => 1), types: int64(() => 0) };
    checkSame((await run(ids)).attention[5], (await session.run(feeds))["attention5"]?.data as Float32Array);
    const name = `MiniLM with every attention, ${batch} × ${length}`;
    const samples = length === 16 ? 61 : 21;
    const ours = sampleOf(run, ids);
    const eager = python.sample("minilm", { batch, length });
    await bench.compare({ name, unit: "ms", ours, peer: { name: "transformers eager", sample: eager }, samples });
    const x = random(batch * length, 384);
    await bench.compare({
      name: `… its products with matrices alone, ${batch} × ${length}`,
      unit: "ms",
      ours: timed(() => multiply(x)),
      peer: { name: "PyTorch eager", sample: python.sample("products", { rows: batch * length }) },
      samples,
    });
    const exported = { name: "exported graph", sample: timed(() => session.run(feeds)) };
    await bench.compare({ name, unit: "ms", ours, peer: exported, samples });
  }
}

const sampleOf = (run: (ids: Tensor) => Promise<unknown>, ids: Tensor): (() => Promise<number>) => {
  const sample = timed(() => run(ids));
  return async () => sample();
};

const memoryOf = (what: string): number =>
  Number(execFileSync(process.execPath, [join(import.meta.dirname, "engine-memory.ts"), what], { encoding: "utf8" }));
