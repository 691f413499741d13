/** Every example in a docstring or a README of the packages runs, and prints what stands behind it. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { format } from "node:util";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { root } from "../scripts/setup/places.mjs";

interface Example {
  /** Where it stands: `src/note/display.ts:18`. */
  readonly place: string;
  readonly file: string;
  readonly code: string;
}

/**
 * What is read: the library's source, and the READMEs inside the packages (test/readme.test.ts has the project's
 * own; the benchmarks' shows what a bench file looks like).
 */
const files = ["packages/kernel-lib", "packages/jupyter-ext"].flatMap((name) =>
  readdirSync(join(root, name), { recursive: true, encoding: "utf8" })
    .filter((path) => !/(^|\/)(node_modules|dist|lib|labextension|test)\//.test(path))
    .filter((path) => /^src\/.*\.ts$/.test(path) || /^(?!bench\/)(.*\/)?README.*\.md$/.test(path))
    .map((path) => join(root, name, path)),
);

/** The fenced `ts` blocks of a file; in a docstring every line begins with ` * `. */
function examplesIn(file: string): Example[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/^( *\*? ?)```ts\n(.*?)^\1```/gms)].map((match) => {
    const [, lead = "", body = ""] = match;
    const line = text.slice(0, match.index).split("\n").length;
    const code = body
      .split("\n")
      .map((one) => (one.startsWith(lead) ? one.slice(lead.length) : one.trimStart().replace(/^\*$/, "")))
      .join("\n");
    return { place: `${relative(root, file)}:${line}`, file, code };
  });
}

const results = join(root, "test-results");
mkdirSync(results, { recursive: true });
const folder = mkdtempSync(join(results, "docs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// What examples read: the model of the project, and a model of their own.
symlinkSync(join(root, "models"), join(folder, "models"), "junction");
copyFileSync(join(root, "packages/kernel-lib/test/golden/onnx-models/bert-dynamo-sdpa.onnx"), join(folder, "model.onnx"));
const before = process.cwd();
beforeAll(() => process.chdir(folder));
afterAll(() => process.chdir(before));

/** Runs an example as a module inside the project and returns the lines it prints. */
async function printedBy({ file, code }: Example, index: number): Promise<string[]> {
  const lines: string[] = [];
  const spy = vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => void lines.push(format(...values)));
  try {
    const module = join(folder, `example-${index}.ts`);
    writeFileSync(
      module,
      code.replaceAll(/from "(\.[^"]+)"/g, (_, path: string) => `from ${JSON.stringify(join(dirname(file), path))}`),
    );
    await import(module);
  } finally {
    spy.mockRestore();
  }
  return lines;
}

/** What is expected to be printed, in order: the comment behind a `console.log`, or lines of comment alone. */
const expectedOf = (code: string): string[] =>
  [...code.matchAll(/console\.log\(.* \/\/ (.+)$|((?:^ *\/\/ .*\n?)+)/gm)].map(
    ([, behind, alone = ""]) => behind ?? alone.replaceAll(/^ *\/\/ /gm, "").trim(),
  );

/** Values as Node prints them and as people write them, alike: `Float32Array(2) [ 1, 2 ]` and `Float32Array [1, 2]`. */
const plain = (text: string): string =>
  text
    .replaceAll(/Array\(\d+\)/g, "Array")
    .replaceAll("'", '"')
    .replaceAll(/\s+/g, "");

const number = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g;

/** What divides a value from its explanation: `2 – layers`. */
const explanation = " – ";

/**
 * Whether a printed line is what a comment says: the whole line, but for numbers that are written with fewer digits, and are that
 * number rounded.
 */
function isSaid(comment: string, printed: string): boolean {
  const value = comment.split(explanation, 1)[0] ?? "";
  const said = [...plain(value).matchAll(number)].map(([text]) => text);
  let next = 0;
  const rounded = plain(printed).replaceAll(number, (text) => {
    const written = said[next++];
    const digits = written?.split(".")[1]?.length ?? 0;
    return digits > 0 && Number(text).toFixed(digits) === Number(written).toFixed(digits) ? String(written) : text;
  });
  return plain(comment) === rounded || plain(value) === rounded;
}

const examples = files.flatMap(examplesIn);

test("there are examples in every stage of the path", () => {
  const stages = new Set(examples.map(({ place }) => place.match(/src\/(\w+)\//)?.[1]));
  for (const stage of [
    "text",
    "engine",
    "attention",
    "layers",
    "models",
    "training",
    "pretrained",
    "storage",
    "data",
    "metrics",
    "note",
    "language",
    "notebook",
  ]) {
    expect(stages).toContain(stage);
  }
});

test.each([
  ["1.5", "1", false],
  ["1.5", "1.54", true],
  ["1.5", "1.56", false],
  ["1.5", "", false],
  ["3", "3.4", false],
  ["[2, 3]", "[ 2, 3 ]", true],
  ["[2, 3]", "[ 2 ]", false],
  ["[2, 3]", "[ 2, 3, 4 ]", false],
  ["Float32Array [0.7, 0.3]", "Float32Array(2) [ 0.6999, 0.3 ]", true],
  ["2 – layers", "2", true],
  ["2 layers", "2", false],
  ["我 – 是", "我 – 是", true],
])("“%s” is what printing “%s” says: %s", (comment, printed, holds) => {
  expect(isSaid(comment, printed)).toBe(holds);
});

test.each(examples.map((example, index) => [example.place, example, index] as const))("%s", async (_, example, index) => {
  const printed = await printedBy(example, index);
  const expected = expectedOf(example.code);
  expect(expected, "an example says what it prints").not.toEqual([]);
  let at = 0;
  for (const comment of expected) {
    const found = printed.findIndex((line, index) => index >= at && isSaid(comment, line));
    expect(found, `expected "${comment}"; printed ${JSON.stringify(printed.slice(at))}`).toBeGreaterThanOrEqual(0);
    at = found + 1;
  }
});

/** Markdown files of the project, and where each of their relative links leads. */
const links = [root, ...["packages/kernel-lib", "packages/jupyter-ext", ".github"].map((name) => join(root, name))].flatMap(
  (folder) =>
    readdirSync(folder, { recursive: folder !== root, encoding: "utf8" })
      .filter((path) => path.endsWith(".md") && !/(^|[\\/])(node_modules|dist|lib|labextension)[\\/]/.test(path))
      .flatMap((path) => {
        const file = join(folder, path);
        const text = readFileSync(file, "utf8").replaceAll(/^( *)```[^]*?^\1```/gm, "");
        return [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
          .map(([, link = ""]) => link)
          .filter((link) => !/^(https?|mailto):/.test(link))
          .map((link) => [relative(root, file), link] as const);
      }),
);

test("relative links in Markdown files lead somewhere", () => {
  expect(links.length).toBeGreaterThan(100);
  const broken = links.filter(([file, link]) => !existsSync(join(root, dirname(file), link)));
  expect(broken).toEqual([]);
});
