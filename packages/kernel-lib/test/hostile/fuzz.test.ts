/**
 * Every reader of files against files that were made to do harm: small real ones, changed. None may take the process down, hang, take
 * gigabytes, read anything but what it was given, or fail in words that are not for its reader. `HEED_FUZZ_RUNS` multiplies the runs, and
 * `HEED_FUZZ_SEED` is another beginning.
 */
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { crc32 } from "node:zlib";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  Bert,
  Captioner,
  checkpointFile,
  encodePng,
  makeNote,
  ops,
  saveTrained,
  Seq2seq,
  SummaryClassifier,
  tensor,
  training,
  Transformer,
} from "../../src/index.js";
import { writeDocument } from "../../src/note/index.js";
import { mostSeconds, ReadingProcess } from "./child-process.js";
import { changedBytes, changedJson } from "./mutations.js";

const golden = join(import.meta.dirname, "../golden");
const runs = Number(process.env["HEED_FUZZ_RUNS"] ?? 1);
const seed = Number(process.env["HEED_FUZZ_SEED"] ?? 12);

let folder: string;
let reading: ReadingProcess;
let files = 0;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "heed-fuzz-")));
  reading = await ReadingProcess.start();
});
afterAll(async () => {
  await reading.stop();
  await rm(folder, { recursive: true });
});

/** What JavaScript says by itself where nobody looked: words that tell a reader nothing. */
const unlooked =
  /Cannot (?:read|set|convert|mix|destructure)|is not (?:a function|iterable|a constructor|defined)|of undefined|undefined \(reading|Maximum call stack|Invalid (?:array|typed array|string) length|Array buffer allocation|internal:|offset is out of bounds|Map maximum size|\[object /u;

async function check(reader: string, path: string): Promise<void> {
  const { error, seconds, opened, gigabytes } = await reading.read(reader, path);
  expect(error?.message ?? "", error?.stack).not.toMatch(unlooked);
  expect(error === undefined || error.message.length < 2_000, error?.message.slice(0, 2_100)).toBe(true);
  expect(seconds).toBeLessThan(mostSeconds);
  expect(gigabytes).toBeLessThan(2.5);
  const own = await realpath(path).catch(() => path);
  const outside = opened.filter((file) => file !== own && !file.startsWith(`${own}${sep}`) && !file.startsWith(`${own}.`));
  expect(outside.filter((file) => !/[\\/]node_modules[\\/].*\.[cm]?js$/u.test(file))).toEqual([]); // libraries that are loaded when needed
}

/** Runs the changes. One that fails is told by its number alone: some have megabytes, and one that hangs cannot be made smaller. */
async function fuzz<T>(changes: fc.Arbitrary<T>, numRuns: number, run: (change: T) => Promise<void>): Promise<void> {
  for (const [i, change] of fc.sample(changes, { numRuns: numRuns * runs, seed }).entries()) {
    await run(change).catch((error: unknown) => {
      throw new Error(`run ${i} with HEED_FUZZ_SEED=${seed}: ${String(error).slice(0, 3_000)}`, { cause: error });
    });
  }
}

/** A new folder with copies of a folder's files. */
async function copyOf(source: string): Promise<string> {
  const path = join(folder, `${files++}`);
  await cp(source, path, { recursive: true });
  return path;
}

/** Reads a file of a name with changed content, and takes it away again. */
async function checkFile(reader: string, name: string, content: string | Uint8Array): Promise<void> {
  const path = join(folder, `${files++}-${name}`);
  await writeFile(path, content);
  await check(reader, path);
  await rm(path, { force: true });
}

const families = [
  "albert-inner",
  "bart",
  "bert-classifier",
  "bert-pretraining",
  "distilbert-masked",
  "electra-generator",
  "gpt2",
].concat([
  "llama-scaled-rope",
  "marian-two-vocabularies",
  "mistral-window",
  "qwen2",
  "roberta-masked",
  "t5",
  "t5-encoder",
  "vit-oblong",
]);
const readJson = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, "utf8"));

test("config.json", async () => {
  const seeds = await Promise.all(
    families.map(async (name) => ({ name, config: await readJson(join(golden, "families", name, "config.json")) })),
  );
  const copies = new Map(
    await Promise.all(families.map(async (name) => [name, await copyOf(join(golden, "families", name))] as const)),
  );
  await fuzz(
    fc.constantFrom(...seeds).chain(({ name, config }) => fc.tuple(fc.constant(name), changedJson([config]))),
    400,
    async ([name, config]) => {
      const path = copies.get(name) ?? "";
      await writeFile(join(path, "config.json"), config);
      await check("model", path);
    },
  );
});

