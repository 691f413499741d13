/** Completion, explanation and judgement of code, as an editor gives them. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { startKernel, type Kernel } from "../support/kernel.js";
import { checkSteps } from "../support/scenarios.js";

let kernel: Kernel;
beforeAll(async () => {
  kernel = await startKernel();
  await checkSteps(kernel, [
    [
      `import { attention, tensor } from "heed";
/**
 * Twice a number.
 * @param n what is doubled
 * @example
 * twice(2) // 4
 */
function twice(n: number): number; function twice(n: string, times: number): string; function twice(n: any) { return n + n }
const foo = { alpha: 1, beta: { gamma: 'g' } }; let 变量 = [1]; class Model { weights = [1]; private hidden = 2; train(steps: number) {} }
type Mode = "train" | "test"; interface Settings { mode: Mode; steps?: number } function run(settings: Settings) {}
const model = new Model();`,
    ],
  ]);
});
afterAll(async () => void (await kernel?.stop()));

const ask = async (type: string, content: object): Promise<Record<string, unknown>> =>
  (await (await kernel.request(type, content)).done).reply;

/** Asks at the place marked with |, which is counted in code points. */
async function completeAt(marked: string): Promise<{ matches: string[]; replaced: string; reply: Record<string, unknown> }> {
  const [before = "", after = ""] = marked.split("|");
  const code = before + after;
  const reply = await ask("complete_request", { code, cursor_pos: [...before].length });
  const replaced = [...code].slice(Number(reply["cursor_start"]), Number(reply["cursor_end"])).join("");
  return { matches: reply["matches"] as string[], replaced, reply };
}

test.each<[name: string, code: string, matches: string[], replaced: string]>([
  ["members", "foo.|", ["alpha", "beta"], ""],
  ["members that go on", "foo.al|", ["alpha"], "al"],
  ["members of members", "foo.beta.g|", ["gamma"], "g"],
  ["after an emoji", '"😀"; foo.|', ["alpha", "beta"], ""],
  ["in the middle of a line", "console.log(foo.al|, 1)", ["alpha"], "al"],
  ["a name of an earlier cell", "twi|", ["twice"], "twi"],
  ["a name in Chinese", "变|", ["变量"], "变"],
  ["in another case", "mod|.x", ["model"], "mod"],
  ["public members alone", "model.|", ["train", "weights"], ""],
  ["a name of the same cell", "const thisCell = { own: 1 };\nthisCell.|", ["own"], ""],
  ["the keys of an object", "run({ |", ["mode", "steps"], ""],
  ["the rest of the keys", 'run({ mode: "test", s|', ["steps"], "s"],
  ["a union of strings", 'run({ mode: "|" })', ["test", "train"], ""],
  ["a union of strings that goes on", 'run({ mode: "te|" })', ["test"], "te"],
  ["a type of an earlier cell", "const s: Sett|", ["Settings"], "Sett"],
  ["after an error above", "const wrong: string = 1; let = ;\nfoo.al|", ["alpha"], "al"],
  ["packages", 'import {} from "hee|"', ["heed"], "hee"],
  ["Node's modules", 'import {} from "node:fs/pro|"', ["promises"], "pro"],
  ["what a package exports", 'import { tens| } from "heed"', ["tensor"], "tens"],
])("completes %s", async (_, code, matches, replaced) => {
  const found = await completeAt(code);
  const own = found.matches.filter((one) => matches.includes(one)).toSorted();
  expect(own, JSON.stringify(found.matches.slice(0, 40))).toEqual(matches.toSorted());
  expect(found.replaced).toBe(replaced);
  if (/members|keys|union/.test(_)) expect(found.matches.toSorted()).toEqual(matches.toSorted());
  expect(found.matches.join(" ")).not.toContain("__heed");
});

test("completes files of the folder", async () => {
  const { matches, replaced } = await completeAt('const text = await import("./|")');
  expect(matches.length).toBeGreaterThanOrEqual(0);
  expect(replaced).toBe("");
});

test("completes what another module exports, with the import to write", async () => {
  const { matches, reply } = await completeAt("selfAtt|");
  expect(matches).toContain("selfAttention");
  const { _jupyter_types_experimental: described } = reply["metadata"] as Record<string, Record<string, string>[]>;
  expect(described?.find(({ text }) => text === "selfAttention")).toMatchObject({
    signature: 'import { selfAttention } from "heed";',
  });
  await checkSteps(kernel, [
    ["selfAttention([[1]])", { error: /Cannot find name 'selfAttention'[\s\S]*import \{ selfAttention \} from "heed"/ }],
  ]);
});

test("completes at once in a long notebook", async () => {
  for (let cell = 0; cell < 30; cell += 1)
    await kernel.run(`const value${cell} = { number: ${cell} }; function f${cell}() { return value${cell} }`);
  expect((await completeAt("value17.|")).matches).toEqual(["number"]);
  expect((await completeAt("value2|")).matches.toSorted().slice(0, 3)).toEqual(["value2", "value20", "value21"]);
});

/** Asks at the place marked with |. */
async function inspectAt(marked: string): Promise<string | undefined> {
  const [before = "", after = ""] = marked.split("|");
  const reply = await ask("inspect_request", { code: before + after, cursor_pos: [...before].length, detail_level: 0 });
  expect(reply["status"]).toBe("ok");
  return reply["found"] === true ? (reply["data"] as Record<string, string>)["text/plain"] : undefined;
}

test.each<[name: string, code: string, said: (string | RegExp)[]]>([
  [
    "a function",
    "twi|ce(1)",
    ["function twice(n: number): number", "Twice a number.", "`n` – what is doubled", "twice(2) // 4"],
  ],
  ["the end of a name", "twice|", ["function twice(n: number)"]],
  [
    "between parentheses",
    "twice(|)",
    ["twice(n: number): number", "twice(n: string, times: number): string", "`n` – what is doubled"],
  ],
  ["the second argument", "twice('a', |)", [/^twice\(n: string, times: number\): string\n/]],
  ["a function of the library between its parentheses", "attention(|)", ["attention("]],
  ["a function of the library", "tens|or([1])", ["function tensor", "Tensor"]],
  ["a variable", "变|量", ["let 变量: number[]"]],
  ["after an emoji", '"😀😀"; fo|o', ["const foo: {"]],
  ["a class, a type, a member", "new Mod|el()", ["constructor Model(): Model"]],
  ["a member", "model.tra|in(1)", ["(method) Model.train(steps: number): void"]],
  ["what is written there", "const here = 5; he|re", ["const here: 5"]],
  ["a global", "Math.ma|x(1)", ["Math.max(...values: number[]): number"]],
])("explains %s", async (_, code, said) => {
  const text = await inspectAt(code);
  for (const one of said)
    expect(text).toMatch(typeof one === "string" ? new RegExp(one.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")) : one);
  expect(text).not.toMatch(/__heed|\(alias\)|import\(/);
});

test("has nothing to say of nothing", async () => {
  expect(await inspectAt("1 + |2")).toBeUndefined();
  expect(await inspectAt("|")).toBeUndefined();
});

test.each<[code: string, status: string]>([
  ["1 + 1", "complete"],
  ["", "complete"],
  ["function f() {", "incomplete"],
  ["function f() {\n  return 1\n}", "complete"],
  ["const x = [1,", "incomplete"],
  ["const x =", "incomplete"],
  ["foo(", "incomplete"],
  ["`unfinished ${1}", "incomplete"],
  ["/* a comment", "incomplete"],
  ["if (true)", "incomplete"],
  ["await (", "incomplete"],
  ["class A {\n  x = 1", "incomplete"],
  ["const s = 'unfinished", "invalid"],
  ["const = 3", "invalid"],
  ["a b c", "invalid"],
  ["}", "invalid"],
  [")(", "invalid"],
])("judges %j as %s", async (code, status) => {
  expect(await ask("is_complete_request", { code })).toMatchObject({ status });
});

test("indents what goes on", async () => {
  expect(await ask("is_complete_request", { code: "function f() {\n  if (true) {" })).toMatchObject({ indent: "    " });
});
