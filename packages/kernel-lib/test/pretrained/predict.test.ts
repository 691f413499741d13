/** What models say besides their attention, on small models with a small vocabulary of their own. */
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Tensor } from "../../src/engine/index.js";
import { loadModel } from "../../src/pretrained/load-model.js";
import type { PretrainedModel } from "../../src/pretrained/pretrained-model.js";

const golden = join(import.meta.dirname, "../golden/families");
const floats = (value: Tensor | undefined): Float32Array => (value?.data ?? new Float32Array()) as Float32Array;
let folder: string;

/** A tokenizer of whole words: w0, w1 … and the special tokens by their places. */
function tokenizer(size: number, special: Readonly<Record<string, number>>): object {
  const vocabulary = Object.fromEntries(Array.from({ length: size }, (_, id) => [`w${id}`, id]));
  for (const [token, id] of Object.entries(special)) {
    delete vocabulary[`w${id}`];
    vocabulary[token] = id;
  }
  const ends = special["[CLS]"] !== undefined;
  return {
    version: "1.0",
    added_tokens: Object.entries(special).map(([content, id]) => ({
      id,
      content,
      special: true,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
    })),
    normalizer: null,
    pre_tokenizer: { type: "WhitespaceSplit" },
    post_processor: ends
      ? { type: "BertProcessing", cls: ["[CLS]", special["[CLS]"]], sep: ["[SEP]", special["[SEP]"]] }
      : null,
    decoder: null,
    model: { type: "WordLevel", vocab: vocabulary, unk_token: "w5" },
  };
}

async function withTokenizer(name: string, size: number, special: Record<string, number>, files: Record<string, unknown> = {}) {
  const path = join(folder, name);
  await cp(join(golden, name), path, { recursive: true });
  const all = {
    "tokenizer.json": tokenizer(size, special),
    "special_tokens_map.json": Object.fromEntries(
      Object.keys(special).map((token) => [`${token.replace(/[[\]<>]/g, "").toLowerCase()}_token`, token]),
    ),
    ...files,
  };
  for (const [file, content] of Object.entries(all)) await writeFile(join(path, file), JSON.stringify(content));
  return loadModel(path);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "heed-"));
});
afterAll(() => rm(folder, { recursive: true }));

const bertTokens = { "[PAD]": 0, "[CLS]": 1, "[SEP]": 2, "[MASK]": 3 };

describe("a masked language model", () => {
  let model: PretrainedModel;
  beforeAll(async () => {
    model = await withTokenizer("bert-pretraining", 37, bertTokens);
  });

  test("fills its masks with the tokens of the largest logits", async () => {
    const filled = await model.fillMask("w7 [MASK] w9 [MASK]", { top: 3 });
    expect(filled.map(({ position }) => position)).toEqual([2, 4]);
    const { logits } = await model.attend("w7 [MASK] w9 [MASK]", { outputs: ["logits"] });
    const row = Array.from(floats(logits).subarray(2 * 37, 3 * 37));
    const best = row.indexOf(Math.max(...row));
    expect(filled[0]?.guesses[0]?.id).toBe(best);
    const total = row.reduce((sum, x) => sum + Math.exp(x), 0);
    expect(filled[0]?.guesses[0]?.probability).toBeCloseTo(Math.exp(row[best] ?? 0) / total, 5);
    expect(filled[0]?.guesses).toHaveLength(3);
  });

  test("says when there is nothing to fill", async () => {
    await expect(model.fillMask("w7 w8")).rejects.toThrow("fillMask: expected [MASK] in the text; there is none");
  });

  test("special tokens of ids are known", async () => {
    const look = await model.attend([1, 7, 2]);
    expect(look.tokens).toEqual({ tokens: ["[CLS]", "w7", "[SEP]"], special: [0, 2] });
  });
});

describe("vectors for texts", () => {
  test("the mean over tokens, for one text as for several", async () => {
    const model = await withTokenizer("bert-one-head", 37, bertTokens);
    const look = await model.attend("w7 w8", { hidden: true });
    const last = floats(look.hidden?.encoder).subarray(-4 * 12);
    const mean = Array.from({ length: 12 }, (_, i) => [0, 1, 2, 3].reduce((sum, t) => sum + (last[t * 12 + i] ?? 0), 0) / 4);
    const both = await model.embed(["w7 w8", "w9 w10 w11 w12"]);
    expect(both.shape).toEqual([2, 12]);
    for (const [i, x] of mean.entries()) expect(both.data[i]).toBeCloseTo(x, 4);
  });

  test("the first token, normalised, where the folder says so", async () => {
    const path = join(folder, "bert-one-head");
    await writeFile(
      join(path, "modules.json"),
      JSON.stringify([
        { idx: 1, path: "pooling.json-is-not-a-folder/..", type: "sentence_transformers.models.Other" },
        { idx: 2, path: "1_Pooling", type: "sentence_transformers.models.Pooling" },
        { idx: 3, path: "2_Normalize", type: "sentence_transformers.models.Normalize" },
      ]),
    );
    await cp(join(golden, "bert-one-head/config.json"), join(path, "1_Pooling/config.json"), { recursive: true });
    await writeFile(join(path, "1_Pooling/config.json"), JSON.stringify({ pooling_mode_cls_token: true }));
    const model = await loadModel(path);
    const look = await model.attend("w7 w8", { hidden: true });
    const first = Array.from(floats(look.hidden?.encoder).subarray(-4 * 12, -3 * 12));
    const length = Math.hypot(...first);
    const vector = await model.embed(["w7 w8"]);
    for (const [i, x] of first.entries()) expect(vector.data[i]).toBeCloseTo(x / length, 4);
  });
});

