/** Which tokens are left where there are too many, against Python's tokenizers; see golden/truncation.py. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Encoding, Tokenizer, type TruncationStrategy } from "../../src/entries/pretrained.js";

const golden = JSON.parse(readFileSync(new URL("../golden/truncation.json", import.meta.url), "utf8")) as {
  cases: Record<string, string>;
};
const special = (id: number, type_id = 0): object => ({ SpecialToken: { id: ["[CLS]", "[SEP]"][id], type_id } });
const tokenizer = new Tokenizer({
  model: {
    type: "WordLevel",
    unk_token: "0",
    vocab: { "[CLS]": 0, "[SEP]": 1, ...Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`${i}`, i + 2])) },
  },
  pre_tokenizer: { type: "WhitespaceSplit" },
  post_processor: {
    type: "TemplateProcessing",
    single: [special(0), { Sequence: { id: "A", type_id: 0 } }, special(1)],
    pair: [special(0), { Sequence: { id: "A", type_id: 0 } }, special(1), { Sequence: { id: "B", type_id: 1 } }, special(1, 1)],
    special_tokens: {
      "[CLS]": { id: "[CLS]", ids: [0], tokens: ["[CLS]"] },
      "[SEP]": { id: "[SEP]", ids: [1], tokens: ["[SEP]"] },
    },
  },
});
const textOf = (length: number): string => Array.from({ length }, (_, i) => i).join(" ");

function kept({ words, sequences }: Encoding, sequence: number): string {
  const found = words.filter((_, i) => sequences[i] === sequence);
  return found.length === 0 ? "0-0" : `${found[0]}-${(found.at(-1) ?? 0) + 1}`;
}

test.each(Object.entries(golden.cases))("%s", (name, expected) => {
  const [strategy, direction, sizes = ""] = name.split(" ") as [TruncationStrategy, "left" | "right", string];
  const [first = 0, second] = sizes.split(",").map(Number);
  const least = second === undefined ? 2 : 3;
  const got = expected.split(" ").map((_, at) => {
    const options = { maxTokens: least + at, strategy, direction, ...(second !== undefined && { pair: textOf(second) }) };
    try {
      const encoding = tokenizer.encode(textOf(first), options);
      return (second === undefined ? [0] : [0, 1]).map((sequence) => kept(encoding, sequence)).join("|");
    } catch {
      return "error";
    }
  });
  expect(got.join(" ")).toBe(expected);
});

const encode = (options: object) => (): Encoding => tokenizer.encode("0 1 2", { maxTokens: 4, ...options });

test("mistakes are told", () => {
  expect(encode({ strategy: "longest" })).toThrow(
    new RangeError("tokenizer: expected a strategy out of longest_first, only_first, only_second; got longest"),
  );
  expect(encode({ direction: "up" })).toThrow(new RangeError("tokenizer: expected the direction left or right; got up"));
  expect(encode({ strategy: "only_second", pair: "0" })).toThrow(
    new RangeError('tokenizer: expected a second text of more than 3 tokens, which are too many; got 1. Use "longest_first"'),
  );
});
