import { describe, expect, test } from "vitest";
import { jupyterDisplay } from "../../src/attention/index.js";
import { Seq2seq } from "../../src/models/seq2seq/seq2seq.js";
import { noteMimeType } from "../../src/note/index.js";
import { chineseEnglishPairs } from "../../src/text/corpora-chinese-english.js";
import { expectGradient } from "./gradients.js";

const pairs = chineseEnglishPairs({ count: 31, seed: 1, maxLength: 9 });
const tiny = { width: 6, embeddingWidth: 5, seed: 3 } as const;

describe.each([
  ["gru", "dot"],
  ["gru", "general"],
  ["gru", "additive"],
  ["gru", "none"],
  ["lstm", "additive"],
] as const)("%s with score %s", (cell, score) => {
  const model = Seq2seq.forPairs(pairs, { ...tiny, cell, score, dropout: 0 });
  test("the gradient is that of differences", async () => {
    await expectGradient(model.loss as never, model.parameters, model.batch(pairs.slice(0, 3)));
  });
});
