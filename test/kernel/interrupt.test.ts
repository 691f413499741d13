/** The stop button: whatever a cell does, it ends, and the kernel keeps its variables. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contentsOf, startKernel, textOf, type Kernel } from "../support/kernel.js";

let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel();
  await kernel.run(`
    const kept = { answer: 42 };
    const nap = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
    async function napAndSpin() { await nap(1); while (true) {} }`);
});
afterAll(async () => void (await kernel?.stop()));

/** Waits until a cell has written something: from then on it runs. */
async function hasWritten(id: string): Promise<void> {
  await expect.poll(() => kernel.messages.some(({ type, parent }) => type === "stream" && parent === id)).toBe(true);
}

test.each([
  ["a loop that never yields", "while (true) {}"],
  ["a loop after an await", "await null; while (true) {}"],
  ["a loop after a timer", "await nap(5); for (;;) {}"],
  ["a loop in a function of an earlier cell", "await napAndSpin()"],
  ["a loop in a timer", "setTimeout(() => { while (true) {} }, 10); await nap(1e6)"],
  ["a loop in a promise's reaction", "Promise.resolve().then(() => { while (true) {} }); await nap(1e6)"],
  ["a loop in process.nextTick", "process.nextTick(() => { while (true) {} }); await nap(1e6)"],
  ["a loop that catches everything", "for (;;) { try { while (true) {} } catch {} }"],
  ["an endless regular expression", "/^(a+)+$/.test('a'.repeat(50) + 'b')"],
  ["a display that never ends", "({ [Symbol.for('Jupyter.display')]: () => { while (true) {} } })"],
  ["a loop that catches and tries again", "for (;;) { try { await nap(50); } catch {} }"],
  ["a loop that catches and waits for nothing", "for (;;) { try { await null; } catch {} }"],
  ["a loop in an immediate", "setImmediate(() => {}); setImmediate(() => { while (true) {} }); await nap(1e6)"],
  ["an endless finally", "try { await nap(1e6); } finally { while (true) {} }"],
  ["a wait without an end", "await new Promise(() => {})"],
  ["a loop of waits", "for (;;) await nap(5)"],
  ["a wait for another function's wait", "const deep = async () => { await nap(1e6); }; await deep()"],
  [
    "a wait for the next of many",
    "async function* slow() { yield 1; await nap(1e6); } const all = async () => { for await (const x of slow()) {} }; await all()",
  ],
])("%s ends", async (_, code) => {
  const { done } = await kernel.send(code);
  await sleep(200);
  await kernel.interrupt();
  const run = await done;
  expect(run.reply).toMatchObject({ status: "error", ename: "Interrupted" });
  expect(contentsOf(run, "error")[0]).toMatchObject({ ename: "Interrupted", evalue: "the cell was interrupted" });
  // Timers, ticks, promises and the sockets still work.
  const after = await kernel.run(`
    const seen: string[] = [];
    process.nextTick(() => seen.push("tick"));
    setImmediate(() => seen.push("immediate"));
    await nap(20);
    await new Promise((resolve) => setImmediate(resolve));
    [kept.answer, ...seen.sort()].join(" ")`);
  expect(contentsOf(after, "execute_result")[0]?.["data"]).toEqual({ "text/plain": "'42 immediate tick'" });
});

test("code that waits runs its finally and stops; nothing goes on behind", async () => {
  await kernel.run("let steps = 0;");
  const { id, done } = await kernel.send(`
    console.log("begun");
    try { for (;;) { await nap(5); steps += 1; } } finally { console.log("tidied up"); }`);
  await hasWritten(id);
  await kernel.interrupt();
  expect(textOf(await done)).toBe("begun\ntidied up\n");
  const before = await kernel.run("steps");
  await sleep(50);
  const after = await kernel.run("steps");
  expect(contentsOf(after, "execute_result")).toEqual([
    { ...contentsOf(before, "execute_result")[0], execution_count: Number(after.reply["execution_count"]) },
  ]);
});

test("code hears of the interrupt through its signal", async () => {
  const { id, done } = await kernel.send(`
    const { signal } = globalThis[Symbol.for("heed.host")].cell;
    const heard = new Promise<void>((resolve) => signal.addEventListener("abort", () => { console.log("heard"); resolve(); }));
    console.log("begun");
    await heard;`);
  await hasWritten(id);
  await kernel.interrupt();
  expect(textOf(await done)).toBe("begun\nheard\n");
});

test("progress ends work that waits for it", async () => {
  const { done } = await kernel.send(`
    import { progress } from "heed";
    const bar = progress("Training", 1e9);
    for (;;) await bar.step();`);
  await sleep(1500);
  await kernel.interrupt();
  expect((await done).reply).toMatchObject({ status: "error", ename: "Interrupted" });
});

