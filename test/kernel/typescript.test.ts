/** What a cell may say: TypeScript 6 and JavaScript of today, with types that follow what later cells declare. */
import { afterAll, beforeAll, test } from "vitest";
import { startKernel, type Kernel } from "../support/kernel.js";
import { checkSteps, type Step } from "../support/scenarios.js";

let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel();
});
afterAll(async () => void (await kernel?.stop()));

const types: Record<string, readonly Step[]> = {
  "a variable declared again with another type": [
    ["let value = 1; const twice = () => value * 2; twice()", "2"],
    ["let value = 'text'; value.toUpperCase()", "'TEXT'"],
    ["value = 1", { error: /Type 'number' is not assignable to type 'string'/ }],
    ["const value = [1, 2] as const; value.length", "2"],
    ["function value() { return 'called' } value()", "'called'"],
    ["class value { x = 1 } new value().x", "1"],
  ],
  "what is inferred from another cell follows it": [
    ["function inner2() { return 1 }"],
    ["function outer2() { return inner2() } const arrow2 = () => [outer2()];"],
    ["function inner2() { return 'text' }"],
    ["outer2().toUpperCase() + arrow2()[0].toLowerCase()", "'TEXTtext'"],
    ["outer2().toFixed()", { error: /Property 'toFixed' does not exist on type 'string'/ }],
  ],
  "what is inferred from a name of its own cell follows it": [
    [
      "let pace = 1; const { unit } = { unit: 'm' }; function move() { return pace } const label = () => [unit, move()] as const; move()",
      "1",
    ],
    ["let pace = true; move().toUpperCase()", { error: /Property 'toUpperCase' does not exist on type '(number|boolean)'/ }],
    ["move().toFixed(1)", "'1.0'"],
    ["let pace = 'fast'; move().toUpperCase()", "'FAST'"],
    ["move().toUpperCase() + label()[1].length", "'FAST4'"],
    ["const unit = 5; const pace = [1]"],
    ["label()[0].toFixed(1) + move().length", "'5.01'"],
  ],
  "an interface, a type, declared again": [
    ["interface Point { x: number } type Id = number; const at: Point = { x: 1 }; const id: Id = 1;"],
    [
      "interface Point { y: string } type Id = string; const at2: Point = { y: 'a' }; const id2: Id = 'b'; [at2, id2]",
      "[ { y: 'a' }, 'b' ]",
    ],
    ["const at3: Point = { x: 1 }", { error: /'x' does not exist in type 'Point'/ }],
    ["at.x + id", "2"],
  ],
  "generics, overloads, assertions, unions, tuples go from cell to cell": [
    [
      "function pick<T, K extends keyof T>(o: T, k: K): T[K] { return o[k] } function over(x: number): number; function over(x: string): string; function over(x: any) { return x } function isText(x: unknown): x is string { return typeof x === 'string' } function must(x: unknown): asserts x {} type Shape = { kind: 'circle'; r: number } | { kind: 'square'; side: number }; const shapes: Shape[] = [{ kind: 'circle', r: 1 }]; enum Level { Low = 1, High = 5 } const tuple = [1, 'a'] as [number, string];",
    ],
    [
      "const picked: string = pick({ a: 'x' }, 'a'); const mixed = (x: number | string) => (isText(x) ? x.length : x.toFixed(1)); must(tuple); [picked, over(1).toFixed(1), over('a').length, mixed('abc'), Level.High, Level[1], tuple[1].length, shapes.map((s) => (s.kind === 'circle' ? s.r : s.side))]",
      "[\n  'x', '1.0', 1,\n  3,   5,     'Low',\n  1,   [ 1 ]\n]",
    ],
    ["over(true)", { error: /No overload matches this call/ }],
  ],
  "classes with private members, class expressions, mixins": [
    ["const A = class { private a = 1; #b = 2; get() { return this.a + this.#b } }; new A().get()", "3"],
    ["new A().a", { error: /Property 'a' is private/ }],
    [
      "const Mixin = <T extends new (...args: any[]) => object>(Base: T) => class extends Base { protected mixed = true; has() { return this.mixed } }; class Mixed extends Mixin(A) { constructor(private readonly own = 4) { super() } sum() { return this.own + this.get() } } [new Mixed().has(), new Mixed().sum()]",
      "[ true, 7 ]",
    ],
    [
      "abstract class Base2 { abstract area(): number; static count = 0; accessor side = 2; } class Square extends Base2 { override area() { return this.side ** 2 } } new Square().area()",
      "4",
    ],
  ],
  "types of a function's own": [
    ["function local() { interface L { a: number } const x: L = { a: 1 }; return x } local().a", "1"],
    ["local().b", { error: /Property 'b' does not exist on type 'L'/ }],
    ["const f = () => { enum E { A } return E.A }; f()", "0"],
    ["const secret = (() => { class Hidden { x = 5 } return new Hidden() })(); secret.x", "5"],
    ["secret.x + 1", "6"],
    ["const sym = Symbol('s'); const withSymbol = { [sym]: 3 }; withSymbol[sym]", "3"],
    ["withSymbol[sym] + 1", "4"],
  ],
  "enums and namespaces, also declared again": [
    [
      "enum Colour { Red, Green } namespace Geometry { export const pi = 3; export interface Circle { r: number } export function area(c: Circle) { return pi * c.r ** 2 } } [Colour.Green, Geometry.area({ r: 2 })]",
      "[ 1, 12 ]",
    ],
    [
      "enum Colour { Blue = 'b' } namespace Geometry { export const tau = 6 } [Object.keys(Colour), Object.keys(Geometry)]",
      "[ [ 'Blue' ], [ 'tau' ] ]",
    ],
    ["const enum Fixed { One = 1 } Fixed.One", "1"],
    ["Fixed.One + 1", "2"],
    ["function Fn() { return Fn.extra } namespace Fn { export const extra = 8 } Fn()", "8"],
    [
      "class Cn { static a = 1 } namespace Cn { export type T = number; export const b = 2 } const cn: Cn.T = Cn.a + Cn.b; cn",
      "3",
    ],
    ["[Fn(), Fn.extra, Cn.b, Geometry.tau]", "[ 8, 8, 2, 6 ]"],
  ],
  "a type and a value of one name": [
    ["const Both = { make: () => 1 }; type Both = { a: number }; const both: Both = { a: Both.make() }; both.a", "1"],
    ["const both2: Both = { a: 2 }; [both2.a, Both.make()]", "[ 2, 1 ]"],
    ["type Both = string; const both3: Both = 'new'; [both3, Both.make()]", "[ 'new', 1 ]"],
    ["const Both = 5; const both4: Both = 'still'; [both4, Both]", "[ 'still', 5 ]"],
  ],
  "declarations of what is there at run time": [
    ["declare const answer42: number; declare function unheard(): void; (globalThis as any).answer42 = 42; answer42", "42"],
    ["answer42 + 1", "43"],
    [
      "declare global { interface Array<T> { last(): T } var added: number } Array.prototype.last = function () { return this.at(-1) }; [1, 2].last()",
      "2",
    ],
    ["globalThis.added = 7; [[3, 4].last(), added]", "[ 4, 7 ]"],
    ["declare global { interface Array<T> { last(): T } var added: number } 1", "1"],
    ["[5].last() + added", "12"],
  ],
  exports: [
    [
      "export const ex = 5; export default ex; export function exf() { return ex } export class Exc {} export type Ext = number; export { ex as other }; ex",
      "5",
    ],
    ["[ex, exf(), typeof Exc, (1 as Ext)]", "[ 5, 5, 'function', 1 ]"],
    ["export { ex as again }; export * from 'node:url'; let afterExport = ex; afterExport++; ex + afterExport", "11"],
    ["afterExport", "6"],
    ["export default 6", "6"],
    ["export default function () { return 1 }\n(2, 3)", "3"],
  ],
  "errors say where": [
    [
      "const one1 = 1;\n\n  const two2: string = one1;",
      { error: /^TypeScriptError: 3:9 - Type 'number' is not assignable to type 'string'\.$/ },
    ],
    ["const 😀 = 1", { error: /^SyntaxError: 1:/ }],
    ["if (true)", { error: /^SyntaxError: 1:10 - Expression expected|Statement expected/ }],
    ["while (false) // nothing", { error: /^SyntaxError/ }],
    ["const open = {", { error: /^SyntaxError: 1:15 - '}' expected/ }],
    ["let last3 = 1 // a comment", undefined],
    ["last3 /* another */", "1"],
    ["last3;;", "1"],
    ["return 1", { error: /A 'return' statement can only be used within a function body/ }],
  ],
  JSX: [
    ["const React2 = 1; const generic = <T>(x: T) => x; generic(<number>2)", "2"],
    [
      "/** @jsx h */ /** @jsxRuntime classic */\nfunction h(tag: string, props: object | null, ...children: unknown[]) { return [tag, props, ...children] } namespace h { export namespace JSX { export interface IntrinsicElements { [name: string]: unknown } } }\n<p id='a'>text {1 + 1}</p>",
      "[ 'p', { id: 'a' }, 'text ', 2 ]",
    ],
  ],
  decorators: [
    [
      "function log<T extends (...args: any[]) => any>(method: T, context: ClassMethodDecoratorContext) { return function (this: unknown, ...args: any[]) { return `${String(context.name)}:${method.apply(this, args)}` } as T } class Logged { @log twice(n: number) { return String(n * 2) } } new Logged().twice(4)",
      "'twice:8'",
    ],
    [
      "function mark(target: any, context: ClassDecoratorContext) { target.marked = context.name } @mark class Marked {} (Marked as any).marked",
      "'Marked'",
    ],
    [
      "[new Logged().twice(1), Marked.name, (Marked as any).marked, new Marked() instanceof Marked]",
      "[ 'twice:2', 'Marked', 'Marked', true ]",
    ],
  ],
  using: [
    [
      "const order: string[] = []; const resource = (name: string) => ({ name, [Symbol.dispose]() { order.push('closed ' + name) } }); { using a9 = resource('a'); order.push('in') } order",
      "[ 'in', 'closed a' ]",
    ],
    ["using b9 = resource('b'); order.push('cell'); b9.name", "'b'"],
    ["order.slice(2)", "[ 'cell', 'closed b' ]"],
    ["await using c9 = { async [Symbol.asyncDispose]() { order.push('closed c') } }; 1", "1"],
    ["order.at(-1)", "'closed c'"],
    [
      "using d9 = resource('d'); function noted<T>(t: T, _: ClassDecoratorContext) { return t } @noted class Decorated {} let e9 = d9.name; e9",
      "'d'",
    ],
    ["[e9, typeof Decorated, order.at(-1)]", "[ 'd', 'function', 'closed d' ]"],
  ],
  "the newest library": [
    [
      "[[3, 1].toSorted(), [1, 2].findLast((x) => x < 2), new Set([1, 2]).union(new Set([3])).size, Object.groupBy([1, 2], (x) => (x % 2 ? 'odd' : 'even')).odd, [1, 2].values().map((x) => x * 2).toArray(), Promise.withResolvers !== undefined, await Array.fromAsync([Promise.resolve(1)])]",
      "[ [ 1, 3 ], 1, 3, [ 1 ], [ 2, 4 ], true, [ 1 ] ]",
    ],
    [
      "JSON.stringify([typeof crypto.randomUUID(), typeof navigator.hardwareConcurrency, new File(['x'], 'a.txt').size, structuredClone({ a: 1 }), typeof WebSocket, typeof performance.now(), new URL('http://a/b').pathname, AbortSignal.timeout(1e6).aborted])",
      `'["string","number",1,{"a":1},"function","number","/b",false]'`,
    ],
    [
      "const infer = <const T>(x: T) => x; const no = <T,>(a: T, b: NoInfer<T>) => a; infer(['a', 1] as const satisfies readonly unknown[])",
      "[ 'a', 1 ]",
    ],
  ],
};

