/** Tokens, ids, offsets and words of every kind of tokenizer against Python's tokenizers; see golden/subwords.py. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type Encoding, loadTokenizer, Tokenizer } from "../../src/entries/pretrained.js";

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

/** Tokenizers that normalise, and characters that may become one with others then. */
const normalises = /^(?:clip|bpe|xlm|words nf)/u;
const combines = /[\u0300-\u0345\u1100-\u11ff\u3099\u309a\uff9e\uff9f]/u;

/**
 * Python names the first of several characters that became one, [0, 1] for a syllable of two letters, and shifts what comes after
 * characters that are gone. There the offsets are checked by themselves: what lies there, normalised, has every character of the token.
 */
function checkOffsets(tokenizer: Tokenizer, text: string, { ids, offsets, sequences, tokens }: Encoding, name: string): void {
  offsets.forEach(([start, end], i) => {
    if (sequences[i] !== 0) return;
    const token = name === "clip" ? tokenizer.decode([ids[i] ?? 0]) : (tokens[i] ?? "");
    const wanted = token.replace(/<unk>|<\/w>|[\s▁]/gu, "");
    if (wanted.includes("\ufffd")) return; // some bytes of a character
    const slice = text.slice(start, end);
    const there = [slice, ...(["NFC", "NFD", "NFKC", "NFKD"] as const).map((form) => slice.normalize(form))].join("");
    for (const character of wanted) expect(`${there}${there.toLowerCase()}`).toContain(character);
  });
}

describe.each(golden.tokenizers)("$name", ({ name, json, cases }) => {
  const made = json ? Promise.resolve(new Tokenizer(json)) : loadTokenizer(folder);

  test.each(cases)("$text", async ({ text, pair, special, ids, tokens, offsets, words, sequences, types, decoded }) => {
    const tokenizer = await made;
    const isPython = !(combines.test(text) && normalises.test(name)) && !name.includes("gone");
    const got = tokenizer.encode(text, { ...(pair !== undefined && { pair }), ...(special !== undefined && { special }) });
    expect({ ...got, ids: [...got.ids], types: [...got.types] }).toMatchObject({
      ids,
      tokens,
      ...(isPython && { offsets }),
      words,
      sequences,
      types,
    });
    if (!isPython) checkOffsets(tokenizer, text, got, name);
    expect(tokenizer.decode(ids)).toBe(decoded);
  });
});
