/** Training in a cell of the real kernel: watched while it runs, interrupted, and gone on with as if it had never stopped. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contentsOf, startKernel, textOf, type Kernel } from "../support/kernel.js";

let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel();
});
afterAll(async () => void (await kernel?.stop()));

const setting = `
import { liveTraining, ops, tensor, type Tensor, training } from "heed/program";
let stored: training.StoredCheckpoint | undefined;
const store: training.CheckpointStore = { load: async () => stored, save: async (made) => { stored = made; } };
const model = {
  parameters: { weights: tensor([[0.5, -0.25, 0.125], [1, 2, 3]]) },
  loss: (p: { weights: ops.Traced }, batch: { x: ops.Traced; y: ops.Traced }) =>
    training.meanSquaredError(ops.tanh(ops.matmul(batch.x, p.weights)), batch.y),
};
const batches = [1, 2, 3].map((i) => ({ x: tensor([[i, 1]]), y: tensor([[0.5, 0.25, -i / 7]]) }));
// Says when it has begun to learn.
let epochs = 0;
const told = () => { if ((epochs += 1) === 20) console.log("learning"); return batches; };
`;

/** Waits until a cell has said that it learns: at least 19 epochs of three steps are behind it then. */
async function learns(id: string): Promise<void> {
  await expect.poll(() => kernel.messages.some(({ type, parent }) => type === "stream" && parent === id)).toBe(true);
}

test("an interrupted training says so, keeps what it has, and goes on bit for bit", async () => {
  expect((await kernel.run(setting)).reply).toMatchObject({ status: "ok" });
  const { done, id } = await kernel.send(`
    const first = await training.train(model, batches,
      { steps: 1e6, learningRate: 1e-4, checkpoint: { store }, ...liveTraining({ title: "Lines" }) });
    console.log(first.reason);`);
  // the picture of the loss is redrawn in place while it runs
  await expect
    .poll(() => kernel.messages.filter(({ type, parent }) => type === "update_display_data" && parent === id).length)
    .toBeGreaterThan(2);
  await kernel.interrupt();
  const run = await done;
  const [picture] = contentsOf(run, "display_data");
  const last = contentsOf(run, "update_display_data").at(-1);
  expect(last?.["transient"]).toEqual(picture?.["transient"]);
  const shown = (last?.["data"] ?? {}) as Record<string, string>;
  expect(shown["image/svg+xml"]).toMatch(/^<svg /);
  const [, made = "0"] = /step ([\d,]+)\/1,000,000, .*interrupted$/.exec(shown["text/plain"] ?? "") ?? [];
  const steps = Number(made.replaceAll(",", ""));
  expect(steps).toBeGreaterThan(10);

  const rest = await kernel.run(`
    const options = { steps: ${steps + 30}, learningRate: 1e-4 };
    const resumed = await training.train(model, batches, { ...options, checkpoint: { store } });
    const whole = await training.train(model, batches, options);
    const bits = (w: Tensor) => [...new Uint32Array((w.data as Float32Array).buffer)].join();
    console.log(resumed.steps.length, bits(resumed.parameters.weights) === bits(whole.parameters.weights));`);
  expect(textOf(rest)).toBe("30 true\n");
});

/** How much processor time the kernel has used, in ticks; undefined where the system does not say. */
function ticks(): number | undefined {
  if (process.platform !== "linux") return undefined;
  const [, rest = ""] = readFileSync(`/proc/${kernel.pid}/stat`, "utf8").split(") ");
  const fields = rest.split(" ").map(Number);
  return (fields[11] ?? 0) + (fields[12] ?? 0);
}

test.each([
  ["with liveTraining", "const kept = await training.train(model, told, { steps: 1e6, ...liveTraining() });"],
  ["without it", "const kept = await training.train(model, told, { steps: 1e6 });"],
  [
    "inside of another function",
    "const fit = async () => training.train(model, told, { steps: 1e6 }); const kept = await fit();",
  ],
])("an interrupted training returns what it has, %s", async (_, code) => {
  await kernel.run(setting);
  const { done, id } = await kernel.send(code);
  await learns(id);
  await kernel.interrupt();
  await done;
  const run = await kernel.run(`[kept.reason, kept.steps.length > 10, kept.parameters.weights.shape].join(" ")`);
  expect(contentsOf(run, "execute_result")[0]?.["data"]).toEqual({ "text/plain": "'interrupted true 2,3'" });
});

test("a training that nobody waits for stops, too", async () => {
  await kernel.run(setting);
  const { id, done } = await kernel.send(
    "const later = training.train(model, told, { steps: 1e6 }); later.then((made) => console.log(made.reason)); 1",
  );
  await done;
  await learns(id);
  await kernel.interrupt();
  // no cell is sent meanwhile: an interrupt is for the running cell, where there is one
  const said = (): string =>
    kernel.messages
      .filter(({ type, parent }) => type === "stream" && parent === id)
      .map(({ content }) => String(content["text"]))
      .join("");
  await expect.poll(said).toBe("learning\ninterrupted\n");
  const before = ticks();
  await sleep(2000);
  if (before !== undefined) expect((ticks() ?? 0) - before).toBeLessThan(50);
});
