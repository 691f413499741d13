/** What goes to and fro besides cells: comms, questions to the person, history, expressions of a client. */
import { mkdirSync, mkdtempSync, chmodSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contentsOf, startKernel, textOf, typesOf, type Kernel, type KernelMessage } from "../support/kernel.js";

const data = mkdtempSync(join(tmpdir(), "heed-conversation-"));
const env = { JUPYTER_DATA_DIR: data };
let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel("heed", { env });
});
afterAll(async () => {
  await kernel?.stop();
  rmSync(data, { recursive: true, force: true });
});

const result = (run: Awaited<ReturnType<Kernel["run"]>>): unknown =>
  (contentsOf(run, "execute_result")[0]?.["data"] as Record<string, unknown> | undefined)?.["text/plain"];

/** The next message of a type after those there now. */
async function next(type: string, from: number): Promise<KernelMessage> {
  const find = (): KernelMessage | undefined => kernel.messages.slice(from).find((one) => one.type === type);
  await expect.poll(find).toBeDefined();
  return find() as KernelMessage;
}

test("a cell registers a target; data and bytes go both ways; what it writes is beside the cell", async () => {
  const cell = await kernel.send(`
    import { registerCommTarget } from "heed";
    const end = registerCommTarget("echo", (comm, { data }) => {
      console.log("opened with", data.hello);
      comm.onMessage = ({ data, buffers }) => comm.send({ again: data.word }, { buffers: buffers.map((one) => one.toReversed()) });
      comm.onClose = () => console.log("closed");
    });`);
  expect((await cell.done).reply["status"]).toBe("ok");
  let from = kernel.messages.length;
  void kernel.request("comm_open", { comm_id: "c7", target_name: "echo", data: { hello: "我" } });
  await expect.poll(() => kernel.messages.find(({ content }) => content["text"] === "opened with 我\n")?.parent).toBe(cell.id);
  expect((await kernel.request("comm_info_request", { target_name: "echo" }).then(({ done }) => done)).reply).toEqual({
    status: "ok",
    comms: { c7: { target_name: "echo" } },
  });
  from = kernel.messages.length;
  void kernel.request(
    "comm_msg",
    { comm_id: "c7", data: { word: "是" } },
    { buffers: [Buffer.from([1, 2, 3]).toString("base64")] },
  );
  const back = await next("comm_msg", from);
  expect(back.content).toEqual({ comm_id: "c7", data: { again: "是" } });
  expect(back.buffers).toEqual([Buffer.from([3, 2, 1]).toString("base64")]);
  void kernel.request("comm_close", { comm_id: "c7", data: {} });
  await expect.poll(() => kernel.messages.some(({ content }) => content["text"] === "closed\n")).toBe(true);
  from = kernel.messages.length;
  await kernel.run("end()");
  void kernel.request("comm_open", { comm_id: "c8", target_name: "echo", data: {} });
  expect((await next("comm_close", from)).content).toEqual({ comm_id: "c8", data: {} });
});

test("a cell opens a comm, and hears the page", async () => {
  const from = kernel.messages.length;
  await kernel.run(`
    import { openComm } from "heed";
    const line = openComm("page", { count: 3 });
    let heard = 0;
    line.onMessage = ({ data }) => { heard = data.value; };`);
  const opened = await next("comm_open", from);
  expect(opened.content).toMatchObject({ target_name: "page", data: { count: 3 } });
  void kernel.request("comm_msg", { comm_id: opened.content["comm_id"], data: { value: 11 } });
  await kernel.request("comm_info_request", {}).then(({ done }) => done);
  expect(result(await kernel.run("heard"))).toBe("11");
  await kernel.run("line.close()");
  expect((await next("comm_close", from)).content).toMatchObject({ comm_id: opened.content["comm_id"] });
  expect((await kernel.run("line.send({})")).reply).toMatchObject({ status: "error", evalue: "send: the comm page is closed" });
});

/** Runs a cell that asks, and answers each of its questions. */
async function answered(
  code: string,
  answers: readonly string[],
): Promise<{ prompts: string[]; run: Awaited<ReturnType<Kernel["run"]>> }> {
  const prompts: string[] = [];
  let from = kernel.messages.length;
  const { done } = await kernel.send(code, { content: { allow_stdin: true } });
  for (const answer of answers) {
    const question = await next("input_request", from);
    from = kernel.messages.indexOf(question) + 1;
    prompts.push(String(question.content["prompt"]));
    await kernel.answer(answer);
  }
  return { prompts, run: await done };
}

test("prompt, confirm and alert ask the person, as in a browser", async () => {
  const { prompts, run } = await answered(
    `const name = prompt("Name?", "nobody"); const none = prompt("More?"); const sure = confirm("Sure?"); alert("Read this"); [name, none, sure].join()`,
    ["小明", "", "y", ""],
  );
  expect(prompts).toEqual(["Name? [nobody] ", "More? ", "Sure? [y/N] ", "Read this [Enter] "]);
  expect(result(run)).toBe("'小明,,true'");
  const again = await answered(`prompt("Name?", "nobody")`, [""]);
  expect(result(again.run)).toBe("'nobody'");
});

