/** Chinese that a tokenizer takes apart into bytes, put together again. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { AttentionMaps, Tokenizer } from "../../src/index.js";

const isShown = (byte: number): boolean => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);

/** The 256 symbols of byte-level tokenizers (Radford et al. 2019): those that print stand for themselves. */
function byteTokenizer(): Tokenizer {
  let next = 256;
  const symbols = Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(isShown(byte) ? byte : next++));
  return new Tokenizer({
    model: { type: "BPE", vocab: Object.fromEntries(symbols.map((symbol, id) => [symbol, id])), merges: [] },
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false },
    decoder: { type: "ByteLevel" },
  });
}

function mapsOf(text: string, seed: number): AttentionMaps {
  const { axis, tokens } = byteTokenizer().encode(text);
  const T = tokens.length;
  const data = Float32Array.from({ length: T * T }, (_, i) => 1 + ((i * 7919 + seed) % 97));
  for (let q = 0; q < T; q++) {
    const row = data.subarray(q * T, (q + 1) * T);
    const sum = row.reduce((total, x) => total + x, 0);
    row.forEach((x, k) => (row[k] = x / sum));
  }
  const weights = [{ shape: [1, T, T], dtype: "float32", data } as const];
  return new AttentionMaps({ kind: "self", layers: [0], heads: [0], rows: axis, columns: axis, weights });
}

test("three bytes are one character, and characters are words", () => {
  const maps = mapsOf("我是中国人 yes", 0);
  expect(maps.rows.tokens).toHaveLength(5 * 3 + 4);
  expect(
    maps
      .words()
      .rows.tokens.map((token) => token.trim())
      .filter(Boolean),
  ).toEqual(["我", "是", "中国人", "yes"]);
});

test("rows sum to 1 whatever the text, and every token is in one word", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("我", "是", "中", "国", "人", "。", " ", "a", "🙂", "é"), minLength: 1, maxLength: 9 }),
      fc.nat(96),
      (text, seed) => {
        const maps = mapsOf(text, seed);
        const { weights, rows } = maps.words();
        const K = rows.tokens.length;
        expect(weights.shape).toEqual([1, 1, K, K]);
        for (let start = 0; start < weights.data.length; start += K) {
          let sum = 0;
          for (let k = start; k < start + K; k++) sum += weights.data[k] ?? 0;
          expect(sum).toBeCloseTo(1, 5);
        }
      },
    ),
    { numRuns: 60 },
  );
});
