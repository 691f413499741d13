import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { detectEncoding } from "../../src/data/detect-encoding.js";
import { readPairs } from "../../src/data/read-pairs.js";
import { readCorpus, type CorpusProgress } from "../../src/data/read-corpus.js";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const utf16 = (text: string, isBig: boolean): Uint8Array => {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i += 1) view.setUint16(i * 2, text.charCodeAt(i), !isBig);
  return bytes;
};
// "他在图书馆看书。\n她喜欢北京的茶。\n" ten times, as Python's .encode("gb18030") writes it
const gb18030Line = Buffer.from("cbfbd4dacdbccae9b9ddbfb4cae9a1a30acbfdcfb2bbb6b1b1bea9b5c4b2e8a1a30a", "hex");
const joinBytes = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

const texts = async (bytes: Uint8Array): Promise<unknown[]> =>
  (await readCorpus(bytes, { format: "text" })).records.map(({ fields }) => fields.text);
const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;

let folder = "";
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "heed-corpora-"))));
afterAll(() => rm(folder, { recursive: true }));

describe("encodings", () => {
  const text = "他在图书馆看书。\n她喜欢北京的茶。\n";
  const lines = ["他在图书馆看书。", "她喜欢北京的茶。"];

  test("UTF-8 with and without a mark", async () => {
    expect(await texts(utf8(text))).toEqual(lines);
    expect(await texts(utf8(`\ufeff${text}`))).toEqual(lines);
  });
  test.each([false, true])("UTF-16 with a mark, big-endian: %s", async (isBig) => {
    expect(await texts(utf16(`\ufeff${text}`, isBig))).toEqual(lines);
  });
  test("UTF-16 without a mark, where zeros show it", async () => {
    expect(detectEncoding(utf16("plain words\n", false)).encoding).toBe("utf-16le");
    expect(detectEncoding(utf16("plain words\n", true)).encoding).toBe("utf-16be");
  });
  test("GB18030 by its statistics", async () => {
    const bytes = joinBytes(...Array.from({ length: 10 }, () => gb18030Line));
    expect(detectEncoding(bytes).encoding).toBe("gb18030");
    expect((await texts(bytes)).slice(0, 2)).toEqual(lines);
  });
  test("a given encoding is used, an unknown one refused", async () => {
    const { records, encoding } = await readCorpus(gb18030Line, { format: "text", encoding: "GBK" });
    expect(records[1]?.fields.text).toBe(lines[1]);
    expect(encoding).toBe("gbk");
    await expect(readCorpus(gb18030Line, { format: "text", encoding: "klingon" })).rejects.toThrow(/got "klingon"/u);
  });
  test("broken bytes are named by line, or skipped", async () => {
    const bytes = joinBytes(utf8("我\n他"), Uint8Array.of(0xff), utf8("\n她\nzero\0\n"));
    await expect(readCorpus(bytes, { format: "text" })).rejects.toThrow(
      /line 2: not valid UTF-8 at column 2; line 4: holds a NUL at column 5/u,
    );
    const { records, problems } = await readCorpus(bytes, { format: "text", invalid: "skip" });
    expect(records.map(({ line }) => line)).toEqual([1, 3]);
    expect(problems.map(({ line }) => line)).toEqual([2, 4]);
  });
  test("lines that cross a megabyte stay whole", async () => {
    const long = "中".repeat(400_000); // 1.2 MB each
    expect(await texts(utf8(`${long}\r\nshort\r\n${long}`))).toEqual([long, "short", long]);
    expect(await texts(utf16(`\ufeff${long}\n${long}b`, true))).toEqual([long, `${long}b`]);
  });
});

