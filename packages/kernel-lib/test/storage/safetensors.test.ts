import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tensor, type Tensor } from "../../src/index.js";
import { encodeSafetensors, openSafetensors, readSafetensors, writeSafetensors } from "../../src/entries/pretrained.js";

interface Golden {
  readonly everyType: string;
  readonly values: Record<string, { shape: number[]; values: string[] }>;
  readonly tensors: Record<string, { dtype: string; values: number[] | number[][] | boolean[] }>;
  readonly written: Record<"F32" | "F16" | "BF16", string>;
}
const golden = JSON.parse(readFileSync(new URL("../golden/safetensors_files.json", import.meta.url), "utf8")) as Golden;
const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, "base64"));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "safetensors-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("files of the reference implementation", () => {
  const everyType = openSafetensors(bytesOf(golden.everyType));

  test.each(Object.entries(golden.values).filter(([name]) => name !== "I64 large"))(
    "%s is read as PyTorch reads it",
    async (name, expected) => {
      const file = await everyType;
      const { shape, data } = await file.read(name);
      expect(file.shape(name)).toEqual(expected.shape);
      expect(shape).toEqual(name === "C64" ? [...expected.shape, 2] : expected.shape);
      const wanted = Float64Array.from(expected.values, (value) => Number(value.replace("inf", "Infinity")));
      expect(Float64Array.from(data)).toEqual(
        data instanceof Float32Array ? Float64Array.from(Float32Array.from(wanted)) : wanted,
      );
    },
  );

  test("the types in the file are told", async () => {
    const file = await everyType;
    expect(["F16", "BOOL", "scalar"].map((name) => file.dtype(name))).toEqual(["F16", "BOOL", "F32"]);
  });

  test("a 64-bit integer that does not fit is refused, and its bytes can be had", async () => {
    const file = await everyType;
    await expect(file.read("I64 large")).rejects.toThrow(
      new RangeError(
        "safetensors: expected I64 large to fit into 32 bits; got 1099511627776 at [0]. Take its bytes with readBytes",
      ),
    );
    const bytes = await file.readBytes("I64 large");
    expect(new BigInt64Array(bytes.buffer)).toEqual(BigInt64Array.of(2n ** 40n));
  });

  test.each(["F32", "F16", "BF16"] as const)("written with floats as %s, byte for byte the same", (floats) => {
    const tensors = Object.fromEntries(
      Object.entries(golden.tensors).map(([name, { dtype, values }]): [string, Tensor] => {
        if (dtype === "int32") return [name, tensor(Int32Array.from(values as number[]))];
        if (dtype === "uint32") return [name, tensor(Uint32Array.from(values as number[]))];
        return [name, tensor(values)];
      }),
    );
    const metadata: Record<string, string> = floats === "BF16" ? {} : { format: "pt" };
    const bytes = encodeSafetensors(tensors, metadata, { floats });
    expect(Buffer.from(bytes).toString("latin1")).toBe(Buffer.from(bytesOf(golden.written[floats])).toString("latin1"));
  });
});

