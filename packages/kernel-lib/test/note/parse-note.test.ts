import { describe, expect, test } from "vitest";
import {
  decodeArray,
  encodeArray,
  limits,
  makeNote,
  NoteError,
  parseDocument,
  parseNote,
  storeNote,
  toBlocks,
  writeDocument,
  type Note,
  type NoteInput,
} from "../../src/note/index.js";
import { notes } from "./fixtures.js";
import { change, toJson, type Json, type JsonObject } from "./json.js";

const stored = (input: NoteInput): Note => parseNote(toJson(makeNote(input)));

describe("a note that was made", () => {
  test.each(Object.entries(notes))("is read back as it was: %s", (_, note) => {
    expect(parseNote(toJson(note))).toEqual(note);
    expect(parseNote(toJson(storeNote(note)))).toEqual(note);
  });

  test("writes tokens that look at themselves once", () => {
    expect(storeNote(notes["self"] as Note).axes.columns).toEqual({ name: "key", as: "rows" });
    expect(storeNote(notes["attention"] as Note)).toBe(notes["attention"]);
  });
});

function messageOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof NoteError) return error.message;
    throw error;
  }
  return "no error";
}

/** A note's JSON with one field changed, or taken out. */
function changed(name: string, path: string, value: unknown): JsonObject {
  const json = toJson(storeNote(notes[name] as Note));
  change(json, path.split("."), value as Json);
  return json;
}

