import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { decodeArray, limits, noteKinds, noteMimeType, parseNote, type InlineArray } from "../../src/note/index.js";

const readme = readFileSync(join(import.meta.dirname, "../../src/note/README.md"), "utf8");

test("the example is a note", () => {
  const [, json = ""] = /```json\n([\s\S]*?)```/.exec(readme) ?? [];
  const note = parseNote(JSON.parse(json));
  expect([...decodeArray(note.weights as InlineArray)]).toEqual([0.125, 1, 0.5, 0.125]);
});

test("bytes mean what the page says", () => {
  const weights: InlineArray = { shape: [2, 2], encoding: "u8", data: "/wBAgA==", scale: "AAw=", maxError: 0 };
  const bytes = [255, 0, 64, 128];
  const expected = bytes.map((byte, i) => Math.fround((byte * 2 ** -(i >> 1)) / 255));
  expect([...decodeArray(weights)]).toEqual(expected);
});

test("every kind and limit is told", () => {
  expect(readme).toContain(noteMimeType);
  for (const kind of noteKinds) expect(readme).toContain(`\`${kind}\``);
  const told = [...readme.matchAll(/\| `(\w+)`: [^|]*\|\s*([\d,]+)\s*\|/g)].map(([, name, most = ""]) => [
    name,
    Number(most.replaceAll(",", "")),
  ]);
  expect(Object.fromEntries(told)).toEqual(limits);
});
