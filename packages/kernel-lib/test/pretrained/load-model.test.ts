import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Tensor } from "../../src/engine/index.js";
import { encodeSafetensors, readSafetensors } from "../../src/storage/index.js";
import { loadModel } from "../../src/pretrained/load-model.js";
import type { ModelOutput } from "../../src/pretrained/model-output.js";
import { largestDifference } from "../compare.js";

const golden = join(import.meta.dirname, "../golden/families");

/** float32 through a few layers */
const tolerance = 1e-4;

/** The single example of a golden file, as attend takes it. */
function inputOf(expected: Record<string, Tensor>): Parameters<Awaited<ReturnType<typeof loadModel>>["attend"]>[0] {
  const { "single.ids": ids, "single.targetIds": target, "single.pixels": pixels } = expected;
  if (pixels) return { pixels: { ...pixels, shape: pixels.shape.slice(1) } };
  return { ids: [...(ids?.data ?? [])], ...(target && { targetIds: [...target.data] }) };
}

test.each(readdirSync(golden))("%s is loaded from its folder and attends as in transformers", async (name) => {
  const expected = await readSafetensors(join(golden, name, "expected.safetensors"));
  const model = await loadModel(join(golden, name));
  const heads = model.heads.filter((head) => `single.${head}` in expected);
  const look: ModelOutput = await model.attend(inputOf(expected), { hidden: true, outputs: heads });
  const kinds = Object.keys(look.attention) as (keyof typeof look.attention)[];
  for (const kind of kinds) {
    const layers = Object.keys(expected).filter((key) => key.startsWith(`single.${kind}.attention.`));
    expect(look.attention[kind]?.layers.length, kind).toBe(layers.length);
    for (const layer of layers.keys()) {
      expect(largestDifference(look.attention[kind]?.layer(layer), expected[`single.${kind}.attention.${layer}`])).toBeLessThan(
        tolerance,
      );
    }
  }
  expect(heads.length).toBe(
    Object.keys(expected).filter((key) => /^single\.(logits|pooled|classes|nextSentence|replaced)$/.test(key)).length,
  );
  for (const head of heads)
    expect(largestDifference(look.outputs[head], expected[`single.${head}`]), head).toBeLessThan(tolerance);
  const last = expected["single.lastHiddenState"] ?? look.hidden?.[look.hidden.decoder ? "decoder" : "encoder"];
  const width = look.lastHiddenState?.shape[1] ?? 0;
  const wanted = last?.data.slice(-(look.lastHiddenState?.data.length ?? 0));
  expect(
    largestDifference(
      look.lastHiddenState,
      wanted && { shape: [wanted.length / width, width], dtype: "float32", data: wanted as Float32Array },
    ),
  ).toBeLessThan(tolerance);
  await model.dispose();
});

test.each(["gpt2", "llama-grouped", "t5", "mt5", "bart", "marian"])(
  "%s writes the same tokens as transformers' greedy search",
  async (name) => {
    const expected = await readSafetensors(join(golden, name, "expected.safetensors"));
    const model = await loadModel(join(golden, name));
    for (const at of Object.keys(expected).flatMap((key) => key.match(/^(\w+)\.generated$/)?.slice(1, 2) ?? [])) {
      const { ids } = await model.generate({ ids: [...(expected[`${at}.ids`]?.data ?? [])] }, { maxTokens: 9 });
      expect(ids).toEqual([...(expected[`${at}.generated`]?.data ?? [])]);
    }
    await model.dispose();
  },
);

test.each([
  ["gpt2-classifier", []],
  ["bart-classifier", []],
  ["t5-encoder", []],
  ["gpt2", ["logits"]],
  ["bert-classifier", ["pooled", "classes"]],
] as const)(
  "%s has the heads %j and no others, though its output matrix could be that of the embeddings",
  async (name, heads) => {
    expect((await loadModel(join(golden, name))).heads).toEqual(heads);
  },
);

