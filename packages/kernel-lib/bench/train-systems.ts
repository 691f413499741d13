/** The trained systems as they are measured: corpus, model, plan, what PyTorch needs to do the same, and the quality that is asked for. */
import { Bert, Captioner, compile, Seq2seq, SummaryClassifier, type Tensor, type Traced, Transformer } from "heed";
import { Random, training } from "heed/program";
import { type StoredModel } from "heed/models";
import {
  type CaptionedPicture,
  chineseEnglishPairs,
  evidenceTexts,
  sceneCaptions,
  type SentencePair,
  splitCorpus,
  type Vocabulary,
} from "heed/data";

/** How long a model is trained, and on what. */
interface Plan {
  readonly steps: number;
  readonly batchSize: number;
  /** The highest learning rate. */
  readonly rate: number;
}

/** Ends a training early, or watches it. */
type Watch = Pick<training.TrainOptions<never>, "report" | "signal">;

export interface System {
  readonly model: { toStored(): StoredModel };
  readonly plan: Plan;
  /** The first quality is the one that PyTorch measures too. Each must reach its bound. */
  readonly wanted: Readonly<Record<string, number>>;
  /** How many tokens a step reads and writes on average, without padding. */
  readonly tokensPerStep: number;
  train(seed: number, options?: Watch): Promise<training.Trained<unknown>>;
  evaluate(): Promise<Record<string, number>>;
  /** The loss of examples before training, without dropout; undefined where chance decides what is predicted. */
  firstLoss?(chosen: readonly number[]): Promise<number>;
  /** The examples of training and of evaluation as rows of ids, and the settings, for a peer. */
  readonly rows: Readonly<Record<string, readonly ArrayLike<number>[]>>;
  readonly tensors?: Readonly<Record<string, Tensor>>;
  readonly settings: Readonly<Record<string, number | string>>;
  /** The length by which examples are put together in batches. */
  readonly lengthOf: (example: number) => number;
  readonly examples: number;
}

/** HEED_STEPS=20 tries a measurement with few steps; the quality is not asked for then. */
export const fewSteps: number | undefined = Number(process.env["HEED_STEPS"]) || undefined;
const stepsOf = (steps: number): number => fewSteps ?? steps;

const tokensIn = (rows: readonly ArrayLike<number>[]): number => rows.reduce((sum, row) => sum + row.length, 0);

/** The marks of a vocabulary, under the names that a peer knows them by. */
const marksOf = (vocabulary: Vocabulary): Record<string, number> => ({
  start: vocabulary.id("<s>"),
  end: vocabulary.id("</s>"),
  padding: vocabulary.id("<pad>"),
  unknown: vocabulary.id("<unk>"),
});

interface TranslationCorpus {
  readonly learned: readonly SentencePair[];
  readonly held: readonly SentencePair[];
}

/** Sentences of one to three clauses, so that long ones are there: 8,000 to learn from, 500 held out. */
function longSentences(): TranslationCorpus {
  const pairs = chineseEnglishPairs({ count: 8750, seed: 1, clauses: [0.5, 0.3, 0.2], maxLength: 30 });
  const { learned = [], held = [] } = splitCorpus(pairs, {
    shares: { learned: 8000 / 8750, rest: 250 / 8750, held: 500 / 8750 },
    seed: 1,
  });
  return { learned, held };
}

/** Sentences of one clause: 6,000 to learn from, 500 held out. */
function shortSentences(): TranslationCorpus {
  const pairs = chineseEnglishPairs({ count: 6750, seed: 1 });
  const { learned = [], held = [] } = splitCorpus(pairs, {
    shares: { learned: 6000 / 6750, rest: 250 / 6750, held: 500 / 6750 },
    seed: 1,
  });
  return { learned, held };
}

/** The length of a pair when it is padded. */
const paddedLength = ({ source, target }: SentencePair): number =>
  Math.ceil(Math.max(source.length, target.length + 1) / 8) * 8;

type Translator = Seq2seq | Transformer;

function translationSystem(
  model: Translator,
  plan: Plan,
  wanted: System["wanted"],
  settings: System["settings"],
  { learned, held }: TranslationCorpus,
): System {
  const rowsOf = (pairs: readonly SentencePair[], part: string): Record<string, Int32Array[]> => ({
    [`${part}/source`]: pairs.map(({ source }) => model.source.encode(source)),
    [`${part}/target`]: pairs.map(({ target }) => model.target.encode(target)),
  });
  const tokens = learned.reduce((sum, { source, target }) => sum + source.length + target.length + 1, 0);
  return {
    model,
    plan,
    wanted,
    tokensPerStep: (tokens / learned.length) * plan.batchSize,
    train: (seed, watch) => model.train(learned, { ...plan, seed, ...watch }),
    evaluate: async () => {
      const { exactMatch, bleu, alignment } = await model.evaluate(held);
      return { exact: exactMatch, bleu: bleu.score, ...(alignment && { aligned: 1 - alignment.errorRate }) };
    },
    firstLoss: (chosen) => lossOf(model, model.batch(chosen.map((i) => learned[i] as SentencePair))),
    rows: { ...rowsOf(learned, "train"), ...rowsOf(held, "held") },
    settings: { ...settings, ...marksOf(model.target), dropout: model.dropout },
    lengthOf: (i) => paddedLength(learned[i] as SentencePair),
    examples: learned.length,
  };
}

