/** Public calls refuse options they do not know, naming the one that was meant: an unknown option would change nothing, without a word. */
import { describe, expect, test } from "vitest";
import * as heed from "../../src/index.js";
import { makeNote } from "../../src/note/index.js";
import { readOptions } from "../../src/checks/read-options.js";
import { nearest } from "../../src/checks/nearest.js";

const { analysis, compile, layers, ops, tensor, training } = heed;
type Traced = heed.ops.Traced;

/** Whatever a caller without types would pass. */
const loose = (value: object): never => value as never;
const weights = tensor([
  [
    [
      [1, 0],
      [0.5, 0.5],
    ],
  ],
]);
const pair = { source: ["我"], target: ["I"] };
const inside = (run: (x: Traced) => unknown): Promise<unknown> =>
  compile((x: Traced) => run(x) as Traced)([
    [1, 0],
    [0, 1],
  ]);
const random = new heed.Random(1);
const seq2seq = heed.Seq2seq.forPairs([pair], { width: 4, embeddingWidth: 2 });
const bert = heed.Bert.forTexts([["我"]], { width: 4, heads: 1, layers: 1 });
const scenes = heed.sceneCaptions({ count: 1, seed: 1 });
const captioner = heed.Captioner.forCaptions(scenes, { width: 4 });
const texts = heed.evidenceTexts({ count: 4, seed: 1 });
const classifier = heed.SummaryClassifier.forTexts(texts, { encoder: "none", hops: 1 });
const line = { parameters: { a: tensor([1]) }, loss: (): Traced => ops.zeros([]) };
const bytes = new TextEncoder().encode("a\tb\n");
const note = makeNote({ weights: [[1]] });
const example = [{ tokens: ["a"], label: "b" }];

