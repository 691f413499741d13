import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  deriveCell,
  describeNote,
  displayBundle,
  NoteError,
  noteMimeType,
  parseDocument,
  parseNote,
  type Note,
} from "../../src/note/index.js";
import { toJson } from "./json.js";
import { mutatedNotes } from "./mutated.js";

/** What came of reading; any error but a NoteError is thrown on. */
function outcomeOf(read: () => Note): { note?: Note; error?: NoteError } {
  try {
    return { note: read() };
  } catch (error) {
    if (error instanceof NoteError) return { error };
    throw error;
  }
}

const elements = new Set(["svg", "title", "desc", "g", "rect", "path", "text", "image", "use"]);

/** What is true of every note that was read, whoever wrote it. */
function expectShowable(note: Note): void {
  const bundle = displayBundle(note);
  const chinese = displayBundle(note, { language: "zh-CN" });
  expect(bundle["image/svg+xml"]).toMatch(/^<svg [\s\S]*<\/svg>$/);
  const svg = bundle["image/svg+xml"];
  const names = [...svg.matchAll(/<\/?([^\s/>]+)/g)].map((match) => match[1]);
  expect(names.filter((name) => !elements.has(name ?? ""))).toEqual([]);
  const links = [...svg.matchAll(/ href="([^"]*)/g)].map((match) => match[1] ?? "");
  expect(links.filter((link) => !/^#heed-\w+$|^data:image\/(png|jpeg);base64,[\w+/]+=*$/.test(link))).toEqual([]);
  expect([...svg].filter((letter) => letter < " " && !"\t\n\r".includes(letter))).toEqual([]);
  expect(chinese["text/plain"]).toBe(describeNote(note, "zh-CN"));
  expect(parseNote(toJson(bundle[noteMimeType]))).toEqual(note);
  expectDerivable(note);
}

/** What is stored beside the weights may be of any size and contradict them: it is left out or told, never thrown. */
function expectDerivable(note: Note): void {
  if (note.weights.encoding === "external") return;
  const [rows = 0, columns = 0] = note.weights.shape.slice(-2);
  for (const [row, column] of [
    [0, 0],
    [rows - 1, columns - 1],
  ] as const) {
    const { softmax, output, terms } = deriveCell(note, 0, row, column);
    if (softmax) expect([softmax.scores.length, softmax.weights.length]).toEqual([columns, columns]);
    if (output) expect(output.contributions).toHaveLength(columns * output.width);
    if (terms) expect(terms.terms.every(({ left, right }) => typeof left === "number" && typeof right === "number")).toBe(true);
  }
}

test("a note changed anywhere is read and shown, or refused by name", () => {
  const counts = { read: 0, refused: 0 };
  fc.assert(
    fc.property(mutatedNotes, (json) => {
      const { note, error } = outcomeOf(() => parseNote(json));
      counts[note ? "read" : "refused"]++;
      expect(error?.in("zh-CN") ?? "笔记").toMatch(/[\u4e00-\u9fff]/);
      if (note) expectShowable(note);
    }),
    { numRuns: 2_000 },
  );
  // the changes reach both sides
  expect(Math.min(counts.read, counts.refused)).toBeGreaterThan(200);
}, 60_000);

test("any JSON and any text is refused as no note", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => {
      expect(() => parseNote(json)).toThrow(NoteError);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => parseDocument(text)).toThrow(NoteError);
    }),
  );
});
