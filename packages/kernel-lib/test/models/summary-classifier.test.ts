import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { jupyterDisplay } from "../../src/note/index.js";
import { compile, Random, type Tensor, type Traced } from "../../src/engine/index.js";
import { treeFromTensors } from "../../src/models/stored-model.js";
import {
  classify,
  initialSummaryClassifier,
  type LabelledBatch,
  type SummaryClassifierParameters,
  type SummaryClassifierShape,
  type TextBatch,
} from "../../src/models/summary-classifier/program.js";
import { reportClassification } from "../../src/models/summary-classifier/report.js";
import { SummaryClassifier } from "../../src/models/summary-classifier/summary-classifier.js";
import { noteMimeType, parseNote } from "../../src/note/index.js";
import { evidenceTexts } from "../../src/data/evidence-texts.js";
import { loadTrained, saveTrained } from "../../src/storage/trained-model.js";
import { expectClose, readGolden } from "./golden.js";
import { expectGradient } from "./gradients.js";
import { expectSeeded } from "./seeded.js";

const texts = evidenceTexts({ count: 60, seed: 1, fillers: [1, 2] });
const tiny = { embeddingWidth: 6, attentionWidth: 5, hiddenWidth: 7, hops: 3, seed: 3 } as const;
const first = texts[0]?.tokens ?? [];

const golden = await readGolden("summary-classifier.safetensors");
test.each([...golden])(
  "with encoder %s the outputs are PyTorch's",
  async (encoder, { parameters = {}, inputs = {}, outputs = {} }) => {
    const shape: SummaryClassifierShape = {
      encoder: encoder as SummaryClassifierShape["encoder"],
      embeddingWidth: 3,
      width: encoder === "none" ? 3 : 10,
      attentionWidth: 7,
      hops: 2,
      hiddenWidth: 11,
      vocabularySize: 13,
      classes: 4,
    };
    const weights = treeFromTensors("golden", initialSummaryClassifier(shape, new Random(1)), parameters);
    const run = compile((p: SummaryClassifierParameters, batch: TextBatch) => classify(shape, p, batch));
    const made = await run(weights, inputs as unknown as TextBatch<Tensor>);
    for (const [name, theirs] of Object.entries(outputs)) expectClose(made[name], theirs);
  },
);

test.each(["lstm", "gru", "none"] as const)("with encoder %s the gradient is that of differences", async (encoder) => {
  const model = SummaryClassifier.forTexts(texts, { ...tiny, encoder, dropout: 0 });
  const loss = (p: SummaryClassifierParameters, batch: LabelledBatch): Traced => model.loss(p, batch).loss;
  // small steps, as ReLU has a kink; the quotient is then known to 1e-3
  await expectGradient(loss, model.parameters, model.batch(texts.slice(0, 3)), { epsilon: 1e-3, tolerance: 5e-3 });
});

const trained = async (options: {
  readonly seed: number;
  readonly penalty?: number;
  readonly steps?: number;
}): Promise<SummaryClassifier> => {
  const model = SummaryClassifier.forTexts(texts, { ...tiny, encoder: "none", penalty: options.penalty ?? 0.1 });
  await model.train(texts, { steps: options.steps ?? 3, batchSize: 20, seed: options.seed, learningRate: 0.02 });
  return model;
};

describe("training", () => {
  test("learns one batch by heart", async () => {
    const few = texts.slice(0, 8);
    const model = SummaryClassifier.forTexts(few, { encoder: "none", embeddingWidth: 16, hops: 3, dropout: 0 });
    const { steps } = await model.train(few, { steps: 80, learningRate: 0.02 });
    expect(steps.at(-1)?.loss).toBeLessThan(0.2); // cross-entropy about 0, the penalty what it can be
    expect((await model.evaluate(few)).accuracy).toBe(1);
  }, 60_000);

  test("the same seed gives the same weights bit for bit, another seed others", async () => {
    await expectSeeded((seed) => trained({ seed }));
  }, 60_000);

  test("the penalty keeps the hops apart", async () => {
    const apart = await (await trained({ seed: 1, penalty: 1, steps: 60 })).evaluate(texts);
    const free = await (await trained({ seed: 1, penalty: 0, steps: 60 })).evaluate(texts);
    expect(apart.overlap).toBeLessThan(free.overlap / 2);
    expect(apart.penalty).toBeLessThan(free.penalty);
  }, 60_000);
});

