/** Files of tensors opened as attention: what is guessed, what can be chosen, and the values that come out. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { allMatrices } from "./all-matrices.js";
import { encodeHeader, parseHeader, type ExternalArray, type SafetensorsDType, type SafetensorsHeader } from "heed/note";
import { fromMemory } from "../src/files/range-source.js";
import { attentionTensors, guessReading, sliceOf, tokensOf, withRole, type TensorOption } from "../src/files/tensor-choice.js";
import { noteOfTensor } from "../src/files/tensor-note.js";
import { openSafetensors } from "../src/files/weights-file.js";

type Part = readonly [name: string, shape: readonly number[], dtype?: SafetensorsDType];

function headerOf(...parts: readonly Part[]): SafetensorsHeader {
  const bytes = encodeHeader(
    parts.map(([name, shape, dtype = "F32"]) => ({ name, shape, dtype })),
    {},
  );
  const data = parts.reduce(
    (sum, [, shape, dtype]) => sum + shape.reduce((all, size) => all * size, dtype === "F16" ? 2 : 4),
    0,
  );
  return parseHeader(bytes.slice(8), bytes.length + data, "test");
}

const guess = (name: string, shape: readonly number[], all: readonly TensorOption[] = [{ name, shape }]): string =>
  guessReading({ name, shape }, all).roles.join(" ");

describe("what a tensor is, is guessed", () => {
  test("attention comes first, and what cannot be attention is left out", () => {
    const header = headerOf(
      ["embeddings.weight", [7, 11]],
      ["ids", [5], "F32"],
      ["max/4", [2, 3, 3], "F16"],
      ["mask", [5, 5], "I32"],
      ["layer.0.attention.probs", [2, 5, 5], "F16"],
      ["cross.weights", [2, 3, 5, 7]],
    );
    expect(attentionTensors(header).map(({ name }) => name)).toEqual([
      "cross.weights",
      "layer.0.attention.probs",
      "embeddings.weight",
      "max/4",
    ]);
  });

  test.each([
    ["a", [5, 7], ""],
    ["a", [3, 5, 7], "heads"],
    ["a", [2, 3, 5, 7], "layers heads"],
    ["a", [1, 3, 5, 7], "one heads"],
    ["a", [2, 13, 3, 5, 7], "layers one heads"],
    ["a", [2, 13, 17, 3, 5, 7], "layers one one heads"],
  ])("%s %j is %j", (name, shape, roles) => {
    expect(guess(name, shape)).toBe(roles);
  });

  test("of one tensor for each layer the first axis is the batch", () => {
    const shape = [2, 3, 5, 5];
    const all = ["layer.0.attn", "layer.1.attn"].map((name) => ({ name, shape }));
    expect(guess("layer.0.attn", shape, all)).toBe("one heads");
  });
});

test("an axis takes over a role from the one that had it", () => {
  const reading = guessReading({ name: "a", shape: [2, 13, 3, 5, 7] }, []);
  expect(withRole(reading, 1, "heads").roles).toEqual(["layers", "heads", "one"]);
  expect(withRole(reading, 0, "one").roles).toEqual(["one", "one", "heads"]);
});

test("heads are found in the tensor whatever the order of its axes", () => {
  const shape = [2, 13, 3, 5, 7];
  const reading = { tensor: "a", roles: ["heads", "one", "layers"] as const, entries: [0, 11, 0] };
  const { shape: shown, matrices } = sliceOf(shape, reading);
  expect(shown).toEqual([3, 2, 5, 7]);
  // matrix of [h, b, l] is (h · 13 + b) · 3 + l
  expect(matrices).toEqual([33, 72, 34, 73, 35, 74]);
});

test("tokens are those of the metadata, where they fit", () => {
  const metadata = { tokens: '["我","是","人"]', targetTokens: '["I","am"]' };
  expect(tokensOf(metadata, "weights", [3, 3])).toEqual({ rows: ["我", "是", "人"], columns: ["我", "是", "人"] });
  expect(tokensOf(metadata, "cross.weights", [2, 3])).toEqual({ rows: ["I", "am"], columns: ["我", "是", "人"] });
  expect(tokensOf(metadata, "decoder.weights", [2, 2])).toEqual({ rows: ["I", "am"], columns: ["I", "am"] });
  expect(tokensOf(metadata, "weights", [4, 3]).rows).toEqual(["0", "1", "2", "3"]);
  expect(tokensOf({ tokens: "我 是 人" }, "weights", [1, 1])).toEqual({ rows: ["0"], columns: ["0"] });
});

const goldenFile = new URL("../../kernel-lib/test/golden/python-dump.safetensors", import.meta.url);
const never = new AbortController().signal;

test("a file that Python wrote without any package of ours is opened with its tokens and values", async () => {
  const bytes = new Uint8Array(readFileSync(goldenFile));
  const file = await openSafetensors(fromMemory(bytes), "python-dump.safetensors");
  const options = attentionTensors(file.header);
  const [first] = options;
  if (!first) throw new Error("no tensor");
  const note = await noteOfTensor(file, "python-dump.safetensors", guessReading(first, options), () => undefined, never);
  expect(note.axes.rows.tokens).toEqual(["<s>", "我", "are", "<b>"]);
  expect(note.axes.columns.tokens).toEqual(note.axes.rows.tokens);
  const raw = new Float32Array(bytes.slice(-64).buffer);
  expect(allMatrices(note)).toEqual([[...raw]]);
  expect(note.normalised).toBeUndefined();
});

test("a large tensor becomes an overview, read head by head, with progress", async () => {
  const [heads, T] = [3, 701];
  const header = encodeHeader([{ name: "weights", dtype: "F32", shape: [1, heads, T, T] }], {});
  const values = new Float32Array(heads * T * T).fill(1 / T);
  values[(2 * T + 640) * T + 13] = 0.9;
  const bytes = new Uint8Array(header.length + values.byteLength);
  bytes.set(header);
  bytes.set(new Uint8Array(values.buffer), header.length);
  const file = await openSafetensors(fromMemory(bytes), "a.safetensors");
  const seen: string[] = [];
  const reading = { tensor: "weights", roles: ["one", "heads"] as const, entries: [0, 0] };
  const note = await noteOfTensor(file, "a.safetensors", reading, (done, all) => seen.push(`${done}/${all}`), never);
  expect(seen).toEqual(["1/3", "2/3", "3/3"]);
  expect(note.weights).toMatchObject({
    encoding: "external",
    shape: [heads, T, T],
    tensor: "weights",
    headerHash: file.headerHash,
  });
  expect(note.normalised).toBe(false);
  const { block } = (note.weights as ExternalArray).overview;
  const overview = allMatrices(note)[2] ?? [];
  const across = Math.ceil(T / block[1]);
  expect(overview[Math.floor(640 / block[0]) * across + Math.floor(13 / block[1])]).toBeCloseTo(0.9, 2);
});

test.each([
  ["a negative number", -0.5],
  ["what is no number", Number.NaN],
])("%s is no weight", async (_, bad) => {
  const header = encodeHeader([{ name: "weights", dtype: "F32", shape: [2, 3] }], {});
  const bytes = new Uint8Array(header.length + 24);
  bytes.set(header);
  bytes.set(new Uint8Array(Float32Array.of(1, 0, 0, bad, 0, 1).buffer), header.length);
  const file = await openSafetensors(fromMemory(bytes), "a.safetensors");
  const reading = { tensor: "weights", roles: [], entries: [] };
  await expect(noteOfTensor(file, "a.safetensors", reading, () => undefined, never)).rejects.toThrow(String(bad));
});
