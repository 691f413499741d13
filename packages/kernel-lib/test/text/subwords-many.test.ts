/**
 * Very many texts against Python's tokenizers, as hashes; see golden/subwords_many.py. With `HEED_SUBWORDS_MANY` another golden file, with
 * more of them.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadTokenizer, Tokenizer } from "../../src/index.js";

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../golden/${name}`, import.meta.url), "utf8"));
const { block, units, hashes } = read(process.env["HEED_SUBWORDS_MANY"] ?? "subwords-many.json") as {
  block: number;
  units: string[];
  hashes: Record<string, string[]>;
};
const { tokenizers } = read("subwords.json") as { tokenizers: { name: string; json?: object }[] };
const folder = fileURLToPath(new URL("../../../../models/all-MiniLM-L6-v2", import.meta.url));

/** A text from its number, as in Python. */
function textOf(number: number): string {
  let state = (number % 2147483646) + 1;
  const draw = (below: number): number => {
    state = (state * 16807) % 2147483647;
    return state % below;
  };
  draw(1);
  return Array.from({ length: 1 + draw(20) }, () => units[draw(units.length)]).join("");
}

/** Where Python's offsets are known to be wrong. */
const wrong = /\u{200b}|[\u{300}-\u{345}]|[\u{1100}-\u{11ff}\u{ff9e}\u{ff9f}]|[\u{3099}\u{309a}]/u;

function lineOf(tokenizer: Tokenizer, text: string, name: string): string {
  const { ids, words, offsets } = tokenizer.encode(text);
  return JSON.stringify([[...ids], words, wrong.test(text) || name.includes("gone") ? [] : offsets]);
}

test.each(Object.entries(hashes))("%s", async (name, wanted) => {
  const { json } = tokenizers.find((one) => one.name === name) ?? {};
  const tokenizer = json ? new Tokenizer(json) : await loadTokenizer(folder);
  const got = wanted.map((_, at) => {
    const lines = Array.from({ length: block }, (_unused, i) => lineOf(tokenizer, textOf(at * block + i), name));
    return createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 10);
  });
  expect(got.flatMap((hash, at) => (hash === wanted[at] ? [] : [at]))).toEqual([]); // the blocks that differ
});
