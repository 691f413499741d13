/** Files of tensors opened as attention: what is guessed, what can be chosen, and the values that come out. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { allMatrices } from "./all-matrices.js";
import {
  decodeMask,
  encodeHeader,
  parseHeader,
  type ExternalArray,
  type SafetensorsDType,
  type SafetensorsHeader,
} from "heed/note";
import { fromMemory } from "../src/files/range-source.js";
import {
  attentionTensors,
  guessReading,
  obstacleOf,
  rolesFor,
  withRole,
  type TensorReading,
} from "../src/files/tensor-choice.js";
import { noteOfTensor, type ReadNote } from "../src/files/tensor-note.js";
import { findOrder, placesOf } from "../src/files/tensor-order.js";
import type { TensorOption } from "../src/files/tensor-stack.js";
import { tokensOf } from "../src/files/tensor-tokens.js";
import { openSafetensors, type OpenedFile } from "../src/files/weights-file.js";

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

const never = new AbortController().signal;
const optionOf = (name: string, shape: readonly number[]): TensorOption => ({ name, shape, parts: [name], labels: [] });
const guess = (option: TensorOption): string => guessReading(option).roles.join(" ");

describe("what a tensor is, is guessed", () => {
  test("attention comes first, and what cannot be attention is left out and known why", () => {
    const header = headerOf(
      ["embeddings.weight", [7, 11]],
      ["ids", [5], "F32"],
      ["max/4", [2, 3, 3], "F16"],
      ["mask", [5, 5], "I32"],
      ["layer.attention.probs", [2, 5, 5], "F16"],
      ["cross.weights", [2, 3, 5, 7]],
      ["none", [0, 5]],
      ["long", [1, 65_537], "F16"],
    );
    expect(attentionTensors(header).map(({ name }) => name)).toEqual([
      "cross.weights",
      "layer.attention.probs",
      "embeddings.weight",
      "max/4",
    ]);
    const obstacles = ["ids", "mask", "none", "long"]
      .map((name) => header.entries.get(name))
      .map((entry) => entry && obstacleOf(entry));
    expect(obstacles).toEqual(["axes", "type", "empty", "large"]);
  });

  test.each([
    [[5, 7], "queries keys"],
    [[3, 5, 7], "heads queries keys"],
    [[2, 3, 5, 7], "layers heads queries keys"],
    [[1, 3, 5, 7], "one heads queries keys"],
    [[2, 1, 3, 5, 7], "layers one heads queries keys"],
    [[1, 2, 3, 5, 7], "one layers heads queries keys"],
    [[2, 13, 3, 5, 7], "layers one heads queries keys"],
    [[2, 13, 17, 3, 5, 7], "layers one one heads queries keys"],
  ])("%j is %j", (shape, roles) => {
    expect(guess(optionOf("a", shape))).toBe(roles);
  });

  test("tensors that are one in pieces are read as one, in the order of their numbers", () => {
    const layers = headerOf(...[0, 1, 2, 10].map((layer): Part => [`attentions.${layer}`, [1, 3, 5, 5]]).toReversed());
    const [all, one] = attentionTensors(layers);
    expect(all).toMatchObject({
      name: "attentions.0…10",
      shape: [4, 1, 3, 5, 5],
      parts: ["attentions.0", "attentions.1", "attentions.2", "attentions.10"],
      labels: [["0", "1", "2", "10"]],
    });
    expect(all && guess(all)).toBe("layers one heads queries keys");
    expect(one && guess(one)).toBe("one heads queries keys");
    // of a batch the first axis is no layers where each tensor is a layer
    const batch = headerOf(...["layer.0.attn", "layer.1.attn"].map((name): Part => [name, [2, 3, 5, 5]]));
    const found = attentionTensors(batch).find(({ name }) => name === "layer.1.attn");
    expect(found && guess(found)).toBe("one heads queries keys");

    const grid = headerOf(...[0, 1].flatMap((l) => [0, 1, 2].map((h): Part => [`l${l}.h${h}.attn`, [5, 5]])));
    const [whole] = attentionTensors(grid);
    expect(whole).toMatchObject({ name: "l0…1.h0…2.attn", shape: [2, 3, 5, 5] });
    expect(whole && guess(whole)).toBe("layers heads queries keys");
    // where one is missing or of another shape, nothing is put together
    const partial = headerOf(["l0.h0", [5, 5]], ["l0.h1", [5, 5]], ["l1.h0", [5, 5]]);
    expect(attentionTensors(partial).map(({ parts }) => parts.length)).toEqual([1, 1, 1]);
    expect(attentionTensors(headerOf(["a.0", [5, 5]], ["a.1", [7, 7]])).map(({ parts }) => parts.length)).toEqual([1, 1]);
  });
});

test("an axis takes over a role from the one that had it, and queries and keys stay somewhere", () => {
  const reading = guessReading(optionOf("a", [2, 13, 3, 5, 7]));
  expect(withRole(reading, 1, "heads").roles).toEqual(["layers", "heads", "one", "queries", "keys"]);
  expect(withRole(reading, 0, "one").roles).toEqual(["one", "one", "heads", "queries", "keys"]);
  expect(withRole(reading, 2, "keys").roles).toEqual(["layers", "one", "keys", "queries", "heads"]);
  expect(rolesFor(guessReading(optionOf("a", [3, 5, 7])), 1)).toEqual(["heads", "queries", "keys"]);
  expect(rolesFor(reading, 0)).toContain("one");
});

test("heads are found in the tensor whatever the order of its axes", () => {
  const option = optionOf("a", [2, 13, 3, 5, 7]);
  const reading: TensorReading = {
    tensor: "a",
    roles: ["heads", "one", "layers", "queries", "keys"],
    entries: [0, 11, 0, 0, 0],
  };
  const { shape, starts, isWhole } = placesOf(option, reading);
  expect(shape).toEqual([3, 2, 5, 7]);
  // matrix of [h, b, l] is (h · 13 + b) · 3 + l
  expect(starts.map((start) => start / 35)).toEqual([33, 72, 34, 73, 35, 74]);
  expect(isWhole).toBe(true);
  const last: TensorReading = { tensor: "a", roles: ["one", "queries", "keys", "one", "heads"], entries: [1, 0, 0, 2, 0] };
  const places = placesOf(option, last);
  expect(places).toMatchObject({ shape: [7, 13, 3], strides: [105, 35], isWhole: false });
  expect(places.starts[6]).toBe(13 * 105 + 2 * 7 + 6);
});

test("tokens are those of the metadata, where they fit, and how many do not is known", () => {
  const metadata = { tokens: '["我","是","人"]', targetTokens: '["I","am"]' };
  const listed = (tensor: string, shape: readonly [number, number]): string[][] => {
    const { rows, columns } = tokensOf(metadata, tensor, shape);
    return [[...rows.tokens], [...columns.tokens]];
  };
  expect(listed("weights", [3, 3])).toEqual([["我", "是", "人"], ["我", "是", "人"]]); // prettier-ignore
  expect(listed("cross.weights", [2, 3])).toEqual([["I", "am"], ["我", "是", "人"]]); // prettier-ignore
  expect(listed("decoder.weights", [2, 2])).toEqual([["I", "am"], ["I", "am"]]); // prettier-ignore
  expect(tokensOf(metadata, "weights", [4, 3]).rows).toEqual({ tokens: ["0", "1", "2", "3"], misfit: 3 });
  expect(tokensOf({ tokens: "我 是 人" }, "weights", [1, 1]).rows).toEqual({ tokens: ["0"] });
  expect(tokensOf({ tokens: '[["a","b"],["c","d"]]' }, "weights", [2, 2], 1).rows.tokens).toEqual(["c", "d"]);
});

test("tokens that a tokenizer put around the text are special", () => {
  const tokens = ["[CLS]", "[x]", "<s>", "</s>", "<b>", "<|im_start|>", "<｜begin▁of▁sentence｜>", "<pad>", "s", "<|>"];
  expect(tokensOf({ tokens: JSON.stringify(tokens) }, "a", [10, 10]).rows.special).toEqual([0, 2, 3, 5, 6, 7]);
  expect(tokensOf({ tokens: '["[CLS]","[SEP]"]' }, "a", [2, 2]).rows.special).toBeUndefined();
});

/** A file in memory with tensors of float32. */
async function fileOf(
  tensors: readonly (readonly [name: string, shape: readonly number[], data: ArrayLike<number>])[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<OpenedFile> {
  const header = encodeHeader(
    tensors.map(([name, shape]) => ({ name, shape, dtype: "F32" as const })),
    metadata,
  );
  const parts = tensors.map(([, , data]) => new Uint8Array(Float32Array.from(data).buffer));
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, header.length));
  bytes.set(header);
  let at = header.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return openSafetensors(fromMemory(bytes), "a.safetensors");
}

