/** Weights that are too many for a notebook: the file beside it, and what the note says of it. */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { attention } from "../../src/attention/index.js";
import { makeNote, noteMimeType, parseNote, readMatrix, type ExternalArray, type Note } from "../../src/note/index.js";
import { sidecarName } from "../../src/notebook/sidecar.js";
import { displayOf, show } from "../../src/notebook/index.js";
import { openSafetensors } from "../../src/storage/index.js";
import { readAttention } from "../../src/pretrained/index.js";
import { inCell, type Displayed } from "./recorded-host.js";

let temporary: string;
let folder: string;
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), "heed-beside-"));
  folder = join(temporary, "课 1");
  mkdirSync(folder);
  vi.stubEnv("JPY_SESSION_NAME", join(folder, "看 attention.ipynb"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(temporary, { recursive: true, force: true });
});

/** [H, Q, K], rows that sum to 1; the largest weight of all is at [1, 2, 3]. */
function weightsOf(heads: number, rows: number, columns: number): { shape: number[]; data: Float32Array } {
  const data = new Float32Array(heads * rows * columns).fill(0.1 / (columns - 1));
  for (let row = 0; row < heads * rows; row++) data[row * columns + (row % columns)] = 0.9;
  return { shape: [heads, rows, columns], data };
}

const noteOf = (shown: Displayed | undefined): Note => parseNote(JSON.parse(JSON.stringify(shown?.bundle[noteMimeType])));
const weights = weightsOf(2, 5, 7);
const onePixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const tokens = Array.from({ length: 7 }, (_, i) => `k${i}`);
const options = { columns: tokens, language: "en" as const };

test("weights over the limit are in a file beside the notebook, and the note says where, with its overview", async () => {
  const shown = await inCell(() => {
    show(weights, { ...options, sidecarThreshold: 90 });
    show(weights, { ...options, sidecarThreshold: 94 });
  });
  expect(readdirSync(folder)).toEqual(["看-attention.cell-1.safetensors"]);
  const [outside, inside] = shown.map((one) => noteOf(one).weights);
  expect(inside?.encoding).toBe("f32");
  const array = outside as ExternalArray;
  expect(array).toMatchObject({ encoding: "external", shape: [2, 5, 7], file: "看-attention.cell-1.safetensors" });
  expect(array.pyramid).toBeUndefined();
  expect(readMatrix(array, 1).values[0]).toBeCloseTo(0.1 / 6, 2);

  const bytes = readFileSync(join(folder, array.file));
  const header = bytes.subarray(0, 8 + Number(bytes.readBigUInt64LE(0)));
  expect(array.headerHash).toBe(createHash("sha256").update(header).digest("hex"));
  const file = await openSafetensors(join(folder, array.file));
  const matrix = bytes.subarray(header.length, header.length + 5 * 7 * 2);
  const hash = createHash("sha256").update(matrix).digest().subarray(0, 16);
  expect(Buffer.from(array.matrixHashes ?? "", "base64").subarray(0, 16)).toEqual(hash);
  expect(Buffer.from(array.matrixHashes ?? "", "base64")).toHaveLength(2 * 16);
  expect(file.metadata).toMatchObject({
    heed: "weights of a note",
    sha256: createHash("sha256").update(bytes.subarray(header.length)).digest("hex"),
    cell: "cell",
    notebook: "看 attention",
  });
  const { data } = await file.read(array.tensor);
  const largest = Math.max(...data.map((value, i) => Math.abs(value - (weights.data[i] ?? 0))));
  expect(largest).toBe(array.maxError);
  // half precision: 11 bits
  expect(largest).toBeLessThan(0.9 / 2048);
});

test("the names of before still set the threshold: the option, and the variable of the environment", async () => {
  const files = readdirSync(folder);
  const [byOption] = await inCell(() => show(weights, { ...options, besideOver: 90 }));
  vi.stubEnv("HEED_BESIDE_OVER", "90");
  const [byVariable] = await inCell(() => show(weights, options));
  expect(files).toEqual([]);
  expect([byOption, byVariable].map((shown) => noteOf(shown).weights.encoding)).toEqual(["external", "external"]);
});

const showThrice = (): Promise<readonly Displayed[]> =>
  inCell(() => {
    show(weights, { ...options, sidecarThreshold: 0 });
    show(weights, { ...options, sidecarThreshold: 0, id: "training" });
    show(weightsOf(3, 5, 7), { ...options, sidecarThreshold: 0, id: "training" });
  });

test("running a cell again replaces its file; pictures of one cell have files of their own", async () => {
  const first = await showThrice();
  const second = await showThrice();
  expect(readdirSync(folder)).toEqual(["看-attention.cell-1.safetensors", "看-attention.cell-2.safetensors"]);
  expect(second.map(noteOf).map(({ weights: array }) => array)).toEqual(first.map(noteOf).map(({ weights: array }) => array));
  expect(noteOf(second[2]).weights.shape).toEqual([3, 5, 7]);
});