test("what was written comes before the question", async () => {
  const from = kernel.messages.length;
  await answered(`console.log("before"); prompt("?")`, ["x"]);
  const types = kernel.messages.slice(from).map(({ type }) => type);
  expect(types.indexOf("stream")).toBeLessThan(types.indexOf("input_request"));
});

test("standard input is what the person types", async () => {
  const { run } = await answered(
    `import { createInterface } from "node:readline/promises";
    const lines = createInterface({ input: process.stdin, output: process.stdout });
    const first = await lines.question("first? ");
    const second = await lines.question("second? ");
    lines.close();
    first + second`,
    ["我", "是"],
  );
  expect(textOf(run)).toBe("first? second? ");
  expect(result(run)).toBe("'我是'");
});

test("an interrupt ends a question; who may not be asked is not", async () => {
  const from = kernel.messages.length;
  const { done } = await kernel.send(`prompt("for ever?")`, { content: { allow_stdin: true } });
  await next("input_request", from);
  await kernel.interrupt();
  expect((await done).reply).toMatchObject({ status: "error", ename: "Interrupted" });
  expect((await kernel.run(`prompt("?")`)).reply["evalue"]).toContain("answers no questions");
  expect(result(await kernel.run("1 + 1"))).toBe("2");
});

test("a client's expressions are evaluated after the cell, each for itself", async () => {
  const run = await kernel.run("let seven = 7;", {
    content: { user_expressions: { twice: "2 * seven", none: "nothing.here", text: "'是'" } },
  });
  expect(run.reply["user_expressions"]).toMatchObject({
    twice: { status: "ok", data: { "text/plain": "14" } },
    none: { status: "error" },
    text: { status: "ok", data: { "text/plain": "'是'" } },
  });
  expect(typesOf(run)).toEqual(["status busy", "execute_input", "status idle"]);
});

test("what is not stored is not counted and not remembered", async () => {
  const before = (await kernel.run("'counted'")).reply["execution_count"] as number;
  const run = await kernel.run("'not stored'", { content: { store_history: false } });
  expect(result(run)).toBe("'not stored'");
  await kernel.run("'silent'", { content: { silent: true } });
  expect((await kernel.run("'after'")).reply["execution_count"]).toBe(before + 1);
  const asked = await kernel.request("history_request", { hist_access_type: "tail", n: 2, output: true, raw: true });
  const { history } = (await asked.done).reply as { history: [number, number, [string, string]][] };
  expect(history.map(([, line, [source, output]]) => [line, source, output])).toEqual([
    [before, "'counted'", "'counted'"],
    [before + 1, "'after'", "'after'"],
  ]);
});

const historyOf = async (one: Kernel, content: object): Promise<unknown[][]> => {
  const { done } = await one.request("history_request", { output: false, raw: true, ...content });
  return (await done).reply["history"] as unknown[][];
};

test("history is kept between sessions, found by pattern, range and end", async () => {
  const first = await startKernel("heed", { env });
  for (const code of ["'alpha 1'", "'beta'", "'alpha 2'", "'alpha 2'"]) await first.run(code);
  await first.stop();
  const second = await startKernel("heed", { env });
  await second.run("'gamma'");
  const found = await historyOf(second, { hist_access_type: "search", pattern: "'alpha*" });
  expect(found.map(([, line, source]) => [line, source])).toEqual([
    [1, "'alpha 1'"],
    [3, "'alpha 2'"],
    [4, "'alpha 2'"],
  ]);
  const unique = await historyOf(second, { hist_access_type: "search", pattern: "'alpha*", unique: true });
  expect(unique.map(([, line]) => line)).toEqual([1, 4]);
  expect((await historyOf(second, { hist_access_type: "search", pattern: "'alpha*", n: 1 })).map(([, line]) => line)).toEqual([
    4,
  ]);
  const session = Number(found[0]?.[0]);
  expect(await historyOf(second, { hist_access_type: "range", session, start: 2, stop: 4 })).toEqual([
    [session, 2, "'beta'"],
    [session, 3, "'alpha 2'"],
  ]);
  // 0 is this session, -1 the one before it.
  expect((await historyOf(second, { hist_access_type: "range", session: 0 })).map(([, , source]) => source)).toEqual([
    "'gamma'",
  ]);
  expect(await historyOf(second, { hist_access_type: "range", session: -1, start: 1 })).toHaveLength(4);
  expect((await historyOf(second, { hist_access_type: "tail", n: 2 })).map(([, , source]) => source)).toEqual([
    "'alpha 2'",
    "'gamma'",
  ]);
  await second.stop();
});

test("where nothing can be written, history lives as long as the kernel", async () => {
  const folder = join(data, "read-only");
  mkdirSync(folder);
  chmodSync(folder, 0o555);
  // For the system's administrator nothing is read-only; a file where the folder should be is.
  const other = await startKernel("heed", { env: { JUPYTER_DATA_DIR: process.getuid?.() === 0 ? "/dev/null" : folder } });
  await other.run("'once'");
  expect((await historyOf(other, { hist_access_type: "tail", n: 5 })).map(([, , source]) => source)).toEqual(["'once'"]);
  await other.stop();
});