describe("a decoder", () => {
  let model: PretrainedModel;
  beforeAll(async () => {
    model = await withTokenizer("gpt2", 41, { "<eos>": 40 });
  });

  test("the next token is the one it would write", async () => {
    const [guess] = await model.nextToken("w7 w8 w9", { top: 1 });
    const written: number[] = [];
    const { ids, text, stopped } = await model.generate("w7 w8 w9", { maxTokens: 3, onToken: (id) => written.push(id) });
    expect(written[0]).toBe(guess?.id);
    expect(ids).toEqual([7, 8, 9, ...written]);
    expect(text).toBe(ids.map((id) => `w${id}`).join(" "));
    expect(stopped).toBe("limit");
  });

  test("it stops at the end of what it can read, and when cancelled", async () => {
    const { ids } = await model.generate("w7 w8 w9", { maxTokens: 100 });
    expect(ids.length).toBeLessThanOrEqual(17);
    const abort = new AbortController();
    const writing = model.generate("w7", { onToken: () => abort.abort(new Error("enough")), signal: abort.signal });
    await expect(writing).rejects.toThrow("enough");
  });

  test("mistakes are told", async () => {
    await expect(model.generate("w7", { maxTokens: 0 })).rejects.toThrow("generate: expected maxTokens of at least 1; got 0");
    await expect(model.nextToken("")).rejects.toThrow('attend: expected a text with at least one token; got ""');
    await expect(model.embed(["w7"])).rejects.toThrow("embed: expected an encoder");
  });
});

test("an encoder–decoder attends over a text and a target", async () => {
  const model = await withTokenizer("bart", 41, { "<s>": 0, "<pad>": 1, "</s>": 2 });
  const look = await model.attend({ text: "w7 w8 w9", target: "w10 w11" });
  expect(look.targetTokens?.tokens).toEqual(["</s>", "w10", "w11"]);
  expect(look.main.rows.tokens).toEqual(["</s>", "w10", "w11"]);
  expect(look.main.columns.tokens).toEqual(["w7", "w8", "w9"]);
  expect(look.toNote().kind).toBe("alignment");
});

test("a picture goes through the model's own preparation, and its note shows the parts", async () => {
  const model = await loadModel(join(golden, "vit-classifier"));
  const data = Uint8Array.from({ length: 21 * 21 * 3 }, (_, i) => (i * 37) % 256);
  const look = await model.attend({ picture: { width: 21, height: 21, data } }, { outputs: ["classes"] });
  const pixels = Float32Array.from({ length: data.length }, (_, i) => {
    const [channel, pixel] = [Math.floor(i / 441), i % 441];
    return ((data[pixel * 3 + channel] ?? 0) / 255 - 0.5) / 0.5;
  });
  const same = await model.attend({ pixels: { shape: [3, 21, 21], dtype: "float32", data: pixels } });
  expect(Array.from(look.weights.data.slice(0, 20))).toEqual(Array.from(same.weights.data.slice(0, 20)));
  const note = look.toNote({ layer: 1, head: 0 });
  expect(note.kind).toBe("image");
  expect(note.weights.shape).toEqual([1, 1, 10, 9]);
  expect(note.image?.grid).toEqual([3, 3]);
  // 23 × 25 pixels in patches of 7: two rows and four columns belong to no patch
  const remainder = await loadModel(join(golden, "vit-remainder"));
  const large = { width: 50, height: 23, data: new Uint8Array(50 * 23 * 3) };
  const cropped = (await remainder.attend({ picture: large })).toNote({ layer: 1, head: 0 }).image;
  expect([cropped?.width, cropped?.height, cropped?.grid]).toEqual([42, 21, [3, 3]]);
  await expect(
    model.attend({ pixels: { shape: [3, 21, 20], dtype: "float32", data: new Float32Array(1260) } }),
  ).rejects.toThrow("expected pixels float32 [channels=3, height=21, width=21]; got float32 [3, 21, 20]");
});
