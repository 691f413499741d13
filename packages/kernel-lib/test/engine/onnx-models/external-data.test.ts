/** Numbers that lie in other files: found in the model's folder, wherever the tensor stands in the graph, and nowhere else. */
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { platform, tmpdir } from "node:os";
import { join } from "node:path";
import {
  AttributeProto_AttributeType,
  TensorProto_DataLocation,
  TensorProto_DataType,
  type ModelProto,
  type NodeProto,
} from "onnx-buf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openOnnxFile } from "../../../src/engine/onnx-models/index.js";
import { attentionOf, modelOf, node, reading, scores, value, write } from "./made-models.js";

const { FLOAT } = TensorProto_DataType;
const { GRAPH, TENSOR } = AttributeProto_AttributeType;

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

/** `masked` = scores + a constant [1, 2, 2] that lies in a file. */
const external = (location: string, more: { key: string; value: string }[] = []) => ({
  name: "bias",
  dims: [1n, 2n, 2n],
  dataType: FLOAT,
  dataLocation: TensorProto_DataLocation.EXTERNAL,
  externalData: [{ key: "location", value: location }, ...more],
});

const constant = (tensor: ReturnType<typeof external>): NodeProto =>
  node("Constant", [], ["bias"], { attribute: [{ name: "value", type: TENSOR, t: tensor }] });
const branch = (tensor: ReturnType<typeof external>): NodeProto => {
  const body = {
    name: "b",
    initializer: [tensor],
    node: [node("Identity", ["bias"], ["got"])],
    output: [value("got", 1, 2, 2)],
  };
  const graphs = ["then_branch", "else_branch"].map((name) => ({ name, type: GRAPH, g: body }));
  return node("If", ["yes"], ["chosen"], { attribute: graphs });
};
describe("numbers in files", () => {
  const add = node("Add", ["scores", "bias"], ["masked"]);
  const yes = { name: "yes", dims: [], dataType: TensorProto_DataType.BOOL, int32Data: [1] };

  /** The three places in which a tensor can stand. */
  const places: Readonly<Record<string, (tensor: ReturnType<typeof external>) => ModelProto>> = {
    "an initialiser": (tensor) => modelOf([scores, add, ...reading], { graph: { initializer: [tensor] } }),
    "a constant": (tensor) => modelOf([constant(tensor), scores, add, ...reading]),
    "a branch": (tensor) =>
      modelOf([branch(tensor), scores, node("Add", ["scores", "chosen"], ["masked"]), ...reading], {
        graph: { initializer: [yes] },
      }),
  };
  const numbers = Float32Array.of(0, -50, -50, 0);
  const feeds = {
    q: { shape: [1, 2, 4], dtype: "float32" as const, data: new Float32Array(8) },
    k: { shape: [1, 4, 2], dtype: "float32" as const, data: new Float32Array(8) },
    v: { shape: [1, 2, 4], dtype: "float32" as const, data: new Float32Array(8) },
  };

  beforeAll(async () => {
    await writeFile(join(folder, "bias.bin"), new Uint8Array(numbers.buffer));
    await writeFile(join(root, "secret.bin"), new Uint8Array(numbers.buffer));
  });

  describe.each(Object.keys(places))("%s", (place) => {
    const make = places[place] as (tensor: ReturnType<typeof external>) => ModelProto;

    test("in the folder of the model", async () => {
      const model = await openOnnxFile(await write(next(), make(external("bias.bin"))), { threads: 1 });
      const name = model.attention[0]?.outputs.weights ?? "";
      const { [name]: weights } = await model.run(feeds, [name]);
      expect(Array.from(weights?.data ?? [], Math.round)).toEqual([1, 0, 0, 1]);
      await model.close();
    });

    test.each(["../secret.bin", "a/../../secret.bin", "./../secret.bin", "*/_ORT_MEM_ADDR_/*", "", "none.bin", "."])(
      "%j is refused",
      async (location) => {
        await expect(openOnnxFile(await write(next(), make(external(location))), {})).rejects.toThrow(
          /expected weights beside the model|no such file|a file without a name|a file of weights/,
        );
      },
    );

    test("an absolute path is refused, and a file of the working directory is not looked for", async () => {
      await expect(openOnnxFile(await write(next(), make(external(join(root, "secret.bin")))), {})).rejects.toThrow(
        "beside the model",
      );
      await expect(openOnnxFile(await write(next(), make(external("package.json"))), {})).rejects.toThrow("no such file");
    });

    test("a link out of the folder is refused, one within it is not", async () => {
      await rm(join(folder, "link.bin"), { force: true });
      await symlink(join(root, "secret.bin"), join(folder, "link.bin"));
      await expect(openOnnxFile(await write(next(), make(external("link.bin"))), {})).rejects.toThrow(
        "a link that leads elsewhere",
      );
      await rm(join(folder, "link.bin"));
      await symlink("bias.bin", join(folder, "link.bin"));
      expect(await attentionOf(await write(next(), make(external("link.bin"))))).toHaveLength(1);
    });

    test("a cache in which the model and its numbers are links to one folder is opened", async () => {
      const [blobs, snapshot] = [join(root, `blobs-${files}`), join(root, `snapshot-${files}`)];
      await mkdir(blobs);
      await mkdir(snapshot);
      await write(join(blobs, "a"), make(external("numbers.bin")));
      await writeFile(join(blobs, "b"), new Uint8Array(numbers.buffer));
      await symlink(join(blobs, "a"), join(snapshot, "model.onnx"));
      await symlink(join(blobs, "b"), join(snapshot, "numbers.bin"));
      files++;
      expect(await attentionOf(join(snapshot, "model.onnx"))).toHaveLength(1);
    });

    test.skipIf(platform() === "win32")("what never ends is refused", async () => {
      await rm(join(folder, "pipe.bin"), { force: true });
      execFileSync("mkfifo", [join(folder, "pipe.bin")]);
      await expect(openOnnxFile(await write(next(), make(external("pipe.bin"))), {})).rejects.toThrow(
        "expected a file of weights",
      );
    });

    test.each([
      [[{ key: "location", value: "../secret.bin" }], /names its location 2 times|beside the model/],
      [[{ key: "offset", value: "-4" }], /expected a number of bytes as the offset/],
      [[{ key: "length", value: "1e9" }], /expected a number of bytes as the length/],
    ])("%j is refused", async (entries, message) => {
      await expect(openOnnxFile(await write(next(), make(external("bias.bin", entries))), {})).rejects.toThrow(message);
    });

    test("more bytes than the file has are refused", async () => {
      const entries = [{ key: "length", value: "999999999999" }];
      await expect(openOnnxFile(await write(next(), make(external("bias.bin", entries))), {})).rejects.toThrow(/openOnnx: /);
      const sizes = { ...external("bias.bin"), dims: [1n, 2n, 200_000_000_000n] };
      await expect(openOnnxFile(await write(next(), make(sizes)), {})).rejects.toThrow(/openOnnx: /);
    });
  });
});