/** Each call with an option more than it knows. */
const calls: Readonly<Record<string, (more: { unheardOf: number }) => unknown>> = {
  attention: (more) => heed.attention(loose({ query: [1], keys: [[1]], ...more })),
  selfAttention: (more) => heed.selfAttention(loose({ vectors: [[1]], ...more })),
  multiHeadAttention: (more) => heed.multiHeadAttention(loose({ vectors: [[1]], heads: 1, ...more })),
  summaryAttention: (more) => heed.summaryAttention(loose({ H: [[1]], W: [[1]], V: [1], ...more })),
  "attention's mask": (more) => heed.attention({ query: [1], keys: [[1]], mask: loose({ causal: true, ...more }) }),
  "attention's score": (more) => heed.attention({ query: [1], keys: [[1]], score: loose({ kind: "dot", ...more }) }),
  attend: (more) => inside((x) => heed.attend(x, x, x, loose(more)).output),
  multiHead: (more) => inside((x) => heed.multiHead(x, x, x, loose({ heads: 1, ...more })).output),
  "multiHead's projections": (more) => inside((x) => heed.multiHead(x, x, x, { heads: 1, projections: loose(more) }).output),
  rollout: (more) => analysis.rollout(weights, loose(more)),
  flow: (more) => analysis.flow(weights, loose(more)),
  headRoles: (more) => analysis.headRoles(weights, loose(more)),
  valueNorms: (more) => analysis.valueNorms(loose({ weights, values: weights, output: weights, ...more })),
  compile: (more) => compile((x: Traced) => x, loose(more)),
  "compile.with": (more) => compile((x: Traced) => x).with(loose(more)),
  exportOnnx: (more) => heed.exportOnnx((x: Traced) => x, [[1]], loose(more)),
  valueAndGrad: (more) => heed.valueAndGrad((x: Traced) => [x, x] as const, loose({ auxiliary: true, ...more })),
  scan: (more) => inside((x) => heed.scan((carry: Traced, input: Traced) => [carry, input], x, x, loose(more))[1]),
  "Random.uniform": (more) => random.uniform([1], loose(more)),
  "Random.normal": (more) => random.normal([1], loose(more)),
  gelu: (more) => inside((x) => ops.gelu(x, loose(more))),
  sum: (more) => inside((x) => ops.sum(x, 0, loose(more))),
  mean: (more) => inside((x) => ops.mean(x, 0, loose(more))),
  any: (more) => inside((x) => ops.any(x, 0, loose(more))),
  variance: (more) => inside((x) => ops.variance(x, 0, loose(more))),
  logSumExp: (more) => inside((x) => ops.logSumExp(x, 0, loose(more))),
  convolve: (more) => inside((x) => ops.convolve(ops.reshape(x, [1, 1, 2, 2]), ops.reshape(x, [1, 1, 2, 2]), loose(more))),
  initialGru: (more) => layers.initialGru(random, loose({ input: 1, state: 1, ...more })),
  initialLstm: (more) => layers.initialLstm(random, loose({ input: 1, state: 1, ...more })),
  initialTransformerBlock: (more) => layers.initialTransformerBlock(random, loose({ width: 1, feedForwardWidth: 1, ...more })),
  gru: (more) => inside((x) => layers.gru({} as never, x, loose(more)).outputs),
  lstm: (more) => inside((x) => layers.lstm({} as never, x, loose(more)).outputs),
  bidirectional: (more) => inside((x) => layers.bidirectional(layers.gru, {} as never, x, loose(more)).outputs),
  transformerBlock: (more) =>
    inside((x) => layers.transformerBlock({} as never, x, loose({ heads: 1, norm: "pre", ...more })).output),
  train: (more) => training.train(line, [{}], loose(more)),
  "train's validation": (more) => training.train(line, [{}], { validation: loose({ batches: [], ...more }) }),
  "train's checkpoint": (more) => training.train(line, [{}], { checkpoint: loose({ store: {}, ...more }) }),
  batchesOf: (more) => training.batchesOf([1], (some) => some, loose({ size: 1, ...more })),
  padded: (more) => training.padded([[1]], loose(more)),
  sgd: (more) => training.sgd(loose(more)),
  adam: (more) => training.adam(loose(more)),
  adamW: (more) => training.adamW(loose(more)),
  inverseSquareRoot: (more) => training.inverseSquareRoot(loose({ warmUp: 1, peak: 1, ...more })),
  cosine: (more) => training.cosine(loose({ peak: 1, steps: 1, ...more })),
  linear: (more) => training.linear(loose({ peak: 1, steps: 1, ...more })),
  stepDown: (more) => training.stepDown(loose({ rate: 1, every: 1, ...more })),
  crossEntropy: (more) => inside((x) => training.crossEntropy(x, ops.argmax(x, -1), loose(more))),
  binaryCrossEntropy: (more) => inside((x) => training.binaryCrossEntropy(x, x, loose(more))),
  meanSquaredError: (more) => inside((x) => training.meanSquaredError(x, x, loose(more))),
  meanAbsoluteError: (more) => inside((x) => training.meanAbsoluteError(x, x, loose(more))),
  huber: (more) => inside((x) => training.huber(x, x, loose(more))),
  accuracy: (more) => inside((x) => training.accuracy(x, ops.argmax(x, -1), loose(more))),
  tokenize: (more) => heed.tokenize("我", loose(more)),
  "Vocabulary.from": (more) => heed.Vocabulary.from([], loose(more)),
  readCorpus: (more) => heed.readCorpus(bytes, loose({ format: "tsv", ...more })),
  readPairs: (more) => heed.readPairs(bytes, loose({ format: "tsv", ...more })),
  "readPairs' fields": (more) => heed.readPairs(bytes, { format: "tsv", fields: loose(more) }),
  splitCorpus: (more) => heed.splitCorpus([], loose({ shares: {}, seed: 1, ...more })),
  evidenceTexts: (more) => heed.evidenceTexts(loose({ count: 1, seed: 1, ...more })),
  chineseEnglishPairs: (more) => heed.chineseEnglishPairs(loose({ count: 1, seed: 1, ...more })),
  sceneCaptions: (more) => heed.sceneCaptions(loose({ count: 1, seed: 1, ...more })),
  bleu: (more) => heed.bleu(["a"], ["a"], loose(more)),
  encodeSafetensors: (more) => heed.encodeSafetensors({}, {}, loose(more)),
  Seq2seq: (more) => heed.Seq2seq.forPairs([pair], loose(more)),
  "Seq2seq.train": (more) => seq2seq.train([pair], loose(more)),
  "Seq2seq.predict": (more) => seq2seq.predict(["我"], loose(more)),
  "Seq2seq.predictAll": (more) => seq2seq.predictAll([["我"]], loose(more)),
  "Seq2seq.attend": (more) => seq2seq.attend(["我"], loose(more)),
  "Seq2seq.evaluate": (more) => seq2seq.evaluate([pair], loose(more)),
  Transformer: (more) => heed.Transformer.forPairs([pair], loose(more)),
  SummaryClassifier: (more) => heed.SummaryClassifier.forTexts(texts, loose(more)),
  "SummaryClassifier.train": (more) => classifier.train(example, loose(more)),
  Captioner: (more) => heed.Captioner.forCaptions(scenes, loose(more)),
  "Captioner.train": (more) => captioner.train(scenes, loose(more)),
  "Captioner.predict": (more) => captioner.predict(scenes[0]?.picture as never, loose(more)),
  "Captioner.attend": (more) => captioner.attend(scenes[0]?.picture as never, loose(more)),
  Bert: (more) => heed.Bert.forTexts([["a"]], loose(more)),
  "Bert.train": (more) => bert.train([["我"]], loose(more)),
  "Bert.predict": (more) => bert.predict(["[MASK]"], loose(more)),
  "Bert.attend": (more) => bert.attend(["我"], loose(more)),
  "Bert.evaluate": (more) => bert.evaluate([["我"]], loose(more)),
  loadModel: (more) => heed.loadModel("nowhere", loose(more)),
  openOnnx: (more) => heed.openOnnx("nowhere.onnx", loose(more)),
  makeNote: (more) => makeNote(loose({ weights: [[1]], ...more })),
  show: (more) => heed.show([[1]], loose(more)),
  "show of a result": async (more) => heed.show(await heed.attention({ query: [1], keys: [[1]] }), loose(more)),
  "show of a note": (more) => heed.show(note, loose(more)),
  showCurves: (more) =>
    heed.showCurves({ title: "", x: { name: "", labels: ["a"] }, y: { name: "" }, curves: { a: [1] } }, loose(more)),
  liveTraining: (more) => heed.liveTraining(loose(more)),
};

