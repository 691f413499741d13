/** One scope for all cells, as in a REPL: what a later cell assigns or declares again is what every earlier function sees. */
import { stripTypeScriptTypes } from "node:module";
import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, test } from "vitest";
import { startKernel, type Kernel } from "../support/kernel.js";
import { checkSteps, type Step } from "../support/scenarios.js";

let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel();
});
afterAll(async () => void (await kernel?.stop()));

const names: Record<string, readonly Step[]> = {
  "an assignment is seen by an earlier function": [
    ["let rate = 0.1; function step() { return rate }"],
    ["rate = 0.5; step()", "0.5"],
  ],
  "a counter counts on from what it is set to": [
    ["let n = 0; function bump() { return ++n }"],
    ["n = 100; [bump(), n]", "[ 101, 101 ]"],
    ["n++; n += 2; n -= 1; n **= 1; bump()", "104"],
    ["n--", "104"],
    ["n", "103"],
  ],
  "a function declared again is seen by its callers": [
    ["function helper(x: number) { return x + 1 } const caller = (x: number) => helper(x) * 10; caller(1)", "20"],
    ["function helper(x: number) { return x - 1 }"],
    ["caller(1)", "0"],
  ],
  "a const declared again is seen by earlier code": [
    ["const size = 3; const area = () => size * size; area()", "9"],
    ["const size = 4"],
    ["area()", "16"],
  ],
  "an arrow function, a method and a class see what is assigned later": [
    [
      `let scale = 2;
const arrow = () => scale;
const object = { method() { return scale }, get value() { return scale } };
class Scaled { field = scale; static now() { return scale } double() { return 2 * scale } }
const first = new Scaled();`,
    ],
    [
      "scale = 5; [arrow(), object.method(), object.value, Scaled.now(), first.double(), first.field, new Scaled().field]",
      "[\n   5, 5, 5, 5,\n  10, 2, 5\n]",
    ],
  ],
  "a default of a parameter sees what is assigned later": [
    ["let base = 1; function plus(a: number, b = base) { return a + b }"],
    ["base = 10; plus(1)", "11"],
  ],
  "destructuring assigns": [
    ["let a = 1, b = 2, rest: number[] = []; const sum = () => a + b + rest.length;"],
    ["[a, b, ...rest] = [10, 20, 30, 40]; sum()", "32"],
    ["({ a, b: b = 7 } = { a: 1 } as any); [a, b]", "[ 1, 7 ]"],
    ["[a, b] = [b, a]; [sum(), a, b]", "[ 10, 7, 1 ]"],
    ["({ x: { a } } = { x: { a: 9 } }); ({ a = 4 } = {} as any); a", "4"],
  ],
  "destructuring declares": [
    [
      "const { p, q: [r, ...s], t = p, ...u } = { p: 1, q: [2, 3, 4], v: 5, w: 6 } as any; const all = () => [p, r, s, t, u]; all()",
      "[ 1, 2, [ 3, 4 ], 1, { v: 5, w: 6 } ]",
    ],
    ["const [p, r = p] = [8] as number[]; all()", "[ 8, 8, [ 3, 4 ], 1, { v: 5, w: 6 } ]"],
  ],
  "a later declaration in one statement uses an earlier one": [
    ["const one = 1, two = one + 1, three = () => two + one; three()", "3"],
    ["let first1, second2 = 5, third3 = second2; [first1, second2, third3]", "[ undefined, 5, 5 ]"],
  ],
  "a loop over a variable of an earlier cell": [
    ["let item = 0; let key = ''; const seen = () => [item, key];"],
    ["for (item of [1, 2, 3]); for (key in { x: 1, y: 2 }); seen()", "[ 3, 'y' ]"],
    ["for (item = 0; item < 7; item++); seen()", "[ 7, 'y' ]"],
    ["for await (item of [Promise.resolve(11)]); seen()", "[ 11, 'y' ]"],
    ["for ([item, key] of [[12, 'z']] as const); seen()", "[ 12, 'z' ]"],
  ],
  "the variable of a loop is the loop's own": [
    [
      "let i = 100; const fs: (() => number)[] = []; for (let i = 0; i < 3; i++) fs.push(() => i); [i, ...fs.map((f) => f())]",
      "[ 100, 0, 1, 2 ]",
    ],
    ["for (const i of [7]) fs.push(() => i); [i, fs.at(-1)!()]", "[ 100, 7 ]"],
  ],
  "var is the cells', wherever it stands": [
    [
      "if (true) { var inner = 1 } for (var k = 0; k < 3; k++) { var last = k } for (var o of [4, 5]) ; for (var name2 in { z: 1 }) {} const vars = () => [inner, k, last, o, name2]; vars()",
      "[ 1, 3, 2, 5, 'z' ]",
    ],
    ["inner = 2; k = 9; vars()", "[ 2, 9, 2, 5, 'z' ]"],
    ["var inner; var k = 10; vars()", "[ 2, 10, 2, 5, 'z' ]"],
    [
      "try { var tried = 1; throw 0 } catch { var caught = 2 } switch (1 as number) { case 1: var cased = 3 } if (tried) var bare = 4; else var other = 5; [tried, caught, cased, bare, other]",
      "[ 1, 2, 3, 4, undefined ]",
    ],
    ["for (var x1 = 0, y1 = 10; x1 < y1; x1++, y1--); [x1, y1]", "[ 5, 5 ]"],
    ["for (var { length } of ['abc']) ; length", "3"],
  ],
  "an inner name hides the cells' one": [
    [
      "let hidden = 1; const reads = [(hidden: number) => hidden, () => { let hidden = 3; hidden++; return hidden }, function hidden() { return typeof hidden }, () => { try { throw 5 } catch (hidden) { return hidden } }]; reads.map((f) => (f as any)(2))",
      "[ 2, 4, 'function', 5 ]",
    ],
    ["{ let hidden = 9; hidden++ } hidden", "1"],
    [
      "const shadow = ({ hidden }: { hidden: number }) => ({ hidden }); [shadow({ hidden: 8 }), { hidden }]",
      "[ { hidden: 8 }, { hidden: 1 } ]",
    ],
    [
      "class Hides { hidden = hidden; static hidden = hidden + 1; get() { return this.hidden } } [new Hides().get(), Hides.hidden]",
      "[ 1, 2 ]",
    ],
    ["hidden: for (;;) { break hidden } ({ hidden: 2 }).hidden", "2"],
  ],
  "timers and jobs see what is assigned later, and later cells what they assign": [
    ["let ticks = 0; let stop = false; const clock = setInterval(() => { ticks++; if (stop) clearInterval(clock) }, 1);"],
    ["await new Promise((resolve) => setTimeout(resolve, 100)); ticks > 0", "true"],
    [
      "stop = true; await new Promise((resolve) => setTimeout(resolve, 50)); const after = ticks; await new Promise((resolve) => setTimeout(resolve, 50)); ticks === after",
      "true",
    ],
  ],
  "an async function in the middle of its work sees it": [
    [
      "let phase = 'a'; let go = () => {}; const gate = new Promise<void>((resolve) => (go = resolve)); const work = (async () => { const before = phase; await gate; return before + phase })();",
    ],
    ["phase = 'b'; go(); await work", "'ab'"],
  ],
  "generators, also asynchronous ones": [
    [
      "let limit = 3; function* upTo() { for (let i = 0; i < limit; i++) yield i } async function* later() { yield* upTo() } const running = upTo(); running.next().value",
      "0",
    ],
    ["limit = 2; [[...running], [...upTo()]]", "[ [ 1 ], [ 0, 1 ] ]"],
    ["const taken: number[] = []; for await (const x of later()) taken.push(x); taken", "[ 0, 1 ]"],
  ],
  "a class declared again": [
    ["class Model { name() { return 'old' } } const make = () => new Model(); const old = make(); make().name()", "'old'"],
    ["class Model { name() { return 'new' } }"],
    ["[make().name(), old.name(), old instanceof Model, make().constructor.name]", "[ 'new', 'old', false, 'Model' ]"],
    ["class Sub extends Model { name() { return 'sub of ' + super.name() } } new Sub().name()", "'sub of new'"],
  ],
  "functions and classes keep their names": [
    [
      "const anonymous = () => {}; let k1 = class {}; function* gen() {} var v1 = async function () {}; [anonymous, k1, gen, v1].map((f) => f.name)",
      "[ 'anonymous', 'k1', 'gen', 'v1' ]",
    ],
  ],
  "functions call one another before they are declared": [
    [
      "const before = hoisted(); function hoisted() { return isEven(10) } function isEven(n: number): boolean { return n === 0 || isOdd(n - 1) } function isOdd(n: number): boolean { return n !== 0 && isEven(n - 1) } before",
      "true",
    ],
  ],
  "calls have no this": [
    [
      "function self(this: unknown) { return this } const tag = function (this: unknown, s: TemplateStringsArray) { return [this, s[0]] }; [self(), (self)(), self?.(), tag`x`]",
      "[ undefined, undefined, undefined, [ undefined, 'x' ] ]",
    ],
    [
      "[self(), (self)(), self?.(), tag`x`, new (class { me = self() })().me]",
      "[ undefined, undefined, undefined, [ undefined, 'x' ], undefined ]",
    ],
  ],
  "typeof, delete, in and labels": [
    ["const bag: any = { x: 1 }; delete bag.x; [typeof bag, 'x' in bag, typeof nothing]; var nothing: any", undefined],
    ["[typeof bag, 'x' in bag, typeof nothing]", "[ 'object', false, 'undefined' ]"],
  ],
  "names like those of globals are the cells' alone": [
    [
      "const process = 'mine', URL = 1; let fetch = () => 'not the net'; function setTimeout() { return 'no timer' } [process, URL, fetch(), setTimeout()]",
      "[ 'mine', 1, 'not the net', 'no timer' ]",
    ],
    [
      "[process, fetch(), globalThis.process === require('node:process'), typeof globalThis.setTimeout(() => {}, 0)]",
      "[ 'mine', 'not the net', true, 'object' ]",
    ],
    [
      "const globals = globalThis; { globals.setTimeout } const name = 'n', status = 3, event = 4; [name, status, event]",
      "[ 'n', 3, 4 ]",
    ],
  ],
  "names in Chinese and with signs": [
    ["let 速率 = 1; const $ = () => 速率, _ = 2, é = 3; 速率 = 5; [$(), _, é]", "[ 5, 2, 3 ]"],
    ["速率 = 6; [$(), { 速率 }]", "[ 6, { '速率': 6 } ]"],
  ],
  "eval and new Function have the globals": [["[eval('1 + 1'), new Function('return typeof rate')()]", "[ 2, 'undefined' ]"]],
  "strict mode": [
    ["(function (this: unknown) { return this })()", undefined],
    ["'use strict'; undeclared = 1", { error: /Cannot find name 'undeclared'/ }],
  ],
};

