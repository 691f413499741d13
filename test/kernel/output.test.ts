/** Text of every origin reaches the cell, whole and storable; nothing that is written, and nothing that ends, takes the kernel along. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inEnvironment, notebookFolder } from "../../scripts/setup/places.mjs";
import { jupyterEnvironment } from "../../scripts/setup/settings.mjs";
import { contentsOf, startKernel, textOf, type Kernel } from "../support/kernel.js";

let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel();
});
afterAll(async () => void (await kernel?.stop()));

const result = (run: Awaited<ReturnType<Kernel["run"]>>): unknown =>
  (contentsOf(run, "execute_result")[0]?.["data"] as Record<string, unknown> | undefined)?.["text/plain"];

test("half a character becomes U+FFFD wherever it is: text, values, nested data, names, errors", async () => {
  const run = await kernel.run(`
    const half = "we like 😀".slice(0, 9);
    console.log(half, "😀", "\\\\ud83d");
    globalThis[Symbol.for("heed.host")].display({ "application/json": { [half]: [{ deep: half + "\\ude00" }, "\\udc00\\ud800"] } });
    half`);
  // A whole pair that only came in two halves is whole; what is written as an escape stays as it is.
  expect(textOf(run)).toBe("we like \uFFFD 😀 \\ud83d\n");
  expect(contentsOf(run, "display_data")[0]?.["data"]).toEqual({
    "application/json": { "we like \uFFFD": [{ deep: "we like 😀" }, "\uFFFD\uFFFD"] },
  });
  JSON.stringify(run.messages, (_, value: unknown) => {
    if (typeof value === "string") expect(value.isWellFormed()).toBe(true);
    return value;
  });
  const failed = await kernel.run("throw new Error(half)");
  expect(failed.reply).toMatchObject({ status: "error", evalue: "we like \uFFFD" });
});

test("process.exit() ends the cell, says so, and keeps its text and the kernel", async () => {
  await kernel.run("const results = [2, 3, 5];");
  const first = await kernel.send(`console.log("why I stop"); process.exit(1); console.log("never")`);
  const behind = await kernel.send("'behind'");
  const run = await first.done;
  expect(textOf(run)).toBe("why I stop\n");
  expect(run.reply).toMatchObject({ status: "error", ename: "ProcessExit" });
  expect(run.reply["evalue"]).toContain("process.exit(1) ended the cell; the kernel goes on");
  expect((await behind.done).reply["status"]).toBe("aborted");
  expect(result(await kernel.run("results.length"))).toBe("3");
});

test("process.exit() is no error to catch, and ends a cell that waits", async () => {
  const run = await kernel.run(`
    setTimeout(() => process.exit(), 10);
    try { await new Promise(() => {}); } catch { console.log("caught"); await null; console.log("went on"); }`);
  expect(run.reply).toMatchObject({ status: "error", ename: "ProcessExit" });
  expect(textOf(run)).not.toContain("went on");
});

test("a child's inherited output reaches its cell", async () => {
  const node = JSON.stringify(process.execPath);
  const run = await kernel.run(`
    import { execFileSync, execSync, fork, spawn, spawnSync } from "node:child_process";
    import { once } from "node:events";
    const say = (word: string) => ["-e", "console.log('" + word + "'); console.error('" + word + "!')"];
    const { stdout, status } = spawnSync(${node}, say("one"), { stdio: "inherit" });
    execFileSync(${node}, say("two"), { stdio: ["ignore", "inherit", 2] });
    execSync('echo three', { stdio: [0, 1, 2] });
    await once(spawn(${node}, say("four"), { stdio: "inherit" }), "close");
    await once(spawn(${node}, say("five"), { stdio: ["ignore", process.stdout, process.stderr] }), "close");
    [stdout, status, execSync("echo kept").toString().trim(), spawnSync(${node}, say("x")).stdout.toString().trim()].join()`);
  expect(run.reply).toMatchObject({ status: "ok" });
  expect(textOf(run).split(/\r?\n/)).toEqual(["one", "two", "three", "four", "five", ""]);
  expect(textOf(run, "stderr").split(/\r?\n/)).toEqual(["one!", "two!", "four!", "five!", ""]);
  expect(result(run)).toBe("',0,kept,x'");
});

test("a child that fails says so as without the kernel", async () => {
  const run = await kernel.run(`
    import { execSync } from "node:child_process";
    const failure = (stdio: any) => { try { execSync("exit 3", { stdio }); } catch (error: any) { return [error.message, error.status].join(); } };
    [failure("inherit"), failure("pipe")]`);
  expect(result(run)).toBe("[ 'Command failed: exit 3,3', 'Command failed: exit 3,3' ]");
});

test("what is written to the descriptors reaches the cell", async () => {
  const run = await kernel.run(`
    import fs, { writeSync } from "node:fs";
    writeSync(1, "a"); fs.writeSync(1, Buffer.from("xbx"), 1, 1); fs.writeFileSync(1, "c"); writeSync(2, "d");
    await new Promise<void>((resolve) => fs.write(1, "e", () => resolve()));`);
  expect(textOf(run)).toBe("abce");
  expect(textOf(run, "stderr")).toBe("d");
});

test.each([
  ["a plain cell", "1"],
  [
    "open sessions of ONNX Runtime",
    `import { compile, ops } from "heed"; (await compile((x: ops.Traced) => ops.matmul(x, x))([[1]])).shape`,
  ],
])("a kernel that ends leaves no word on standard error: %s", async (_, code) => {
  const script = `
import sys
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="heed")
client.execute(sys.argv[1], reply=True, timeout=300)
client.stop_channels()
manager.shutdown_kernel()
`;
  const process_ = spawn(inEnvironment("python"), ["-c", script, code], {
    cwd: notebookFolder,
    env: jupyterEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [process_.stdout, process_.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  await once(process_, "close");
  expect(said).toBe("");
});