describe("looking", () => {
  const model = SummaryClassifier.forTexts(texts, { ...tiny, encoder: "gru" });

  test("a summary holds every intermediate, and padding does not change it", async () => {
    const alone = await model.attend(first);
    const [together] = await model.attendAll(texts.slice(0, 9).map(({ tokens }) => tokens));
    expect(alone.weights.shape).toEqual([3, first.length]);
    expect(alone.output.shape).toEqual([3, 6]);
    alone.weights.data.forEach((weight, i) => expect(together?.weights.data[i]).toBeCloseTo(weight, 6));
    const overlap = (i: number, j: number): number =>
      first.reduce(
        (sum, _, t) => sum + (alone.weights.data[i * first.length + t] ?? 0) * (alone.weights.data[j * first.length + t] ?? 0),
        0,
      );
    expect(alone.overlap.data[1]).toBeCloseTo(overlap(0, 1), 5);
    expect(Object.values(alone.probabilities).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6);
    expect(alone.probabilities[alone.label]).toBe(Math.max(...Object.values(alone.probabilities)));
    expect(await model.predict(first)).toEqual({ label: alone.label, probabilities: alone.probabilities });
  });

  test("it shows itself as hops over tokens", async () => {
    const note = parseNote((await model.attend(first.join(" ")))[jupyterDisplay]()[noteMimeType]);
    expect(note.kind).toBe("summary");
    expect(note.axes.columns.tokens).toEqual(first);
    expect(note.axes.rows.tokens).toEqual(["1", "2", "3"]);
  });

  test("a report counts classes and evidence by hand", async () => {
    const summary = await model.attend(first);
    const [hop = 0] = summary.hopTokens;
    const unseen = first.findIndex((_, t) => !summary.hopTokens.includes(t));
    const report = reportClassification(
      [
        { tokens: first, label: summary.label, evidence: [hop, unseen] },
        { tokens: first, label: "another", evidence: [] },
      ],
      [summary, summary],
    );
    expect(report.accuracy).toBe(0.5);
    expect(report.evidence).toEqual({
      found: 0.5,
      words: 2,
      chance: expect.closeTo(1 - (1 - 1 / first.length) ** 3, 12) as number,
    });
    expect(report.confusion).toEqual({ [summary.label]: { [summary.label]: 1 }, another: { [summary.label]: 1 } });
    expect(() => reportClassification([], [])).toThrow(RangeError);
  });
});

test("bad input is refused with a word", async () => {
  const model = SummaryClassifier.forTexts(texts, tiny);
  await expect(model.predict("")).rejects.toThrow("summary classifier: expected a text with at least one token");
  await expect(model.attend(["dinosaur"])).rejects.toThrow(/"dinosaur" is not among/u);
  expect(() => model.batch([{ tokens: first, label: "great" }])).toThrow(/expected a class out of .*; got "great"/u);
  expect(() => SummaryClassifier.forTexts(texts, { hops: 0 })).toThrow(/expected hops ≥ 1; got 0/u);
  expect(() => SummaryClassifier.forTexts(texts, { width: 5 })).toThrow(/even width/u);
  expect(() => SummaryClassifier.forTexts(texts, { encoder: "none", width: 32 })).toThrow(/the width is embeddingWidth = 64/u);
  expect(() => SummaryClassifier.forTexts(texts.slice(0, 1))).toThrow(/at least two classes/u);
});

test("what is loaded classifies as what was saved; broken folders are refused", async () => {
  const folder = await mkdtemp(join(tmpdir(), "heed-summary-"));
  try {
    const model = SummaryClassifier.forTexts(texts, tiny);
    await saveTrained(model, folder);
    const loaded = await loadTrained(folder, SummaryClassifier);
    expect(loaded.shape).toEqual(model.shape);
    expect(await loaded.predict(first)).toEqual(await model.predict(first));
    const config = await readFile(join(folder, "config.json"), "utf8");
    await writeFile(join(folder, "config.json"), config.replace('"hops": 3', '"hops": 4'));
    await expect(loadTrained(folder, SummaryClassifier)).rejects.toThrow(
      /expected summary.V to be float32 \[4, 5\]; got float32 \[3, 5\]/u,
    );
    await writeFile(join(folder, "config.json"), config);
    await truncate(join(folder, "model.safetensors"), 2000);
    await expect(loadTrained(folder, SummaryClassifier)).rejects.toThrow(SyntaxError);
  } finally {
    await rm(folder, { recursive: true });
  }
});
