/** Every example in a docstring or a README of the packages runs, and prints what stands behind it. */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
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

/** What is read: the library's source, and the READMEs inside the packages (test/readme.test.ts has the project's own). */
const files = ["packages/kernel-lib", "packages/jupyter-ext"].flatMap((name) =>
  readdirSync(join(root, name), { recursive: true, encoding: "utf8" })
    .filter((path) => !/(^|\/)(node_modules|dist|lib|labextension|test)\//.test(path))
    .filter((path) => /^src\/.*\.ts$/.test(path) || /(^|\/)README.*\.md$/.test(path))
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

/** What is expected to be printed, in order: the comments behind `console.log`. */
const expectedOf = (code: string): string[] =>
  [...code.matchAll(/console\.log\(.*\/\/ (.+)$/gm)].map(([, comment = ""]) => comment).filter((comment) => !isProse(comment));

/** Words instead of a value: "close to 2". */
const isProse = (comment: string): boolean => /^(close to|each)\b|…/.test(comment);

/** Values as Node prints them and as people write them, alike: `Float32Array(2) [ 1, 2 ]` and `Float32Array [1, 2]`. */
const plain = (text: string): string =>
  text
    .replaceAll(/Array\(\d+\)/g, "Array")
    .replaceAll("'", '"')
    .replaceAll(/\s+/g, "");

const number = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g;

/** Whether a printed line is what a comment says, numbers to the digits written; an explanation may follow the value. */
function isSaid(comment: string, printed: string): boolean {
  const said = [...plain(comment).matchAll(number)].map(([text]) => text);
  let next = 0;
  const rounded = plain(printed).replaceAll(number, (text) => {
    const digits = said[next]?.split(".")[1]?.length ?? 0;
    const written = said[next++];
    return written !== undefined && Math.abs(Number(text) - Number(written)) <= 0.5 * 10 ** -digits ? written : text;
  });
  return plain(comment).startsWith(rounded);
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
    "weights",
    "note",
    "language",
    "notebook",
  ]) {
    expect(stages).toContain(stage);
  }
});

test.each(examples.map((example, index) => [example.place, example, index] as const))("%s", async (_, example, index) => {
  const printed = await printedBy(example, index);
  let at = 0;
  for (const comment of expectedOf(example.code)) {
    const found = printed.findIndex((line, index) => index >= at && isSaid(comment, line));
    expect(found, `expected "${comment}"; printed ${JSON.stringify(printed.slice(at))}`).toBeGreaterThanOrEqual(0);
    at = found + 1;
  }
});
