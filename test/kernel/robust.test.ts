/** Much of everything, little of what is usual, and strange places: the kernel goes on, and so do its neighbours. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inEnvironment, notebookFolder } from "../../scripts/setup/places.mjs";
import { jupyterEnvironment } from "../../scripts/setup/settings.mjs";
import { contentsOf, startKernel, textOf, type Kernel, type Run } from "../support/kernel.js";

const folder = mkdtempSync(join(tmpdir(), "heed-robust-"));
let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel();
});
afterAll(async () => {
  await kernel?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const result = (run: Run): unknown =>
  (contentsOf(run, "execute_result")[0]?.["data"] as Record<string, unknown> | undefined)?.["text/plain"];

test("100,000 lines arrive, in order and in few messages", async () => {
  const run = await kernel.run("for (let i = 0; i < 100_000; i++) console.log(i);");
  const lines = textOf(run).split("\n");
  expect(lines).toHaveLength(100_001);
  expect(lines.every((line, i) => line === (i < 100_000 ? String(i) : ""))).toBe(true);
  // JupyterLab's server passes on 1,000 messages a second and drops the rest.
  expect(contentsOf(run, "stream").length).toBeLessThan(1000);
});

test("50 MB of output arrive", async () => {
  const script = `
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="heed")
size = 0
def count(message):
    global size
    if message["msg_type"] == "stream":
        size += len(message["content"]["text"])
code = "const text = 'x'.repeat(999) + '\\\\n'; for (let i = 0; i < 50_000; i++) process.stdout.write(text);"
reply = client.execute_interactive(code, output_hook=count)
print(reply["content"]["status"], size)
client.stop_channels()
manager.shutdown_kernel()
`;
  const python = spawn(inEnvironment("python"), ["-c", script], {
    cwd: notebookFolder,
    env: jupyterEnvironment(),
    stdio: ["ignore", "pipe", "ignore"],
  });
  let said = "";
  python.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  await once(python, "close");
  expect(said.trim()).toBe("ok 50000000");
});

test("a stack that overflows is an error of the cell", async () => {
  const run = await kernel.run("const down = (n: number): number => 1 + down(n + 1);\ndown(0)");
  expect(run.reply).toMatchObject({ status: "error", ename: "RangeError", evalue: "Maximum call stack size exceeded" });
  const deep = await kernel.run(
    "let nested: any = 0; for (let i = 0; i < 1e5; i++) nested = [nested];\nJSON.stringify(nested)",
  );
  expect(deep.reply).toMatchObject({ status: "error", ename: "RangeError" });
  expect(result(await kernel.run("1 + 1"))).toBe("2");
});

test("a cell that takes all memory is ended with a clear message; its kernel and others go on", async () => {
  // Small, so that it is full soon; the same holds for V8's own limit.
  const small = await startKernel("heed", { env: { NODE_OPTIONS: "--max-old-space-size=600" } });
  // Read from text, memory fills slowly enough for a busy machine to look in time.
  await small.run(
    "const kept = 42; const text = JSON.stringify(Array.from({ length: 1000 }, (_, i) => ({ number: i, name: `name ${i}` })));",
  );
  for (const code of [
    "const hoard: unknown[] = []; for (;;) hoard.push(JSON.parse(text));",
    "for (;;) { hoard.push(JSON.parse(text)); if (hoard.length % 50 === 0) await null; }",
  ]) {
    const run = await small.run(code);
    expect(run.reply).toMatchObject({ status: "error", ename: "OutOfMemory" });
    expect(run.reply["evalue"]).toMatch(/objects in use take 0\.\d+ GB of the 0\.63 GB.*--max-old-space-size/);
    expect(result(await small.run("hoard.length = 0; kept"))).toBe("42");
  }
  // Much that is soon let go of again is no reason.
  const busy = await small.run(
    "let made = 0; for (let i = 0; i < 2000; i++) made += Array.from({ length: 10_000 }, (_, j) => ({ j })).length; made",
  );
  expect(result(busy)).toBe("20000000");
  expect(result(await kernel.run("'unharmed'"))).toBe("'unharmed'");
  await small.stop();
});

test("two kernels do not know of each other", async () => {
  const other = await startKernel();
  await Promise.all([kernel.run("let mine = 1;"), other.run("let mine = 2;")]);
  expect(await Promise.all([kernel.run("mine"), other.run("mine")]).then((runs) => runs.map(result))).toEqual(["1", "2"]);
  const { done } = await other.send("while (true) {}");
  expect(result(await kernel.run("mine + 1"))).toBe("2");
  await other.interrupt();
  expect((await done).reply).toMatchObject({ status: "error", ename: "Interrupted" });
  await other.stop();
});

test("a folder with spaces and Chinese, files and all", async () => {
  const place = join(folder, "my notes 笔记 #1 100%");
  mkdirSync(place);
  writeFileSync(
    join(place, "工具.ts"),
    "export const seven: number = 7;\nexport const fail = (): never => {\n  throw new Error('here');\n};\n",
  );
  const other = await startKernel("heed", { cwd: place });
  expect(result(await other.run(`import { fail, seven } from "./工具"; seven`))).toBe("7");
  const failed = await other.run("fail()");
  expect((failed.reply["traceback"] as string[]).join("\n")).toContain("at fail (工具.ts:3:9)");
  await other.stop();
});

test("a home that cannot be written, and is not even there", async () => {
  const nowhere = join(folder, "file");
  writeFileSync(nowhere, "");
  const env = {
    HOME: nowhere,
    USERPROFILE: nowhere,
    APPDATA: nowhere,
    XDG_DATA_HOME: "",
    JUPYTER_DATA_DIR: "",
    JUPYTER_RUNTIME_DIR: folder,
  };
  const other = await startKernel("heed", { env });
  expect(result(await other.run("1 + 1"))).toBe("2");
  await other.stop();
});
