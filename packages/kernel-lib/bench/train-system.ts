/**
 * One trained system in a process of its own, so that its memory is its own. Prints one line of JSON.
 *
 *     node train-system.ts train NAME SEED    trains: { seconds, memory (MB at most), …qualities }
 *     node train-system.ts data NAME SEED FILE    writes what a peer needs: { firstLoss } of the first batch
 */
import { type Tensor } from "heed";
import { writeSafetensors } from "heed/pretrained";
import { orderOf, systems, type System } from "./train-systems.ts";

const [what, name = "", seedText = "1", file = ""] = process.argv.slice(2);
const make = systems[name];
if (!make) throw new RangeError(`train-system: expected one of ${Object.keys(systems).join("; ")}; got ${name}`);
const [system, seed] = [make(), Number(seedText)];
console.log(JSON.stringify(what === "data" ? await writeData(system) : await trainIt(system)));

async function trainIt({ train, evaluate }: System): Promise<object> {
  const start = performance.now();
  const { steps } = await train(seed);
  const seconds = (performance.now() - start) / 1000;
  const memory = process.resourceUsage().maxRSS / 1024;
  return { seconds, memory, steps: steps.length, ...(await evaluate()) };
}

async function writeData({ model, plan, rows, tensors = {}, settings, firstLoss, ...system }: System): Promise<object> {
  const order = orderOf({ model, plan, rows, settings, ...system }, seed);
  const weights = Object.entries(model.toStored().tensors).map(([key, value]) => [`weights/${key}`, value] as const);
  const all = { ...Object.fromEntries(weights), ...tensors, order, ...Object.assign({}, ...Object.entries(rows).map(ragged)) };
  const words = Object.entries({ ...settings, ...plan }).map(([key, value]) => [key, String(value)] as const);
  await writeSafetensors(file, all, Object.fromEntries(words));
  const first = Array.from(order.data.subarray(0, plan.batchSize));
  return { firstLoss: (await firstLoss?.(first)) ?? null };
}

/** Rows of different lengths, filled up, and their lengths. */
function ragged([key, rows]: readonly [string, readonly ArrayLike<number>[]]): Record<string, Tensor> {
  const longest = Math.max(...rows.map((row) => row.length));
  const data = new Int32Array(rows.length * longest);
  rows.forEach((row, i) => data.set(row, i * longest));
  const lengths = Int32Array.from(rows, (row) => row.length);
  return {
    [key]: { shape: [rows.length, longest], dtype: "int32", data },
    [`${key}Lengths`]: { shape: [rows.length], dtype: "int32", data: lengths },
  };
}
