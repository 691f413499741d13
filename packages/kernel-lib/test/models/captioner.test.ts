import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { jupyterDisplay } from "../../src/note/index.js";
import { compile, ops, Random, type Tensor, type Traced } from "../../src/engine/index.js";
import { Captioner } from "../../src/models/captioner/captioner.js";
import {
  gridOf,
  initialCaptioner,
  spread,
  teacherForceCaptioner,
  type CaptionBatch,
  type CaptionerParameters,
  type CaptionerShape,
} from "../../src/models/captioner/program.js";
import { reportCaptions } from "../../src/models/captioner/report.js";
import { treeFromTensors } from "../../src/models/stored-model.js";
import { noteMimeType, parseNote } from "../../src/note/index.js";
import { sceneCaptions } from "../../src/data/scene-captions.js";
import { loadTrained, saveTrained } from "../../src/storage/trained-model.js";
import { expectClose, readGolden } from "./golden.js";
import { expectGradient } from "./gradients.js";
import { expectSeeded } from "./seeded.js";

const scenes = sceneCaptions({ count: 24, seed: 1, objects: [1, 0, 0] });
const picture = scenes[0]?.picture ?? { width: 0, height: 0, data: new Uint8Array() };
const tiny = {
  convolutions: [
    { channels: 3, kernel: 5, stride: 2, pool: 2 },
    { channels: 5, kernel: 3, stride: 2 },
  ],
  width: 6,
  embeddingWidth: 4,
  seed: 3,
} as const;

const golden = await readGolden("captioner.safetensors");
test.each([...golden])("%s gives PyTorch's outputs", async (name, { parameters = {}, inputs = {}, outputs = {} }) => {
  const [cell, score, pools = "none"] = name.split("-") as [CaptionerShape["cell"], CaptionerShape["score"], string?];
  const sizes = { none: [5, 2, 1, 3, 3], pooled: [5, 2, 2, 3, 1], widely: [3, 1, 3, 5, 2] }[pools] ?? [];
  const [kernel = 1, stride = 1, pool = 1, nextKernel = 1, nextStride = 1] = sizes;
  const shape: CaptionerShape = {
    side: 12,
    convolutions: [
      { channels: 4, kernel, stride, pool },
      { channels: 7, kernel: nextKernel, stride: nextStride },
    ],
    cell,
    score,
    embeddingWidth: 3,
    width: 6,
    vocabularySize: 11,
  };
  expect(gridOf(shape)).toEqual(pools === "pooled" ? [3, 3] : [2, 2]);
  const weights = treeFromTensors("golden", initialCaptioner(shape, new Random(1)), parameters);
  const run = compile((p: CaptionerParameters, batch: Pick<CaptionBatch, "pictures" | "input">) => {
    const taught = teacherForceCaptioner(shape, p, batch);
    const everywhere = ops.lessEqual(0, batch.input); // true at all positions
    return { ...taught, spread: spread(taught["weights"] as Traced, everywhere) };
  });
  const made = (await run(weights, inputs as unknown as CaptionBatch<Tensor>)) as Record<string, Tensor>;
  for (const [output, theirs] of Object.entries(outputs)) expectClose(made[output], theirs);
});

test.each([0, 0.3])(
  "with spread %d the gradient is that of differences",
  async (lambda) => {
    const model = Captioner.forCaptions(scenes, { ...tiny, spread: lambda, dropout: 0 });
    const loss = (p: CaptionerParameters, batch: CaptionBatch): Traced => model.loss(p, batch).loss;
    // small steps, as ReLU has a kink; the quotient is then known to 1e-3
    await expectGradient(loss, model.parameters, model.batch(scenes.slice(0, 2)), { epsilon: 1e-3, tolerance: 1e-2 });
  },
  60_000,
);

describe("training", () => {
  test("learns one batch by heart", async () => {
    const few = scenes.slice(0, 4);
    const convolutions = tiny.convolutions.map((shape) => ({ ...shape, channels: 16 }));
    const model = Captioner.forCaptions(few, { convolutions, width: 24, embeddingWidth: 12, dropout: 0 });
    const { steps } = await model.train(few, { steps: 150, learningRate: 0.01 });
    expect(steps.at(-1)?.loss).toBeLessThan(0.05);
    const report = await model.evaluate(few);
    expect(report.exactMatch).toBe(1);
    expect(report.pointing?.nouns).toBe(4);
    expect(await model.predict(few[1]?.picture ?? picture, { beams: 3 })).toEqual(few[1]?.caption);
  }, 120_000);

  test("the same seed gives the same weights bit for bit, another seed others", async () => {
    await expectSeeded(async (seed) => Captioner.forCaptions(scenes, tiny).train(scenes, { steps: 3, batchSize: 8, seed }));
  }, 120_000);
});