test("the encoder of a T5 alone is an encoder", async () => {
  const model = await loadModel(join(golden, "t5-encoder"));
  expect([model.kind, model.sizes]).toEqual(["encoder", { encoder: { layers: 2, heads: 3 } }]);
  const { weights } = await model.attend([3, 4, 5]);
  expect(weights.shape).toEqual([2, 3, 3, 3]);
});

test("an encoder–decoder without a target writes one, and attends with it", async () => {
  const model = await loadModel(join(golden, "bart"));
  const look = await model.attend([3, 4, 5, 6]);
  expect(look.targetIds?.[0]).toBe(2);
  expect(look.main.kind).toBe("cross");
  expect(look.main.weights.shape).toEqual([2, 2, look.targetIds?.length, 4]);
});

describe("what a model says besides its attention, equal to reference implementations", () => {
  let reference: Record<string, { shape: number[]; data: number[] }> & { ids: number[] };
  const read = (name: string): Tensor => {
    const { shape = [], data = [] } = reference[name] ?? {};
    return { shape, dtype: "float32", data: Float32Array.from(data) };
  };
  beforeAll(async () => {
    reference = JSON.parse(await readFile(join(import.meta.dirname, "../golden/analysis.json"), "utf8")) as typeof reference;
  });
  const bert = loadModel(join(golden, "bert-pretraining"));

  test("norms of weighted values, against torch", async () => {
    const norms = await (await bert).valueNorms(reference.ids);
    expect(largestDifference(norms.heads, read("normsOfHeads"))).toBeLessThan(tolerance);
    expect(largestDifference(norms.layers, read("normsOfLayers"))).toBeLessThan(tolerance);
  });

  test("gradient × attention, against torch's autograd", async () => {
    const look = await (await bert).gradientTimesAttention(reference.ids, { output: "logits", index: [2, 11] });
    expect(largestDifference(look.weights, read("gradientTimesAttention"))).toBeLessThan(tolerance);
    const note = look.toNote();
    expect(note.normalised).toBe(false);
    expect(note.maxError).toBe(0);
  });

  test("every head taken away, against hooks in torch", async () => {
    const { change, after, before } = await (await bert).ablateHeads(reference.ids);
    expect(largestDifference(before, read("hidden"))).toBeLessThan(tolerance);
    expect(largestDifference(change, read("headKnockOut"))).toBeLessThan(tolerance);
    const size = before.data.length;
    const one = { ...before, data: after.data.slice(5 * size, 6 * size) as Float32Array }; // layer 1, head 2 of 3
    expect(largestDifference(one, read("hiddenWithoutHead"))).toBeLessThan(tolerance);
  });

  test("a cell and a token taken away", async () => {
    const cell = { layer: 1, head: 0, query: 2, key: 3 };
    const model = await bert;
    const cut = await model.ablate(reference.ids, cell);
    expect(largestDifference(cut.after, read("hiddenWithoutCell"))).toBeLessThan(tolerance);
    const scaled = await model.ablate(reference.ids, cell, { renormalise: true });
    expect(largestDifference(scaled.after, read("hiddenWithoutCellRenormalised"))).toBeLessThan(tolerance);
    const token = await model.ablate(reference.ids, { token: 3 });
    expect(await model.knockOut(reference.ids, { token: 3 })).toEqual(token); // its name of before
    expect(largestDifference(token.after, read("hiddenWithoutToken"))).toBeLessThan(tolerance);
    expect(token.change).toBeGreaterThan(0);
  });

  test("a part of an image taken away is as if it had not been there", async () => {
    const folder = join(golden, "vit-classifier");
    const model = await loadModel(folder);
    const { "single.pixels": pixels } = await readSafetensors(join(folder, "expected.safetensors"));
    if (!pixels) throw new Error("no pixels");
    const image = { pixels: { ...pixels, shape: pixels.shape.slice(1) } };
    const { after } = await model.ablate(image, { token: 4 });
    const [T = 0, width = 0] = after.shape;
    const rest = after.data.filter((_, i) => Math.floor(i / width) !== 4) as Float32Array;
    expect(largestDifference({ ...after, shape: [T - 1, width], data: rest }, read("imageWithoutPart"))).toBeLessThan(
      tolerance,
    );
    await expect(model.ablate(image, { token: 10 })).rejects.toThrow("ablate: expected a token from 0 to 9; got 10");
    await model.dispose();
  });

  test("mistakes are told", async () => {
    const model = await bert;
    await expect(model.ablate(reference.ids, { layer: 3, head: 0 })).rejects.toThrow(
      "ablate: expected a layer from 0 to 2; got 3",
    );
    await expect(model.ablate(reference.ids, { token: 7 })).rejects.toThrow("ablate: expected a token from 0 to 6; got 7");
    await expect(model.ablateHeads(reference.ids, { output: "classes" })).rejects.toThrow(
      "expected an output out of hidden, pooled, logits",
    );
    await expect(model.ablateHeads(reference.ids, { kind: "cross" })).rejects.toThrow(
      "the model has no attention of kind cross",
    );
    await expect(model.gradientTimesAttention(reference.ids, { output: "logits", index: [7, 0] })).rejects.toThrow(
      "expected an index into an output [7, 37]; got [7, 0]",
    );
  });
});