describe("files on disk", () => {
  test("only what is asked for is read", async () => {
    const path = join(folder, "two.safetensors");
    await writeSafetensors(path, { a: [1, 2, 3], b: [[4], [5]] }, { made: "here" });
    expect(await readSafetensors(path, ["b"])).toEqual({ b: tensor([[4], [5]]) });
    const file = await openSafetensors(path);
    expect([file.names, file.metadata, file.has("c")]).toEqual([["a", "b"], { made: "here" }, false]);
    await expect(file.read("c")).rejects.toThrow(new RangeError('safetensors: there is no tensor "c"; it has 2 tensors'));
    expect((await readdir(folder)).filter((name) => name.includes("partial"))).toEqual([]);
  });

  test("a file that changes after it was opened is noticed", async () => {
    const path = join(folder, "changing.safetensors");
    await writeSafetensors(path, { a: [1, 2, 3] });
    const file = await openSafetensors(path);
    await writeSafetensors(path, { a: [1, 2, 3, 4, 5] });
    await expect(file.read("a")).rejects.toThrow(/has changed since it was opened; open it again$/u);
  });

  test("shards are found by their index, by the path of the index or of the folder", async () => {
    await writeSafetensors(join(folder, "model-1.safetensors"), { a: [1] });
    await writeSafetensors(join(folder, "model-2.safetensors"), { b: [2] });
    const index = join(folder, "model.safetensors.index.json");
    await writeFile(index, JSON.stringify({ weight_map: { a: "model-1.safetensors", b: "model-2.safetensors" } }));
    expect(await readSafetensors(index)).toEqual({ a: tensor([1]), b: tensor([2]) });
    expect(await readSafetensors(folder)).toEqual({ a: tensor([1]), b: tensor([2]) });
  });

  test.each([
    [
      { a: "../elsewhere.safetensors" },
      /expected a \.safetensors file in the same folder; got "\.\.\/elsewhere\.safetensors"$/u,
    ],
    [{ a: "/etc/passwd" }, /expected a \.safetensors file in the same folder/u],
    [{ a: 7 }, /expected a \.safetensors file in the same folder; got 7$/u],
    [{ a: "gone.safetensors" }, /the shard gone\.safetensors is missing$/u],
    [{ z: "model-1.safetensors" }, /the shard model-1\.safetensors has no tensor "z"$/u],
  ])("a bad index is refused: %j", async (map, message) => {
    const index = join(folder, "bad.safetensors.index.json");
    await writeFile(index, JSON.stringify({ weight_map: map }));
    await expect(openSafetensors(index)).rejects.toThrow(message);
  });

  test("no file, or an empty folder", async () => {
    await expect(openSafetensors(join(folder, "none.safetensors"))).rejects.toThrow(/ENOENT/u);
    const empty = await mkdtemp(join(folder, "empty-"));
    await expect(openSafetensors(empty)).rejects.toThrow(
      /expected model\.safetensors or model\.safetensors\.index\.json in .*; got neither$/u,
    );
  });

  test("what cannot be stored is refused", async () => {
    expect(() => encodeSafetensors({ a: [1e6] }, {}, { floats: "F16" })).toThrow(
      new RangeError("writeSafetensors: expected a within ±65504 for F16; got 1000000 at [0]. BF16 has the range of float32"),
    );
    expect(() => encodeSafetensors({ __metadata__: [1] })).toThrow(RangeError);
    expect(() => encodeSafetensors({ "\ud800": [1] })).toThrow(/lone surrogates/u);
    const path = join(folder, "half.safetensors");
    await expect(writeSafetensors(path, { b: [1], a: [1e6] }, {}, { floats: "F16" })).rejects.toThrow(RangeError);
    expect((await readdir(folder)).filter((name) => name.startsWith("half"))).toEqual([]);
  });
});

/** A file with the given header and so many bytes of data. */
function forge(header: string, dataBytes: number, headerLength?: bigint): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, headerLength ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}
/** How many bytes the tensors of a file have. */
async function readEverything(bytes: Uint8Array): Promise<number> {
  const file = await openSafetensors(bytes);
  let total = 0;
  for (const name of file.names) total += (await file.readBytes(name)).length;
  return total;
}
const entry = (dtype: unknown, shape: unknown, offsets: unknown): string =>
  JSON.stringify({ dtype, shape, data_offsets: offsets });

