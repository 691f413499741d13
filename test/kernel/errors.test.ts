/** Errors that are thrown, printed or returned say where they come from in the notebook's own lines, without the kernel's frames. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contentsOf, startKernel, textOf, type Kernel } from "../support/kernel.js";

const folder = mkdtempSync(join(tmpdir(), "heed-errors-"));
let kernel: Kernel;
beforeAll(async () => {
  writeFileSync(join(folder, "package.json"), "{}");
  writeFileSync(
    join(folder, "throws.ts"),
    `interface Unused {\n  a: number;\n}\nexport async function fail(): Promise<never> {\n  await null;\n  throw new RangeError("in a file");\n}\n`,
  );
  kernel = await startKernel("heed", { cwd: folder });
});
afterAll(async () => {
  await kernel?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const result = (run: Awaited<ReturnType<Kernel["run"]>>): unknown =>
  (contentsOf(run, "execute_result")[0]?.["data"] as Record<string, unknown> | undefined)?.["text/plain"];

/** A traceback without its colours. */
// oxlint-disable-next-line no-control-regex -- that is what colours are
const plain = (traceback: unknown): string => (traceback as string[]).join("\n").replace(/\u001B\[\d+m/g, "");

test("an error that is printed has the lines of its cells", async () => {
  const first = await kernel.run("\nfunction parse() {\n  return JSON.parse('{');\n}");
  const run = await kernel.run("try {\n  parse();\n} catch (error) {\n  console.error(error);\n}");
  const [before, here] = [Number(first.reply["execution_count"]), Number(run.reply["execution_count"])];
  expect(textOf(run, "stderr").trimEnd().split("\n").slice(1)).toEqual([
    "    at JSON.parse (<anonymous>)",
    `    at parse (cell [${before}], line 3)`,
    `    at cell [${here}], line 2`,
  ]);
});

test("one that is the cell's value, and its stack as text", async () => {
  const run = await kernel.run("new TypeError('returned')");
  const here = Number(run.reply["execution_count"]);
  expect(result(run)).toBe(`TypeError: returned\n    at cell [${here}], line 1`);
  const text = await kernel.run("new Error('as text').stack.split('\\n')[1]");
  expect(result(text)).toBe(`'    at cell [${here + 1}], line 1'`);
});

test("one from a TypeScript file has that file's line", async () => {
  const run = await kernel.run(`import { fail } from "./throws";\nawait fail();`);
  const text = plain(contentsOf(run, "error")[0]?.["traceback"]);
  expect(text).toContain("RangeError: in a file");
  expect(text).toContain("at fail (throws.ts:6:9)");
  expect(text).toContain("→ 2 await fail();");
  expect(text).not.toMatch(/heed|\.mjs|node:/);
});

test("one in a timer, and one of a library", async () => {
  const run = await kernel.run(
    "const nothing: any = null;\nsetTimeout(() => nothing.x, 1);\nawait new Promise((resolve) => setTimeout(resolve, 100));",
  );
  expect(textOf(run, "stderr")).toContain(`cell [${String(run.reply["execution_count"])}], line 2`);
  const missing = await kernel.run(`import fs from "node:fs";\nfs.readFileSync("not-there.txt");`);
  const text = plain(contentsOf(missing, "error")[0]?.["traceback"]);
  expect(text).toContain("→ 2 fs.readFileSync");
  expect(text).not.toMatch(/node:\w+:\d|node:internal|\.mjs/);
});

test.each([
  ["%%time\nconst n = 1;", 'console.time("cell")'],
  ["!ls -la notebooks", 'execSync("ls -la notebooks", { stdio: "inherit" })'],
  ["!pip install heed", 'execSync("npm install heed", { stdio: "inherit" })'],
  ["%cd ..", "process.chdir(…)"],
  ["%matplotlib inline", "no extensions of that kind"],
  ["Math.max?", "Shift+Tab"],
])("a habit from another kernel gets a hint: %j", async (code, hint) => {
  const run = await kernel.run(code);
  expect(run.reply["status"]).toBe("error");
  expect(plain(contentsOf(run, "error")[0]?.["traceback"])).toContain(hint);
});

test("what only looks like one is TypeScript", async () => {
  await kernel.run("const flag = false;");
  expect(result(await kernel.run("!flag"))).toBe("true");
  const run = await kernel.run("const n: number = '%%time';");
  expect(plain(contentsOf(run, "error")[0]?.["traceback"])).not.toContain("is not TypeScript");
});
