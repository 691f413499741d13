/** Prints how much memory (MB) a process has at most that runs MiniLM at 1 × 128: `node engine-memory.ts heed|MODEL.onnx`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { minilm } from "./engine-models.ts";
import { folder, idsOf } from "./minilm.ts";

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
console.log(peakMemory());

/** In MB. What Linux reports as the maximum of a process counts the process that started it too, so its own count is read there. */
function peakMemory(): number {
  try {
    const [, kilobytes = "0"] = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
    return Number(kilobytes) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}