describe("what is wrong is named", () => {
  test.each<[string, string, unknown, string]>([
    ["attention", "version", 2, "note.version: expected 1; got 2. A newer library may have made this note"],
    ["attention", "kind", "html", 'note.kind: expected one of attention, summary, alignment, image; got "html"'],
    ["attention", "title", 7, "note.title: expected a text; got a number"],
    ["attention", "title", "x".repeat(limits.label + 1), "note.title: expected at most 1000 characters; got 1001"],
    ["attention", "weights", undefined, "note: missing weights"],
    ["attention", "weights.data", "AAAA", "note.weights.data: expected the base64 of 24 bytes for shape [2, 3]; got 3 bytes"],
    [
      "attention",
      "weights.data",
      "AAA",
      "note.weights.data: expected the base64 of 24 bytes for shape [2, 3]; got broken base64",
    ],
    ["attention", "weights.data", "?".repeat(32), "note.weights.data: expected base64; got other characters"],
    [
      "attention",
      "weights.data",
      "AADAfwAAgD4AAIA+AAAAAAAAAAAAAAAA",
      "note.weights.data[0, 0]: expected a finite number; got NaN",
    ],
    ["attention", "weights.data", "AACAvwAAgD4AAIA+AAAAAAAAAAAAAAAA", "note.weights[0, 0]: expected a weight ≥ 0; got -1"],
    [
      "attention",
      "weights.shape",
      [1e9, 1e9],
      `note.weights.shape[0]: expected a whole number from 0 to ${limits.inlineCells}; got 1000000000`,
    ],
    [
      "attention",
      "weights.shape",
      [65_536, 65_536],
      `note.weights.shape: expected at most ${limits.inlineCells} numbers; got 65536 × 65536 = 4294967296`,
    ],
    ["attention", "weights.shape", [2, -3], "note.weights.shape[1]: expected a whole number from 0 to 16777216; got -3"],
    ["attention", "weights.shape", [6], "note.weights.shape: expected [Q, K], [H, Q, K] or [L, H, Q, K]; got [6]"],
    ["attention", "weights.shape", [1, 1, 1, 2, 3], "note.weights.shape: expected at most 4 entries; got 5"],
    ["attention", "weights.encoding", "zip", 'note.weights.encoding: expected one of u8, f16, f32; got "zip"'],
    ["attention", "weights.maxError", -1, "note.weights.maxError: expected an error ≥ 0; got -1"],
    ["bytes", "weights.scale", "AA==", "note.weights.scale: expected the base64 of 2 bytes for shape [2, 2]; got 1 bytes"],
    ["attention", "axes.rows.tokens", ["a"], "note.axes.rows.tokens: expected 2 labels, one for each position; got 1"],
    ["attention", "axes.rows.tokens", ["a", 1], "note.axes.rows.tokens[1]: expected a text; got a number"],
    [
      "attention",
      "axes.rows.tokens",
      ["a", "b", "c", "d"],
      "note.axes.rows.tokens: expected 2 labels, one for each position; got 4",
    ],
    [
      "attention",
      "axes.rows.offsets",
      [
        [0, 1],
        [2, 1],
      ],
      "note.axes.rows.offsets[1][1]: expected a whole number from 2 to 2; got 1",
    ],
    ["attention", "axes.rows.special", [2], "note.axes.rows.special[0]: expected a whole number from 0 to 1; got 2"],
    ["attention", "axes.rows.words", [0], "note.axes.rows.words: expected 2 entries; got 1"],
    ["attention", "axes.heads", { tokens: [] }, "note.axes: expected neither heads nor layers for weights [2, 3]"],
    ["heads", "axes.heads", undefined, "note.axes: expected heads and layers for weights [1, 2, 2, 3]"],
    ["attention", "axes.columns", { as: "rows" }, "note.axes.columns: expected 3 labels; the rows have 2"],
    ["attention", "mask.shape", [3, 2], "note.mask.shape: expected [rows, columns] or the shape of the weights; got [3, 2]"],
    ["attention", "maskedRows", [1, 1], "note.maskedRows[1]: expected a whole number from 2 to 1; got 1"],
    ["attention", "scores.shape", [3, 2], "note.scores.shape: expected scores [2, 3] beside weights [2, 3]; got [3, 2]"],
    [
      "attention",
      "score.name",
      "softmax",
      'note.score.name: expected one of dot, scaled, general, concat, additive, cosine, summary; got "softmax"',
    ],
    ["attention", "source", null, "note.source: expected an object; got null"],
    ["image", "image.data", "AAAA", "note.image.data: expected the base64 of a image/png file"],
    [
      "image",
      "image.mediaType",
      "image/svg+xml",
      'note.image.mediaType: expected one of image/png, image/jpeg; got "image/svg+xml"',
    ],
    [
      "image",
      "image.grid",
      [3, 2],
      "note.image.grid: expected rows × columns = 4, the number of weights in a row; got 3 × 2 = 6",
    ],
    ["image", "image.width", 1e9, "note.image.width: expected a whole number from 1 to 16384; got 1000000000"],
    [
      "external",
      "weights.file",
      "../n.safetensors",
      "note.weights.file: expected the name of a .safetensors file in the notebook's own folder, without / \\ : ? # %",
    ],
    [
      "external",
      "weights.file",
      "https://x/n.safetensors",
      "note.weights.file: expected the name of a .safetensors file in the notebook's own folder, without / \\ : ? # %",
    ],
    [
      "external",
      "weights.overview.max.shape",
      [1, 4],
      "note.weights.overview.max.shape: expected one number a block, [2, 2]; got [1, 4]",
    ],
    [
      "external",
      "weights.overview.block",
      [0, 1],
      "note.weights.overview.block[0]: expected a whole number from 1 to 65536; got 0",
    ],
    ["external", "weights.headerHash", "xy", "note.weights.headerHash: expected a SHA-256 of 64 hexadecimal digits"],
  ])("%s: a wrong %s (%#)", (name, path, value, message) => {
    const json = changed(name, path, value);
    expect(messageOf(() => parseNote(json))).toBe(message);
    expect(() => parseNote(json, "zh-CN")).toThrow(/[\u4e00-\u9fff]/);
  });

  test("all fields that are missing are named at once", () => {
    const byHand = { axes: { rows: { tokens: ["a"] }, columns: {} }, weights: { shape: [1, 1], encoding: "f32", data: "" } };
    expect(messageOf(() => parseNote(byHand))).toBe(
      "note: missing version, kind, maxError, source, weights.maxError, axes.columns.tokens",
    );
    const lists = { version: 1, kind: "attention", weights: [[0.5, 0.5]] };
    expect(messageOf(() => parseNote(lists))).toMatch(
      /^note: missing axes, maxError, source; weights are an object \{ shape, .*text\/markdown with an ```attention block/,
    );
    expect(() => parseNote(lists, "zh-CN")).toThrow(/缺少 axes、maxError、source；weights 应为对象/);
  });

  test.each([
    ["f32", [2, 3], 5],
    ["f16", [0.5, 0.25], 0.75],
  ] as const)("rows in %s that sum to something else than 1 are refused, as in a written note", (encoding, row, sum) => {
    const json = { ...makeNote({ weights: [[0.5, 0.5]] }), weights: encodeArray({ shape: [1, 2], data: row }, encoding) };
    expect(messageOf(() => parseNote(json))).toBe(
      `note.weights[0]: expected weights that sum to 1; got a sum of ${sum}. If they are no distribution, say normalised: false`,
    );
    expect(parseNote({ ...json, normalised: false }).normalised).toBe(false);
  });

  test("rows that were rounded by hand or by storing are distributions, and an overview of none is told", () => {
    expect(stored({ weights: [[0.33, 0.33, 0.33]], tolerance: 0.02 }).normalised).toBeUndefined();
    const even = Array.from({ length: 90 }, () => Array.from({ length: 90 }, () => 1 / 90));
    expect(stored({ weights: even, encoding: "u8" }).weights.encoding).toBe("u8");
    const beside = makeNote({ weights: even, external: { file: "a.safetensors", tensor: "w", maxError: 0 } });
    expect(parseNote(beside).weights.encoding).toBe("external");
    const doubled = even.map((row) => row.map((weight) => 2 * weight));
    const { normalised: _, ...claimed } = makeNote({
      weights: doubled,
      normalised: false,
      external: { file: "a.safetensors", tensor: "w", maxError: 0 },
    });
    expect(messageOf(() => parseNote(claimed))).toContain(
      "note.weights.overview: expected weights that sum to 1; got a sum of 1.99",
    );
  });

  test.each([null, undefined, 1, "note", [], [[]]])("%j is no note", (json) => {
    expect(() => parseNote(json)).toThrow(NoteError);
  });

  test("names that objects inherit are no fields", () => {
    const json = toJson(notes["attention"]);
    delete json["title"];
    const hostile = JSON.parse(
      JSON.stringify(json).replace('"version":1', '"version":1,"__proto__":{"title":"hidden"}'),
    ) as unknown;
    expect(parseNote(hostile).title).toBeUndefined();
    expect(({} as { title?: string }).title).toBeUndefined();
  });

  test("unknown fields are left out, however deep", () => {
    const deep = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`) as Json;
    const json = { ...toJson(notes["attention"]), extra: deep, html: "<script>" };
    expect(parseNote(json)).toEqual(notes["attention"]);
    expect(() => parseNote({ ...json, version: deep })).toThrow(NoteError);
  });
});

describe("documents", () => {
  test("hold one note, or several", () => {
    const [one, two] = [notes["self"] as Note, notes["image"] as Note];
    expect(parseDocument(writeDocument([one]))).toEqual([one]);
    expect(JSON.parse(writeDocument([one]))).toMatchObject({ version: 1, kind: "attention" });
    expect(parseDocument(writeDocument([one, two]))).toEqual([one, two]);
    expect(parseDocument(writeDocument([]))).toEqual([]);
  });

  test("name the bad note", () => {
    const json = { version: 1, notes: [notes["self"], { ...notes["self"], kind: "x" }] };
    expect(() => parseDocument(JSON.stringify(json))).toThrow(/^notes\[1\]\.kind: /);
    expect(() => parseDocument("{")).toThrow(/^document: expected JSON; /);
    expect(() => parseDocument("[]", "zh-CN")).toThrow("document: 应为对象，实际为 列表");
    expect(() => parseDocument('{"notes": []}')).toThrow("version: expected 1, the version of a list of notes");
  });
});

test("the overview of weights beside the notebook hides no spike", () => {
  const data = new Float32Array(128 * 128).fill(0.1 / 127);
  data[77 * 128 + 101] = 0.9;
  const { max, mean } = toBlocks({ shape: [128, 128], data }, [32, 32]);
  expect(max.shape).toEqual([4, 4]);
  expect(max.data[2 * 4 + 3]).toBe(Math.fround(0.9));
  expect(mean.data[0]).toBeCloseTo(0.1 / 127, 9);
  const note = makeNote({
    weights: { shape: [128, 128], data },
    normalised: false,
    external: { file: "a.safetensors", tensor: "w", maxError: 0 },
  });
  if (note.weights.encoding !== "external") throw new Error("expected a reference");
  expect(Math.max(...decodeArray(note.weights.overview.max))).toBeCloseTo(0.9, 2);
});