test.each(Object.entries(types))("%s", async (_, steps) => {
  await checkSteps(kernel, steps);
});

const waits: Record<string, readonly Step[]> = {
  "await before every kind of expression": [
    ["await (async () => 1)()", "1"],
    ["const both = await [Promise.resolve(1)][0]; both", "1"],
    ["await `text`", "'text'"],
    ["await -1", "-1"],
    ["await +'2'", "2"],
    ["await /a/.test('a')", "true"],
    ["await !0", "true"],
    ["await { a: 1 }", "{ a: 1 }"],
    ["await function () { return 1 }()", "1"],
    ["await class { static x = 3 }.x", "3"],
    ["await new Promise<number>((resolve) => setTimeout(resolve, 1, 4))", "4"],
    ["await await Promise.resolve(Promise.resolve(5))", "5"],
    ["(await Promise.resolve({ b: 6 })).b", "6"],
    ["await import('node:path').then((path) => path.sep.length)", "1"],
    ["const data = await (await fetch('data:application/json,5')).json(); data", "5"],
    ["await\n(7)", "7"],
    ["[await 1, ...(await [2]), `${await 3}`]", "[ 1, 2, '3' ]"],
    ["const { w, x: [y3 = await 3] } = await { w: await 1, x: [] as number[] }; [w, y3]", "[ 1, 3 ]"],
  ],
  "await in every statement": [
    [
      "if (await true) { var ifs = 1 } for (let i = await 0; i < (await 2); i += await 1) ifs += i; for (const x of await [1, 2]) ifs += x; while (await false) {} do {} while (await false); switch (await 1) { case await 1: ifs++ } try { throw await 5 } catch (e) { ifs += e as number } finally { await 0 } label: { await 0; break label } ifs",
      "11",
    ],
    ["class Late { static x = 1; y = 2; [await 'key']() { return 3 } } (new Late() as any).key()", "3"],
    [
      "async function* counting() { yield 1; yield 2 } const counted: number[] = []; for await (const x of counting()) counted.push(x); for await (const y of [Promise.resolve(3)]) counted.push(y); counted",
      "[ 1, 2, 3 ]",
    ],
    ["await Promise.reject(new RangeError('late'))", { error: /^RangeError: late$/ }],
    ["await new Promise((_, reject) => setTimeout(reject, 1, new Error('later')))", { error: /^Error: later$/ }],
  ],
};

