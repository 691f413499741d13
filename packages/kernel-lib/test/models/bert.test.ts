import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { jupyterDisplay } from "../../src/note/index.js";
import { Random, type Traced } from "../../src/engine/index.js";
import type { AttentionMaps } from "../../src/attention/attention-maps.js";
import { Bert } from "../../src/models/bert/bert.js";
import { maskTokens } from "../../src/models/bert/masking.js";
import type { MaskedBatch } from "../../src/models/bert/program.js";
import type { Parameters } from "../../src/pretrained/families/parameters.js";
import { noteMimeType, parseNote } from "../../src/note/index.js";
import { chineseEnglishPairs } from "../../src/data/chinese-english-pairs.js";
import { Vocabulary } from "../../src/text/vocabulary.js";
import { loadModel } from "../../src/pretrained/load-model.js";
import { loadTrained, saveTrained } from "../../src/storage/trained-model.js";
import { expectClose } from "./golden.js";
import { expectGradient } from "./gradients.js";
import { expectSeeded } from "./seeded.js";

const pairs = chineseEnglishPairs({ count: 31, seed: 1, maxLength: 7 });
const texts = pairs.map(({ source, target }) => ({ first: source, second: target }));
const tiny = { width: 6, heads: 2, layers: 1, feedForwardWidth: 7, maxLength: 24, seed: 3 } as const;

/** Five standard deviations of a binomial with n = 1,200. */
const near = (p: number): number => 5 * Math.sqrt((p * (1 - p)) / 1200);

describe("maskTokens", () => {
  const rows = Array.from({ length: 400 }, () => [2, ...Array.from({ length: 20 }, (_, i) => 5 + i), 3]);
  const options = { share: 0.15, maskId: 4, firstOrdinary: 5, vocabularySize: 105 };
  const { ids, isHidden } = maskTokens(rows, new Random(1), options);
  const hidden = rows.flatMap((row, b) =>
    row.flatMap((id, t) => (isHidden[b]?.[t] ? [{ before: id, after: ids[b]?.[t] ?? 0 }] : [])),
  );

  test("hides so many of each row, never marks, and leaves the rest as it is", () => {
    expect(isHidden.every((row) => row.filter(Boolean).length === 3)).toBe(true);
    expect(isHidden.some((row) => row[0] || row[21])).toBe(false);
    expect(rows.every((row, b) => row.every((id, t) => isHidden[b]?.[t] || ids[b]?.[t] === id))).toBe(true);
  });
  test("80 % become [MASK], 10 % another token, 10 % stay", () => {
    const share = (count: number): number => count / hidden.length;
    expect(Math.abs(share(hidden.filter(({ after }) => after === 4).length) - 0.8)).toBeLessThan(near(0.8));
    const kept = share(hidden.filter(({ before, after }) => before === after).length);
    expect(Math.abs(kept - 0.101)).toBeLessThan(near(0.101)); // one in a hundred other tokens is the same
    expect(hidden.every(({ after }) => after >= 4)).toBe(true);
  });
  test("the same random numbers hide the same; at least one token is hidden", () => {
    expect(maskTokens(rows, new Random(1), options)).toEqual({ ids, isHidden });
    expect(maskTokens([[2, 9, 3]], new Random(1), options).isHidden).toEqual([[false, true, false]]);
  });
});

test("asked for are the hidden tokens, where they stand, and nothing else", () => {
  const model = Bert.forTexts(texts, tiny);
  const few = texts.slice(0, 5);
  const { ids, types, mask, places, targets, isHidden } = model.batch(few, new Random(1), 0.3);
  const T = ids.shape[1] ?? 0;
  few.forEach(({ first, second }, b) => {
    const whole = model.vocabulary.encode(["[CLS]", ...first, "[SEP]", ...second, "[SEP]"]);
    const asked = [...places.data].flatMap((place, i) => (isHidden.data[i] && Math.floor(place / T) === b ? [i] : []));
    expect(asked).toHaveLength(Math.max(1, Math.round(0.3 * (first.length + second.length))));
    const hidden = new Set(asked.map((i) => (places.data[i] ?? 0) - b * T));
    expect(asked.map((i) => targets.data[i])).toEqual([...hidden].map((t) => whole[t]));
    whole.forEach((id, t) => {
      expect(mask.data[b * T + t]).toBe(1);
      expect(types.data[b * T + t]).toBe(t < first.length + 2 ? 0 : 1);
      if (!hidden.has(t)) expect(ids.data[b * T + t]).toBe(id);
    });
  });
});

test("the gradient is that of differences", async () => {
  const model = Bert.forTexts(texts, { ...tiny, dropout: 0 });
  const loss = (p: Parameters, batch: MaskedBatch): Traced => model.loss(p, batch).loss;
  // first weights of deviation 0.02 leave too little to see: they are drawn anew, ten times as large
  const random = new Random(9);
  const parameters = Object.fromEntries(
    Object.entries(model.parameters).map(([name, { shape }]) => [name, random.fork(name).normal(shape, { deviation: 0.3 })]),
  );
  // a key's bias cancels in softmax; positions beyond the batch are not read
  const options = { mayBeZero: /key\.bias$/u, tolerance: 1e-2 };
  await expectGradient(loss, parameters, model.batch(texts.slice(0, 3), new Random(1), 0.4), options);
}, 60_000);