test("the weights of a model, their index, and what else lies in its folder", async () => {
  const path = await copyOf(join(golden, "families/bert-classifier"));
  const names = (await readdir(path)).filter((name) => name !== "expected.safetensors");
  const small = {
    "modules.json": [{ type: "x.Pooling", path: "1_Pooling" }, { type: "x.Normalize" }],
    "1_Pooling/config.json": { pooling_mode_cls_token: true },
    "sentence_bert_config.json": { max_seq_length: 12 },
    "preprocessor_config.json": { image_mean: [0.5], image_std: [0.5], do_rescale: true },
    "generation_config.json": { eos_token_id: [1, 2], max_length: 20 },
    "tokenizer_config.json": { mask_token: "[MASK]", pad_token: { content: "[PAD]" } },
    "special_tokens_map.json": { sep_token: "[SEP]" },
    "tokenizer.json": { model: { type: "WordLevel", vocab: { "[MASK]": 0, "[PAD]": 1, a: 2 }, unk_token: "a" } },
  };
  await mkdir(join(path, "1_Pooling"));
  for (const [name, json] of Object.entries(small)) await writeFile(join(path, name), JSON.stringify(json));
  const originals = new Map(
    await Promise.all([...names, ...Object.keys(small)].map(async (name) => [name, await readFile(join(path, name))] as const)),
  );
  const changes = fc.constantFrom(...originals.keys()).chain((name) => {
    const bytes = originals.get(name) ?? Buffer.of();
    const content: fc.Arbitrary<string | Uint8Array> = name.endsWith(".json")
      ? fc.oneof({ weight: 5, arbitrary: changedJson([JSON.parse(bytes.toString())]) }, changedBytes([bytes]))
      : changedBytes([bytes]);
    return fc.tuple(fc.constant(name), content);
  });
  await fuzz(changes, 300, async ([name, content]) => {
    await writeFile(join(path, name), content);
    await check("model", path);
    await writeFile(join(path, name), originals.get(name) ?? "");
  });
});

/** A safetensors file with a changed header, of the length it says. */
function safetensorsWith(header: string, data: Uint8Array): Uint8Array {
  const json = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}

test.each(["safetensors", "look"])("safetensors files, read as %s", async (reader) => {
  const bytes = await readFile(join(golden, "python-dump.safetensors"));
  const length = Number(bytes.readBigUInt64LE());
  const header: unknown = JSON.parse(bytes.subarray(8, 8 + length).toString());
  const data = bytes.subarray(8 + length);
  const changes = fc.oneof(
    changedJson([header]).map((json) => safetensorsWith(json, data)),
    changedBytes([bytes]),
  );
  await fuzz(changes, 250, (content) => checkFile(reader, "a.safetensors", content));
});

test("tokenizer.json", async () => {
  const { tokenizers } = (await readJson(join(golden, "subwords.json"))) as { tokenizers: { json?: object }[] };
  const seeds = tokenizers.flatMap(({ json }) => (json ? [json] : []));
  await fuzz(changedJson(seeds), 600, (content) => checkFile("tokenizer", "tokenizer.json", content));
});

test("corpora", async () => {
  const lines = ["我是中国人。\tI am Chinese .\t0-0 1-1", "这里\there\t0-0", "", "猫\tcat"];
  const encoder = new TextEncoder();
  const named = {
    "a.tsv": lines.join("\n"),
    "a.csv": `source,target\n"我, ""是""",b\n${lines.join("\r\n").replaceAll("\t", ",")}`,
    "a.jsonl": '{"source":["我"],"target":"I am","alignment":[[0,0]]}\n{"text":"x","label":1}',
    "a.txt": `\ufeff${lines.join("\u2028")}`,
  };
  const changes = fc
    .constantFrom(...Object.entries(named))
    .chain(([name, text]) => fc.tuple(fc.constant(name), changedBytes([encoder.encode(text)])));
  await fuzz(changes, 300, ([name, content]) => checkFile("corpus", name, content));
});

/** Chunks of a PNG under right checksums, so that what is wrong is found behind them. */
function withChecksums(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    if (at + 12 + length > bytes.length) break;
    view.setUint32(at + 8 + length, crc32(bytes.subarray(at + 4, at + 8 + length)));
    at += 12 + length;
  }
  return bytes;
}

test("PNG", async () => {
  const { cases } = (await readJson(join(golden, "png.json"))) as { cases: { png: string }[] };
  const picture = encodePng({ width: 9, height: 7, data: Uint8Array.from({ length: 189 }, (_, i) => (i * 37) % 256) });
  const seeds = [picture, ...cases.map(({ png }) => Uint8Array.from(Buffer.from(png, "base64")))];
  await fuzz(fc.tuple(changedBytes(seeds), fc.boolean()), 400, ([bytes, isChecked]) =>
    checkFile("png", "a.png", isChecked ? withChecksums(Uint8Array.from(bytes)) : bytes),
  );
});

