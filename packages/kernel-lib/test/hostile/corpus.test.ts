/**
 * Files made to do harm, each for a fault that was there or could be: read in a process of its own, see child-process.ts. Configs of models
 * are in pretrained/hostile-folders, patterns in text/pattern, graphs in engine/onnx-models/hostile.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodePng } from "../../src/index.js";
import { mostSeconds, ReadingProcess } from "./child-process.js";

let folder: string;
let reading: ReadingProcess;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "heed-corpus-"));
  reading = await ReadingProcess.start();
});
afterAll(async () => {
  await reading.stop();
  await rm(folder, { recursive: true });
});

const model = { type: "WordLevel", vocab: { "?": 0 }, unk_token: "?" };
const doubling = { type: "Replace", pattern: { String: "a" }, content: "aa" };
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
/** A list in a list in a list …, as text: no value can be so deep. */
const nested = (depth: number, open: string, inner: string, close: string): string =>
  `${open.repeat(depth)}${inner}${close.repeat(depth)}`;
const safetensors = (header: string, data = 0): Uint8Array => {
  const json = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(data)]);
};
const entry = (start: number, end: number): string =>
  `{"dtype":"U8","shape":[${end - start}],"data_offsets":[${start},${end}]}`;

const corpus: Record<string, [reader: string, file: string, content: string | Uint8Array, says: RegExp | undefined]> = {
  "a pattern that backtracks": [
    "tokenizer",
    "tokenizer.json",
    JSON.stringify({ model, pre_tokenizer: { type: "Split", pattern: { Regex: "(a+)+$" }, behavior: "Isolated" } }),
    undefined,
  ],
  "normalisers that double a text forty times": [
    "tokenizer",
    "tokenizer.json",
    JSON.stringify({ model, normalizer: { type: "Sequence", normalizers: times(40, doubling) } }),
    /normalisation to make at most \d+ characters/u,
  ],
  "bytes of bytes of bytes": [
    "tokenizer",
    "tokenizer.json",
    JSON.stringify({
      model,
      pre_tokenizer: { type: "Sequence", pretokenizers: times(40, { type: "ByteLevel", use_regex: false }) },
    }),
    /normalisation to make at most \d+ characters/u,
  ],
  "decoders that double a text forty times": [
    "tokenizer",
    "tokenizer.json",
    JSON.stringify({
      model: { type: "WordLevel", vocab: { a: 0 }, unk_token: "a" },
      decoder: { type: "Sequence", decoders: times(40, doubling) },
    }),
    /decoding to make at most \d+ characters/u,
  ],
  "sequences in sequences": [
    "tokenizer",
    "tokenizer.json",
    `{"model":${JSON.stringify(model)},"normalizer":${nested(20_000, '{"type":"Sequence","normalizers":[', "", "]}")}}`,
    /normalizer to be at most 64 levels deep/u,
  ],
  "a template that repeats a text a hundred thousand times": [
    "tokenizer",
    "tokenizer.json",
    JSON.stringify({
      model,
      post_processor: {
        type: "TemplateProcessing",
        single: times(1e5, { Sequence: { id: "A", type_id: 0 } }),
        pair: [],
        special_tokens: {},
      },
    }),
    /expected single of TemplateProcessing/u,
  ],
  "a piece that is one word of a hundred thousand letters": [
    "tokenizer",
    "tokenizer.json",
    JSON.stringify({ model: { type: "WordPiece", vocab: { "?": 0 }, unk_token: "?", max_input_chars_per_word: 1e9 } }),
    /max_input_chars_per_word of WordPiece to be at most 1000/u,
  ],
  "a table that goes round in a circle": [
    "tokenizer",
    "tokenizer.json",
    JSON.stringify({
      model,
      normalizer: {
        type: "Precompiled",
        precompiled_charsmap: Buffer.from([0, 4, 0, 0, ...times(1024, 0x61), 0]).toString("base64"),
      },
    }),
    undefined,
  ],
  "a name twice, spaces before its colon": [
    "safetensors",
    "a.safetensors",
    safetensors(`{"a":${entry(0, 4)},"b":${entry(4, 8)},"a"${" ".repeat(200)}:${entry(4, 8)}}`, 8),
    /"a" is there twice/u,
  ],
  "a header of lists in lists": [
    "safetensors",
    "a.safetensors",
    safetensors(`{"a":${nested(100_000, "[", "", "]")}}`),
    /"a" to be an object/u,
  ],
  "a shape of sixty-four axes": [
    "safetensors",
    "a.safetensors",
    safetensors(`{"a":{"dtype":"F32","shape":[${times(64, 2 ** 31).join(",")}],"data_offsets":[0,0]}}`),
    /too large for any file/u,
  ],
  "a header of 2⁶³ bytes": [
    "safetensors",
    "a.safetensors",
    Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127),
    /a header of at most/u,
  ],
  "a PNG of few bytes and many pixels": ["png", "a.png", bomb(), /broken or cut off|at most 4096/u],
  "notes in notes": ["note", "a.heed.json", `{"version":1,"notes":${nested(50_000, "[", "", "]")}}`, /./u],
  "aliases of aliases": ["writtenNote", "a.yaml", `a: &a [x,x]\n${"b: &b [*a,*a]\n".repeat(30)}`, /anchors/u],
  "a line of a million quotes": ["corpus", "a.csv", '"'.repeat(1e6), undefined],
  "a line of JSON in JSON": ["corpus", "a.jsonl", nested(100_000, "[", "", "]"), undefined],
};

/** A PNG that says 60,000 × 60,000 pixels. */
function bomb(): Uint8Array {
  const bytes = encodePng({ width: 1, height: 1, data: new Uint8Array(3) });
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(16, 60_000);
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(20, 60_000);
  return Buffer.concat([bytes.subarray(0, 33), deflateSync(Buffer.alloc(1_000_000))]);
}

test.each(Object.entries(corpus))("%s", async (_, [reader, file, content, says]) => {
  const path = join(folder, file);
  await writeFile(path, content);
  const { error, seconds, gigabytes } = await reading.read(reader, path);
  if (says) expect(error?.message).toMatch(says);
  else expect(error).toBeUndefined();
  expect((error?.message ?? "").length).toBeLessThan(2_000);
  expect(seconds).toBeLessThan(mostSeconds);
  expect(gigabytes).toBeLessThan(2.5);
});