describe("training", () => {
  test("learns a few sentences by heart", async () => {
    const few = texts.slice(0, 6);
    const model = Bert.forTexts(few, { width: 32, heads: 4, layers: 2, dropout: 0 });
    await model.train(few, { steps: 250, learningRate: 0.004, maskShare: 0.3 });
    const { accuracy, hidden, perplexity, segments } = await model.evaluate(few);
    expect(hidden).toBeGreaterThan(6);
    expect(segments).toHaveLength(2);
    expect(segments.reduce((sum, one) => sum + one.hidden, 0)).toBe(hidden);
    expect(segments.reduce((sum, one) => sum + one.hidden * one.accuracy, 0)).toBeCloseTo(hidden * accuracy, 9);
    // a hidden word in which two of the sentences differ cannot be known
    expect(accuracy).toBeGreaterThan(0.8);
    expect(perplexity).toBeLessThan(2);
  }, 120_000);

  test("the same seed gives the same weights bit for bit, another seed others", async () => {
    await expectSeeded(async (seed) => Bert.forTexts(texts, tiny).train(texts, { steps: 3, batchSize: 7, seed }));
  }, 120_000);
});

describe("looking", () => {
  const model = Bert.forTexts(texts, { ...tiny, layers: 2 });

  test("maps hold every head, with marks as special tokens", async () => {
    const maps = await model.attend("我是中国人", { second: ["I", "am", "Chinese"] });
    expect(maps.columns.tokens).toEqual(["[CLS]", "我", "是", "中国人", "[SEP]", "I", "am", "Chinese", "[SEP]"]);
    expect(maps.columns.special).toEqual([0, 4, 8]);
    expect(maps.weights.shape).toEqual([2, 2, 9, 9]);
    const note = parseNote(maps[jupyterDisplay]()[noteMimeType]);
    expect(note.axes.rows.tokens[3]).toBe("中国人");
  });

  test("many texts at once are seen as each by itself", async () => {
    const few = texts.slice(0, 3).map(({ first, second }) => ({ first: ["[MASK]", ...first.slice(1)], second }));
    const all = await model.attendAll(few);
    for (const [i, { first, second }] of few.entries()) {
      const one = await model.attend(first, { second });
      expect(all[i]?.columns).toEqual(one.columns);
      expectClose((all[i] as AttentionMaps).weights, one.weights);
    }
  });

  test("each [MASK] is filled with ordinary tokens, the most probable first", async () => {
    const fillings = await model.predict("我[MASK]中国人", { second: ["I", "[MASK]", "Chinese"], count: 3 });
    expect(fillings.map(({ position }) => position)).toEqual([1, 4]); // without marks: 我 [MASK] 中国人 I [MASK] Chinese
    for (const { candidates } of fillings) {
      expect(candidates).toHaveLength(3);
      expect(candidates.every(({ token }) => model.vocabulary.id(token) >= model.vocabulary.specialCount)).toBe(true);
      expect(candidates.map(({ probability }) => probability)).toEqual(
        candidates.map(({ probability }) => probability).sort((a, b) => b - a),
      );
    }
  });
});

test("bad input is refused with a word", async () => {
  const model = Bert.forTexts(texts, { ...tiny, maxLength: 8 });
  await expect(model.attend("")).rejects.toThrow("BERT: expected a text with at least one token");
  await expect(model.attend("恐龙")).rejects.toThrow(/the token "恐" is not among/u);
  await expect(model.attend(Array.from({ length: 7 }, () => "我"))).rejects.toThrow(/at most maxLength = 8 tokens .*; got 9/u);
  await expect(model.predict("我是中国人")).rejects.toThrow(/at least one \[MASK\]; got none/u);
  await expect(model.evaluate([])).rejects.toThrow(RangeError);
  expect(() => new Bert({ vocabulary: Vocabulary.from([["a"]]) })).toThrow(
    /\[PAD\], \[UNK\], \[CLS\], \[SEP\], \[MASK\] is missing/u,
  );
  expect(() => Bert.forTexts(texts, { width: 10, heads: 4 })).toThrow(/cannot be split into 4 heads/u);
});

test("what is saved is a checkpoint like any other, and reads back", async () => {
  const folder = await mkdtemp(join(tmpdir(), "heed-bert-"));
  try {
    const model = Bert.forTexts(texts, tiny);
    await saveTrained(model, folder);
    const loaded = await loadTrained(folder, Bert);
    const maps = await model.attend("我是中国人", { second: "I am Chinese" });
    expect((await loaded.attend("我是中国人", { second: "I am Chinese" })).weights).toEqual(maps.weights);

    const pretrained = await loadModel(folder);
    const look = await pretrained.attend({ text: "我 是 中国人", pair: "I am Chinese" });
    expectClose(look.weights, maps.weights);

    const config = await readFile(join(folder, "config.json"), "utf8");
    await writeFile(join(folder, "config.json"), config.replace('"hidden_size": 6', '"hidden_size": 600000'));
    await expect(loadTrained(folder, Bert)).rejects.toThrow(/BERT: expected embeddings.word_embeddings.weight to be float32/u);
    await writeFile(join(folder, "config.json"), config);
    await truncate(join(folder, "model.safetensors"), 2000);
    await expect(loadTrained(folder, Bert)).rejects.toThrow(SyntaxError);
  } finally {
    await rm(folder, { recursive: true });
  }
});