/** Reads a file as it is opened: the likeliest tensor, in the order that its numbers tell. */
async function open(file: OpenedFile, name = "a.safetensors"): Promise<ReadNote & { readonly roles: string }> {
  const [option] = attentionTensors(file.header);
  if (!option) throw new Error("no tensor");
  const order = await findOrder(file, option, never);
  const reading = guessReading(option, order);
  const source = { file, name, option, isOneOfMany: false };
  return { ...(await noteOfTensor(source, reading, () => undefined, never)), roles: reading.roles.join(" ") };
}

/** Weights [H, Q, K] by a rule; each row sums to 1. */
function weightsOf(H: number, Q: number, K: number, isOpen = (_q: number, _k: number): boolean => true): number[][][] {
  return Array.from({ length: H }, (_, h) =>
    Array.from({ length: Q }, (__, q) => {
      const row = Array.from({ length: K }, (___, k) => (isOpen(q, k) ? 1 / (1 + ((q * 7 + k * 3 + h * 11) % 13)) : 0));
      const sum = row.reduce((total, weight) => total + weight, 0);
      return row.map((weight) => weight / sum);
    }),
  );
}

describe("the order of queries and keys is told by what sums to 1", () => {
  const [H, Q, K] = [3, 5, 7];
  const weights = weightsOf(H, Q, K);
  const inOrder = (axes: readonly ("h" | "q" | "k")[]): [number[], number[]] => {
    const sizes = { h: H, q: Q, k: K };
    const shape = axes.map((axis) => sizes[axis]);
    const data = Array.from({ length: H * Q * K }, (_, i) => {
      const at = { h: 0, q: 0, k: 0 };
      let rest = i;
      for (const axis of axes.toReversed()) {
        at[axis] = rest % sizes[axis];
        rest = Math.floor(rest / sizes[axis]);
      }
      return weights[at.h]?.[at.q]?.[at.k] ?? 0;
    });
    return [shape, data];
  };

  test.each([
    [["h", "q", "k"], "heads queries keys"],
    [["q", "k", "h"], "queries keys heads"],
  ] as const)("%j is read as %s", async (axes, roles) => {
    const read = await open(await fileOf([["attention", ...inOrder(axes)]]));
    expect(read.roles).toBe(roles);
    for (const [h, values] of allMatrices(read.note).entries()) {
      const expected = weights[h]?.flat() ?? [];
      values.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? 0, 6));
    }
  });

  test("a matrix that lies on its side is read upright", async () => {
    const square = weightsOf(3, 5, 5);
    const sideways = square.map((head) => head.map((row, i) => row.map((_, j) => head[j]?.[i] ?? 0)));
    const { note, roles } = await open(await fileOf([["a", [3, 5, 5], sideways.flat(2)]]));
    expect(roles).toBe("heads keys queries");
    expect(allMatrices(note)[1]?.[7]).toBeCloseTo(square[1]?.[1]?.[2] ?? 0, 6);
  });

  test("where nothing sums to 1, two axes of one size are taken before two that differ", async () => {
    const file = await fileOf([["a", [5, 5, 3], Array.from({ length: 75 }, (_, i) => i)]]);
    expect((await open(file)).roles).toBe("queries keys heads");
  });
});

