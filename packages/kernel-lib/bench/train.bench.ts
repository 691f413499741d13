/**
 * Whole trainings to the quality that is asked for, beside the same model in PyTorch: the same first weights, examples in the same batches
 * and order, optimiser, schedule and number of steps. Seconds are those of all steps: on our side with preparing the programs.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Bench } from "./harness.ts";
import type { Sample } from "./sample.ts";
import { fewSteps, systems } from "./train-systems.ts";

const seed = 1;
/** HEED_SYSTEMS="RNN" measures only those whose name begins so. */
const chosen = process.env["HEED_SYSTEMS"] ?? "";

/** Asks train-system.ts, in a process of its own. */
async function ask(what: "train" | "data", name: string, file = ""): Promise<Record<string, number | null>> {
  const script = join(import.meta.dirname, "train-system.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [script, what, name, String(seed), file]);
  return JSON.parse(stdout) as Record<string, number | null>;
}

export default async function bench(bench: Bench): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "heed-train-"));
  bench.onEnd(() => rmSync(folder, { recursive: true }));
  const missed: string[] = [];
  for (const [i, [name, make]] of Object.entries(systems).entries()) {
    if (!name.startsWith(chosen)) continue;
    const { wanted, plan, tokensPerStep } = make();
    const file = join(folder, `${i}.safetensors`);
    const torch = bench.python("train.py");
    const of = (measure: string): (() => Promise<number>) => {
      const sample = torch.sample("system", { file, threads: availableParallelism(), measure });
      return async () => sample();
    };
    const { firstLoss } = await ask("data", name, file);
    if (typeof firstLoss === "number") checkSame(name, firstLoss, await of("firstLoss")());

    const ours = await ask("train", name);
    const mine = (measure: string): number => ours[measure] ?? Number.NaN;
    const seconds = await of("seconds")();
    const once = { samples: 1, warmUp: 0 };
    const tokens = tokensPerStep * plan.steps;
    await bench.compare({
      ...once,
      name: `${name}: trained in`,
      unit: "s",
      ours: () => mine("seconds"),
      peer: peer(() => seconds),
    });
    await bench.compare({
      ...once,
      name: `${name}: tokens`,
      unit: "/s",
      better: "higher",
      ours: () => tokens / mine("seconds"),
      peer: peer(() => tokens / seconds),
    });
    await bench.compare({
      ...once,
      name: `${name}: memory at most`,
      unit: "MB",
      ours: () => mine("memory"),
      peer: peer(of("memory")),
    });
    for (const [j, [quality, least]] of Object.entries(wanted).entries()) {
      const theirs = j === 0 ? { peer: peer(of("quality")) } : {};
      await bench.compare({
        ...once,
        name: `${name}: ${quality}`,
        unit: "",
        better: "higher",
        ours: () => mine(quality),
        ...theirs,
      });
      if (fewSteps === undefined && mine(quality) < least)
        missed.push(`${name}: expected ${quality} ≥ ${least}; got ${mine(quality)}`);
    }
    torch.stop();
  }
  if (missed.length > 0) throw new Error(missed.join("\n"));
}

const peer = (sample: Sample): { readonly name: string; readonly sample: Sample } => ({ name: "PyTorch", sample });

/** The losses of the first batch must agree, or the two do not do the same work. */
function checkSame(name: string, ours: number, theirs: number): void {
  if (Math.abs(ours - theirs) > 1e-4 * Math.abs(theirs)) throw new Error(`${name}: first loss ${ours}; PyTorch has ${theirs}`);
}
