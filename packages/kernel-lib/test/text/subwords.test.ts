/** Tokens, ids, offsets and words of every kind of tokenizer against Python's tokenizers; see golden/subwords.py. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { loadTokenizer, Tokenizer } from "../../src/index.js";

interface Case {
  readonly text: string;
  readonly pair?: string;
  readonly special?: boolean;
  readonly ids: number[];
  readonly tokens: string[];
  readonly offsets: [number, number][];
  readonly words: number[];
  readonly sequences: number[];
  readonly types: number[];
  readonly decoded: string;
}
interface Golden {
  readonly tokenizers: { name: string; json?: object; cases: Case[] }[];
}
const golden = JSON.parse(readFileSync(new URL("../golden/subwords.json", import.meta.url), "utf8")) as Golden;
const folder = fileURLToPath(new URL("../../../../models/all-MiniLM-L6-v2", import.meta.url));

describe.each(golden.tokenizers)("$name", ({ json, cases }) => {
  const made = json ? Promise.resolve(new Tokenizer(json)) : loadTokenizer(folder);

  test.each(cases)("$text", async ({ text, pair, special, ids, tokens, offsets, words, sequences, types, decoded }) => {
    const tokenizer = await made;
    const got = tokenizer.encode(text, { ...(pair !== undefined && { pair }), ...(special !== undefined && { special }) });
    expect({ ...got, ids: [...got.ids], types: [...got.types] }).toMatchObject({
      ids,
      tokens,
      offsets,
      words,
      sequences,
      types,
    });
    expect(tokenizer.decode(ids)).toBe(decoded);
  });
});