const causal = (q: number, k: number): boolean => k <= q;
const flat = (weights: number[][][]): number[] => weights.flat(2);

describe("what a plain dump does not say is seen in its numbers", () => {
  test("causal heads, padding, and rows that may look nowhere", async () => {
    const dump = weightsOf(2, 5, 5, causal);
    const read = await open(await fileOf([["a", [2, 5, 5], flat(dump)]]));
    expect(read.isMasked).toBe(true);
    expect(read.note.mask && [...decodeMask(read.note.mask, 0)]).toEqual(
      Array.from({ length: 25 }, (_, i) => Number(i % 5 <= Math.floor(i / 5))),
    );
    expect((await open(await fileOf([["a", [5, 5], flat(dump.slice(1))]]))).isMasked).toBe(true);
    const padded = await open(await fileOf([["a", [2, 5, 5], flat(weightsOf(2, 5, 5, (_, k) => k < 4))]]));
    expect(padded.note.mask && decodeMask(padded.note.mask, 0)[4]).toBe(0);
  });

  test("zeros of another origin are no mask", async () => {
    const identity = Array.from({ length: 25 }, (_, i) => Number(i % 5 === Math.floor(i / 5)));
    expect((await open(await fileOf([["a", [5, 5], identity]]))).isMasked).toBe(false);
    const shifted = identity.map((_, i) => Number(i % 5 === (Math.floor(i / 5) + 1) % 5));
    expect((await open(await fileOf([["a", [2, 5, 5], [...identity, ...shifted]]]))).isMasked).toBe(false);
    expect((await open(await fileOf([["a", [2, 5, 5], flat(weightsOf(2, 5, 5))]]))).isMasked).toBe(false);
  });

  test("a title is what the file is called, or calls itself", async () => {
    const tensor = ["attentions", [2, 5, 5], flat(weightsOf(2, 5, 5))] as const;
    expect((await open(await fileOf([tensor]), "看 1.safetensors")).note.title).toBe("看 1");
    expect((await open(await fileOf([tensor], { title: "my\nmodel" }))).note.title).toBe("my model");
  });

  test("one tensor a layer is one note, read from each of them", async () => {
    const layers = [3, 1, 2].map(
      (layer) => [`a.${layer}`, [1, 2, 5, 5], flat(weightsOf(2 + layer, 5, 5).slice(layer))] as const,
    );
    const { note, roles } = await open(await fileOf(layers, { tokens: '["a","b"]' }));
    expect(roles).toBe("layers one heads queries keys");
    expect(note.axes.layers?.tokens).toEqual(["1", "2", "3"]);
    expect(note.weights.shape).toEqual([3, 2, 5, 5]);
    expect(allMatrices(note)[2]?.[0]).toBeCloseTo(weightsOf(3, 5, 5)[2]?.[0]?.[0] ?? 0, 6);
  });

  test("tokens that do not fit are told", async () => {
    const read = await open(await fileOf([["a", [2, 5, 5], flat(weightsOf(2, 5, 5))]], { tokens: '["a","b"]' }));
    expect(read.misfit).toEqual({ tokens: 2, places: 5 });
    expect(read.note.axes.rows.tokens).toEqual(["0", "1", "2", "3", "4"]);
  });
});

const goldenFile = new URL("../../kernel-lib/test/golden/python-dump.safetensors", import.meta.url);

test("a file that Python wrote without any package of ours is opened with its tokens and values", async () => {
  const bytes = new Uint8Array(readFileSync(goldenFile));
  const file = await openSafetensors(fromMemory(bytes), "python-dump.safetensors");
  const options = attentionTensors(file.header);
  const [option] = options;
  if (!option) throw new Error("no tensor");
  const source = { file, name: "python-dump.safetensors", option, isOneOfMany: false };
  const { note } = await noteOfTensor(source, guessReading(option), () => undefined, never);
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
  const source = { file, name: "a.safetensors", option: optionOf("weights", [1, heads, T, T]), isOneOfMany: false };
  const reading = guessReading(source.option);
  const { note } = await noteOfTensor(source, reading, (done, all) => seen.push(`${done}/${all}`), never);
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
  const source = { file, name: "a.safetensors", option: optionOf("weights", [2, 3]), isOneOfMany: false };
  await expect(noteOfTensor(source, guessReading(source.option), () => undefined, never)).rejects.toThrow(String(bad));
});
