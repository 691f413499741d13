import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { jupyterDisplay } from "../../src/note/index.js";
import { Seq2seq } from "../../src/models/seq2seq/seq2seq.js";
import { noteMimeType, parseNote } from "../../src/note/index.js";
import { chineseEnglishPairs } from "../../src/data/chinese-english-pairs.js";
import { Vocabulary } from "../../src/text/vocabulary.js";
import { loadTrained, saveTrained } from "../../src/storage/trained-model.js";
import { expectGradient } from "./gradients.js";
import { expectSeeded } from "./seeded.js";

const pairs = chineseEnglishPairs({ count: 31, seed: 1, maxLength: 7 });
const tiny = { width: 6, embeddingWidth: 5, seed: 3 } as const;

test.each([
  ["gru", "dot"],
  ["gru", "general"],
  ["gru", "additive"],
  ["gru", "none"],
  ["lstm", "additive"],
] as const)("the gradient of %s with score %s is that of differences", async (cell, score) => {
  const model = Seq2seq.forPairs(pairs, { ...tiny, cell, score, dropout: 0 });
  await expectGradient(model.loss, model.parameters, model.batch(pairs.slice(0, 3)));
});

describe("training", () => {
  test("learns one batch by heart", async () => {
    const few = pairs.slice(0, 5);
    const model = Seq2seq.forPairs(few, { width: 24, embeddingWidth: 16, dropout: 0 });
    const { steps } = await model.train(few, { steps: 90, learningRate: 0.02 });
    expect(steps.at(-1)?.loss).toBeLessThan(0.05);
    const { exactMatch, bleu } = await model.evaluate(few);
    expect(exactMatch).toBe(1);
    expect(bleu.score).toBeCloseTo(100, 9);
    // the beam finds no sentence less probable than the greedy one
    const translation = await model.attend(few[1]?.source ?? []);
    expect(await model.predict(few[1]?.source ?? [], { beams: 3 })).toEqual(translation.target);
  }, 60_000);

  test("the same seed gives the same weights bit for bit, another seed others", async () => {
    await expectSeeded(async (seed) =>
      Seq2seq.forPairs(pairs, { ...tiny, dropout: 0.3 }).train(pairs, { steps: 3, batchSize: 7, seed }),
    );
  }, 60_000);

  test("keeps what it has learned when it is interrupted", async () => {
    const model = Seq2seq.forPairs(pairs, tiny);
    const before = model.parameters;
    const stop = new AbortController();
    const { reason, steps } = await model.train(pairs, {
      steps: 100,
      batchSize: 31,
      signal: stop.signal,
      report: (event) => event.kind === "step" && event.step === 2 && stop.abort(),
    });
    expect([reason, steps.length]).toEqual(["interrupted", 2]);
    expect(model.parameters.embedding.data).not.toEqual(before.embedding.data);
  }, 60_000);
});

describe("looking", () => {
  const model = Seq2seq.forPairs(pairs, tiny);

  test("a translation knows where the decoder looked", async () => {
    const translation = await model.attend("我是中国人", { maxLength: 4 });
    expect(translation.source).toEqual(["我", "是", "中国人"]);
    const [T = 0, S = 0] = translation.weights.shape;
    expect([T, S]).toEqual([translation.target.length + 1, 3]);
    for (let t = 0; t < T; t += 1) {
      const row = [...translation.weights.data.subarray(t * S, (t + 1) * S)];
      expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
    }
    // the attention vector is the weighted sum of the memory
    const [H = 0] = translation.values.shape.slice(1);
    const sum = Array.from({ length: S }, (_, s) => (translation.weights.data[s] ?? 0) * (translation.values.data[s * H] ?? 0));
    expect(translation.output.data[0]).toBeCloseTo(
      sum.reduce((a, b) => a + b),
      5,
    );
  });

  test("told a translation, it aligns that one; the links are the largest weights", async () => {
    const target = ["I", "am", "Chinese"];
    const translation = await model.attend(["我", "是", "中国人"], { target });
    expect(translation.target).toEqual(target);
    for (const { source, target: t } of translation.links) {
      const row = [...translation.weights.data.subarray(t * 3, t * 3 + 3)];
      expect(row[source]).toBe(Math.max(...row));
    }
    expect(translation.logProbability).toBeLessThan(0);
  });

  test("it shows itself as an alignment", async () => {
    const translation = await model.attend("我是中国人", { target: ["I", "am", "Chinese"] });
    const bundle = translation[jupyterDisplay]();
    const note = parseNote(bundle[noteMimeType]);
    expect(note.kind).toBe("alignment");
    expect(note.axes.rows.tokens).toEqual(["I", "am", "Chinese", "</s>"]);
    expect(note.axes.columns.tokens).toEqual(["我", "是", "中国人"]);
  });

  test("sentences of a batch do not change each other's translation", async () => {
    const sources = pairs.slice(0, 9).map(({ source }) => source);
    const together = await model.predictAll(sources);
    for (const [i, source] of sources.entries()) expect(await model.predict(source)).toEqual(together[i]);
  });

  test("a report tells what went wrong where", async () => {
    const { byLength, sentences, alignment } = await model.evaluate(pairs.slice(0, 9));
    expect(sentences).toBe(9);
    expect(byLength.reduce((sum, group) => sum + group.sentences, 0)).toBe(9);
    expect(alignment?.errorRate).toBeGreaterThan(0.3); // it has learned nothing
  });
});

