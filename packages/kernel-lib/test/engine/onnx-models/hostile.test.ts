/** Graphs that strangers made: none hangs, or takes the process down. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { AttributeProto_AttributeType, type NodeProto } from "onnx-buf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openOnnxFile } from "../../../src/engine/onnx-models/index.js";
import { attentionOf, modelOf, node, reading, scores, write } from "./made-models.js";

let root: string;
let folder: string;
let files = 0;
const next = (): string => join(folder, `${files++}.onnx`);
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "heed-hostile-"));
  folder = join(root, "models");
  await mkdir(folder);
});
afterAll(() => rm(root, { recursive: true }));

/** A chain of nodes with two paths each. */
const many = (from: string, to: string): NodeProto[] =>
  Array.from({ length: 20 }, (_, i) => {
    const [input, output] = [i === 0 ? from : `${to}${i}`, i === 19 ? to : `${to}${i + 1}`];
    return node("Max", [input, input], [output]);
  });

/** A call of a function with the inputs of the graph. */
const calls = (inner: string, out: string): NodeProto => node(inner, ["q", "k", "v"], [out], { domain: "local" });

describe("graphs", () => {
  test("a value that is made of itself", async () => {
    const cycle = [node("Identity", ["b"], ["a"]), node("Identity", ["a"], ["b"])];
    await expect(openOnnxFile(await write(next(), modelOf([...cycle, ...reading])), {})).rejects.toThrow(
      "expected a graph without cycles",
    );
    const own = [node("Identity", ["masked"], ["masked"]), ...reading];
    await expect(openOnnxFile(await write(next(), modelOf(own)), {})).rejects.toThrow("expected a graph without cycles");
  });

  test("a value that two nodes make", async () => {
    const twice = [node("Identity", ["q"], ["masked"]), node("Identity", ["q"], ["masked"]), ...reading];
    await expect(openOnnxFile(await write(next(), modelOf(twice)), {})).rejects.toThrow('two make "masked"');
  });

  test("nodes in another order than they run in", async () => {
    const masked = node("Identity", ["scores"], ["masked"]);
    expect(await attentionOf(await write(next(), modelOf([...reading.toReversed(), masked, scores])))).toEqual(["cross.0"]);
  });

  test("2²⁰ paths from the softmax to its values, and from its scores to their product", async () => {
    const behind = Array.from({ length: 14 }, (_, i) => {
      const input = i === 0 ? "weights" : `w${i}`;
      return node("Mul", [input, input], [i === 13 ? "w" : `w${i + 1}`]);
    });
    const nodes = [
      scores,
      ...many("scores", "masked"),
      reading[0] as NodeProto,
      ...behind,
      node("MatMul", ["w", "v"], ["out"]),
    ];
    expect(await attentionOf(await write(next(), modelOf(nodes)))).toHaveLength(1);
  });

  test("thousands of softmaxes, each near to thousands of nodes", async () => {
    const wide = Array.from({ length: 3000 }, (_, i) => `x${i}`);
    const nodes = [
      ...wide.map((name) => node("Identity", ["scores"], [name])),
      ...Array.from({ length: 3000 }, (_, i) => [
        node("Concat", wide, [`all${i}`], { attribute: [{ name: "axis", type: AttributeProto_AttributeType.INT, i: 2n }] }),
        node("Softmax", [`all${i}`], [`w${i}`]),
      ]).flat(),
    ];
    await expect(openOnnxFile(await write(next(), modelOf(nodes)), {})).rejects.toThrow("expected a graph with less between");
  });

  test("functions that call each other twice, forty deep; and one that calls itself", async () => {
    const functions = Array.from({ length: 40 }, (_, i) => ({
      name: `f${i}`,
      domain: "local",
      input: ["x"],
      output: ["y"],
      opsetImport: [{ domain: "", version: 17n }],
      node:
        i === 0
          ? [node("Identity", ["x"], ["y"])]
          : [node(`f${i - 1}`, ["x"], ["z"], { domain: "local" }), node(`f${i - 1}`, ["z"], ["y"], { domain: "local" })],
    }));
    const own = { ...functions[0], name: "own", node: [node("own", ["x"], ["y"], { domain: "local" })] };
    for (const [name, all] of [
      ["f39", functions],
      ["own", [own]],
    ] as const) {
      const nodes = [scores, node(name, ["scores"], ["masked"], { domain: "local" }), ...reading];
      const model = modelOf(nodes, {
        functions: [...all],
        opsetImport: [
          { domain: "", version: 17n },
          { domain: "local", version: 1n },
        ],
      });
      await expect(openOnnxFile(await write(next(), model), {})).rejects.toThrow(/of at most 500000 nodes|calls itself/);
    }
  });
});

describe("functions of the model", () => {
  test("attention in a function in a function is found, under names of its own for each call", async () => {
    const [softmax, product] = reading as [NodeProto, NodeProto];
    const opsetImport = [{ domain: "", version: 17n }];
    const model = modelOf([calls("outer", "once"), calls("outer", "twice"), node("Add", ["once", "twice"], ["out"])], {
      opsetImport: [...opsetImport, { domain: "local", version: 1n }],
      functions: [
        {
          name: "inner",
          domain: "local",
          input: ["q", "k", "v"],
          output: ["out"],
          opsetImport,
          node: [scores, node("Identity", ["scores"], ["masked"]), softmax, product],
        },
        {
          name: "outer",
          domain: "local",
          input: ["q", "k", "v"],
          output: ["made"],
          opsetImport: [...opsetImport, { domain: "local", version: 1n }],
          node: [calls("inner", "made")],
        },
      ],
    });
    expect(await attentionOf(await write(next(), model))).toEqual(["cross.0", "cross.1"]);
  });
});

test("bytes that were changed or cut off: opened, or refused in words", async () => {
  const golden = join(import.meta.dirname, "../../golden/onnx-models");
  const seeds = await Promise.all(
    ["fused-grouped", "opset23-flat", "bert-in-branch", "bert-optimised-fp16"].map((name) =>
      readFile(join(golden, `${name}.onnx`)),
    ),
  );
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 });
  const path = join(folder, "changed.onnx");
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...seeds), changes, fc.option(fc.nat(), { freq: 4 }), async (seed, at, cut) => {
      const bytes = Uint8Array.from(seed);
      for (const [place, byte] of at) bytes[place % bytes.length] = byte;
      await writeFile(path, cut === null ? bytes : bytes.subarray(0, cut % bytes.length));
      try {
        await (await openOnnxFile(path, { threads: 1 })).close();
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
        expect((error as Error).message).toMatch(/^openOnnx: /);
      }
    }),
    { numRuns: 150 },
  );
});