test.each(Object.entries(waits))("%s", async (_, steps) => {
  await checkSteps(kernel, steps);
});

const failed: Record<string, readonly Step[]> = {
  "a cell that throws keeps what it had declared and imported": [
    [
      'import { readFileSync } from "node:fs"; const trained = 42; function helper() { return 1 }\nJSON.parse("{");\nconst notReached = 1; let also: string;',
      { error: /^SyntaxError: Expected property name/ },
    ],
    ["[trained, helper(), typeof readFileSync]", "[ 42, 1, 'function' ]"],
    ["notReached", { error: /Cannot find name 'notReached'/ }],
  ],
  "and what was there before of what it did not come to": [
    ["const model = 'old'; let weights = 1;"],
    ["weights = 2; throw new Error('stop'); const model = 5;", { error: /Unreachable|stop/ }],
    ["model.toUpperCase() + weights", "'OLD2'"],
    ["await 0; if (weights) throw new Error('stop'); const model = 5;", { error: /stop/ }],
    ["model.length", "3"],
  ],
  "a declaration of many that fails half-way": [
    ["const f1 = 1, f2 = (() => { throw new Error('second') })(), f3 = 3;", { error: /second/ }],
    ["f1", "1"],
    ["f2", { error: /Cannot find name 'f2'/ }],
  ],
  "an error in the types runs nothing": [
    ["let untouched = 1;"],
    ["untouched = 2; const bad: string = untouched;", { error: /not assignable/ }],
    ["untouched", "1"],
    ["bad", { error: /Cannot find name 'bad'/ }],
  ],
  "what is imported is there though a later import fails": [
    [
      "import { sep } from 'node:path';\nimport { nothing } from 'no-such-package-at-all';",
      { error: /Cannot find module 'no-such-package-at-all'/ },
    ],
    [
      "import { join } from 'node:path'; import data9 from 'data:text/javascript,throw new Error(`module fails`)';",
      { error: /module fails|Cannot find module/ },
    ],
  ],
};

test.each(Object.entries(failed))("%s", async (_, steps) => {
  await checkSteps(kernel, steps);
});