describe("bad input", () => {
  const model = Seq2seq.forPairs(pairs, tiny);
  test("texts", async () => {
    await expect(model.predict("")).rejects.toThrow('seq2seq: expected a text with at least one token; got ""');
    await expect(model.predict("我是恐龙")).rejects.toThrow(
      /seq2seq: the token "恐" is not among the \d+ the model has learned/u,
    );
    await expect(model.predict(["<s>"])).rejects.toThrow(RangeError);
    await expect(model.attend("我是中国人", { target: ["dinosaur"] })).rejects.toThrow(/"dinosaur"/u);
    await expect(model.predict("我", { beams: 0 })).rejects.toThrow(/expected beams from 1/u);
    await expect(model.evaluate([])).rejects.toThrow(RangeError);
    await expect(model.train([{ source: [], target: ["I"] }], { steps: 1 })).rejects.toThrow(/at least one token/u);
  });
  test("options", () => {
    expect(() => Seq2seq.forPairs(pairs, { width: 7 })).toThrow(/expected an even width/u);
    expect(() => Seq2seq.forPairs(pairs, { score: "cosine" as "dot" })).toThrow(/expected score "dot"/u);
    expect(() => Seq2seq.forPairs(pairs, { dropout: 1 })).toThrow(RangeError);
    const bare = Vocabulary.from([["a"]], { special: [] });
    expect(() => new Seq2seq({ source: bare, target: bare })).toThrow(/<pad>, <unk>, <s>, <\/s> is missing/u);
  });
  test("a net without attention has none to show", async () => {
    const blind = Seq2seq.forPairs(pairs, { ...tiny, score: "none" });
    await expect(blind.attend("我是中国人")).rejects.toThrow(/this one has score "none"/u);
    expect((await blind.evaluate(pairs.slice(0, 3))).alignment).toBeUndefined();
  });
});

describe("saving", () => {
  test("what is loaded translates as what was saved; broken folders are refused", async () => {
    const folder = await mkdtemp(join(tmpdir(), "heed-seq2seq-"));
    try {
      const model = Seq2seq.forPairs(pairs, { ...tiny, cell: "lstm", score: "general" });
      await saveTrained(model, join(folder, "model"));
      const loaded = await loadTrained(join(folder, "model"), Seq2seq);
      expect(loaded.shape).toEqual(model.shape);
      expect(await loaded.predict("我是中国人")).toEqual(await model.predict("我是中国人"));

      const configFile = join(folder, "model", "config.json");
      const config = await readFile(configFile, "utf8");
      await writeFile(configFile, config.replace('"width": 6', '"width": 1000000000'));
      await expect(loadTrained(join(folder, "model"), Seq2seq)).rejects.toThrow(/seq2seq: expected .* to be float32 \[/u);
      await writeFile(configFile, config.replace("heed-seq2seq", "bert"));
      await expect(loadTrained(join(folder, "model"), Seq2seq)).rejects.toThrow(/model_type "heed-seq2seq"; got "bert"/u);
      await writeFile(configFile, config.replace('"general"', '"dot"'));
      await expect(loadTrained(join(folder, "model"), Seq2seq)).rejects.toThrow(/the weights hold decoder.score.W/u);
      await writeFile(configFile, config.replace('"general"', '"additive"'));
      await expect(loadTrained(join(folder, "model"), Seq2seq)).rejects.toThrow(
        /the weights lack decoder.score.U, decoder.score.v, decoder.score.b/u,
      );
      await writeFile(configFile, config);
      await truncate(join(folder, "model", "model.safetensors"), 3000);
      await expect(loadTrained(join(folder, "model"), Seq2seq)).rejects.toThrow(SyntaxError);
      await expect(loadTrained(folder, Seq2seq)).rejects.toThrow(/expected a config.json/u);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