test("what a decoder has read before a token does not change without it", async () => {
  const model = await loadModel(join(golden, "gpt2"));
  const { before, after, change } = await model.ablate([3, 14, 15, 9, 26], { token: 2 });
  const read = 2 * (before.shape[1] ?? 0);
  expect(
    largestDifference({ ...after, data: after.data.subarray(0, read) }, { ...before, data: before.data.subarray(0, read) }),
  ).toBeLessThan(1e-6);
  expect(change).toBeGreaterThan(1e-3);
  await model.dispose();
});

test.each(["gpt2", "t5", "bart", "vit-classifier"])("%s: every head of every kind taken away in one call", async (name) => {
  const model = await loadModel(join(golden, name));
  const expected = await readSafetensors(join(golden, name, "expected.safetensors"));
  const kinds = [...Object.keys(model.sizes), ...(model.kind === "encoder-decoder" ? ["cross"] : [])] as (
    "encoder" | "decoder" | "cross"
  )[];
  for (const kind of kinds) {
    const { change } = await model.ablateHeads(inputOf(expected), { kind, batch: 4 });
    const size = model.sizes[kind === "encoder" ? "encoder" : "decoder"];
    expect(change.shape).toEqual([size?.layers, size?.heads]);
    const { change: one } = await model.ablate(inputOf(expected), { kind, layer: 1, head: 0 });
    expect(change.data[size?.heads ?? 0]).toBeCloseTo(one, 4);
    expect(one).toBeGreaterThan(1e-3);
  }
  await model.dispose();
});

test("what a model found is saved, with its tokens, and read again", async () => {
  const folder = await mkdtemp(join(tmpdir(), "heed-"));
  const model = await loadModel(join(golden, "bert-pretraining"));
  const look = await model.attend([3, 4, 5], { hidden: true, vectors: true, outputs: ["logits"] });
  await look.save(join(folder, "look.safetensors"));
  const read = await readSafetensors(join(folder, "look.safetensors"));
  expect(Object.keys(read).toSorted()).toEqual(
    [
      "encoder.hidden",
      "encoder.keys",
      "encoder.query",
      "encoder.values",
      "encoder.weights",
      "lastHiddenState",
      "logits",
    ].toSorted(),
  );
  // a file keeps the numbers; the names of their axes are the result's
  const { shape, dtype, data } = look.weights;
  expect(read["encoder.weights"]).toEqual({ shape: [...shape], dtype, data });
  await rm(folder, { recursive: true });
});

const editConfig = (fields: Record<string, unknown>) => async (path: string) => {
  const file = join(path, "config.json");
  await writeFile(file, JSON.stringify({ ...(JSON.parse(await readFile(file, "utf8")) as object), ...fields }));
};

test("loading tells how far it is, and can be cancelled", async () => {
  const shares: number[] = [];
  await loadModel(join(golden, "gpt2"), { onProgress: (done) => shares.push(done) });
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual(shares.toSorted((x, y) => x - y));
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(loadModel(join(golden, "gpt2"), { signal })).rejects.toThrow("enough");
});

