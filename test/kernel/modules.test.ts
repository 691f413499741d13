/** What cells import: modules of the notebook's folder and beside it, packages, and heed itself; edited files are loaded anew. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startKernel, type Kernel } from "../support/kernel.js";
import { outcomeOf, checkSteps } from "../support/scenarios.js";

const project = mkdtempSync(join(tmpdir(), "heed modules 模块-"));
const folder = join(project, "notebooks");
let kernel: Kernel;
let edits = 0;

/** Writes a file, later than the last time it was written: the clock of a file system may be coarse. */
function write(path: string, text: string): void {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  edits += 1;
  const time = new Date(Date.now() + edits * 1000);
  utimesSync(full, time, time);
}

/** Writes a package into the project's node_modules. */
function install(name: string, manifest: object, files: Readonly<Record<string, string>>): void {
  write(`../node_modules/${name}/package.json`, JSON.stringify({ name, version: "1.0.0", ...manifest }));
  for (const [path, text] of Object.entries(files)) write(`../node_modules/${name}/${path}`, text);
}

beforeAll(async () => {
  mkdirSync(folder);
  kernel = await startKernel("heed", { cwd: folder });
});
afterAll(async () => {
  await kernel?.stop();
  rmSync(project, { recursive: true, force: true });
});

test("modules above the folder, JSON, and TypeScript with JSX", async () => {
  write("../src/up.ts", "export const up: number = 1; export type Up = typeof up;");
  write("../src/data.json", '{ "a": 1, "not a name": 2 }');
  write("component.tsx", "export const element = <T,>(x: T) => x; export default function named() { return 'default' }");
  await checkSteps(kernel, [
    ['import { up, type Up } from "../src/up"; const typed: Up = up; typed', "1"],
    ['import data from "../src/data.json"; data', "{ a: 1, 'not a name': 2 }"],
    ['import other, { a } from "../src/data.json" with { type: "json" }; [a, other.a]', "[ 1, 1 ]"],
    ['(await import("../src/data.json", { with: { type: "json" } })).default.a', "1"],
    [
      'import named, { element } from "./component"; import { element as again } from "./component.tsx"; [element(2), again === element, named()]',
      "[ 2, true, 'default' ]",
    ],
    ['import * as all from "./component"; Object.keys(all)', "[ 'default', 'element' ]"],
  ]);
});

test("packages: exports alone, waiting at their top, CommonJS, without types, subpaths", async () => {
  const esm = { type: "module", exports: { ".": { types: "./dist/i.d.ts", import: "./dist/i.js" } } };
  install("only-exports", esm, { "dist/i.js": "export const x = 1;", "dist/i.d.ts": "export const x: number;" });
  install(
    "waits-at-top",
    { type: "module", main: "./i.js", types: "./i.d.ts" },
    {
      "i.js": "export const v = await Promise.resolve(1);",
      "i.d.ts": "export const v: number;",
    },
  );
  install(
    "common-js",
    { main: "index.js", types: "index.d.ts" },
    {
      "index.js": "module.exports = function make() { return 'made' }; module.exports.extra = 2;",
      "index.d.ts": "declare function make(): string; declare namespace make { const extra: number } export = make;",
    },
  );
  install("untyped", { main: "index.js" }, { "index.js": "exports.f = (x) => x + 1;", "sub.js": "exports.deep = 3;" });
  install(
    "conditions",
    { type: "module", exports: { ".": { node: "./node.js", default: "./other.js" }, "./*": "./lib/*.js" } },
    {
      "node.js": "export const where = 'node'",
      "other.js": "export const where = 'other'",
      "lib/a.js": "export const a = 'sub'",
    },
  );
  await checkSteps(kernel, [
    ['import { x } from "only-exports"; x.toFixed(1)', "'1.0'"],
    ['import { v } from "waits-at-top"; v', "1"],
    ['const m = await import("waits-at-top"); m.v', "1"],
    ['import make from "common-js"; import * as makes from "common-js"; [make(), make.extra, makes.extra]', "[ 'made', 2, 2 ]"],
    ['import old = require("common-js"); const again2 = require("common-js"); [old(), again2 === old]', "[ 'made', true ]"],
    ['import { f } from "untyped"; import { deep } from "untyped/sub.js"; f(deep)', "4"],
    ['import { where } from "conditions"; import { a as sub } from "conditions/a"; [where, sub]', "[ 'node', 'sub' ]"],
    ['import x2 from "only-exports"', { error: /has no default export/ }],
    ['import { y } from "only-exports"', { error: /has no exported member(?: named)? 'y'/ }],
  ]);
});