describe("looking", () => {
  const model = Captioner.forCaptions(scenes, tiny);

  test("a caption knows which parts were looked at", async () => {
    const seen = await model.attend(picture, { maxLength: 3 });
    const T = seen.caption.length + 1;
    expect(seen.weights.shape).toEqual([T, 64]);
    expect(seen.grid).toEqual([8, 8]);
    const row = [...seen.weights.data.subarray(0, 64)];
    expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
    expect(row[seen.partOf(0)]).toBe(Math.max(...row));
    expect(() => seen.partOf(T)).toThrow(RangeError);
  });

  test("it shows itself on the picture", async () => {
    const seen = await model.attend(picture, { caption: scenes[0]?.caption ?? [] });
    const note = parseNote(seen[jupyterDisplay]()[noteMimeType]);
    expect(note.kind).toBe("image");
    expect(note.image).toMatchObject({ width: 64, height: 64, grid: [8, 8] });
    expect(note.axes.rows.tokens).toEqual([...(scenes[0]?.caption ?? []), "</s>"]);
  });

  test("pictures of a batch do not change each other's caption", async () => {
    const together = await model.predictAll(
      scenes.slice(0, 5).map((scene) => scene.picture),
      { maxLength: 5 },
    );
    for (const [i, scene] of scenes.slice(0, 5).entries()) {
      expect(await model.predict(scene.picture, { maxLength: 5 })).toEqual(together[i]);
    }
  });

  test("the pointing game counts nouns that were written, by hand", async () => {
    const [first, second] = scenes;
    if (!first || !second) throw new Error("two scenes are needed");
    const seen = await model.attend(first.picture, { caption: first.caption });
    const [noun] = first.nouns;
    const part = seen.partOf(noun?.token ?? 0);
    const [x, y] = [(part % 8) * 8 + 4, Math.floor(part / 8) * 8 + 4];
    const around = { left: x - 1, right: x + 1, top: y - 1, bottom: y + 1 };
    const elsewhere = { left: 0, right: 0, top: 0, bottom: 0 };
    const report = reportCaptions(
      [
        { ...first, boxes: [around] },
        { ...first, boxes: [elsewhere] },
        { ...first, caption: first.caption.map((token) => `${token}!`), boxes: [around] }, // its noun was not written
      ],
      [seen, seen, seen],
    );
    expect(report.pointing).toEqual({ share: 0.5, chance: 1 / 64 / 2, nouns: 2 });
    expect(report.exactMatch).toBeCloseTo(2 / 3, 12);
    expect(() => reportCaptions([], [])).toThrow(RangeError);
  });
});

test("bad input is refused with a word", async () => {
  const model = Captioner.forCaptions(scenes, tiny);
  const small = { width: 32, height: 48, data: new Uint8Array(32 * 48 * 3) };
  await expect(model.predict(small)).rejects.toThrow(
    "captioner: expected pictures of 64 × 64 pixels; got 32 × 48 (resizePicture(picture, 64, 64) makes it one)",
  );
  await expect(model.attend({ ...picture, data: new Uint8Array(7) })).rejects.toThrow(TypeError);
  await expect(model.attend(picture, { caption: ["dinosaur"] })).rejects.toThrow(/"dinosaur" is not among/u);
  await expect(model.attend(picture, { caption: [] })).rejects.toThrow(/at least one token/u);
  await expect(model.predict(picture, { beams: 1000 })).rejects.toThrow(/expected beams from 1/u);
  await expect(model.evaluate([])).rejects.toThrow(RangeError);
  expect(() => Captioner.forCaptions(scenes, { convolutions: [{ channels: 4, kernel: 4, stride: 2 }] })).toThrow(
    /an odd kernel/u,
  );
  expect(() => Captioner.forCaptions(scenes, { convolutions: [{ channels: 4, kernel: 3, stride: 1, pool: 65 }] })).toThrow(
    /64 pixels are pooled to none/u,
  );
  expect(() => Captioner.forCaptions(scenes, { ...tiny, score: "dot" })).toThrow(/parts as wide as the state, 6; got 5/u);
  expect(() => Captioner.forCaptions(scenes, { ...tiny, spread: -1 })).toThrow(/expected spread ≥ 0/u);
});

test("what is loaded captions as what was saved; broken folders are refused", async () => {
  const folder = await mkdtemp(join(tmpdir(), "heed-captioner-"));
  try {
    const model = Captioner.forCaptions(scenes, tiny);
    await saveTrained(model, folder);
    const loaded = await loadTrained(folder, Captioner);
    expect(loaded.shape).toEqual(model.shape);
    expect(await loaded.predict(picture, { maxLength: 4 })).toEqual(await model.predict(picture, { maxLength: 4 }));
    const config = await readFile(join(folder, "config.json"), "utf8");
    await writeFile(join(folder, "config.json"), config.replace('"side": 64', '"side": 640000000'));
    await expect(loadTrained(folder, Captioner)).rejects.toThrow(/expected places to be float32/u);
    await writeFile(join(folder, "config.json"), config);
    await truncate(join(folder, "model.safetensors"), 2000);
    await expect(loadTrained(folder, Captioner)).rejects.toThrow(SyntaxError);
  } finally {
    await rm(folder, { recursive: true });
  }
});
