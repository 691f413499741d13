import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { jupyterDisplay } from "../../src/note/index.js";
import { compile, ops, Random, type Tensor } from "../../src/engine/index.js";
import { stackTensors } from "../../src/engine/stack-tensors.js";
import { treeFromTensors } from "../../src/models/stored-model.js";
import {
  initialTransformer,
  sinusoids,
  teachTransformer,
  type TransformerParameters,
  type TransformerShape,
} from "../../src/models/transformer/program.js";
import { Transformer } from "../../src/models/transformer/transformer.js";
import type { PairBatch } from "../../src/models/translation-model.js";
import { noteMimeType, parseNote } from "../../src/note/index.js";
import { chineseEnglishPairs } from "../../src/data/chinese-english-pairs.js";
import { loadTrained, saveTrained } from "../../src/storage/trained-model.js";
import { expectClose, readGolden } from "./golden.js";
import { expectGradient } from "./gradients.js";
import { expectSeeded } from "./seeded.js";

const pairs = chineseEnglishPairs({ count: 31, seed: 1, maxLength: 7 });
const tiny = { width: 6, heads: 2, layers: 1, feedForwardWidth: 7, maxLength: 24, seed: 3 } as const;

const golden = await readGolden("transformer.safetensors");
test.each([...golden])("%s gives PyTorch's outputs", async (name, { parameters = {}, inputs = {}, outputs = {} }) => {
  const [norm, positions] = name.split("-") as [TransformerShape["norm"], TransformerShape["positions"]];
  const sizes = { layers: 2, heads: 3, width: 12, feedForwardWidth: 10, maxLength: 9, sourceSize: 11, targetSize: 13 };
  const shape: TransformerShape = { ...sizes, norm, positions };
  const weights = treeFromTensors("golden", initialTransformer(shape, new Random(1)), parameters);
  const run = compile((p: TransformerParameters, batch: Pick<PairBatch, "source" | "sourceMask" | "targetInput">) => {
    const { logits, encoder, decoder, cross } = teachTransformer(shape, p, batch);
    const all = (layers: typeof encoder): ReturnType<typeof ops.stack> =>
      ops.stack(
        layers.map((layer) => layer.weights),
        1,
      );
    return { logits, encoder: all(encoder), decoder: all(decoder), cross: all(cross) };
  });
  const made = (await run(weights, inputs as unknown as PairBatch<Tensor>)) as Record<string, Tensor>;
  for (const [output, theirs] of Object.entries(outputs)) expectClose(made[output], theirs);
});

test("sinusoids by hand", () => {
  const { data } = sinusoids(3, 4);
  const expected = [0, 1, 2].flatMap((t) => [Math.sin(t), Math.cos(t), Math.sin(t / 100), Math.cos(t / 100)]);
  expected.forEach((value, i) => expect(data[i]).toBeCloseTo(value, 6));
});

test.each([
  ["pre", "sinusoidal"],
  ["post", "learned"],
] as const)(
  "the gradient with norm %s and %s positions is that of differences",
  async (norm, positions) => {
    const model = Transformer.forPairs(pairs, { ...tiny, norm, positions, dropout: 0 });
    // small steps, as ReLU has a kink; the quotient is then known to 1e-3. Keys' biases cancel in softmax: their gradient is 0
    const options = { epsilon: 1e-3, tolerance: 1e-2, mayBeZero: /\.bk$/u };
    await expectGradient(model.loss, model.parameters, model.batch(pairs.slice(0, 3)), options);
  },
  60_000,
);

describe("training", () => {
  test("learns one batch by heart", async () => {
    const few = pairs.slice(0, 5);
    const model = Transformer.forPairs(few, { width: 32, heads: 4, layers: 1, dropout: 0, labelSmoothing: 0 });
    const { steps } = await model.train(few, { steps: 80, learningRate: 0.005 });
    expect(steps.at(-1)?.loss).toBeLessThan(0.05);
    expect((await model.evaluate(few)).exactMatch).toBe(1);
  }, 120_000);

  test("the same seed gives the same weights bit for bit, another seed others", async () => {
    await expectSeeded(async (seed) =>
      Transformer.forPairs(pairs, { ...tiny, dropout: 0.3 }).train(pairs, { steps: 3, batchSize: 7, seed }),
    );
  }, 120_000);
});