test.each(Object.entries(names))("%s", async (_, steps) => {
  await checkSteps(kernel, steps);
});

const wrong: Record<string, readonly Step[]> = {
  "a const is not assigned": [
    ["const fixed = 1; const read = () => fixed;"],
    ["fixed = 2", { error: /^TypeScriptError: 1:1 - Cannot assign to 'fixed' because it is a constant\./ }],
    ["// @ts-ignore\nfixed = 2", { error: /^TypeError: .*fixed/ }],
    ["read()", "1"],
    ["function fun() {}"],
    ["fun = () => {}", { error: /Cannot assign to 'fun' because it is a function/ }],
    ["class Kls {}"],
    ["// @ts-ignore\nKls = 1; 0", "0"],
  ],
  "a const assigned by an earlier function": [
    ["let changing = 1; const change = () => { changing = 2 };"],
    ["const changing = 3"],
    ["change()", { error: /TypeError: .*changing/ }],
    ["let changing = 4; change(); changing", "2"],
  ],
  "a name is not read before it is declared": [
    ["early; const early = 1", { error: /Block-scoped variable 'early' used before its declaration/ }],
    [
      "const tooEarly = () => lateName; tooEarly(); const lateName = 1;",
      { error: /ReferenceError: Cannot access 'lateName' before initialization/ },
    ],
    ["lateName", { error: /Cannot find name 'lateName'/ }],
    ["const lateName = 2; tooEarly()", "2"],
  ],
  "messages name what was written": [
    ["const notFunction: any = 1, empty: any = undefined, object2: any = {};"],
    ["notFunction()", { error: /^TypeError: notFunction is not a function$/ }],
    ["object2.method()", { error: /^TypeError: object2\.method is not a function$/ }],
    ["new object2()", { error: /^TypeError: object2 is not a constructor$/ }],
    ["empty.field", { error: /^TypeError: Cannot read properties of undefined \(reading 'field'\)$/ }],
    ["const [x2] = notFunction", { error: /^TypeError: .*not iterable/ }],
    ["try { notFunction() } catch (error) { (error as Error).message }; 1", "1"],
  ],
};

