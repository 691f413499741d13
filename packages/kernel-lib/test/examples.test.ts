/** Runs the examples of the documentation, and compares what they print with the comments that say what they print. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

const root = join(import.meta.dirname, "..");
/** Folders whose docstrings run here as they stand, without a notebook or a long training. */
const folders = ["attention", "engine", "layers", "text", "weights", "note"];
/** Inside the package, so that `heed` is this package. */
const place = mkdtempSync(join(import.meta.dirname, "example-"));
afterAll(() => rmSync(place, { recursive: true }));

// examples name files as seen from the project's folder
const folder = process.cwd();
beforeAll(() => process.chdir(join(root, "../..")));
afterAll(() => process.chdir(folder));

const sources = folders.flatMap((name) =>
  readdirSync(join(root, "src", name), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join("src", name, file)),
);

interface Example {
  readonly name: string;
  readonly code: string;
}

function examplesOf(file: string): Example[] {
  const text = readFileSync(join(root, file), "utf8").replaceAll(/^ *\* ?/gmu, "");
  return [...text.matchAll(/```ts\n(.*?)```/gsu)].map((match, i) => ({ name: `${file} ${i + 1}`, code: match[1] ?? "" }));
}

const bare = (text: string): string => text.replaceAll(/Array\(\d+\)/gu, "Array").replaceAll(/["'`\s]/gu, "");

/** What the comments behind `console.log(…);` say the line prints: values; what begins otherwise, or follows a value, is prose. */
const promisesOf = (code: string): string[] =>
  [...code.matchAll(/console\.log\(.*\); \/\/ ((?:[[{"\d-]|\w+Array ).*)$/gmu)].map((match) =>
    bare(match[1]?.split(/: | and | \(/u)[0] ?? ""),
  );

describe("examples run and print what they say", () => {
  const examples = ["README.md", ...sources].flatMap(examplesOf);

  test.each(examples)("$name", async ({ name, code }) => {
    const printed: string[] = [];
    const log = vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => {
      printed.push(bare(values.map((value) => (typeof value === "string" ? value : inspect(value))).join(" ")));
    });
    const write = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
    const file = join(place, `${name.replaceAll(/[^a-z0-9]/giu, "-")}.ts`);
    writeFileSync(file, code);
    try {
      await import(file);
    } finally {
      for (const spy of [log, write]) spy.mockRestore();
    }
    const promised = promisesOf(code);
    expect(promised.map((promise) => printed.find((line) => line.startsWith(promise))?.slice(0, promise.length))).toEqual(
      promised,
    );
  });
});
