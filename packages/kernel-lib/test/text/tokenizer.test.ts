/** What a tokenizer does beyond its tokens (these are in subwords.test.ts): options, axes, files, and files that are wrong. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { loadTokenizer, Tokenizer } from "../../src/index.js";
import { makeNote } from "../../src/note/index.js";

const folder = fileURLToPath(new URL("../../../../models/all-MiniLM-L6-v2", import.meta.url));
const loading = loadTokenizer(folder);

describe("MiniLM's tokenizer", () => {
  test("knows its tokens", async () => {
    const tokenizer = await loading;
    expect([tokenizer.size, tokenizer.id("[CLS]"), tokenizer.token(101), tokenizer.id("no such token")]).toEqual([
      30522,
      101,
      "[CLS]",
      undefined,
    ]);
    expect(() => tokenizer.decode([1e9])).toThrow(
      new RangeError("tokenizer: expected an id of the vocabulary; got 1000000000"),
    );
    expect(tokenizer.decode([101, 7592, 102], { special: true })).toBe("[CLS] hello [SEP]");
  });

  test("a pair is one axis: offsets and words of the second text come after those of the first", async () => {
    const { axis, sequences } = (await loading).encode("tokenized", { pair: "I am" });
    expect(axis.text).toBe("tokenized\nI am");
    expect(axis.tokens).toEqual(["[CLS]", "token", "##ized", "[SEP]", "i", "am", "[SEP]"]);
    expect(axis.offsets.map(([start, end]) => axis.text.slice(start, end))).toEqual(["", "token", "ized", "", "I", "am", ""]);
    expect(axis.words).toEqual([-1, 0, 0, -1, 1, 2, -1]);
    expect(axis.special).toEqual([0, 3, 6]);
    expect(sequences).toEqual([-1, 0, 0, -1, 1, 1, -1]);
    const weights = axis.tokens.map(() => axis.tokens.map((_, i) => Number(i === 0)));
    expect(makeNote({ weights, rows: axis, columns: axis }).axes.columns.words).toEqual(axis.words);
  });

  test("maxTokens leaves out the ends of the longer text, and says how many tokens", async () => {
    const tokenizer = await loading;
    const { tokens, dropped } = tokenizer.encode("a b c d e", { pair: "x y", maxTokens: 7 });
    expect(tokens).toEqual(["[CLS]", "a", "b", "[SEP]", "x", "y", "[SEP]"]);
    expect(dropped).toBe(3);
    expect(tokenizer.encode("a b", { maxTokens: 9 }).dropped).toBe(0);
    expect(() => tokenizer.encode("a", { maxTokens: 1 })).toThrow(
      new RangeError("tokenizer: expected maxTokens of at least 2, for the special tokens; got 1"),
    );
  });

  test("a lone surrogate counts as U+FFFD, which BERT leaves out", async () => {
    const { tokens, offsets } = (await loading).encode("a\ud83d b");
    expect(tokens).toEqual(["[CLS]", "a", "b", "[SEP]"]);
    expect(offsets.slice(1, 3)).toEqual([
      [0, 1],
      [3, 4],
    ]);
  });

  test("what is not a text is refused", async () => {
    const tokenizer = await loading;
    expect(() => tokenizer.encode(null as unknown as string)).toThrow(new TypeError("tokenizer: expected a text; got null"));
  });

  test("offsets are inside the text and in order, whatever the text", async () => {
    const tokenizer = await loading;
    const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit })), (text) => {
        const { offsets, tokens } = tokenizer.encode(text, { special: false });
        expect(offsets.length).toBe(tokens.length);
        let last = 0;
        for (const [start, end] of offsets) {
          expect(start >= last && start < end && end <= text.length).toBe(true);
          last = start;
        }
      }),
      { numRuns: 500 },
    );
  });
});

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true }))));

describe("files", () => {
  const json = {
    model: { type: "WordLevel", vocab: { a: 0, "?": 1 }, unk_token: "?" },
    pre_tokenizer: { type: "WhitespaceSplit" },
  };

  test("by path, by folder, as a Blob or as bytes", async () => {
    const path = await mkdtemp(join(tmpdir(), "tokenizer-"));
    folders.push(path);
    const bytes = new TextEncoder().encode(JSON.stringify(json));
    await writeFile(join(path, "tokenizer.json"), bytes);
    for (const source of [path, `${path}/`, join(path, "tokenizer.json"), bytes, new Blob([bytes])]) {
      expect((await loadTokenizer(source)).encode("a b").tokens).toEqual(["a", "?"]);
    }
  });

  test("no file, or no JSON", async () => {
    await expect(loadTokenizer("/nowhere")).rejects.toThrow(/ENOENT/u);
    await expect(loadTokenizer(Uint8Array.of(0xff))).rejects.toThrow(
      new SyntaxError("tokenizer.json: the file is not JSON in UTF-8"),
    );
  });

  test.each<[unknown, string]>([
    [[], "expected an object with a model"],
    [{ model: null }, "expected an object with a model"],
    [{ model: { type: "Magic", vocab: {} } }, "the model Magic is not known to this library"],
    [{ model: { type: "WordLevel", vocab: [] } }, "expected vocab of the model to be an object of tokens and ids"],
    [{ model: { type: "WordLevel", vocab: { a: -1 } } }, 'expected a whole number as the id of "a"; got -1'],
    [
      { model: { type: "WordPiece", vocab: { a: 0 }, unk_token: "[UNK]" } },
      "expected unk_token of WordPiece to be in its vocabulary",
    ],
    [{ model: { type: "BPE", vocab: { a: 0 } } }, "expected merges of BPE to be a list"],
    [{ model: { type: "Unigram", vocab: [["a", 0]], unk_id: 3 } }, "expected unk_id of Unigram to be an id of its vocabulary"],
    [{ model: { type: "Unigram", vocab: [["a"]], unk_id: 0 } }, "expected vocab of Unigram to be a list of tokens and scores"],
    [{ ...json, normalizer: { type: "Upside" } }, "the normalizer Upside is not known to this library"],
    [{ ...json, normalizer: "NFC" }, "expected normalizer to be null or an object with a type"],
    [{ ...json, normalizer: { type: "Sequence", normalizers: {} } }, "expected normalizers of Sequence to be a list"],
    [
      { ...json, normalizer: { type: "Precompiled", precompiled_charsmap: "AAAA" } },
      "expected a precompiled_charsmap with a trie; got 3 bytes, trie 0",
    ],
    [
      { ...json, normalizer: { type: "Precompiled", precompiled_charsmap: "é" } },
      "expected precompiled_charsmap of Precompiled to be base64",
    ],
    [
      { ...json, normalizer: { type: "Replace", pattern: 7, content: "" } },
      'expected pattern of Replace to be { "String": … } or { "Regex": … }',
    ],
    [
      { ...json, normalizer: { type: "Replace", pattern: { Regex: "(" }, content: "" } },
      "expected a regular expression as the pattern of Replace; got (: Unclosed group",
    ],
    [
      { ...json, pre_tokenizer: { type: "Split", pattern: { String: "a" }, behavior: "Eaten" } },
      "expected behavior of Split to be Removed, Isolated, Contiguous, MergedWithPrevious, MergedWithNext; got eaten",
    ],
    [
      { ...json, pre_tokenizer: { type: "ByteLevel", use_regex: "yes" } },
      'expected use_regex of ByteLevel to be true or false; got "yes"',
    ],
    [
      { ...json, pre_tokenizer: { type: "FixedLength", length: 0 } },
      "expected length of FixedLength to be a whole number above 0; got 0",
    ],
    [
      { ...json, post_processor: { type: "BertProcessing", cls: "[CLS]" } },
      "expected cls of BertProcessing to be a token and its id",
    ],
    [
      { ...json, post_processor: { type: "TemplateProcessing", single: [{ Sequence: { id: "A" } }], pair: [{}] } },
      'expected pair of TemplateProcessing to be a list of { "Sequence" } and { "SpecialToken" }',
    ],
    [{ ...json, decoder: { type: "CTC" } }, "the decoder CTC is not known to this library"],
    [{ ...json, added_tokens: [{ id: 3 }] }, "expected added_tokens[0] to have an id and a content"],
  ])("a file that is wrong is refused: %#", (file, message) => {
    expect(() => new Tokenizer(file)).toThrow(new SyntaxError(`tokenizer.json: ${message}`));
  });

  test("a word that is not in a vocabulary without a token for unknown ones", () => {
    const tokenizer = new Tokenizer({ model: { type: "WordLevel", vocab: { a: 0 } } });
    expect(() => tokenizer.encode("b")).toThrow(
      new RangeError('tokenizer: "b" is not in the vocabulary, which has no token for unknown ones'),
    );
  });

  test("tokens named like members of Object.prototype are tokens", () => {
    const tokenizer = new Tokenizer({
      model: { type: "WordLevel", vocab: { constructor: 0, "?": 1 }, unk_token: "?" },
      pre_tokenizer: json.pre_tokenizer,
    });
    expect([...tokenizer.encode("constructor toString").ids]).toEqual([0, 1]);
  });
});