test("the limit comes from the environment where none is given, also for a value that ends a cell", async () => {
  vi.stubEnv("HEED_SIDECAR_THRESHOLD", "20");
  const keys = [
    [1, 0],
    [0, 1],
    [1, 1],
    [2, 0],
  ].slice(0, 3);
  const result = await attention({ query: keys, keys, values: keys });
  const shown: object[] = [];
  await inCell(() => shown.push(displayOf(result), displayOf({ toNote: () => makeNote({ weights: [[1]] }) })));
  expect(shown.map((bundle) => (bundle as Record<string, Note>)[noteMimeType]?.weights.encoding)).toEqual(["f32", "f32"]);
  vi.stubEnv("HEED_SIDECAR_THRESHOLD", "11");
  await inCell(() => shown.push(displayOf(result)));
  expect((shown[2] as Record<string, Note>)[noteMimeType]?.weights.encoding).toBe("external");
});

test("a large matrix brings finer overviews, and a single high weight is in all of them", async () => {
  const [rows, columns] = [1031, 1033];
  const data = new Float32Array(rows * columns).fill(0.1 / (columns - 1));
  for (let row = 0; row < rows; row++) data[row * columns] = 0.9;
  data.fill(1 / columns, 700 * columns, 701 * columns);
  data.fill(0.1 / (columns - 1), 701 * columns, 702 * columns);
  data[701 * columns] = 0.1 / (columns - 1);
  data[701 * columns + 917] = 0.9;
  const [shown] = await inCell(() => show({ shape: [1, rows, columns], data }, { language: "en", sidecarThreshold: 1e6 }));
  const array = noteOf(shown).weights as ExternalArray;
  // a block of 4 leaves 258 × 259 blocks, few enough to be in the note itself
  expect(array.overview.block).toEqual([4, 4]);
  expect(array.pyramid).toBeUndefined();
  const overview = readMatrix(array, 0);
  expect(overview.values[Math.floor(701 / 4) * overview.columns + Math.floor(917 / 4)]).toBeCloseTo(0.9, 2);

  const heads = 7;
  const many = new Float32Array(heads * rows * columns);
  for (let head = 0; head < heads; head++) many.set(data, head * rows * columns);
  const [again] = await inCell(
    () => show({ shape: [heads, rows, columns], data: many }, { language: "en" }),
    undefined,
    "more",
  );
  const deeper = noteOf(again).weights as ExternalArray;
  expect(deeper.overview.block).toEqual([8, 8]);
  expect(deeper.pyramid).toEqual([{ block: [4, 4], max: "max/4", mean: "mean/4" }]);
  const file = await openSafetensors(join(folder, deeper.file));
  const { shape, data: max } = await file.read("max/4");
  expect(shape).toEqual([heads, 258, 259]);
  const at = (6 * 258 + Math.floor(701 / 4)) * 259 + Math.floor(917 / 4);
  expect(max[at]).toBeCloseTo(0.9, 3);
  expect((await file.read("mean/4")).data[at]).toBeCloseTo((0.9 + 3 * (0.1 / 1032) + 8 * (0.1 / 1032) + 4 / 1033) / 16, 3);
});

test("the file stands on its own: its tokens are in it", async () => {
  const square = weightsOf(2, 5, 5);
  const columns = ["<s>", "我", "are", "<b>", "</s>"];
  await inCell(() => show({ ...square, shape: [1, 2, 5, 5] }, { rows: columns, columns, sidecarThreshold: 0 }));
  const look = await readAttention(join(folder, "看-attention.cell-1.safetensors"));
  expect(look.weights.shape).toEqual([1, 2, 5, 5]);
  expect(look.tokens.tokens).toEqual(columns);
});

test("weights over a picture stay inside: an overview of its parts could not be drawn over it", async () => {
  const image = { mediaType: "image/png", data: onePixel, width: 1, height: 1, grid: [1, 7] } as const;
  const [shown] = await inCell(() => show(weights, { ...options, kind: "image", image, sidecarThreshold: 0 }));
  expect(noteOf(shown).weights.encoding).toBe("f32");
  expect(readdirSync(folder)).toEqual([]);
});

test("where no file can be written the weights stay inside, and it is said", async () => {
  vi.stubEnv("JPY_SESSION_NAME", join(folder, "gone", "a.ipynb"));
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const here = process.cwd();
  const locked = join(folder, "locked");
  mkdirSync(locked);
  process.chdir(locked);
  rmSync(locked, { recursive: true, force: true });
  try {
    const [shown] = await inCell(() => show(weights, { ...options, sidecarThreshold: 0 }));
    expect(noteOf(shown).weights.encoding).toBe("f32");
    expect(warn).toHaveBeenCalledWith(expect.stringContaining("stay inside"));
  } finally {
    process.chdir(here);
    warn.mockRestore();
  }
});

test.each([
  ["../../etc/passwd", "../x", "etc-passwd.x-1.safetensors"],
  ["..", "..", "attention.0123456789abcdef.safetensors"],
  ["C:\\nb?.x", "a/b", "C-nb-x.a-b-1.safetensors"],
  [undefined, undefined, "attention.0123456789abcdef.safetensors"],
  ["Untitled", "36c8d8a1-5b1e-4f9a-8f9f-6a8d58a3f3aa", "Untitled.36c8d8a1-1.safetensors"],
  ["中".repeat(200), "c".repeat(64), `${"中".repeat(40)}.${"c".repeat(64)}-1.safetensors`],
])("the file of notebook %j and cell %j is %s", (notebook, cell, expected) => {
  const name = sidecarName({ notebook, cell }, 1, "0123456789abcdef0123");
  expect(name).toBe(expected);
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
});