describe("broken folders are refused whole", () => {
  let folder: string;
  const copy = async (name: string, change: (path: string) => Promise<unknown>): Promise<string> => {
    const path = join(folder, `${name}-${Math.random().toString(36).slice(2)}`);
    await cp(join(golden, name), path, { recursive: true });
    await change(path);
    return path;
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "heed-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each<[string, string, (path: string) => Promise<unknown>, string]>([
    ["no folder", "bert-one-head", (path) => rm(path, { recursive: true }), "loadModel: expected a folder; there is none at"],
    ["no config", "bert-one-head", (path) => rm(join(path, "config.json")), "loadModel: expected config.json in"],
    [
      "a config that is no JSON",
      "bert-one-head",
      (path) => writeFile(join(path, "config.json"), "{"),
      "loadModel: config.json is not JSON",
    ],
    [
      "no weights",
      "bert-one-head",
      (path) => rm(join(path, "model.safetensors")),
      "expected model.safetensors or model.safetensors.index.json",
    ],
    [
      "pickled weights",
      "bert-one-head",
      async (path) => {
        await rm(join(path, "model.safetensors"));
        await writeFile(join(path, "pytorch_model.bin"), "");
      },
      "convert pytorch_model.bin in Python",
    ],
    ["truncated weights", "bert-one-head", (path) => truncate(join(path, "model.safetensors"), 5000), "model.safetensors"],
    [
      "a missing shard",
      "bert-classifier",
      async (path) => rm(join(path, (await readdir(path)).find((file) => file.includes("00002-of")) ?? "")),
      "is missing",
    ],
    ["another width", "bert-one-head", editConfig({ hidden_size: 24 }), "as config.json says; got [37, 12] in the file"],
    [
      "more layers",
      "bert-one-head",
      editConfig({ num_hidden_layers: 2 }),
      "the weights do not fit config.json: encoder.layer.1.attention.self.query.weight",
    ],
    [
      "an unknown architecture",
      "bert-one-head",
      editConfig({ model_type: "mamba" }),
      "expected a model_type out of bert, roberta",
    ],
    [
      "an unknown activation",
      "bert-one-head",
      editConfig({ hidden_act: "snake" }),
      "expected an activation out of gelu, gelu_python",
    ],
    [
      "a size that is none",
      "bert-one-head",
      editConfig({ hidden_size: "12" }),
      'expected "hidden_size" to be a whole number ≥ 1; got "12"',
    ],
    ["heads that do not fit", "bert-one-head", editConfig({ num_attention_heads: 5 }), "width 12 cannot be split into 5 heads"],
    [
      "an unknown kind of rotary position",
      "llama-grouped",
      editConfig({ rope_parameters: { rope_type: "yarn", rope_theta: 1e4 } }),
      "expected a rope_type out of default, linear, llama3",
    ],
    [
      "a tokenizer of another model",
      "bert-one-head",
      (path) =>
        cp(join(import.meta.dirname, "../../../../models/all-MiniLM-L6-v2/tokenizer.json"), join(path, "tokenizer.json")),
      "tokenizer.json knows 30522 tokens; the model has rows for 37",
    ],
  ])("%s", async (_, name, change, message) => {
    await expect(copy(name, change).then((path) => loadModel(path))).rejects.toThrow(message);
  });

  test("halves are read as what they are", async () => {
    const path = await copy("bert-one-head", async (to) => {
      const tensors = await readSafetensors(join(to, "model.safetensors"));
      await writeFile(join(to, "model.safetensors"), encodeSafetensors(tensors, {}, { floats: "F16" }));
    });
    const [whole, half] = await Promise.all([join(golden, "bert-one-head"), path].map((one) => loadModel(one)));
    const [x, y] = await Promise.all([whole, half].map((model) => model?.attend([3, 4, 5])));
    const difference = largestDifference(x?.weights, y?.weights);
    expect(difference).toBeGreaterThan(0);
    expect(difference).toBeLessThan(1e-2); // 11 bits of the weights through one layer
  });
});
