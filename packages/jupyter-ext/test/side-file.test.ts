/** Weights in a file beside the notebook: read in ranges, checked, and taken as hostile. */
import { createHash } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { describeExternal, encodeHeader, type ExternalArray } from "heed/note";
import { pathBeside } from "../src/files/beside.js";
import { openRange } from "../src/files/range-source.js";
import { SideFile } from "../src/files/side-file.js";
import { SideFileError } from "../src/files/side-file-error.js";
import { loadedHead } from "../src/view/side-weights.js";
import { FileServer } from "./file-server.js";

/** Two heads of 3 × 5, with a high weight at [1, 2, 4]. */
const shape = [2, 3, 5];
const values = Float32Array.from({ length: 30 }, (_, i) => (i === 29 ? 0.9 : i / 256));

function encode(numbers: Float32Array, tensor = "weights"): Uint8Array<ArrayBuffer> {
  const header = encodeHeader([{ name: tensor, dtype: "F32", shape }], { heed: "test" });
  const bytes = new Uint8Array(header.length + numbers.byteLength);
  bytes.set(header);
  bytes.set(new Uint8Array(numbers.buffer), header.length);
  return bytes;
}

const headerHash = (bytes: Uint8Array): string =>
  createHash("sha256")
    .update(bytes.subarray(0, bytes.length - values.byteLength))
    .digest("hex");

const bytes = encode(values);
const array: ExternalArray = describeExternal(
  { shape, data: values },
  { file: "a.safetensors", tensor: "weights", headerHash: headerHash(bytes), maxError: 0 },
);

let server: FileServer;
beforeEach(() => {
  server = new FileServer(bytes);
});
const sideFile = (of = array): SideFile => new SideFile({ ...of }, () => openRange(server.request));
const faultOf = async (reading: Promise<unknown>): Promise<string> => {
  const error = await reading.then(
    () => "nothing was wrong",
    (reason: unknown) => reason,
  );
  return error instanceof SideFileError ? error.fault : String(error);
};

test("one head is read, and no byte of another", async () => {
  // larger than what the first request brings
  const rows = 257;
  const many = new Float32Array(4 * rows * rows).map((_, i) => (i % 100) / 100);
  const header = encodeHeader([{ name: "w", dtype: "F32", shape: [4, rows, rows] }], {});
  server.file = new Uint8Array(header.length + many.byteLength);
  server.file.set(header);
  server.file.set(new Uint8Array(many.buffer), header.length);
  const large = describeExternal({ shape: [4, rows, rows], data: many }, { file: "a.safetensors", tensor: "w", maxError: 0 });
  const side = sideFile(large);
  const { max } = await side.rows(0, 2, 0, rows);
  expect([...max]).toEqual([...many.subarray(2 * rows * rows, 3 * rows * rows)]);
  const start = header.length + 2 * rows * rows * 4;
  expect(server.asked).toEqual(["bytes=0-65535", `bytes=${start}-${start + rows * rows * 4 - 1}`]);
  expect(side.state).toBe("ready");
});

test("a whole head is kept for every view; a file that is wrong is kept by none", async () => {
  const side = sideFile();
  expect(loadedHead(side.array, 1)).toBeUndefined();
  await side.rows(0, 1, 0, 3);
  expect(loadedHead(side.array, 1)?.[14]).toBe(Math.fround(0.9));
  server.status = 404;
  side.retry();
  expect(side.state).toBe("waiting");
  expect(await faultOf(side.rows(0, 0, 0, 3))).toBe("missing");
  expect(side.state).toBe("missing");
  expect(loadedHead(side.array, 1)).toBeUndefined();
});

test.each([
  [404, "missing"],
  [403, "refused"],
  [500, "unreachable"],
  [416, "broken"],
])("an answer of %i makes it %s, and trying again asks again", async (status, fault) => {
  server.status = status;
  const side = sideFile();
  const states: string[] = [];
  side.changed.connect(() => void states.push(side.state));
  expect(await faultOf(side.rows(0, 0, 0, 3))).toBe(fault);
  // no further request until it is tried again
  expect(await faultOf(side.rows(0, 0, 0, 3))).toBe(fault);
  expect(server.asked).toHaveLength(1);
  server.status = 0;
  side.retry();
  expect((await side.rows(0, 0, 0, 3)).max).toHaveLength(15);
  expect(states).toEqual(["opening", fault, "waiting", "opening", "ready"]);
});

test("where ranges are not known the whole file is read, up to a limit", async () => {
  server.ranges = false;
  expect([...(await sideFile().rows(0, 1, 2, 3)).max]).toEqual([...values.subarray(25)]);
  expect(await faultOf(openRange(server.request, bytes.length))).toBe("nothing was wrong");
  expect(await faultOf(openRange(server.request, bytes.length - 1))).toBe("too-large");
});

const encodeWith = (metadata: Record<string, string>): Uint8Array<ArrayBuffer> => {
  const header = encodeHeader([{ name: "weights", dtype: "F32", shape }], metadata);
  const file = new Uint8Array(header.length + values.byteLength);
  file.set(header);
  file.set(new Uint8Array(values.buffer), header.length);
  return file;
};

