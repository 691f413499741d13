/** The layers against PyTorch; see golden/layers.py. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compile, layers, type Nested, tensor, type Tensor, type Traced } from "../../src/entries/program.js";

type Name =
  | "x"
  | "weight"
  | "bias"
  | "gain"
  | "shift"
  | "table"
  | "ids"
  | "linear"
  | "withoutBias"
  | "embedding"
  | "layerNorm"
  | "layerNormBert";
const golden = JSON.parse(readFileSync(new URL("../golden/layers.json", import.meta.url), "utf8")) as Record<Name, Nested>;
const ids = tensor(Int32Array.from((golden.ids as number[][]).flat()), [2, 5]);

/** Sums of 7 products of numbers up to 3: float32 rounds them within 1e-6. */
function errorOf(got: Tensor, expected: Nested): number {
  const { shape, data } = tensor(expected);
  if (got.shape.join() !== shape.join()) return Infinity;
  return Math.max(...Array.from(got.data, (value, i) => Math.abs(value - (data[i] ?? Number.NaN))));
}

describe("layers equal PyTorch", () => {
  test("linear, with and without bias", async () => {
    const withBias = compile((x: Traced, W: Traced, b: Traced) => layers.linear(x, W, b));
    const without = compile((x: Traced, W: Traced) => layers.linear(x, W));
    expect(errorOf(await withBias(golden.x, golden.weight, golden.bias), golden.linear)).toBeLessThan(2e-6);
    expect(errorOf(await without(golden.x, golden.weight), golden.withoutBias)).toBeLessThan(2e-6);
  });

  test("embedding", async () => {
    const run = compile((table: Traced, rows: Traced) => layers.embedding(table, rows));
    expect(errorOf(await run(golden.table, ids), golden.embedding)).toBe(0);
  });

  test("layer norm, with PyTorch's ε and BERT's", async () => {
    const run = compile((x: Traced, gain: Traced, bias: Traced) => ({
      usual: layers.layerNorm(x, gain, bias),
      bert: layers.layerNorm(x, gain, bias, 1e-12),
    }));
    const { usual, bert } = await run(golden.x, golden.gain, golden.shift);
    expect(errorOf(usual, golden.layerNorm)).toBeLessThan(2e-6);
    expect(errorOf(bert, golden.layerNormBert)).toBeLessThan(2e-6);
  });
});

test.each([
  ["linear", (x: Traced) => layers.linear(x, x), "linear: expected weight [out, in=3]; got [2, 2, 3]"],
  ["embedding", (x: Traced) => layers.embedding(x, x), "embedding: expected a table [vocabulary, width]; got [2, 2, 3]"],
  ["layerNorm", (x: Traced) => layers.layerNorm(x, x, x), "layerNorm: expected gain [width=3]; got [2, 2, 3]"],
])("%s says which shape it expects", async (_, program, message) => {
  await expect(compile(program)(tensor(new Float32Array(12), [2, 2, 3]))).rejects.toThrow(new TypeError(message));
});

test("ids that are not whole numbers by type are refused", async () => {
  const run = compile((table: Traced, rows: Traced) => layers.embedding(table, rows));
  await expect(run([[1], [2]], [0, 1])).rejects.toThrow(
    new TypeError("embedding: expected ids of type int32, as in Int32Array.of(1, 2); got float32"),
  );
});
