/**
 * Makes the checkpoints that the notebooks open: the same corpora, models and steps as their own cells, and what the held-out examples say;
 * and the table of score functions, for which nobody waits in a notebook.
 *
 *     node make.ts              all of them
 *     node make.ts summary      only those whose name begins so
 *
 * HEED_THREADS=1 computes in one thread, which is the faster way on a machine that is busy with other work.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Bert, Captioner, liveTraining, saveTrained, Seq2seq, SummaryClassifier, Transformer } from "heed";
import { chineseEnglishPairs, evidenceTexts, sceneCaptions, splitCorpus } from "heed/data";

/** Trains one and returns the model with its report. */
type Make = (
  watch: ReturnType<typeof liveTraining> & { readonly threads?: number },
) => Promise<readonly [Parameters<typeof saveTrained>[0], object]>;

/** Sentences of one to three clauses: long ones are there. */
function longSentences() {
  const pairs = chineseEnglishPairs({ count: 8750, seed: 1, clauses: [0.5, 0.3, 0.2], maxLength: 30 });
  const shares = { learned: 8000 / 8750, chosenBy: 250 / 8750, held: 500 / 8750 };
  const { learned = [], chosenBy = [], held = [] } = splitCorpus(pairs, { shares, seed: 1 });
  return { learned, chosenBy, held };
}

/** Sentences of one clause. */
function shortSentences() {
  const pairs = chineseEnglishPairs({ count: 6750, seed: 1 });
  const shares = { learned: 6000 / 6750, chosenBy: 250 / 6750, held: 500 / 6750 };
  const { learned = [], chosenBy = [], held = [] } = splitCorpus(pairs, { shares, seed: 1 });
  return { learned, chosenBy, held };
}

const rnn =
  (corpus: typeof longSentences, options: Parameters<typeof Seq2seq.forPairs>[1], steps: number): Make =>
  async (watch) => {
    const { learned, chosenBy, held } = corpus();
    const model = Seq2seq.forPairs(learned, options);
    await model.train(learned, { steps, validation: chosenBy, ...watch });
    const { translations: _, ...report } = await model.evaluate(held);
    return [model, report];
  };

const summary =
  (encoder: "none" | "lstm", penalty: number): Make =>
  async (watch) => {
    const texts = evidenceTexts({ count: 2500, seed: 1 });
    const model = SummaryClassifier.forTexts(texts.slice(0, 2000), { encoder, hops: 8, penalty });
    await model.train(texts.slice(0, 2000), { steps: 500, ...watch });
    const { confusion: _, ...report } = await model.evaluate(texts.slice(2000));
    return [model, report];
  };

const large = { width: 128, embeddingWidth: 64 };

const all: Readonly<Record<string, Make>> = {
  translation: rnn(longSentences, { cell: "gru", score: "additive", ...large }, 1500),
  "translation-without-attention": rnn(longSentences, { cell: "gru", score: "none", ...large }, 1500),
  transformer: async (watch) => {
    const { learned, chosenBy, held } = shortSentences();
    const model = Transformer.forPairs(learned, {
      layers: 2,
      heads: 4,
      width: 96,
      norm: "pre",
      positions: "sinusoidal",
      labelSmoothing: 0.1,
    });
    await model.train(learned, { steps: 1500, validation: chosenBy, ...watch });
    const { translations: _, ...report } = await model.evaluate(held);
    return [model, report];
  },
  "summary-apart": summary("none", 0.05),
  "summary-free": summary("none", 0),
  "summary-lstm": summary("lstm", 0.05),
  "summary-lstm-free": summary("lstm", 0),
  captions: async (watch) => {
    const scenes = sceneCaptions({ count: 12_500, seed: 1 });
    const model = Captioner.forCaptions(scenes.slice(0, 12_000));
    await model.train(scenes.slice(0, 12_000), { steps: 2500, ...watch });
    const { captions: _, ...report } = await model.evaluate(scenes.slice(12_000));
    return [model, report];
  },
  bert: async (watch) => {
    const pairs = chineseEnglishPairs({ count: 8500, seed: 1 }).map(({ source, target }) => ({
      first: source,
      second: target,
    }));
    const [learned, held] = [pairs.slice(0, 8000), pairs.slice(8000)];
    const model = Bert.forTexts(learned, { layers: 2, heads: 4, width: 64, dropout: 0 });
    await model.train(learned, { steps: 8000, ...watch });
    return [model, await model.evaluate(held)];
  },
};

/** A net with each score function and each cell, all trained alike: what each reaches is kept in `scores.json`, the nets are not. */
async function compareScores(watch: Parameters<Make>[0]): Promise<void> {
  const { learned, chosenBy, held } = shortSentences();
  const training = { steps: 1500, batchSize: 64 };
  const nets = [];
  for (const cell of ["gru", "lstm"] as const) {
    for (const score of ["dot", "general", "additive"] as const) {
      const model = Seq2seq.forPairs(learned, { cell, score, ...large });
      await model.train(learned, { ...training, validation: chosenBy, ...watch });
      const { exactMatch, bleu, alignment } = await model.evaluate(held);
      nets.push({ cell, score, exactMatch, bleu: bleu.score, alignmentErrorRate: alignment?.errorRate });
      console.log(JSON.stringify(nets.at(-1)));
    }
  }
  const corpus = { learned: learned.length, chosenBy: chosenBy.length, held: held.length, clauses: 1, seed: 1 };
  const made = { by: "node make.ts scores", corpus, ...large, ...training };
  await writeFile(join(import.meta.dirname, "scores.json"), `${JSON.stringify({ made, nets }, null, 2)}\n`);
}

const wanted = process.argv.slice(2);
const threads = process.env["HEED_THREADS"] === undefined ? {} : { threads: Number(process.env["HEED_THREADS"]) };
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.some((start) => name.startsWith(start));
const watching = (title: string): Parameters<Make>[0] => ({ ...liveTraining({ title, language: "en" }), ...threads });
for (const [name, make] of Object.entries(all)) {
  if (!isWanted(name)) continue;
  const start = performance.now();
  const [model, report] = await make(watching(name));
  await saveTrained(model, join(import.meta.dirname, name), { floats: "F16" });
  console.log(name, `${((performance.now() - start) / 1000).toFixed(0)} s`, JSON.stringify(report));
}
if (isWanted("scores")) await compareScores(watching("scores"));