describe("formats", () => {
  test("the file's name tells the format; progress and size are reported", async () => {
    const path = join(folder, "pairs.tsv");
    await writeFile(path, "我\tI\n\n他\the\t0-0\n");
    const steps: CorpusProgress[] = [];
    const { records } = await readCorpus(path, { onProgress: (step) => steps.push(step) });
    expect(records).toEqual([
      { line: 1, fields: { source: "我", target: "I" } },
      { line: 3, fields: { source: "他", target: "he", alignment: "0-0" } },
    ]);
    expect(steps.at(-1)).toEqual({ bytes: 18, totalBytes: 18, records: 2 });
    await expect(readCorpus(path, { maxBytes: 17 })).rejects.toThrow(RangeError);
    await expect(readCorpus(join(folder, "pairs.doc"))).rejects.toThrow(/ENOENT/u);
    await expect(readCorpus(utf8("x"))).rejects.toThrow(/otherwise give format/u);
  });
  test("columns that are missing are named by line", async () => {
    await expect(readCorpus(utf8("a\tb\nc\n"), { format: "tsv", columns: ["zh", "en"] })).rejects.toThrow(
      "line 2: expected 2 columns (zh, en); got 1",
    );
  });
  test("CSV with quotes, line ends in values and line numbers", async () => {
    const csv = 'zh,en\r\n"他说：""好""","he said\n""good"""\r\n\r\n我,I\r\n她\r\n';
    const { records, problems } = await readCorpus(utf8(csv), { format: "csv", invalid: "skip" });
    expect(records).toEqual([
      { line: 2, fields: { zh: '他说："好"', en: 'he said\n"good"' } },
      { line: 5, fields: { zh: "我", en: "I" } },
    ]);
    expect(problems).toEqual([{ line: 6, message: "expected 2 columns (zh, en); got 1" }]);
    await expect(readCorpus(utf8('a,b\n1,"x\n2,3\n'), { format: "csv" })).rejects.toThrow(/line 2: quoted field unterminated/u);
    await expect(readCorpus(utf8("a,a\n"), { format: "csv" })).rejects.toThrow(/named twice/u);
  });
  test("any values survive being written as CSV", async () => {
    const value = fc.string({ unit: fc.constantFrom("a", "中", '"', ",", "\n", " ", "\t"), maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 5 }), async (rows) => {
        const csv = rows.map((row) => row.map(quote).join(",")).join("\n");
        const { records } = await readCorpus(utf8(`x,y\n${csv}\n`), { format: "csv" });
        expect(records.map(({ fields }) => [fields.x, fields.y])).toEqual(rows);
      }),
    );
  });
  test("JSON lines keep values and name what is not an object", async () => {
    const jsonl = '{"source":["我","是"],"n":1}\n[1]\n{oops}\n';
    const { records, problems } = await readCorpus(utf8(jsonl), { format: "jsonl", invalid: "skip" });
    expect(records).toEqual([{ line: 1, fields: { source: ["我", "是"], n: 1 } }]);
    expect(problems.map(({ line }) => line)).toEqual([2, 3]);
    expect(problems[0]?.message).toBe("expected a JSON object; got an array");
  });
  test("cancelling stops the reading", async () => {
    const signal = AbortSignal.abort();
    await expect(readCorpus(utf8("x\n"), { format: "text", signal })).rejects.toThrow(/abort/iu);
  });
  test("a blob is read as a file is", async () => {
    const { records, name } = await readCorpus(new File(["一\n二\n"], "numbers.txt"));
    expect([name, records.length]).toEqual(["numbers.txt", 2]);
  });
});

describe("readPairs", () => {
  test("tokens, alignment and tokenizers", async () => {
    const bytes = utf8("我是中国人\tI am Chinese\t0-0 1-1 2-2 3-2 4-2?\n");
    const { pairs } = await readPairs(bytes, { format: "tsv", tokenizeSource: (text) => Array.from(text) });
    expect(pairs[0]?.source).toEqual(["我", "是", "中", "国", "人"]);
    expect(pairs[0]?.alignment?.possible).toEqual([{ source: 4, target: 2 }]);
  });
  test("two files with a sentence on each line", async () => {
    const { pairs, problems } = await readPairs([utf8("我\n\n他\n她"), utf8("I\n\nhe\n")], { invalid: "skip" });
    expect(pairs.map(({ target }) => target[0])).toEqual(["I", "he"]);
    expect(problems).toEqual([{ line: 4, message: "expected target to be a text; got only source" }]);
  });
  test("every wrong line is named", async () => {
    const jsonl = '{"zh":"我","en":"I"}\n{"zh":"我"}\n{"zh":" ","en":"I"}\n{"zh":3,"en":"I"}\n{"zh":"我","en":"I","a":"0-1"}\n';
    const options = { format: "jsonl", fields: { source: "zh", target: "en", alignment: "a" } } as const;
    await expect(readPairs(utf8(jsonl), options)).rejects.toThrow(
      "line 2: expected en to be a text; got only zh; line 3: zh is empty; line 4: expected zh to be a text; got number; line 5: parseAlignment: link 0-1 points beyond",
    );
  });
});

const readTsv = async (text: string, options: object = {}): Promise<unknown[]> =>
  (await readCorpus(utf8(text), { format: "tsv", ...options })).records.map(({ fields }) => fields);

describe("the header of a TSV", () => {
  test("names the columns where its words are those of headers", async () => {
    expect(await readTsv("label\ttext\ngood\tfine film\n")).toEqual([{ label: "good", text: "fine film" }]);
    expect(await readTsv("Source\tTarget\n我\tI\n")).toEqual([{ Source: "我", Target: "I" }]);
  });

  test("is no example where it repeats the columns", async () => {
    expect(await readTsv("zh\ten\n我\tI\n", { columns: ["zh", "en"] })).toEqual([{ zh: "我", en: "I" }]);
    const csv = await readCorpus(utf8("a,b\n1,2\n"), { format: "csv", columns: ["a", "b"] });
    expect(csv.records.map(({ fields }) => fields)).toEqual([{ a: "1", b: "2" }]);
  });

  test("is what header says", async () => {
    expect(await readTsv("wort\tword\nich\tI\n", { header: true })).toEqual([{ wort: "ich", word: "I" }]);
    expect(await readTsv("text\tlabel\nI\tich\n", { header: false })).toEqual([
      { source: "text", target: "label" },
      { source: "I", target: "ich" },
    ]);
    await expect(readTsv("a\ta\n1\t2\n", { header: true })).rejects.toThrow('the column "a" is named twice');
    await expect(readCorpus(utf8("1,2\n"), { format: "csv", header: false })).rejects.toThrow(
      "expected columns for CSV without a header",
    );
  });

  test("a first pair of words is none", async () => {
    expect(await readTsv("Go\t走\nHi\t你好\n")).toEqual([
      { source: "Go", target: "走" },
      { source: "Hi", target: "你好" },
    ]);
  });
});