interface Learner {
  readonly parameters: object;
  readonly loss: unknown;
}

/** The loss of one batch, without dropout. */
async function lossOf({ parameters, loss }: Learner, batch: object): Promise<number> {
  const run = compile(loss as (parameters: object, batch: object) => Traced | training.Loss);
  const made = (await run(parameters, batch)) as Tensor | { readonly loss: Tensor };
  return ("loss" in made ? made.loss : made).data[0] ?? Number.NaN;
}

const good = { exact: 0.95, bleu: 90, aligned: 0.9 };

function rnn(corpus: TranslationCorpus, steps: number, options: Parameters<typeof Seq2seq.forPairs>[1]): System {
  const model = Seq2seq.forPairs(corpus.learned, options);
  const { cell, score } = model.shape;
  const plan = { steps: stepsOf(steps), batchSize: 64, rate: 3e-3 };
  return translationSystem(model, plan, good, { kind: "seq2seq", cell, score }, corpus);
}

function transformer(): System {
  const corpus = shortSentences();
  const model = Transformer.forPairs(corpus.learned, { width: 96 });
  const { layers, heads, width, feedForwardWidth } = model.shape;
  const plan = { steps: stepsOf(1500), batchSize: 64, rate: 1e-3 };
  const settings = { kind: "transformer", layers, heads, width, feedForwardWidth, labelSmoothing: model.labelSmoothing };
  return translationSystem(model, plan, { exact: 0.98, bleu: 90 }, settings, corpus);
}

function summary(encoder: "none" | "lstm"): System {
  const texts = evidenceTexts({ count: 2500, seed: 1 });
  const [learned, held] = [texts.slice(0, 2000), texts.slice(2000)];
  const model = SummaryClassifier.forTexts(learned, { encoder, hops: 8, penalty: 0.05 });
  const plan = { steps: stepsOf(500), batchSize: 64, rate: 3e-3 };
  const ids = (some: typeof texts): Int32Array[] => some.map(({ tokens }) => model.vocabulary.encode(tokens));
  const labels = (some: typeof texts): Tensor => {
    const data = Int32Array.from(some, ({ label }) => model.labels.indexOf(label));
    return { shape: [data.length], dtype: "int32", data };
  };
  const { width } = model.shape;
  return {
    model,
    plan,
    // an LSTM's states know their neighbours: what the evidence says may be looked up beside it
    wanted: { accuracy: 0.98, ...(encoder === "none" && { evidence: 0.95 }) },
    tokensPerStep: (tokensIn(learned.map(({ tokens }) => ({ length: tokens.length }))) / learned.length) * plan.batchSize,
    train: (seed, watch) => model.train(learned, { ...plan, seed, ...watch }),
    evaluate: async () => {
      const { accuracy, evidence, overlap } = await model.evaluate(held);
      return { accuracy, evidence: evidence?.found ?? 0, overlap };
    },
    rows: { "train/text": ids(learned), "held/text": ids(held) },
    tensors: { "train/label": labels(learned), "held/label": labels(held) },
    settings: { kind: "summary", encoder, width, penalty: model.penalty, dropout: model.dropout, ...marksOf(model.vocabulary) },
    firstLoss: (chosen) => lossOf(model, model.batch(chosen.map((i) => learned[i] as (typeof texts)[number]))),
    lengthOf: (i) => learned[i]?.tokens.length ?? 0,
    examples: learned.length,
  };
}

/** Pixels as whole numbers of four bytes: a safetensors file from here holds no bytes. */
function pixels(scenes: readonly CaptionedPicture[]): Tensor {
  const size = scenes[0]?.picture.data.length ?? 0;
  const bytes = new Uint8Array(scenes.length * size);
  scenes.forEach(({ picture }, i) => bytes.set(picture.data, i * size));
  return { shape: [scenes.length, size / 4], dtype: "uint32", data: new Uint32Array(bytes.buffer) };
}

