import { join } from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { entropy } from "../../src/attention/analysis/index.js";
import type { Tensor } from "../../src/engine/index.js";
import { readSafetensors } from "../../src/storage/index.js";
import { loadModel } from "../../src/pretrained/load-model.js";
import type { PretrainedModel } from "../../src/pretrained/pretrained-model.js";
import { largestDifference } from "../compare.js";

const folder = join(import.meta.dirname, "../../../../models/all-MiniLM-L6-v2");
const cat = "The cat sat on the mat because it was tired.";
// Each new shape is prepared for 23 million weights, on machines that do other things too.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let model: PretrainedModel;
let golden: Record<string, Tensor>;

beforeAll(async () => {
  golden = await readSafetensors(join(import.meta.dirname, "../golden/minilm.safetensors"));
  model = await loadModel(folder);
});

function expectClose(got: Tensor, want: Tensor | undefined, tolerance = 1e-4): void {
  expect(got.shape).toEqual(want?.shape);
  expect(largestDifference(got, want)).toBeLessThan(tolerance);
}

describe("the real MiniLM, equal to transformers", () => {
  test("every head on a sentence", async () => {
    const look = await model.attend(cat, { hidden: true });
    expect(look.ids).toEqual([...(golden["coreference.ids"]?.data ?? [])]);
    expectClose(look.weights, golden["coreference.attention"]);
    const hidden = look.hidden?.encoder;
    const last = hidden?.shape.slice(1) ?? [];
    const size = last.reduce((x, y) => x * y, 1);
    expectClose(
      { shape: last, dtype: "float32", data: hidden?.data.slice(6 * size) as Float32Array },
      golden["coreference.hidden"],
    );
  });

  test("a pair of a Chinese and an English text", async () => {
    const look = await model.attend({ text: "我是中国人。", pair: "I am Chinese, aren't I?" });
    expect(look.ids).toEqual([...(golden["pair.ids"]?.data ?? [])]);
    expectClose(look.weights, golden["pair.attention"]);
  });

  test("a long text", async () => {
    const long = Array.from({ length: 8 }, () => "The quick brown fox jumps over the lazy dog, and then it sleeps.").join(" ");
    const look = await model.attend(long);
    expectClose(entropy(look.weights), golden["long.entropy"], 1e-3);
    expectClose(await model.embed([long, cat]), golden["batch.embedding"]);
  });
});

test("only what is asked for is computed and copied", async () => {
  const all = await model.attend(cat);
  const some = await model.attend(cat, { layers: [-1, 2], heads: [11, 0], vectors: true, scores: true });
  const { main } = some;
  expect(main.layers).toEqual([5, 2]);
  expect(main.weights.shape).toEqual([2, 2, 13, 13]);
  expect(main.query?.shape).toEqual([2, 2, 13, 32]);
  expect(main.scores?.shape).toEqual([2, 2, 13, 13]);
  expectClose(main.head(5, 11), all.main.head(5, 11), 1e-6);
  expectClose(main.head(2, 0), all.main.head(2, 0), 1e-6);
  expect(() => main.head(3, 0)).toThrow("attention: expected a layer out of 5, 2; got 3");
});

test("many texts in order, with progress, each without the padding of its batch", async () => {
  const texts = [cat, "Short.", "我是中国人。", "One more text of middling length"];
  const done: number[] = [];
  const looks = [];
  for await (const look of model.attendEach(texts, { batch: 3, layers: [0], onProgress: (count) => done.push(count) }))
    looks.push(look);
  expect(done).toEqual([3, 4]);
  expect(looks.map(({ tokens }) => tokens.text)).toEqual(texts);
  for (const [i, look] of looks.entries()) {
    const alone = await model.attend(texts[i] ?? "", { layers: [0] });
    expectClose(look.weights, alone.weights, 1e-5);
  }
});

test("a loop over many texts can be left and cancelled", async () => {
  const abort = new AbortController();
  let seen = 0;
  const loop = async (): Promise<void> => {
    for await (const _ of model.attendEach([cat, cat, cat], { batch: 1, layers: [0], signal: abort.signal })) {
      seen += 1;
      abort.abort(new Error("enough"));
    }
  };
  await expect(loop()).rejects.toThrow("enough");
  expect(seen).toBe(1);
});

test("words out of subwords: rows sum to 1, Chinese by its words", async () => {
  const look = await model.attend({ text: "我是中国人。", pair: "untokenizable" }, { layers: [0] });
  const words = look.main.words();
  expect(words.rows.tokens).toEqual(["[CLS]", "我", "是", "中国人", "。", "[SEP]", "untokenizable", "[SEP]"]);
  const K = words.columns.tokens.length;
  const data = words.weights.data as Float32Array;
  for (let start = 0; start < data.length; start += K) {
    expect(data.slice(start, start + K).reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 5);
  }
  const { maps } = words.withoutSpecial();
  expect(maps.rows.tokens).toEqual(["我", "是", "中国人", "。", "untokenizable"]);
});

test("a note of one head, and of all", async () => {
  const look = await model.attend(cat);
  const note = look.toNote({ layer: 0, head: 3, title: "one head" });
  expect(note.weights.shape).toEqual([1, 1, 13, 13]);
  expect(note.axes.columns.special).toEqual([0, 12]);
  expect(note.source.model).toBe("all-MiniLM-L6-v2");
  expect(look.toNote().weights.shape).toEqual([6, 12, 13, 13]);
});

test("all 72 heads knocked out in one call", async () => {
  const shares: number[] = [];
  const { change, after } = await model.ablateHeads(cat, { batch: 24, onProgress: (share) => shares.push(share) });
  expect(change.shape).toEqual([6, 12]);
  expect(after.shape).toEqual([6, 12, 13, 384]);
  expect(shares).toEqual([24 / 72, 48 / 72, 1]);
  const one = await model.ablate(cat, { layer: 4, head: 7 });
  expect(change.data[4 * 12 + 7]).toBeCloseTo(one.change, 5);
  expect(Math.min(...change.data)).toBeGreaterThan(0);
});

describe("bad input is told", () => {
  test.each([
    ["", 'attend: expected a text with at least one token; got ""'],
    ["a\ud800b", "attend: expected well-formed text; it has a lone surrogate at 1"],
    ["word ".repeat(600), "attend: expected at most 512 tokens; the text has 602"],
    [[1, 30522], "attend: expected ids from 0 to 30521; got 30522"],
  ])("%#", async (input, message) => {
    await expect(model.attend(input as string)).rejects.toThrow(message);
  });

  test("a text too long is cut when asked, and says by how much", async () => {
    const look = await model.attend("word ".repeat(600), { layers: [0], heads: [0], truncate: true });
    expect(look.truncated).toBe(90);
    expect(look.weights.shape).toEqual([1, 1, 512, 512]);
  });

  test("what the model does not have", async () => {
    await expect(model.attend(cat, { layers: [6] })).rejects.toThrow(
      "expected layers from 0 to 5, or from the end −1 to −6; got 6",
    );
    await expect(model.attend(cat, { outputs: ["logits"] })).rejects.toThrow("expected outputs out of pooled");
    await expect(model.fillMask("a [MASK]")).rejects.toThrow("fillMask: expected a masked language model");
    await expect(model.nextToken("a")).rejects.toThrow("nextToken: expected a decoder");
    await expect(model.attend({ text: "a", target: "b" })).rejects.toThrow("a target belongs to an encoder–decoder");
  });
});
