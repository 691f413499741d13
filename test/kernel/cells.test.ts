/** What a cell gives: values, displays, text and errors, over the real protocol. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { contentsOf, startKernel, textOf, typesOf, type Kernel } from "../support/kernel.js";

let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel();
});
afterAll(async () => void (await kernel?.stop()));

/** A traceback without its colours. */
// oxlint-disable-next-line no-control-regex -- that is what colours are
const plain = (traceback: unknown): string => (traceback as string[]).join("\n").replace(/\u001B\[\d+m/g, "");

/** The plain text of a displayed bundle. */
const textIn = (content: Readonly<Record<string, unknown>> | undefined): string =>
  String((content?.["data"] as Record<string, unknown> | undefined)?.["text/plain"]);

test("a value comes as a result between busy and idle, with the cell's number", async () => {
  const run = await kernel.run("const words = ['我', '是'];\nwords.length * 3");
  expect(typesOf(run)).toEqual(["status busy", "execute_input", "execute_result", "status idle"]);
  const [input] = contentsOf(run, "execute_input");
  const [result] = contentsOf(run, "execute_result");
  expect(input?.["code"]).toContain("words.length");
  expect(result?.["data"]).toEqual({ "text/plain": "6" });
  expect(result?.["execution_count"]).toBe(input?.["execution_count"]);
  expect(run.reply).toMatchObject({ status: "ok", execution_count: input?.["execution_count"] });
});

test("cells share their variables and may declare them again", async () => {
  await kernel.run("let total = 5; function twice(n: number) { return 2 * n; }");
  await kernel.run("total = twice(total); const total2 = total + 1;");
  const run = await kernel.run("const total2 = 'again';\n[total, total2]");
  expect(contentsOf(run, "execute_result")[0]?.["data"]).toEqual({ "text/plain": "[ 10, 'again' ]" });
});

test("a cell may wait in a loop alone", async () => {
  const run = await kernel.run(`
    async function* three() { yield 2; yield 3; yield 5; }
    let sum = 0;
    for await (const number of three()) sum += number;
    sum`);
  expect(contentsOf(run, "execute_result")[0]?.["data"]).toEqual({ "text/plain": "10" });
});

test("a shorthand property finds the variable of an earlier cell, and a type error beside it its place", async () => {
  await kernel.run("const query = [1, 2]; const keys = [3];");
  const run = await kernel.run("({ query, keys })");
  expect(contentsOf(run, "execute_result")[0]?.["data"]).toEqual({ "text/plain": "{ query: [ 1, 2 ], keys: [ 3 ] }" });
  const wrong = await kernel.run("const all = { query, keys }; const n: string = 3;");
  expect(contentsOf(wrong, "error")[0]?.["evalue"]).toMatch(/^1:36 /);
});

test("no value, no result", async () => {
  expect(typesOf(await kernel.run("const x = 1;"))).not.toContain("execute_result");
  expect(typesOf(await kernel.run("undefined"))).not.toContain("execute_result");
  expect(typesOf(await kernel.run(""))).toEqual(["status busy", "execute_input", "status idle"]);
});

test.each([
  ["sync", "() =>"],
  ["async", "async () =>"],
])("a last value that displays itself, %s, is shown in all its MIME types", async (_, arrow) => {
  const run = await kernel.run(
    `({ [Symbol.for("Jupyter.display")]: ${arrow} ({ "text/plain": "seven", "text/html": "<b>7</b>", "application/json": { seven: 7 } }) })`,
  );
  expect(contentsOf(run, "execute_result")[0]?.["data"]).toEqual({
    "text/plain": "seven",
    "text/html": "<b>7</b>",
    "application/json": { seven: 7 },
  });
});

test("a value whose display fails is an error of the cell", async () => {
  const run = await kernel.run(`({ [Symbol.for("Jupyter.display")]: async () => { throw new RangeError("no picture"); } })`);
  expect(contentsOf(run, "error")[0]).toMatchObject({ ename: "RangeError", evalue: "no picture" });
  const wrong = await kernel.run(`({ [Symbol.for("Jupyter.display")]: () => 3 })`);
  expect(contentsOf(wrong, "error")[0]?.["evalue"]).toContain("expected an object of MIME types; got 3");
});

test("code displays several MIME types at once and replaces them by id; bytes travel as base64", async () => {
  const run = await kernel.run(`
    const host = globalThis[Symbol.for("heed.host")];
    host.display({ "text/plain": "first", "image/png": new Uint8Array([1, 2, 3]) }, { displayId: "one", metadata: { width: 7 } });
    await new Promise((resolve) => setTimeout(resolve, 5));
    host.display({ "text/plain": "second" }, { displayId: "one", update: true });`);
  expect(contentsOf(run, "display_data")).toEqual([
    { data: { "text/plain": "first", "image/png": "AQID" }, metadata: { width: 7 }, transient: { display_id: "one" } },
  ]);
  expect(contentsOf(run, "update_display_data")).toEqual([
    { data: { "text/plain": "second" }, metadata: {}, transient: { display_id: "one" } },
  ]);
});

test("tslab's own display works", async () => {
  const run = await kernel.run(`import * as tslab from "tslab"; tslab.display.html("<i>seven</i>");`);
  expect(contentsOf(run, "display_data")[0]?.["data"]).toEqual({ "text/html": "<i>seven</i>" });
});

test("show() and progress() reach the notebook", async () => {
  const run = await kernel.run(`
    import { progress, show } from "heed";
    show([[0.5, 0.5], [0, 1]], { rows: ["I", "am"], columns: ["我", "是"], id: "live", language: "en" });
    show([[1, 0], [0, 1]], { rows: ["I", "am"], columns: ["我", "是"], id: "live", language: "en" });
    const bar = progress("Counting", 3);
    for (let i = 0; i < 3; i++) await bar.step();`);
  expect(run.reply["status"]).toBe("ok");
  const [note, bar] = contentsOf(run, "display_data");
  expect(Object.keys(note?.["data"] as object).toSorted()).toEqual([
    "application/vnd.heed.attention.v1+json",
    "image/svg+xml",
    "text/plain",
  ]);
  expect(textIn(bar)).toContain("Counting");
  const updates = contentsOf(run, "update_display_data");
  expect(updates[0]?.["transient"]).toEqual(note?.["transient"]);
  expect(textIn(updates.at(-1))).toContain("100% 3/3");
});

test("5,000 lines at once all arrive, in order, and then idle", async () => {
  const run = await kernel.run("for (let i = 0; i < 5000; i++) console.log(`line ${i}`);");
  expect(textOf(run)).toBe(Array.from({ length: 5000 }, (_, i) => `line ${i}\n`).join(""));
  // JupyterLab's server passes on 1,000 messages a second and drops the rest.
  expect(contentsOf(run, "stream").length).toBeLessThan(500);
  expect(typesOf(run).at(-1)).toBe("status idle");
});

test("500 displays at once all arrive", async () => {
  const run = await kernel.run(`
    for (let i = 0; i < 500; i++) globalThis[Symbol.for("heed.host")].display({ "text/plain": String(i) });`);
  const texts = contentsOf(run, "display_data").map(textIn);
  expect(texts).toEqual(Array.from({ length: 500 }, (_, i) => String(i)));
});

test("text keeps its order: both streams, displays and the value", async () => {
  const run = await kernel.run(`
    console.log("1"); console.error("2"); console.log("3");
    globalThis[Symbol.for("heed.host")].display({ "text/plain": "4" });
    console.log("5");
    "6"`);
  const order = run.messages
    .filter(({ type }) => ["stream", "display_data", "execute_result"].includes(type))
    .map(({ content }) => content["text"] ?? textIn(content));
  expect(order).toEqual(["1\n", "2\n", "3\n", "4", "5\n", "'6'"]);
});

test("a character written byte by byte arrives whole", async () => {
  const run = await kernel.run(`for (const byte of Buffer.from("我是中国人")) process.stdout.write(Buffer.from([byte]));`);
  expect(textOf(run)).toBe("我是中国人");
});

test("writing calls back", async () => {
  const run = await kernel.run(`await new Promise((resolve) => process.stdout.write("text", resolve)); "written"`);
  expect(textOf(run)).toBe("text");
});

test("an error names its line in the cell, shows it, and tells the cause", async () => {
  await kernel.run(
    "interface Unused { a: number }\n\nfunction inner(n: number): never {\n  throw new RangeError(`bad ${n}`);\n}",
  );
  const run = await kernel.run(
    "type Also = string;\n\ntry {\n  inner(7);\n} catch (cause) {\n  throw new TypeError('outer', { cause });\n}",
  );
  expect(typesOf(run)).toEqual(["status busy", "execute_input", "error", "status idle"]);
  const [error] = contentsOf(run, "error");
  expect(error).toMatchObject({ ename: "TypeError", evalue: "outer" });
  const here = Number(run.reply["execution_count"]);
  const text = plain(error?.["traceback"]);
  expect(text).toContain("→ 6   throw new TypeError('outer', { cause });");
  expect(text).toContain(`at cell [${here}], line 6`);
  expect(text).toContain("caused by\nRangeError: bad 7");
  expect(text).toContain(`at inner (cell [${here - 1}], line 4)`);
  expect(text).not.toMatch(/tslab|node:|heed-cell|\.mjs/);
  expect(run.reply).toMatchObject({ status: "error", ename: "TypeError", evalue: "outer" });
});

test("an error after an await, and one thrown by a library, are told as well", async () => {
  const late = await kernel.run(
    "await new Promise((resolve) => setTimeout(resolve, 1));\nconst three = 3;\nthrow new Error(`late ${three}`);",
  );
  expect(plain(contentsOf(late, "error")[0]?.["traceback"])).toContain("→ 3 throw new Error(`late ${three}`);");
  const library = await kernel.run("import { tensor } from 'heed';\ntensor([[1, 2], [3]]);");
  expect(plain(contentsOf(library, "error")[0]?.["traceback"])).toContain("→ 2 tensor([[1, 2], [3]]);");
});

test("what is thrown without being an error is told", async () => {
  const run = await kernel.run("throw { code: 7 };");
  expect(contentsOf(run, "error")[0]).toMatchObject({ ename: "Uncaught", evalue: "{ code: 7 }" });
});

test("type errors are errors, underlined in the cell, every one of them", async () => {
  const run = await kernel.run("const n: number = 'text';\nconst ok = 1;\nMath.roundd(ok);");
  expect(typesOf(run)).toEqual(["status busy", "execute_input", "error", "status idle"]);
  const [error] = contentsOf(run, "error");
  expect(error?.["ename"]).toBe("TypeScriptError");
  expect(error?.["evalue"]).toContain("1:7 - Type 'string' is not assignable to type 'number'.");
  const text = plain(error?.["traceback"]);
  expect(text).toContain(
    "1:7 TS2322: Type 'string' is not assignable to type 'number'.\n→ 1 const n: number = 'text';\n          ~\n",
  );
  expect(text).toContain("→ 3 Math.roundd(ok);\n         ~~~~~~");
  // Nothing of the cell has run.
  expect(contentsOf(await kernel.run("ok"), "error")[0]?.["evalue"]).toContain("Cannot find name 'ok'");
});

test("a cell that cannot be read is a SyntaxError", async () => {
  const run = await kernel.run("const = 3;");
  expect(contentsOf(run, "error")[0]?.["ename"]).toBe("SyntaxError");
});

test("a rejection nobody waits for is told beside its cell, and the kernel lives", async () => {
  const run = await kernel.run("Promise.reject(new Error('stray'));\n'done'");
  expect(run.reply["status"]).toBe("ok");
  expect(textOf(run, "stderr")).toContain("stray");
  const thrown = await kernel.run(
    "setTimeout(() => { throw new Error('in a timer'); }, 1); await new Promise((r) => setTimeout(r, 30));",
  );
  expect(textOf(thrown, "stderr")).toContain("in a timer");
  expect(contentsOf(await kernel.run("1 + 1"), "execute_result")[0]?.["data"]).toEqual({ "text/plain": "2" });
});

test("what a cell starts and leaves running writes beside that cell", async () => {
  const first = await kernel.send("setTimeout(() => console.log('from the first'), 60); 1");
  const { messages } = await first.done;
  const second = await kernel.run("await new Promise((resolve) => setTimeout(resolve, 250)); console.log('from the second');");
  expect(textOf(second)).toBe("from the second\n");
  const late = (): string | undefined => kernel.messages.find(({ content }) => content["text"] === "from the first\n")?.parent;
  await expect.poll(late).toBe(messages[0]?.parent);
});

test("code knows the cell it runs in", async () => {
  const code = `const { cell } = globalThis[Symbol.for("heed.host")]; [cell.id, cell.count, cell.signal.aborted]`;
  const run = await kernel.run(code, { cellId: "b1d5" });
  expect(contentsOf(run, "execute_result")[0]?.["data"]).toEqual({
    "text/plain": `[ 'b1d5', ${String(run.reply["execution_count"])}, false ]`,
  });
});

test("a module in a cell is imported by another; its type errors are errors", async () => {
  const module = await kernel.run("/** @module counting */\nexport const seven: number = 7;");
  expect(module.reply["status"]).toBe("ok");
  const run = await kernel.run(`import { seven } from "./counting";\nseven + 1`);
  expect(contentsOf(run, "execute_result")[0]?.["data"]).toEqual({ "text/plain": "8" });
  const wrong = await kernel.run("/** @module wrong */\nexport const seven: string = 7;");
  expect(contentsOf(wrong, "error")[0]?.["ename"]).toBe("TypeScriptError");
});

test("types of Node are there, and those of what other packages bring do not get in the way", async () => {
  const run = await kernel.run(`import { readFileSync } from "node:fs";
    const bytes: Buffer = readFileSync(process.execPath).subarray(0, 0);
    const text: string = new TextDecoder().decode(bytes);
    text.length`);
  expect(contentsOf(run, "execute_result")[0]?.["data"]).toEqual({ "text/plain": "0" });
});
