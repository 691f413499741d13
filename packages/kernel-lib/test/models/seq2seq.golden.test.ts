import { expect, test } from "vitest";
import { compile, Random } from "../../src/engine/index.js";
import { initialSeq2seq, teacherForcing, type Seq2seqShape } from "../../src/models/seq2seq/program.js";
import { treeFromTensors } from "../../src/models/stored-model.js";
import { expectClose, readGolden } from "./golden.js";

const golden = await readGolden("seq2seq.safetensors");

test.each([...golden])("%s gives PyTorch's outputs", async (name, { parameters = {}, inputs = {}, outputs = {} }) => {
  const [cell, score] = name.split("-") as [Seq2seqShape["cell"], Seq2seqShape["score"]];
  const shape: Seq2seqShape = { cell, score, embeddingWidth: 3, width: 10, sourceSize: 11, targetSize: 13 };
  const weights = treeFromTensors("golden", initialSeq2seq(shape, new Random(1)), parameters);
  const run = compile((p: typeof weights, batch: typeof inputs) => teacherForcing(shape, p as never, batch as never));
  const made = await run(weights as never, inputs as never);
  expect(Object.keys(made).sort()).toEqual(Object.keys(outputs).sort());
  const mask = inputs["sourceMask"];
  for (const [output, theirs] of Object.entries(outputs)) {
    const ours = made[output];
    if (output !== "scores" || !mask || !ours) expectClose(ours, theirs);
    else {
      // scores at padding are of no use to anyone and differ
      const [, T = 0, S = 0] = theirs.shape;
      const isToken = (i: number): boolean => mask.data[Math.floor(i / (T * S)) * S + (i % S)] === 1;
      const at = (data: ArrayLike<number>): Float32Array => Float32Array.from(Array.from(data).filter((_, i) => isToken(i)));
      const [x, y] = [at(ours.data), at(theirs.data)];
      expectClose({ shape: [x.length], dtype: "float32", data: x }, { shape: [y.length], dtype: "float32", data: y });
    }
  }
});