test("notes", async () => {
  const rows = { tokens: ["a", "b"], offsets: [[0, 1] as [number, number], [2, 3] as [number, number]], text: "a b" };
  const note = makeNote({
    weights: [
      [0.25, 0.75],
      [1, 0],
    ],
    rows,
    columns: { tokens: ["c", "d"] },
  });
  await fuzz(changedJson([JSON.parse(writeDocument([note, note]))]), 400, (content) =>
    checkFile("note", "a.heed.json", content),
  );
});

test("written notes", async () => {
  const seeds = [
    "title: 我是中国人\nquery: { h1: [1, 0, 2] }\nkeys: { s1: [1, 1, 0], s2: [0, 1, 1] }\nscore: dot\n",
    "tokens: [a, b]\nvectors: [[1, 0], [0, 1]]\nheads: 1\n",
    "rows: [a]\ncolumns: [b, c]\nweights: [[0.5, 0.5]]\n",
  ].map((text) => new TextEncoder().encode(text));
  const bombs = [
    "a: &a [*a]\n",
    `a: &a [x,x]\n${"b: &b [*a,*a]\n".repeat(30)}`,
    "- ".repeat(20_000),
    "{".repeat(20_000),
    "a: 1e999\nweights: [[.nan]]",
  ];
  for (const bomb of bombs) await checkFile("writtenNote", "a.yaml", bomb);
  await fuzz(changedBytes(seeds), 300, (content) => checkFile("writtenNote", "a.yaml", content));
});

test.each(["seq2seq", "summaryClassifier", "transformer", "bert", "captioner"] as const)("a stored %s", async (kind) => {
  const path = join(folder, `${kind}-${files++}`);
  const pairs = [{ source: ["我", "是"], target: ["I", "am"] }];
  const picture = { width: 8, height: 8, data: new Uint8Array(192) };
  const makers = {
    seq2seq: () => Seq2seq.forPairs(pairs, { width: 4 }),
    transformer: () => Transformer.forPairs(pairs, { width: 4, heads: 2, positions: "learned" }),
    bert: () => Bert.forTexts([["a", "b"], ["c"]], { width: 4, heads: 2 }),
    captioner: () =>
      Captioner.forCaptions([{ picture, caption: ["a"] }], {
        side: 8,
        width: 4,
        convolutions: [{ channels: 4, kernel: 3, stride: 2 }],
      }),
    summaryClassifier: () =>
      SummaryClassifier.forTexts(
        [
          { tokens: ["a", "b"], label: "x" },
          { tokens: ["c"], label: "y" },
        ],
        { width: 4 },
      ),
  };
  await saveTrained(makers[kind](), path);
  const [config, weights] = [await readFile(join(path, "config.json")), await readFile(join(path, "model.safetensors"))];
  const changes = fc.oneof(
    { weight: 3, arbitrary: changedJson([JSON.parse(config.toString())]).map((content) => ["config.json", content] as const) },
    { weight: 1, arbitrary: changedBytes([weights]).map((content) => ["model.safetensors", content] as const) },
  );
  await fuzz(changes, 150, async ([name, content]) => {
    await writeFile(join(path, name), content);
    await check(kind, path);
    await writeFile(join(path, "config.json"), config);
    await writeFile(join(path, "model.safetensors"), weights);
  });
});

test("checkpoints", async () => {
  const path = join(folder, `line-${files++}.safetensors`);
  const model = {
    parameters: { slope: tensor([0]) },
    loss: (p: { slope: ops.Traced }, batch: { x: ops.Traced; y: ops.Traced }) =>
      training.meanSquaredError(ops.multiply(batch.x, p.slope), batch.y),
  };
  const batches = [{ x: tensor([1, 2, 3]), y: tensor([2, 4, 6]) }];
  await training.train(model, batches, {
    steps: 2,
    learningRate: 0.1,
    checkpoint: { store: checkpointFile(path), interval: 2 },
  });
  const bytes = await readFile(path);
  const length = Number(bytes.readBigUInt64LE());
  const header: unknown = JSON.parse(bytes.subarray(8, 8 + length).toString());
  const changes = fc.oneof(
    changedJson([header]).map((json) => safetensorsWith(json, bytes.subarray(8 + length))),
    changedBytes([bytes]),
  );
  await fuzz(changes, 150, (content) => checkFile("checkpoint", "a.safetensors", content));
});

test("ONNX models", async () => {
  const names = ["fused-grouped", "fused-multi-head-packed", "no-attention", "opset23-flat", "bert-optimised-fp16"];
  const seeds = await Promise.all(names.map((name) => readFile(join(golden, "onnx-models", `${name}.onnx`))));
  await fuzz(changedBytes(seeds), 150, (content) => checkFile("onnx", "a.onnx", content));
});
