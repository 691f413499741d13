/** Pretrained models: MiniLM with every attention beside transformers, loading, and ONNX models opened up. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ort from "onnxruntime-node";
import { loadModel, openOnnx } from "heed";
import { rested, timed, type Bench } from "./harness.ts";
import { checkSame, folder, idsOf, sizes } from "./minilm.ts";
import { prepareTransformersJs } from "./peers/transformers-js/forward.ts";

function rows(batch: number, length: number): number[][] {
  const ids = [...idsOf(batch, length).data];
  return Array.from({ length: batch }, (_, b) => ids.slice(b * length, (b + 1) * length));
}

export default async function bench(bench: Bench): Promise<void> {
  const python = bench.python("models.py");
  const model = await loadModel(folder);
  bench.onEnd(() => model.dispose());

  for (const [batch, length] of sizes) {
    const inputs = rows(batch, length);
    await bench.compare({
      name: `MiniLM, every attention, ${batch} × ${length}`,
      unit: "ms",
      ours: timed(async () => {
        for await (const look of model.attendEach(inputs, { batch })) look.main.head(0, 0);
      }),
      peer: { name: "transformers eager", sample: python.sample("forward", { batch, length }) },
    });
  }
  await bench.compare({
    name: "MiniLM, all 72 single-head ablations, 16 tokens",
    unit: "ms",
    ours: timed(() => model.ablateHeads(rows(1, 16)[0] ?? [], { batch: 72 })),
    peer: { name: "transformers, hooks", sample: python.sample("head_ablations", { length: 16 }) },
    samples: 5,
  });
  await bench.compare({
    name: "load MiniLM, 90 MB",
    unit: "ms",
    ours: timed(() => loadModel(folder)),
    peer: { name: "transformers", sample: python.sample("load") },
    limit: 500,
    samples: 7,
  });

  const temporary = await mkdtemp(join(tmpdir(), "heed-bench-"));
  bench.onEnd(() => rm(temporary, { recursive: true }));
  const file = join(temporary, "model.onnx");
  await python.sample("export", { file })();
  await bench.compare({
    name: "open MiniLM as ONNX, 90 MB",
    unit: "ms",
    ours: timed(async () => (await openOnnx(file)).close()),
    limit: 1500,
    samples: 7,
  });

  const sentence = Array.from({ length: 10 }, () => "The quick brown fox jumps over the lazy dog, and sleeps.").join(" ");
  const other = await prepareTransformersJs(folder, file, temporary);
  await bench.compare({
    name: "a text of 122 tokens: ours with every attention",
    unit: "ms",
    ours: timed(async () => (await model.attend(sentence)).main.head(0, 0)),
    peer: { name: "transformers.js, without", sample: timed(() => other(sentence)) },
  });

  const opened = await openOnnx(file);
  bench.onEnd(() => opened.close());
  // What ONNX Runtime needs for the file as it is, given the same inputs.
  const session = await ort.InferenceSession.create(file, { logSeverityLevel: 4 });
  bench.onEnd(() => session.release());
  for (const length of [16, 128]) {
    const ids = rows(1, length)[0] ?? [];
    const feeds = { input_ids: int64(ids), attention_mask: int64(ids.map(() => 1)), token_type_ids: int64(ids.map(() => 0)) };
    const repeat = length < 100 ? 10 : 1; // some ms each: one alone says more of the machine than of the work
    const opens = timed(() => opened.attend(ids, { outputs: ["last_hidden_state"] }), { repeat });
    const plain = timed(() => session.run(feeds), { repeat });
    await bench.compare({
      name: `ONNX MiniLM opened up, every attention, 1 × ${length}`,
      unit: "ms",
      ours: opens,
      peer: { name: "ONNX Runtime without attention", sample: plain },
    });
    await bench.compare({
      name: `what seeing every attention adds, 1 × ${length}`,
      unit: "%",
      ours: async () => ((await opens()) / (await rested(plain)) - 1) * 100,
      limit: 15,
      samples: 31,
    });
  }
  const [look, want] = await Promise.all([opened.attend(rows(1, 16)[0] ?? []), model.attend(rows(1, 16)[0] ?? [])]);
  checkSame(look.weights, want.weights.data);
}

const int64 = (values: readonly number[]): ort.Tensor =>
  new ort.Tensor("int64", BigInt64Array.from(values, BigInt), [1, values.length]);