describe("an unknown option is refused by", () => {
  test.each(Object.entries(calls))("%s", async (_, call) => {
    await expect(async () => call({ unheardOf: 1 })).rejects.toThrow(/unheardOf/);
    await expect(async () => call({ unheardOf: 1 })).rejects.toThrow(TypeError);
  });
});

describe("the option that was meant is named", () => {
  test.each([
    ["lr", ["optimiser", "rate", "steps"], "rate"],
    ["step", ["rate", "steps", "epochs"], "steps"],
    ["keepDims", ["keepdims"], "keepdims"],
    ["value", ["query", "keys", "values"], "values"],
    ["queries", ["query", "keys", "values"], "query"],
    ["learning_rate", ["learningRate", "steps"], "learningRate"],
    ["temprature", ["mask", "temperature"], "temperature"],
    ["std", ["mean", "deviation"], "deviation"],
    ["num_heads", ["vectors", "heads"], "heads"],
  ])("%s of %o: %s", (given, known, meant) => {
    const names = Object.fromEntries(known.map((name) => [name, true as const]));
    expect(() => readOptions("call", { [given]: 1 }, names)).toThrow(`got ${given}. Did you mean ${meant}?`);
  });

  test("and none where none is like it", () => {
    expect(() => readOptions("call", { colour: 1 } as object, { keys: true } as never)).toThrow(
      new TypeError("call: expected keys; got colour"),
    );
    expect(nearest("colour", ["keys"])).toBeUndefined();
  });
});

test.each([
  [null, "null"],
  [3, "3"],
  ["scaled", '"scaled"'],
  [[1], "an array"],
  [Promise.resolve({}), "a promise; await it first"],
])("options that are %o are said to be no object", (given, said) => {
  expect(() => readOptions("call", given as never, { mask: true, score: true } as never)).toThrow(
    new TypeError(`call: expected an object of mask or score; got ${said}`),
  );
});
