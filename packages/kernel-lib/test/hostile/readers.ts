/** Everything that reads files of strangers, by name; it runs in a process of its own, see child-process.ts. */
import {
  Bert,
  Captioner,
  checkpointFile,
  decodePng,
  loadModel,
  loadTokenizer,
  loadTrained,
  openOnnx,
  openSafetensors,
  ops,
  readCorpus,
  readAttention,
  readPairs,
  SummaryClassifier,
  Seq2seq,
  tensor,
  training,
  Transformer,
} from "../../src/index.js";
import { displayBundle, parseDocument } from "../../src/note/index.js";
import { evaluateNote } from "../../src/language/index.js";
import { readFile } from "node:fs/promises";

const utf8 = new TextDecoder();

/** Texts that reach every part of a tokenizer: spaces, marks, Chinese, astral characters, special tokens. */
const texts = [
  "The cat's 42 cats.",
  "我是中国人\n\n  é e\u0301 각 \u1112\u1161\u11ab 👩‍💻",
  "a".repeat(300),
  " \t[MASK]<s></s> \u200b",
];

/** Reads what is at a path; what it gives is used, as its user would. */
export const readers: Readonly<Record<string, (path: string) => Promise<void>>> = {
  model: async (path) => {
    const model = await loadModel(path);
    try {
      const image = "image" in model.config || model.kind === "image";
      if (!image)
        await model.attend(
          { ids: [3, 4, 5], ...(model.kind === "encoder-decoder" && { targetIds: [3, 4] }) },
          { hidden: true, outputs: model.heads },
        );
      if (!image && model.tokenizer) await model.attend("a b", { truncate: true });
    } finally {
      await model.dispose();
    }
  },
  safetensors: async (path) => {
    const file = await openSafetensors(path);
    for (const name of file.names) await file.readBytes(name);
    for (const name of file.names) await file.read(name);
  },
  look: async (path) => {
    (await readAttention(path)).toNote({ layer: 0, head: 0 });
  },
  tokenizer: async (path) => {
    const tokenizer = await loadTokenizer(path);
    for (const text of texts) {
      const { ids } = tokenizer.encode(text, { pair: "b" });
      tokenizer.decode(ids, { special: true });
    }
  },
  corpus: async (path) => {
    const { records } = await readCorpus(path, { invalid: "skip" });
    if (records.length > 0) await readCorpus(path);
    await readPairs(path, { invalid: "skip" });
  },
  png: async (path) => {
    decodePng(await readFile(path));
  },
  note: async (path) => {
    for (const note of parseDocument(utf8.decode(await readFile(path)))) displayBundle(note);
  },
  writtenNote: async (path) => {
    await evaluateNote(utf8.decode(await readFile(path)));
  },
  seq2seq: async (path) => {
    await (await loadTrained(path, Seq2seq)).predict(["我"]);
  },
  summaryClassifier: async (path) => {
    await (await loadTrained(path, SummaryClassifier)).predict(["a"]);
  },
  transformer: async (path) => {
    await (await loadTrained(path, Transformer)).predict(["我"]);
  },
  bert: async (path) => {
    await (await loadTrained(path, Bert)).attend(["a"]);
  },
  captioner: async (path) => {
    await (await loadTrained(path, Captioner)).predict({ width: 8, height: 8, data: new Uint8Array(192) });
  },
  checkpoint: async (path) => {
    const model = {
      parameters: { slope: tensor([0]) },
      loss: (p: { slope: ops.Traced }, batch: { x: ops.Traced; y: ops.Traced }) =>
        training.meanSquaredError(ops.multiply(batch.x, p.slope), batch.y),
    };
    const batches = [{ x: tensor([1, 2, 3]), y: tensor([2, 4, 6]) }];
    await training.train(model, batches, {
      steps: 4,
      learningRate: 0.1,
      checkpoint: { store: checkpointFile(path), interval: 2 },
    });
  },
  onnx: async (path) => {
    const model = await openOnnx(path, { threads: 1 });
    await model.close();
  },
};