test("a module edited behind another is loaded anew, and what does not depend on it stays", async () => {
  write("b.ts", 'export const b: string = "b1";');
  write("a.ts", 'import { b } from "./b"; export const a = () => "a sees " + b;');
  write("apart.ts", "export const loaded = {};");
  await checkSteps(kernel, [
    ['import { a as viaA } from "./a"; import { loaded } from "./apart"; const loadedFirst = loaded; viaA()', "'a sees b1'"],
  ]);
  write("b.ts", 'export const b: string = "b2";');
  await checkSteps(kernel, [
    [
      'import { a as viaA } from "./a"; import { loaded } from "./apart"; [viaA(), loaded === loadedFirst]',
      "[ 'a sees b2', true ]",
    ],
  ]);
  write("b.ts", "export const b: number = 3;");
  await checkSteps(kernel, [
    ['import { b } from "./b"; b.toFixed(1)', "'3.0'"],
    ['(await import("./a")).a()', "'a sees 3'"],
  ]);
});

test("what is imported is live: an earlier function sees it imported anew", async () => {
  write("count.ts", "export let count = 0; export const increment = () => ++count;");
  await checkSteps(kernel, [
    ['import { count, increment } from "./count"; const now = () => count; increment(); [count, now()]', "[ 1, 1 ]"],
    ["increment(); [count, now()]", "[ 2, 2 ]"],
    ["count = 5", { error: /Cannot assign to 'count' because it is an import/ }],
    ['import { count, increment } from "./count"; increment()', "3"],
  ]);
  write("count.ts", "export let count = 100; export const increment = () => ++count;");
  await checkSteps(kernel, [
    ['import { count } from "./count"; now()', "100"],
    ["const count = 'own'; now()", "'own'"],
  ]);
});

test("an import that is missing works once it is there", async () => {
  await checkSteps(kernel, [
    ['import { later } from "./later"; later', { error: /Cannot find module '\.\/later'/ }],
    [
      'import { fresh } from "fresh-package"; fresh',
      { error: /Cannot find module 'fresh-package'[\s\S]*npm install fresh-package/ },
    ],
    ['await import("./later" as string)', { error: /Cannot find module/ }],
    ["1 + 1", "2"],
  ]);
  write("later.ts", "export const later = 1;");
  install(
    "fresh-package",
    { type: "module", exports: { types: "./i.d.ts", default: "./i.js" } },
    { "i.js": "export const fresh = 2", "i.d.ts": "export const fresh: number" },
  );
  await checkSteps(kernel, [
    ['import { later } from "./later"; later', "1"],
    ['import { fresh } from "fresh-package"; fresh', "2"],
    ['(await import("./later" as string)).later', "1"],
  ]);
});

test("a module that failed is tried again, edited or not", async () => {
  write("fails.ts", 'if (!(globalThis as any).ready) throw new Error("not ready"); export const fine = 1;');
  write("uses-fails.ts", 'export { fine } from "./fails";');
  await checkSteps(kernel, [
    ['import { fine } from "./uses-fails"; fine', { error: /^Error: not ready$/ }],
    ['import { fine } from "./uses-fails"; fine', { error: /not ready/ }],
    ["(globalThis as any).ready = true", "true"],
    ['import { fine } from "./uses-fails"; fine', "1"],
  ]);
});

test("errors of a module: its types with its name and line, its throws with theirs", async () => {
  write("wrong.ts", "export const right = 1;\nexport const wrong: string = 2;");
  write(
    "throws.ts",
    "// 1\ninterface Erased {\n  a: number;\n}\nexport function fail(): never {\n  throw new Error('line 6 of throws.ts');\n}",
  );
  await checkSteps(kernel, [
    ['import { right } from "./wrong"; right', { error: /wrong\.ts 2:14 - Type 'number' is not assignable/ }],
  ]);
  write("wrong.ts", "export const right = 1;\nexport const wrong: number = 2;");
  await checkSteps(kernel, [['import { right } from "./wrong"; right', "1"]]);
  const run = await kernel.run('import { fail } from "./throws"; fail()');
  expect(outcomeOf(run)).toBe("Error: line 6 of throws.ts");
});