describe("hostile headers are refused before anything is allocated", () => {
  test.each([
    ["nothing", new Uint8Array(0), "expected at least 8 bytes; got 0"],
    [
      "a header longer than the file",
      forge("{}", 0, 99n),
      "the header says it has 99 bytes; the file has 10. Is it truncated?",
    ],
    [
      "a header of 2⁶³ bytes",
      forge("{}", 0, 2n ** 63n),
      "expected a header of at most 100000000 bytes; it says 9223372036854775808. Is this a safetensors file?",
    ],
    ["no object", forge("[]", 0), 'expected the header to begin with {; got "["'],
    ["a space before the object", forge(" {}", 0), 'expected the header to begin with {; got " "'],
    ["bytes that are not UTF-8", forge("{}", 0).fill(0xff, 8), "the header is not UTF-8"],
    [
      "an unknown type",
      forge(`{"a":${entry("F128", [1], [0, 16])}}`, 16),
      /^safetensors in memory: "a" has dtype "F128"; known are BOOL, /u,
    ],
    ["a type of Object.prototype", forge(`{"a":${entry("toString", [1], [0, 16])}}`, 16), /has dtype "toString"/u],
    [
      "a tensor of 10 GB",
      forge(`{"a":${entry("F32", [2_500_000_000], [0, 10_000_000_000])}}`, 4),
      '"a": data_offsets [0, 10000000000] leave the file, whose data has 4 bytes',
    ],
    [
      "sizes that overflow",
      forge(`{"a":${entry("F32", [2 ** 40, 2 ** 40], [0, 0])}}`, 0),
      '"a": shape [1099511627776, 1099511627776] is too large for any file',
    ],
    ["a negative size", forge(`{"a":${entry("F32", [-1, -1], [0, 4])}}`, 4), '"a": expected a shape of whole numbers ≥ 0'],
    [
      "a fraction of an element",
      forge(`{"a":${entry("F32", [1.5], [0, 6])}}`, 6),
      '"a": expected a shape of whole numbers ≥ 0',
    ],
    [
      "offsets in the wrong order",
      forge(`{"a":${entry("F32", [1], [4, 0])}}`, 4),
      '"a": data_offsets [4, 0] leave the file, whose data has 4 bytes',
    ],
    ["three offsets", forge(`{"a":${entry("F32", [1], [0, 4, 8])}}`, 8), '"a": expected data_offsets [start, end]'],
    ["too few bytes", forge(`{"a":${entry("F32", [2], [0, 4])}}`, 4), '"a": F32 [2] needs 8 bytes; data_offsets [0, 4] give 4'],
    [
      "an overlap",
      forge(`{"a":${entry("U8", [4], [0, 4])},"b":${entry("U8", [4], [2, 6])}}`, 6),
      '"b" overlaps the tensor before it',
    ],
    ["a gap", forge(`{"a":${entry("U8", [4], [4, 8])}}`, 8), '4 bytes before "a" belong to no tensor'],
    ["bytes at the end", forge(`{"a":${entry("U8", [4], [0, 4])}}`, 9), "5 bytes at the end belong to no tensor"],
    [
      "a name twice",
      forge(`{"a":${entry("U8", [4], [0, 4])},"\\u0061" :${entry("U8", [4], [0, 4])}}`, 4),
      '"a" is there twice',
    ],
    [
      "a name twice, far from its colon",
      forge(
        `{"a"${" \n\t\r".repeat(50)}:${entry("U8", [4], [0, 4])},"b":${entry("U8", [4], [4, 8])},"a"${" ".repeat(200)}:${entry("U8", [4], [4, 8])}}`,
        8,
      ),
      '"a" is there twice',
    ],
    [
      "a member twice",
      forge('{"a":{"dtype":"U8","dtype":"I8","shape":[4],"data_offsets":[0,4]}}', 4),
      '"dtype" is there twice',
    ],
    ["metadata that is no text", forge('{"__metadata__":{"a":1}}', 0), 'expected __metadata__ "a" to be text; got number'],
    ["metadata that is no object", forge('{"__metadata__":[]}', 0), "expected __metadata__ to be an object"],
    ["a tensor that is no object", forge('{"a":null}', 0), 'expected "a" to be an object'],
  ])("%s", async (_, bytes, message) => {
    const expected = typeof message === "string" ? new SyntaxError(`safetensors in memory: ${message}`) : message;
    await expect(openSafetensors(bytes)).rejects.toThrow(expected);
  });

  test("an empty file and names that mean something to JavaScript are fine", async () => {
    expect((await openSafetensors(forge("{}", 0))).names).toEqual([]);
    const bytes = forge(`{"__proto__":${entry("U8", [1], [0, 1])},"constructor":${entry("U8", [], [1, 2])}}  `, 2);
    const tensors = await readSafetensors(bytes);
    expect(Object.keys(tensors)).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(tensors)).toBe(Object.prototype);
  });

  test("whatever bytes change, the answer is a tensor or a SyntaxError", async () => {
    const valid = encodeSafetensors({ a: [[1, 2, 3]], "b é": tensor(Int32Array.of(4, 5)), c: [true, false] }, { made: "here" });
    const change = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(change, fc.option(fc.nat(valid.length)), async (changes, cut) => {
        const bytes = valid.slice(0, cut ?? valid.length);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const outcome = await readEverything(bytes).catch((error: unknown) => error);
        expect(outcome instanceof SyntaxError || typeof outcome === "number").toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

test("whatever a header claims, it is believed only where it tells of every byte once", async () => {
  const sizes = { U8: 1, F16: 2, F32: 4, F64: 8 };
  const claim = fc.record({
    dtype: fc.constantFrom("U8", "F16", "F32", "F64"),
    shape: fc.array(fc.constantFrom(0, 1, 2, 3, 2 ** 31, 2 ** 53), { maxLength: 3 }),
    offsets: fc.tuple(fc.nat(12), fc.nat(12)),
  });
  const some = fc.uniqueArray(claim, { maxLength: 3, selector: ({ offsets }) => offsets.join() });
  const honest = fc
    .array(fc.constantFrom(["U8", 3], ["F16", 2], ["F32", 1]) as fc.Arbitrary<["U8" | "F16" | "F32", number]>, { maxLength: 3 })
    .map((list) => {
      let start = 0;
      return list.map(([dtype, count]) => {
        const offsets: [number, number] = [start, (start += count * sizes[dtype])];
        return { dtype, shape: [count], offsets };
      });
    });
  let believed = 0;
  await fc.assert(
    fc.asyncProperty(fc.oneof(some, honest), fc.nat(12), async (claims, data) => {
      const members = claims.map(({ dtype, shape, offsets }, i) => `"t${i}":${entry(dtype, shape, offsets)}`);
      // The reference: every claim has its bytes, and every byte is claimed once.
      const claimed = new Uint8Array(64);
      const fits = claims.every(({ dtype, shape, offsets: [start, end] }) => {
        for (let byte = start; byte < end; byte++) claimed[byte] = (claimed[byte] ?? 0) + 1;
        return start <= end && end <= data && end - start === shape.reduce((x, y) => x * y, sizes[dtype as keyof typeof sizes]);
      });
      const isTold = claimed.every((times, byte) => times === Number(byte < data));
      const outcome = await openSafetensors(forge(`{${members.join(",")}}`, data)).catch((error: unknown) => error);
      // A tensor without bytes may stand anywhere in the file but not inside another.
      const empty = claims.some(({ offsets: [start, end] }) => start === end);
      if (!fits || !isTold) expect(outcome).toBeInstanceOf(SyntaxError);
      else if (!empty) {
        expect(outcome).toMatchObject({ names: claims.map((_, i) => `t${i}`) });
        believed += 1;
      }
    }),
    { numRuns: 2000 },
  );
  expect(believed).toBeGreaterThan(20);
});

test("any tensors come back as they were", async () => {
  const shape = fc.array(fc.nat(4), { maxLength: 4 });
  const arbitrary = shape.chain((sizes) => {
    const count = sizes.reduce((product, size) => product * size, 1);
    return fc.oneof(
      fc.float32Array({ minLength: count, maxLength: count }).map((data) => tensor(data, sizes)),
      fc.int32Array({ minLength: count, maxLength: count }).map((data) => tensor(data, sizes)),
      fc.uint32Array({ minLength: count, maxLength: count }).map((data) => tensor(data, sizes)),
    );
  });
  const name = fc.string({ unit: "binary" }).filter((text) => text !== "__metadata__");
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(name, arbitrary),
      fc.dictionary(name, fc.string({ unit: "binary" })),
      async (tensors, metadata) => {
        const file = await openSafetensors(encodeSafetensors(tensors, metadata));
        expect({ ...file.metadata }).toEqual({ ...metadata });
        for (const [key, value] of Object.entries(tensors)) expect(await file.read(key)).toEqual(value);
      },
    ),
  );
});
