/** What the panel knows of notes: words to filter by, properties, pins. */
import type { IStateDB } from "@jupyterlab/statedb";
import { expect, test } from "vitest";
import { makeNote, storeNote } from "heed/note";
import { wordsOf } from "../src/notes/notebook-notes.js";
import { Pins } from "../src/panel/pins.js";
import { propertiesOf } from "../src/panel/properties.js";
import { english } from "./drawing-options.js";

const causal = [
  [1, 0],
  [0.25, 0.75],
];
const note = makeNote({
  title: "我是 → I am",
  weights: causal,
  mask: [
    [1, 0],
    [1, 1],
  ],
  rows: ["I", "am"],
  columns: ["我", "是"],
  scores: [
    [0, 1],
    [1, 2],
  ],
  score: { name: "scaled", scale: 0.5, temperature: 2 },
  source: { model: "MiniLM", text: "I am", library: "heed", version: "1.2.3" },
});

test("a note is found by its title, tokens, kind, model and text, not by its numbers", () => {
  const words = wordsOf(JSON.parse(JSON.stringify(storeNote(note))));
  for (const word of ["我是", "am", "attention", "minilm", "scaled"]) expect(words).toContain(word);
  expect(note.weights.encoding).not.toBe("external");
  expect(words).not.toContain(note.weights.encoding === "external" ? "" : note.weights.data.toLowerCase());
  expect(wordsOf(JSON.stringify(storeNote(note)))).toBe(words);
});

test("words of hostile notes are found in no time, or are none", () => {
  const endless: { self?: unknown } = {};
  endless.self = endless;
  expect(wordsOf(endless)).toBe("");
  expect(wordsOf("{")).toBe("");
  expect(wordsOf(null)).toBe("");
  expect(wordsOf(Array.from({ length: 1_000_000 }, () => "token")).length).toBeLessThan(30_000);
});

test("its properties say what it is, how exactly it is kept, and what made it", () => {
  const properties = Object.fromEntries(propertiesOf(note, english).map(({ name, value }) => [name, value]));
  expect(properties).toEqual({
    Title: "我是 → I am",
    Kind: "attention",
    Size: "2 × 2",
    Score: "scaled × 0.5 ÷ 2",
    Mask: "causal",
    "Rows sum to 1": "yes",
    Stored: "inside: 4 numbers as f32, 1 kB",
    Error: "none",
    "Beside the weights": "scores, mask",
    "Made by": "MiniLM · heed 1.2.3",
    query: "2: I am",
    key: "2: 我 是",
  });
});

test("of weights in a file it says which, and of a mask that is not causal how much is open", () => {
  const other = makeNote({
    weights: [[0.5, 0.5, 0]],
    mask: [[1, 1, 0]],
    external: { file: "a.safetensors", tensor: "w", maxError: 0.001 },
  });
  const properties = Object.fromEntries(propertiesOf(other, english).map(({ name, value }) => [name, value]));
  expect(properties).toMatchObject({
    Stored: "a.safetensors, read part by part",
    Error: "± 0.001",
    Mask: "2 of 3 cells are open",
  });
});

/** What JupyterLab keeps between visits. */
function memory(stored: Record<string, unknown> = {}): IStateDB {
  return {
    fetch: async (key: string) => stored[key],
    save: async (key: string, value: unknown) => void (stored[key] = structuredClone(value)),
  } as unknown as IStateDB;
}

test("pins are remembered by notebook, and follow when it is renamed", async () => {
  const stored = {};
  const pins = new Pins(memory(stored), () => undefined);
  pins.toggle("a.ipynb", "cell/0");
  pins.toggle("a.ipynb", "cell/1");
  pins.toggle("a.ipynb", "cell/1");
  pins.toggle("b.ipynb", "other/0");
  pins.move("a.ipynb", "c.ipynb");

  let restored = 0;
  const later = new Pins(memory(stored), () => restored++);
  await expect.poll(() => restored).toBe(1);
  expect([later.has("c.ipynb", "cell/0"), later.has("c.ipynb", "cell/1"), later.has("b.ipynb", "other/0")]).toEqual([
    true,
    false,
    true,
  ]);
  expect(later.has("a.ipynb", "cell/0")).toBe(false);
});

test("what was stored by something else is no pin", async () => {
  for (const odd of [null, 3, [1, 2], { "a.ipynb": 7 }, { "a.ipynb": [{}] }]) {
    const pins = new Pins(memory({ "jupyterlab-heed:pins": odd }), () => undefined);
    await Promise.resolve();
    expect(pins.has("a.ipynb", "cell/0")).toBe(false);
  }
});