describe.each(["sinusoidal", "learned"] as const)("with %s positions", (positions) => {
  const model = Transformer.forPairs(pairs, { ...tiny, layers: 2, positions });

  test("the cache changes nothing: greedy search writes what the taught decoder finds most probable", async () => {
    const source = pairs[1]?.source ?? [];
    const target = await model.predict(source, { maxLength: 12 });
    const { logits } = (await compile((p: TransformerParameters, batch: PairBatch) => ({
      logits: teachTransformer(model.shape, p, batch).logits,
    }))(model.parameters, model.batch([{ source, target }]))) as { logits: Tensor };
    const V = model.target.size;
    const ordinary = (id: number): boolean => !["<pad>", "<unk>", "<s>"].includes(model.target.token(id));
    const best = target.map((_, t) => {
      const row = [...logits.data.subarray(t * V, (t + 1) * V)];
      return model.target.token(row.indexOf(Math.max(...row.filter((__, id) => ordinary(id)))));
    });
    expect(best).toEqual(target);
  });

  test("sentences of a batch and of a beam do not change each other's translation", async () => {
    const sources = pairs.slice(0, 5).map(({ source }) => source);
    const together = await model.predictAll(sources, { maxLength: 10 });
    for (const [i, source] of sources.entries()) {
      expect(await model.predict(source, { maxLength: 10 })).toEqual(together[i]);
    }
    expect((await model.predict(sources[0] ?? [], { beams: 3, maxLength: 10 })).length).toBeLessThanOrEqual(10);
  });
});

describe("looking", () => {
  const model = Transformer.forPairs(pairs, { ...tiny, layers: 2 });

  test("every head of every layer is there, and looks only where it may", async () => {
    const target = ["I", "am", "Chinese"];
    const { encoder, decoder, cross } = await model.attend("我是中国人", { target });
    expect(encoder.weights.shape).toEqual([2, 2, 3, 3]);
    expect(decoder.weights.shape).toEqual([2, 2, 4, 4]);
    expect(cross.weights.shape).toEqual([2, 2, 4, 3]);
    for (const { weights } of [encoder, decoder, cross]) {
      const K = weights.shape.at(-1) ?? 1;
      for (let row = 0; row < weights.data.length; row += K) {
        expect([...weights.data.subarray(row, row + K)].reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
      }
    }
    const head = decoder.head(1, 0);
    for (let q = 0; q < 4; q += 1) for (let k = q + 1; k < 4; k += 1) expect(head.data[q * 4 + k]).toBe(0);
    const [first] = await model.attendAll([{ source: ["我", "是", "中国人"], target }, ...pairs.slice(0, 3)]);
    expectClose(first?.cross.weights, cross.weights);
    expect(stackTensors([cross.layer(0), cross.layer(1)])).toEqual({
      shape: cross.weights.shape,
      dtype: "float32",
      data: cross.weights.data,
    });
  });

  test("cross attention shows itself as an alignment", async () => {
    const { cross } = await model.attend("我是中国人", { target: ["I", "am"] });
    const note = parseNote(cross[jupyterDisplay]()[noteMimeType]);
    expect(note.kind).toBe("alignment");
    expect(note.axes.rows.tokens).toEqual(["I", "am", "</s>"]);
    expect(note.axes.columns.tokens).toEqual(["我", "是", "中国人"]);
  });

  test("a report has alignment from the heads of the last layer", async () => {
    const { sentences, alignment } = await model.evaluate(pairs.slice(0, 9), { maxLength: 8 });
    expect(sentences).toBe(9);
    expect(alignment?.errorRate).toBeGreaterThan(0.3); // it has learned nothing
  });
});

test("bad input is refused with a word", async () => {
  const model = Transformer.forPairs(pairs, { ...tiny, positions: "learned", maxLength: 8 });
  await expect(model.predict("")).rejects.toThrow("transformer: expected a text with at least one token");
  await expect(model.predict("我是恐龙")).rejects.toThrow(/transformer: the token "恐" is not among/u);
  await expect(model.predict(Array.from({ length: 9 }, () => "我"))).rejects.toThrow(
    /at most maxLength = 8 positions; got 16/u,
  );
  expect(() => Transformer.forPairs(pairs, { width: 10, heads: 3 })).toThrow(
    "transformer: width 10 cannot be split into 3 heads",
  );
  expect(() => Transformer.forPairs(pairs, { norm: "both" as "pre" })).toThrow(/expected norm "pre" or "post"/u);
  expect(() => Transformer.forPairs(pairs, { labelSmoothing: 1 })).toThrow(RangeError);
  expect(() => Transformer.forPairs(pairs, { layers: 0 })).toThrow(/expected layers ≥ 1/u);
});

test("what is loaded translates as what was saved; broken folders are refused", async () => {
  const folder = await mkdtemp(join(tmpdir(), "heed-transformer-"));
  try {
    const model = Transformer.forPairs(pairs, { ...tiny, positions: "learned" });
    await saveTrained(model, folder);
    const loaded = await loadTrained(folder, Transformer);
    expect(loaded.shape).toEqual(model.shape);
    const options = { maxLength: 6 };
    expect(await loaded.predict("我是中国人", options)).toEqual(await model.predict("我是中国人", options));
    const config = await readFile(join(folder, "config.json"), "utf8");
    await writeFile(join(folder, "config.json"), config.replace('"layers": 1', '"layers": 2'));
    await expect(loadTrained(folder, Transformer)).rejects.toThrow(/the weights lack encoder.layers\[1\]/u);
    await writeFile(join(folder, "config.json"), config);
    await truncate(join(folder, "model.safetensors"), 2000);
    await expect(loadTrained(folder, Transformer)).rejects.toThrow(SyntaxError);
  } finally {
    await rm(folder, { recursive: true });
  }
});