test("a loop beside a background job that yields by setImmediate ends, and the job goes on", async () => {
  await kernel.run(`
    let turns = 0;
    const job = (async () => { for (;;) { await new Promise((resolve) => setImmediate(resolve)); turns += 1; } })();`);
  const { done } = await kernel.send("while (true) {}");
  await sleep(200);
  await kernel.interrupt();
  expect((await done).reply).toMatchObject({ status: "error", ename: "Interrupted" });
  const run = await kernel.run("const before = turns; await nap(20); turns > before");
  expect(contentsOf(run, "execute_result")[0]?.["data"]).toEqual({ "text/plain": "true" });
  // Where no cell runs, what earlier cells left running is interrupted.
  await kernel.interrupt();
  await sleep(300);
  const after = await kernel.run("const then = turns; await nap(50); turns === then");
  expect(contentsOf(after, "execute_result")[0]?.["data"]).toEqual({ "text/plain": "true" });
});

test("a second interrupt ends what the first left time to tidy up", async () => {
  const { done } = await kernel.send(`
    const { cell } = globalThis[Symbol.for("heed.host")];
    cell.letFinish(new Promise(() => {}));
    await nap(1e6);`);
  await sleep(200);
  await kernel.interrupt();
  await sleep(1500);
  await kernel.interrupt();
  expect((await done).reply).toMatchObject({ status: "error", ename: "Interrupted" });
});

test("one run of ONNX Runtime ends as an interrupted cell, and runs again", async () => {
  await kernel.run(`
    import { compile, ops } from "heed";
    const side = 2500;
    const big = { shape: [side, side], dtype: "float32" as const, data: new Float32Array(side * side).fill(0.5) };
    const product = compile((x: ops.Traced, y: ops.Traced) => ops.matmul(ops.matmul(ops.matmul(x, y), y), y));
    await product(big, big);`);
  const { done } = await kernel.send("const result = await product(big, big);");
  await sleep(100);
  await kernel.interrupt();
  const { reply } = await done;
  // Where the run was over before the interrupt came, nothing was left to interrupt.
  if (reply["status"] !== "ok") expect(reply).toMatchObject({ status: "error", ename: "Interrupted" });
  const loop = await kernel.send("for (;;) await product(big, big);");
  await sleep(300);
  await kernel.interrupt();
  expect((await loop.done).reply).toMatchObject({ status: "error", ename: "Interrupted" });
  const run = await kernel.run("(await product([[2]], [[3]])).data[0]");
  expect(contentsOf(run, "execute_result")[0]?.["data"]).toEqual({ "text/plain": "54" });
});

test("cells that wait behind the interrupted one are aborted, later ones run", async () => {
  const first = await kernel.send("await nap(1e6)");
  const second = await kernel.send("'behind'");
  await sleep(200);
  await kernel.interrupt();
  expect((await first.done).reply["status"]).toBe("error");
  expect((await second.done).reply["status"]).toBe("aborted");
  expect((await kernel.run("'later'")).reply["status"]).toBe("ok");
});

test("an interrupt while a module loads lets it load", async () => {
  const { done } = await kernel.send("import * as heed from 'heed'; while (true) {}");
  await sleep(350);
  await kernel.interrupt();
  expect((await done).reply).toMatchObject({ status: "error", ename: "Interrupted" });
  const run = await kernel.run("import { tensor } from 'heed'; tensor([[2, 3]]).shape.join()");
  expect(contentsOf(run, "execute_result")[0]?.["data"]).toEqual({ "text/plain": "'1,2'" });
});

test("an interrupt at any moment after a cell is sent ends it", async () => {
  for (const wait of [0, 1, 3, 7, 13, 29, 61]) {
    const { done } = await kernel.send("while (true) {}");
    await sleep(wait);
    await kernel.interrupt();
    expect((await done).reply).toMatchObject({ status: "error", ename: "Interrupted" });
  }
});

test("an interrupt while nothing runs changes nothing", async () => {
  await kernel.interrupt();
  await sleep(400);
  expect((await kernel.run("await nap(1); 'fine'")).reply["status"]).toBe("ok");
});

test("the signal SIGINT interrupts as well", async () => {
  for (const code of ["while (true) {}", "await nap(1e6)"]) {
    const { done, id } = await kernel.send(code);
    await expect.poll(() => kernel.messages.some(({ type, parent }) => type === "execute_input" && parent === id)).toBe(true);
    await sleep(300);
    process.kill(kernel.pid, "SIGINT");
    expect((await done).reply).toMatchObject({ status: "error", ename: "Interrupted" });
  }
});
