import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encodeSafetensors } from "../../src/storage/index.js";
import { loadModel } from "../../src/pretrained/load-model.js";
import { readAttention } from "../../src/pretrained/read-attention.js";
import { largestDifference } from "../compare.js";

const golden = join(import.meta.dirname, "../golden");
const weights = { shape: [1, 1, 2, 2], dtype: "float32", data: Float32Array.of(1, 0, 0.5, 0.5) } as const;

test("what Python dumped is read, with its tokens, and shows itself", async () => {
  const look = await readAttention(join(golden, "python-dump.safetensors"));
  const model = await loadModel(join(golden, "families/bert-one-head"));
  expect(look.tokens.tokens).toEqual(["<s>", "我", "are", "<b>"]);
  expect(largestDifference(look.weights, (await model.attend([3, 14, 15, 9])).weights)).toBeLessThan(1e-5);
  expect(look.toNote().axes.columns.tokens).toEqual(["<s>", "我", "are", "<b>"]);
});

test("the recipe of the README is what made that file", () => {
  const readme = readFileSync(join(import.meta.dirname, "../../src/pretrained/README.md"), "utf8");
  const script = readFileSync(join(golden, "python_dump.py"), "utf8");
  const [, recipe = ""] = [...readme.matchAll(/```python\n(.*?)```/gs)].map(([, code]) => code);
  const steps = recipe.split("\n").filter((line) => /^(outputs|weights) = /.test(line));
  expect(steps).toHaveLength(2);
  for (const step of [...steps, 'save_file({"weights": weights}, ', 'metadata={"tokens": json.dumps(tokens)})']) {
    expect(recipe).toContain(step);
    expect(script).toContain(step);
  }
});

test("an encoder–decoder", async () => {
  const cross = { shape: [1, 1, 1, 2], dtype: "float32", data: Float32Array.of(0.25, 0.75) } as const;
  const bytes = encodeSafetensors(
    { "encoder.weights": weights, "cross.weights": cross, "cross.query": { ...cross, data: Float32Array.of(3, 4) } },
    { tokens: '["我","是"]', targetTokens: '["I"]', text: "我是", model: "mine" },
  );
  const look = await readAttention(bytes);
  expect(look.main.kind).toBe("cross");
  expect(look.main.rows.tokens).toEqual(["I"]);
  expect(look.main.query?.data).toEqual(Float32Array.of(3, 4));
  expect(look.toNote().source).toMatchObject({ model: "mine", text: "我是" });
});

test.each([
  [{ other: weights }, {}, "readAttention: expected weights [L, H, Q, K], or encoder.weights"],
  [
    { weights: { ...weights, shape: [2, 2] } },
    {},
    "readAttention: expected weights to be numbers [L, H, Q, K]; got float32 [2, 2]",
  ],
  [{ weights }, { tokens: "[1, 2]" }, "readAttention: expected tokens in the metadata to be a JSON list of texts"],
  [{ weights }, { tokens: '["a"]' }, "readAttention: expected a token for each of the 2 rows of weights; got 1"],
])("a mistake is told (%#)", async (tensors, metadata, message) => {
  await expect(readAttention(encodeSafetensors(tensors, metadata as Record<string, string>))).rejects.toThrow(message);
});