test.each(Object.entries(wrong))("%s", async (_, steps) => {
  await checkSteps(kernel, steps);
});

/** Programs whose statements may be cells of their own: they must give what they give as one script. */
const programs: Record<string, readonly string[]> = {
  "a bank": [
    "var accounts: any[] = [], total = 0;",
    "class Account { #sum = 0; static made = 0; constructor(owner = 'nobody') { this.owner = owner; Account.made++; accounts.push(this) } owner: string; add(n: number) { this.#sum += n; total += n; return this } get sum() { return this.#sum } }",
    "new Account('a').add(5).add(7);",
    "for (const name of ['b', 'c']) new Account(name).add(total);",
    "[total, accounts.map(({ owner, sum }) => [owner, sum]), Account.made]",
  ],
  "closures over one another": [
    "let log: any[] = []; var step = 10;",
    "const counters = [1, 2, 3].map((start) => { let n = start; return { up: () => (n += step), step: () => step } });",
    "counters.forEach((c) => log.push(c.up()));",
    "step = 100;",
    "counters.forEach((c) => log.push(c.up(), c.step()));",
    "({ log })",
  ],
  "destructuring of all kinds": [
    "var o = { a: 1, b: { c: [2, 3, { d: 4 }] }, e: undefined as any, 'f-g': 5 };",
    "let { a, b: { c: [x, , { d }] }, e = a + d, 'f-g': fg, ...rest1 } = o as any;",
    "[a, d] = [d, a];",
    "({ a: o.a, b: { c: [x] } } = { a: 'set', b: { c: ['in'] } } as any);",
    "const swap = ([p, q]: any[], { r = p, ...others } = {} as any) => [q, p, r, others];",
    "[a, d, x, e, fg, rest1, o.a, swap([1, 2], { s: 3 }), swap([1, 2])]",
  ],
  "a state machine with labels and switches": [
    "let state = 'start', trace: string[] = [], input = 'aab;b', at = 0;",
    "function* tokens() { while (at < input.length) yield input[at++]; }",
    "outer: for (const token of tokens()) { switch (token) { case 'a': trace.push(state); state = 'a'; break; case ';': continue outer; default: { let state = 'inner'; trace.push(state); if (at > 3) break outer } } }",
    "[state, trace, at]",
  ],
  "getters, tagged templates, optional calls": [
    "var calls = 0; const api: any = { get next() { return ++calls }, tag: (s: any, ...v: any[]) => s.raw.join('|') + v.join(), nothing: undefined };",
    "const { tag } = api; let missing: any = null;",
    "[api.next, api.next, calls, tag`x${calls}y${api.next}\\n`, missing?.(), missing?.x.y, api.nothing?.(calls++), calls, (missing ??= api).next, typeof tag, void tag]",
  ],
  exceptions: [
    "let seen: any[] = [];",
    "function risky(n: number) { try { if (n > 1) throw { n }; return 'fine' } catch ({ n: caught }: any) { seen.push(caught); return 'caught' } finally { seen.push('f' + n) } }",
    "[risky(1), risky(2), seen]",
  ],
};

test.each(Object.entries(programs))("cell by cell as at once: %s", async (_, statements) => {
  const whole = stripTypeScriptTypes(statements.slice(0, -1).join("\n"));
  const last = stripTypeScriptTypes(`(${statements.at(-1)})`);
  const expected = runInNewContext(`${whole}\nJSON.stringify(${last})`) as string;
  await checkSteps(kernel, [
    ...statements.slice(0, -1).map((code): Step => [code.replace(/;?$/, "; undefined")]),
    [`JSON.stringify(${statements.at(-1)})`, inspect(expected)],
  ]);
});
