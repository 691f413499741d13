/** The rest of Jupyter's protocol: what clients ask for besides running cells. */
import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contentsOf, startKernel, typesOf, type Kernel } from "../support/kernel.js";

let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel();
});
afterAll(async () => void (await kernel?.stop()));

const ask = async (type: string, content: object = {}, channel: "shell" | "control" = "shell") =>
  (await (await kernel.request(type, content, { channel })).done).reply;

test.each(["shell", "control"] as const)("says on %s what it is", async (channel) => {
  expect(await ask("kernel_info_request", {}, channel)).toMatchObject({
    status: "ok",
    protocol_version: "5.3",
    language_info: { name: "typescript", version: "6.0.3", file_extension: ".ts", mimetype: "text/typescript" },
  });
});

test("completes, explains and judges code", async () => {
  await kernel.run("const attention = { weights: [1], scores: [2] };");
  expect(await ask("complete_request", { code: "attention.we", cursor_pos: 12 })).toMatchObject({
    status: "ok",
    matches: expect.arrayContaining(["weights"]),
    cursor_start: 10,
    cursor_end: 12,
  });
  const inspected = await ask("inspect_request", { code: "attention", cursor_pos: 3, detail_level: 0 });
  expect(inspected).toMatchObject({ status: "ok", found: true });
  expect((inspected["data"] as Record<string, string>)["text/plain"]).toContain("weights: number[]");
  expect(await ask("is_complete_request", { code: "function f() {" })).toMatchObject({ status: "incomplete" });
  expect(await ask("is_complete_request", { code: "1 + 1" })).toMatchObject({ status: "complete" });
});

test("answers what it has nothing of", async () => {
  expect(await ask("comm_info_request", { target_name: "jupyter.widget" })).toEqual({ status: "ok", comms: {} });
  expect(await ask("unheard_of_request")).toMatchObject({ status: "error" });
});

test("completes an import with what the entry point is for, not with what it keeps for old code", async () => {
  const before = "import { ";
  const answer = await ask("complete_request", { code: `${before} } from "heed";`, cursor_pos: before.length });
  const matches = answer["matches"] as string[];
  for (const name of ["attention", "compile", "loadModel", "show", "tokenize"]) expect(matches).toContain(name);
  for (const name of ["parseNote", "readPairs", "bleu", "vmap"]) expect(matches).not.toContain(name);
  expect(matches.length).toBeLessThan(50);
  const data = await ask("complete_request", {
    code: 'import { readP } from "heed/data";',
    cursor_pos: "import { readP".length,
  });
  expect(data["matches"]).toEqual(["readPairs"]);
  // the old place still serves
  expect((await kernel.run('import { readPairs } from "heed"; typeof readPairs')).reply["status"]).toBe("ok");
});

test("answers while a cell waits, and says afterwards that the cell still runs", async () => {
  const { done } = await kernel.send("await new Promise(() => {});");
  await sleep(150);
  expect(await ask("is_complete_request", { code: "1" })).toMatchObject({ status: "complete" });
  const states = () => kernel.messages.filter(({ type }) => type === "status").map(({ content }) => content["execution_state"]);
  await expect.poll(() => String(states().at(-1))).toBe("busy");
  await kernel.interrupt();
  await done;
});

test("is busy with a cell only when that runs", async () => {
  const first = await kernel.send("await new Promise((resolve) => setTimeout(resolve, 200));");
  const second = await kernel.send("2");
  const [one, two] = await Promise.all([first.done, second.done]);
  const idle = one.messages.find(({ type, content }) => type === "status" && String(content["execution_state"]) === "idle");
  const busy = two.messages.find(({ type }) => type === "status");
  expect(kernel.messages.indexOf(busy as never)).toBeGreaterThan(kernel.messages.indexOf(idle as never));
});

test("after an error the cells sent with it are aborted; the next one, sent at once after the reply, runs", async () => {
  const [bad, behind] = [await kernel.send("throw new Error('bad')"), await kernel.send("'behind'")];
  expect((await bad.done).reply["status"]).toBe("error");
  // Without a number: a cell that did not run keeps its empty brackets.
  expect((await behind.done).reply).toEqual({ status: "aborted" });
  expect((await kernel.run("'next'")).reply["status"]).toBe("ok");
});

test("with stop_on_error false nothing is aborted", async () => {
  const bad = await kernel.send("throw new Error('bad')", { content: { stop_on_error: false } });
  const behind = await kernel.send("'behind'");
  expect((await bad.done).reply["status"]).toBe("error");
  expect((await behind.done).reply["status"]).toBe("ok");
});

test("a silent cell shows nothing and is not counted", async () => {
  const before = (await kernel.run("1")).reply["execution_count"] as number;
  const silent = await kernel.run("console.log('quiet'); 2", { content: { silent: true } });
  expect(typesOf(silent)).toEqual(["status busy", "status idle"]);
  expect((await kernel.run("3")).reply["execution_count"]).toBe(before + 1);
});

test("closes a comm it knows nothing of", async () => {
  // A comm_open has no reply; the request after it shows that it has been read.
  void kernel.request("comm_open", { comm_id: "c1", target_name: "jupyter.widget", data: {} });
  await ask("kernel_info_request");
  expect(kernel.messages.find(({ type }) => type === "comm_close")?.content).toEqual({ comm_id: "c1", data: {} });
});

test("the heart beats while a cell never yields", async () => {
  const { done } = await kernel.send("while (true) {}");
  await sleep(1500);
  expect(await kernel.isBeating()).toBe(true);
  await kernel.interrupt();
  await done;
});

test("two cells in a row keep their order of arrival", async () => {
  const sent = await Promise.all(["'a'", "'b'", "'c'"].map((code) => kernel.send(code)));
  const runs = await Promise.all(sent.map(({ done }) => done));
  expect(runs.map((run) => contentsOf(run, "execute_result")[0]?.["data"])).toEqual(
    ["'a'", "'b'", "'c'"].map((text) => ({ "text/plain": text })),
  );
});

test.each([
  ["idle", "1"],
  ["in a loop that never yields", "while (true) {}"],
])("shuts down when %s, without being killed by its server", async (_, code) => {
  const other = await startKernel();
  void other.send(code);
  await sleep(500);
  // The driver waits without an end: a kernel that needs to be killed never gets here.
  expect(await other.stop()).toBeGreaterThan(0);
});

/** Whether a process has ended; what waits for its parent to notice that has. */
const isGone = (pid: number): boolean => {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() === "" || stdout.startsWith("Z");
};

test("ends when its server dies", async () => {
  const other = await startKernel();
  other.kill();
  await expect.poll(() => isGone(other.pid), { interval: 200 }).toBe(true);
});
