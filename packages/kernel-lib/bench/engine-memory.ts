/** Prints how much memory (MB) a process has at most that runs MiniLM at 1 × 128: `node engine-memory.ts heed|MODEL.onnx`. */
import { join } from "node:path";
import { idsOf, minilm } from "./engine-models.ts";

const folder = join(import.meta.dirname, "../../../models/all-MiniLM-L6-v2");
const [what = "heed"] = process.argv.slice(2);
const ids = idsOf(1, 128);

if (what === "heed") {
  const { compile, readSafetensors } = await import("heed");
  const run = compile(minilm, { weights: await readSafetensors(join(folder, "model.safetensors")), threads: 2 });
  for (let i = 0; i < 5; i++) await run(ids);
} else {
  const { default: ort } = await import("onnxruntime-node");
  const session = await ort.InferenceSession.create(what, { intraOpNumThreads: 2 });
  const int64 = (value: (i: number) => number) =>
    new ort.Tensor(
      "int64",
      BigInt64Array.from({ length: 128 }, (_, i) => BigInt(value(i))),
      [1, 128],
    );
  const feeds = { ids: int64((i) => ids.data[i] ?? 0), mask: int64(() => 1), types: int64(() => 0) };
  for (let i = 0; i < 5; i++) await session.run(feeds);
}
console.log(process.resourceUsage().maxRSS / 1024);