const ofHeader = (text: string, length = text.length): Uint8Array<ArrayBuffer> => {
  const file = new Uint8Array(8 + text.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
  file.set(new TextEncoder().encode(text), 8);
  return file;
};

describe("a file that is not the one the note was made with", () => {
  test.each<[string, () => void]>([
    ["other numbers", () => (server.file = encodeWith({ heed: "another" }))],
    ["another tensor", () => (server.file = encode(values, "others"))],
    ["another length", () => (server.file = bytes.slice(0, -4))],
  ])("%s", async (_, change) => {
    change();
    expect(["changed", "broken"]).toContain(await faultOf(sideFile().rows(0, 0, 0, 3)));
  });

  test("other numbers under the same header, wherever they are looked at", async () => {
    const numbers = values.slice();
    numbers[22] = 0.25;
    server.file = encode(numbers);
    expect(await faultOf(sideFile().rows(0, 1, 0, 3))).toBe("changed");
    expect(await faultOf(sideFile().rows(0, 1, 1, 2))).toBe("changed");
    // other rows are what they were
    expect(await faultOf(sideFile().rows(0, 1, 2, 3))).toBe("nothing was wrong");
    expect(await faultOf(sideFile().rows(0, 0, 0, 3))).toBe("nothing was wrong");
  });

  test("numbers that changed places within a block, which only a hash tells", async () => {
    const [rows, columns] = [600, 700];
    const many = Float32Array.from({ length: rows * columns }, (_, i) => ((i * 7) % 101) / 101);
    const fileWith = (numbers: Float32Array): Uint8Array<ArrayBuffer> => {
      const header = encodeHeader([{ name: "w", dtype: "F32", shape: [rows, columns] }], {});
      const file = new Uint8Array(header.length + numbers.byteLength);
      file.set(header);
      file.set(new Uint8Array(numbers.buffer), header.length);
      return file;
    };
    const digest = createHash("sha256").update(new Uint8Array(many.buffer)).digest();
    const reference = { file: "a.safetensors", tensor: "w", maxError: 0 };
    const tensor = { shape: [rows, columns], data: many };
    const without = describeExternal(tensor, reference);
    expect(without.overview.block).toEqual([2, 2]);
    const withHash = describeExternal(tensor, { ...reference, matrixHashes: digest.subarray(0, 16).toString("base64") });
    server.file = fileWith(many);
    expect(await faultOf(sideFile(withHash).rows(0, 0, 0, rows))).toBe("nothing was wrong");
    const swapped = many.slice();
    [swapped[0], swapped[1]] = [many[1] ?? 0, many[0] ?? 0];
    server.file = fileWith(swapped);
    expect(await faultOf(sideFile(without).rows(0, 0, 0, rows))).toBe("nothing was wrong");
    expect(await faultOf(sideFile(withHash).rows(0, 0, 0, rows))).toBe("changed");
    // what is read in part is compared with the overview
    const raised = many.slice();
    raised[5 * columns + 3] = 1.5;
    server.file = fileWith(raised);
    expect(await faultOf(sideFile(withHash).rows(0, 0, 5, 6))).toBe("changed");
    expect(await faultOf(sideFile(withHash).rows(0, 0, 6, 9))).toBe("nothing was wrong");
  });

  test("written anew while it is read", async () => {
    const source = await openRange(server.request);
    const large = new FileServer(new Uint8Array(100_000));
    const opened = await openRange(large.request);
    large.lastModified = "Mon, 23 Nov 2026 12:00:01 GMT";
    expect(await faultOf(opened.read(70_000, 70_004))).toBe("changed");
    large.file = new Uint8Array(100_001);
    expect(await faultOf(opened.read(70_000, 70_004))).toBe("changed");
    expect(await source.read(0, 4)).toEqual(bytes.slice(0, 4));
  });
});

describe("hostile files", () => {
  test.each([
    ["empty", new Uint8Array(0)],
    ["too short for a length", new Uint8Array(3)],
    ["a header of 2⁶³ bytes", Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 128)],
    ["a header longer than the file", ofHeader("{}", 100)],
    ["a header that is no JSON", ofHeader('{"weights":')],
    ["a tensor that leaves the file", ofHeader('{"weights":{"dtype":"F32","shape":[2,3,5],"data_offsets":[0,120]}}')],
    ["numbers that no memory holds", ofHeader('{"weights":{"dtype":"F32","shape":[9007199254740991,9],"data_offsets":[0,0]}}')],
    ["no weights in it", ofHeader("{}")],
    ["__proto__ as a tensor", ofHeader('{"__proto__":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}')],
  ])("%s", async (_, file) => {
    server.file = file;
    expect(["changed", "broken"]).toContain(await faultOf(sideFile().rows(0, 0, 0, 3)));
  });

  test.each([Number.NaN, Infinity, -1])("a weight of %f", async (bad) => {
    const numbers = values.slice();
    numbers[3] = bad;
    server.file = encode(numbers);
    const side = sideFile();
    expect(await faultOf(side.rows(0, 0, 0, 3))).toBe("broken");
    expect(side.detail).toContain(String(bad));
  });
});

describe("only a plain name beside the notebook is asked for", () => {
  test.each([
    ["a/b/nb.ipynb", "x.safetensors", "a/b/x.safetensors"],
    ["nb.ipynb", "x y.safetensors", "x y.safetensors"],
    ["RTC:课/nb.ipynb", "看.safetensors", "RTC:课/看.safetensors"],
  ])("%s + %s", (document, name, path) => {
    expect(pathBeside(document, name)).toBe(path);
  });

  test.each([
    "../x.safetensors",
    "..\\x.safetensors",
    "/etc/x.safetensors",
    "a/x.safetensors",
    "https://evil.example/x.safetensors",
    "%2e%2e%2fx.safetensors",
    ".hidden.safetensors",
    "x.safetensors?y",
    "x.ipynb",
    "",
  ])("%j is refused", (name) => {
    expect(() => pathBeside("a/nb.ipynb", name)).toThrow(SideFileError);
  });
});