test("what TypeScript has and Node's own loader has not", async () => {
  write(
    "all.mts",
    "export enum Level { Low = 1 } export namespace Space { export const x = 2 } export class Has { constructor(public readonly y = 3) {} } export const here = [__dirname === import.meta.dirname, typeof require, __filename.endsWith('all.mts')];",
  );
  write("types.ts", "export interface Shape { a: number } export type Kind = 'x'; export const kept = 1;");
  write(
    "reexports.ts",
    "import { Shape, kept } from './types'; export { Shape, kept } from './types'; export const shape: Shape = { a: kept };",
  );
  write("circle-a.ts", "import { b } from './circle-b'; export const a = () => b() + 1; export const c = 1;");
  write("circle-b.ts", "import { c } from './circle-a'; export const b = () => c + 1;");
  write("javascript.js", "/** @param {number} x */\nexport const half = (x) => x / 2;");
  write("old.cjs", "module.exports = { old: __dirname.length > 0 };");
  await checkSteps(kernel, [
    [
      'import { Level, Space, Has, here } from "./all.mjs"; [Level.Low, Space.x, new Has().y, ...here]',
      "[ 1, 2, 3, true, 'function', true ]",
    ],
    ['import { Shape, shape } from "./reexports"; const s: Shape = shape; s', "{ a: 1 }"],
    [
      'import { Kind } from "./types"; import type { Shape as S2 } from "./types"; const k: Kind = "x"; const s2: S2 = { a: 2 }; [k, s2.a]',
      "[ 'x', 2 ]",
    ],
    ["const s3: S2 = { a: 3 }; const k3: Kind = 'x'; s3.a", "3"],
    ['import { a as circle } from "./circle-a"; circle()', "3"],
    ['import { half } from "./javascript"; half(4)', "2"],
    ["half('x')", { error: /not assignable to parameter of type 'number'/ }],
    ['import old2 from "./old.cjs"; old2.old', "true"],
    [
      '[import.meta.dirname === process.cwd(), import.meta.url.startsWith("file://"), import.meta.resolve("./a.ts").endsWith("/notebooks/a.ts"), __dirname === process.cwd(), typeof module, typeof exports]',
      "[ true, true, true, true, 'object', 'object' ]",
    ],
  ]);
});

test("heed is there in any folder", async () => {
  await checkSteps(kernel, [
    ['import { tensor } from "heed"; tensor([[1, 2, 3]]).shape', "[ 1, 3 ]"],
    ['import { parseNote } from "heed/note"; typeof parseNote', "'function'"],
    ['const { tensor: again3 } = await import("heed"); again3 === tensor', "true"],
    ['import { absent } from "heed"', { error: /has no exported member(?: named)? 'absent'/ }],
  ]);
  write("own.ts", 'import { tensor } from "heed"; export const two = tensor([1, 2]);');
  await checkSteps(kernel, [['import { two } from "./own"; two.shape', "[ 2 ]"]]);
});

test("tsconfig.json beside or above the notebook says how code is read", async () => {
  await checkSteps(kernel, [
    ["const loose = null as unknown as { a: string } | undefined; try { loose.a } catch {} const any1 = (x) => x; 1", "1"],
  ]);
  write(
    "../tsconfig.json",
    JSON.stringify({
      compilerOptions: {
        strict: true,
        jsx: "react",
        jsxFactory: "make",
        paths: { "@src/*": ["./src/*"] },
        lib: ["es2022"],
        experimentalDecorators: true,
        module: "commonjs",
        target: "es5",
        outDir: "dist",
        noEmit: true,
      },
    }),
  );
  write("../src/aliased.ts", "export const aliased: string = 'by a path';");
  await checkSteps(kernel, [
    ["const any2 = (x) => x;", { error: /Parameter 'x' implicitly has an 'any' type/ }],
    ["const strict = (o: { a: string } | undefined) => o.a", { error: /'o' is possibly 'undefined'/ }],
    ['import { aliased } from "@src/aliased"; aliased', "'by a path'"],
    [
      "const make = (tag: string) => tag; declare global { namespace JSX { interface IntrinsicElements { [name: string]: unknown } } } 1",
      "1",
    ],
    ["<b />", "'b'"],
    ["[1].toSorted()", { error: /Property 'toSorted' does not exist/ }],
    [
      "function legacy(target: object, key: string) { (target as any).decorated = key } class Old { @legacy field = 1 } (new Old() as any).decorated",
      "'field'",
    ],
  ]);
  rmSync(join(project, "tsconfig.json"));
  await checkSteps(kernel, [["const any3 = (x) => x; [2, 1].toSorted()", "[ 1, 2 ]"]]);
});
