/** Every notebook of the project runs from nothing, and what it shows is right. */
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readSafetensors } from "heed";
import { evaluateNote } from "heed/language";
import { decodeArray, noteMimeType, type InlineArray, type Note } from "heed/note";
import { beforeAll, describe, expect, test } from "vitest";
import { notebookFolder, root } from "../scripts/setup/places.mjs";
import { execute, fencesOf, notesOf, printed, readCells, type Cell } from "./support/notebooks.js";

const notebooks = readdirSync(notebookFolder).filter((name) => name.endsWith(".ipynb"));
const executed = new Map<string, Cell[]>();

beforeAll(() => void mkdirSync(join(root, "test-results"), { recursive: true }));

const numbersOf = (note: Note, name: "weights" | "scores" | "output" = "weights"): number[] => {
  const array = note[name];
  if (array === undefined || array.encoding === "external") throw new Error(`${name} is not inside the note`);
  return [...decodeArray(array as InlineArray)];
};
const closeTo = (got: number[], wanted: number[], digits = 6): void => {
  expect(got).toHaveLength(wanted.length);
  for (const [i, value] of wanted.entries()) expect(got[i], `number ${i}`).toBeCloseTo(value, digits);
};
const notes = (name: string): Note[] => (executed.get(name) ?? []).flatMap(notesOf);
const titled = (name: string, title: string): Note => {
  const found = notes(name).find((note) => note.title?.includes(title));
  if (found === undefined) throw new Error(`${name} shows no note titled ${title}`);
  return found;
};

describe.each(notebooks)("%s", (name) => {
  const cells = readCells(join(notebookFolder, name));

  test("every written note is evaluated", async () => {
    for (const fence of cells.flatMap(fencesOf)) await expect(evaluateNote(fence)).resolves.toMatchObject({ version: 1 });
  });

  test.runIf(cells.some(({ cell_type }) => cell_type === "code"))(
    "every cell runs, and every picture has its words and fallback",
    async () => {
      const done = await execute(name);
      executed.set(name, done);
      expect(done.flatMap(({ outputs }) => outputs.filter(({ output_type }) => output_type === "error"))).toEqual([]);
      for (const { data } of done.flatMap(({ outputs }) => outputs)) {
        if (data?.[noteMimeType] === undefined) continue;
        expect(Object.keys(data)).toEqual(expect.arrayContaining(["image/svg+xml", "text/plain"]));
      }
    },
  );
});

describe("00 says what it shows", () => {
  const [, , h1] = readCells(join(notebookFolder, "00-notes-on-attention.ipynb"));

  test("h1 over s1…s4: m, a and the attention vector are those of the text", async () => {
    const note = await evaluateNote((h1 && fencesOf(h1)[0]) ?? "");
    // m by hand; a = softmax(1, 2, 4, 3); the vector Σ aᵢ sᵢ, to the digits printed in the cell
    closeTo(numbersOf(note, "scores"), [1, 2, 4, 3]);
    closeTo(numbersOf(note), [0.032, 0.087, 0.644, 0.237], 3);
    closeTo(numbersOf(note, "output"), [1.557, 0.119, 0.968], 3);
  });
});

describe("01 computes what it shows", () => {
  const name = "01-the-attention-function.ipynb";

  test("words, three steps, six scores", () => {
    const text = (executed.get(name) ?? []).map(printed).join("");
    expect(text).toMatch(/'我', '是', '中国人'/);
    expect(text).toMatch(/m = \[ 1, 2, 4, 3 \]/);
    closeTo(numbersOf(titled(name, "h1 looks at s1…s4")), [0.032058604, 0.08714432, 0.64391428, 0.2368828], 6);
    expect(titled(name, "six scores").axes.rows.tokens).toEqual(["dot", "scaled", "cosine", "general", "concat", "additive"]);
  });

  test("masked keys weigh exactly nothing and an empty row is reported", () => {
    const causal = numbersOf(titled(name, "causal mask"));
    for (const [i, weight] of causal.entries()) if (i % 4 > Math.floor(i / 4)) expect(weight).toBe(0);
    const any = titled(name, "any mask");
    expect(any.maskedRows).toEqual([1]);
    expect(numbersOf(any).slice(4, 8)).toEqual([0, 0, 0, 0]);
  });

  test("heads and hops keep their axes", () => {
    expect(titled(name, "two heads").weights.shape).toEqual([2, 4, 4]);
    expect(titled(name, "three hops")).toMatchObject({ kind: "summary", weights: { shape: [3, 4] } });
  });
});

describe("02 is a real model", () => {
  const name = "02-the-first-layer-of-a-real-model.ipynb";

  test("its first layer's twelve heads are those of transformers", async () => {
    const golden = await readSafetensors(join(root, "packages/kernel-lib/test/golden/minilm-first-layer.safetensors"));
    const note = titled(name, "layer 1");
    expect(note.axes.columns.tokens.slice(0, 4)).toEqual(["[CLS]", "the", "animal", "didn"]);
    const wanted = golden["0.attention"];
    expect(note.weights.shape).toEqual(wanted?.shape);
    // 1e-5: both compute in float32 and round differently
    closeTo(numbersOf(note), [...(wanted?.data ?? [])], 5);
  });

  test("where the attention of a head goes adds up", () => {
    const shares = numbersOf(titled(name, "where the attention goes"));
    for (let head = 0; head < 12; head++) {
      expect(shares.slice(head * 6, head * 6 + 6).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    }
  });
});