function captioner(): System {
  const scenes = sceneCaptions({ count: 12_500, seed: 1 });
  const [learned, held] = [scenes.slice(0, 12_000), scenes.slice(12_000)];
  const model = Captioner.forCaptions(learned);
  const plan = { steps: stepsOf(2500), batchSize: 32, rate: 3e-3 };
  const ids = (some: typeof scenes): Int32Array[] => some.map(({ caption }) => model.vocabulary.encode(caption));
  const { convolutions, cell, score, side } = model.shape;
  return {
    model,
    plan,
    wanted: { exact: 0.95, pointing: 0.9 },
    tokensPerStep: (learned.reduce((sum, { caption }) => sum + caption.length + 1, 0) / learned.length) * plan.batchSize,
    train: (seed, watch) => model.train(learned, { ...plan, seed, ...watch }),
    evaluate: async () => {
      const { exactMatch, pointing } = await model.evaluate(held);
      return { exact: exactMatch, pointing: pointing?.share ?? 0 };
    },
    rows: { "train/caption": ids(learned), "held/caption": ids(held) },
    get tensors() {
      // only for a peer: a training that is measured holds its pictures once
      return { "train/picture": pixels(learned), "held/picture": pixels(held) };
    },
    settings: {
      kind: "captioner",
      cell,
      score,
      side,
      strides: convolutions.map(({ stride }) => stride).join(","),
      pools: convolutions.map(({ pool = 1 }) => pool).join(","),
      dropout: model.dropout,
      ...marksOf(model.vocabulary),
    },
    firstLoss: (chosen) => lossOf(model, model.batch(chosen.map((i) => learned[i] as CaptionedPicture))),
    lengthOf: (i) => Math.ceil(((learned[i]?.caption.length ?? 0) + 1) / 8),
    examples: learned.length,
  };
}

function bert(): System {
  const pairs = chineseEnglishPairs({ count: 8500, seed: 1 }).map(({ source, target }) => ({ first: source, second: target }));
  const [learned, held] = [pairs.slice(0, 8000), pairs.slice(8000)];
  const model = Bert.forTexts(learned, { width: 64, dropout: 0 });
  const { vocabulary, config } = model;
  const plan = { steps: stepsOf(8000), batchSize: 16, rate: 2e-3 };
  const ids = (some: typeof pairs): Int32Array[] =>
    some.map(({ first, second }) => vocabulary.encode(["[CLS]", ...first, "[SEP]", ...second, "[SEP]"]));
  const types = (some: typeof pairs): number[][] =>
    some.map(({ first, second }) => [...Array<number>(first.length + 2).fill(0), ...Array<number>(second.length + 1).fill(1)]);
  return {
    model,
    plan,
    wanted: { accuracy: 0.85 }, // with the other language hidden: below 0.5
    tokensPerStep: (tokensIn(ids(learned)) / learned.length) * plan.batchSize,
    train: (seed, watch) => model.train(learned, { ...plan, seed, ...watch }),
    evaluate: async () => ({ accuracy: (await model.evaluate(held)).accuracy }),
    rows: {
      "train/text": ids(learned),
      "held/text": ids(held),
      "train/types": types(learned),
      "held/types": types(held),
    },
    settings: {
      kind: "bert",
      layers: config.num_hidden_layers,
      heads: config.num_attention_heads,
      width: config.hidden_size,
      feedForwardWidth: config.intermediate_size,
      vocabularySize: vocabulary.size,
      firstOrdinary: vocabulary.specialCount,
      mask: vocabulary.id("[MASK]"),
      padding: vocabulary.id("[PAD]"),
      dropout: model.dropout,
      maskShare: 0.15,
    },
    lengthOf: (i) => (learned[i]?.first.length ?? 0) + (learned[i]?.second.length ?? 0) + 3,
    examples: learned.length,
  };
}

/** The systems by name; each call makes one anew. */
export const systems: Readonly<Record<string, () => System>> = {
  "RNN of GRU": () => rnn(longSentences(), 1500, { cell: "gru", score: "additive" }),
  "RNN of LSTM": () => rnn(shortSentences(), 1500, { cell: "lstm", score: "additive" }),
  Transformer: transformer,
  "summary of words": () => summary("none"),
  "summary of LSTM": () => summary("lstm"),
  captions: captioner,
  BERT: bert,
};

/** Which examples make each batch, as `train` chooses them with this seed: [steps, size]. */
export function orderOf({ examples, plan, lengthOf }: System, seed: number): Tensor {
  const all = Array.from({ length: examples }, (_, i) => i);
  const batches = training.batchesOf(all, (some) => some, { size: plan.batchSize, lengthOf, dropLast: true });
  const random = new Random(seed);
  const order: number[] = [];
  for (let epoch = 0; order.length < plan.steps * plan.batchSize; epoch += 1) {
    for (const batch of batches(random.fork("epoch", epoch))) order.push(...batch);
  }
  const data = Int32Array.from(order.slice(0, plan.steps * plan.batchSize));
  return { shape: [plan.steps, plan.batchSize], dtype: "int32", data };
}
