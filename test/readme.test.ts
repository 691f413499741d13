/** The README says what is so: its code prints what stands below it, its note says its sentence, its pictures and links are there. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { Console } from "node:console";
import { join } from "node:path";
import { Writable } from "node:stream";
import { evaluateNote } from "heed/language";
import { describeNote } from "heed/note";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { root } from "../scripts/setup/places.mjs";

const files = [
  { file: "README.md", language: "en", other: "README.zh-CN.md" },
  { file: "README.zh-CN.md", language: "zh-CN", other: "README.md" },
] as const;

/** The text of the fenced blocks of one kind. */
const blocksOf = (text: string, kind: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\``, "gmsu"))].map((match) => match[1] ?? "");

/** Inside the project, so that `heed` is this project's. */
let place = "";
beforeAll(() => {
  mkdirSync(join(root, "test-results"), { recursive: true });
  place = mkdtempSync(join(root, "test-results", "readme-"));
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** Runs a module and returns what it printed. */
async function printedBy(code: string): Promise<string> {
  let printed = "";
  const take = (text: string | Uint8Array): boolean => {
    printed += String(text);
    return true;
  };
  const stream = new Writable({ write: (text: Uint8Array, _, done) => void (take(text), done()) });
  const { log } = new Console(stream);
  const spies = [vi.spyOn(console, "log").mockImplementation(log), vi.spyOn(process.stdout, "write").mockImplementation(take)];
  const file = join(place, `example-${Date.now()}-${Math.random().toString(36).slice(2)}.ts`);
  writeFileSync(file, code);
  try {
    await import(file);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return printed;
}

describe.each(files)("$file", ({ file, language, other }) => {
  const text = readFileSync(join(root, file), "utf8");

  test("the TypeScript runs and prints what stands below it", async () => {
    const [code = ""] = blocksOf(text, "ts");
    const [printed, promised] = [await printedBy(code), blocksOf(text, "text")[0] ?? ""];
    const number = /\d+\.\d{7,}/gu;
    expect(printed.replaceAll(number, "x")).toBe(promised.replaceAll(number, "x"));
    // float32: processors may differ in the last digits
    const numbersOf = (printout: string): number[] => (printout.match(number) ?? []).map(Number);
    for (const [i, value] of numbersOf(promised).entries()) expect(numbersOf(printed)[i]).toBeCloseTo(value, 6);
  });

  test("the note says the sentence below it", async () => {
    const [, fence = "", sentence] = /^```attention\n(.*?)^```\n\n> ([^\n]*)$/msu.exec(text) ?? [];
    expect(describeNote(await evaluateNote(fence, { language }), language)).toBe(sentence);
  });

  test("every link leads to something, also to the other language", () => {
    const targets = [...text.matchAll(/\]\(([^)#]+)\)|(?:src|srcset)="([^"]+)"/gu)].map(
      ([, link, image]) => link ?? image ?? "",
    );
    expect(targets).toContain(other);
    expect(targets.filter((target) => !existsSync(join(root, target)))).toEqual([]);
  });

  test("every benchmark that it names is there", () => {
    const names = [...text.matchAll(/npm run bench -- (\S+?)`/gu)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(0);
    const folders = ["packages/kernel-lib/bench", "packages/jupyter-ext/bench"];
    for (const name of names)
      expect(folders.map((folder) => existsSync(join(root, folder, `${name}.bench.ts`)))).toContain(true);
  });
});

test("the pictures are PNGs of at most 300 kB, and differ", () => {
  const pictures = ["light", "dark"].map((theme) => join(root, "docs", `screenshot-${theme}.png`));
  for (const picture of pictures) {
    expect(statSync(picture).size).toBeLessThanOrEqual(300_000);
    expect(readFileSync(picture).subarray(1, 4).toString()).toBe("PNG");
  }
  expect(readFileSync(pictures[0] ?? "").equals(readFileSync(pictures[1] ?? ""))).toBe(false);
});
