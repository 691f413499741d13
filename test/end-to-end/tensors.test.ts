/** Files of tensors as other programs write them, opened by double click; and a file of weights whose numbers changed. */
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describeExternal, encodeHeader, makeNote, writeDocument, type SafetensorsDType } from "heed/note";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { figuresIn, openBrowser, openPage, readFigures, type Visit } from "../support/browser.js";
import { startLab, type Lab } from "../support/lab.js";

const [H, T] = [3, 5];
const tokens = ["<s>", "Tom", " ran", "\n", "</s>"];

/** Causal weights by a rule that the page's numbers are compared with. */
function weightAt(l: number, h: number, q: number, k: number): number {
  const raw = (key: number): number => (key > q ? 0 : 1 + ((l * 7 + h * 5 + q * 3 + key * 2) % 11));
  let sum = 0;
  for (let key = 0; key < T; key++) sum += raw(key);
  return raw(k) / sum;
}

type Part = readonly [name: string, shape: readonly number[], numbers: ArrayLike<number>];

function fileOf(
  parts: readonly Part[],
  metadata: Readonly<Record<string, string>> = {},
  dtype: SafetensorsDType = "F32",
): Buffer {
  const header = encodeHeader(
    parts.map(([name, shape]) => ({ name, shape, dtype })),
    metadata,
  );
  const data = parts.map(([, , numbers]) => {
    const array = dtype === "U8" ? Uint8Array.from(numbers) : Float32Array.from(numbers);
    return new Uint8Array(array.buffer);
  });
  return Buffer.concat([header, ...data]);
}

const numbersOf = (size: number, at: (i: number) => number): number[] => Array.from({ length: size }, (_, i) => at(i));
const headsOf = (l: number): number[] =>
  numbersOf(H * T * T, (i) => weightAt(l, Math.floor(i / (T * T)), Math.floor(i / T) % T, i % T));

const perLayer = fileOf(
  [0, 1].map((l): Part => [`attentions.${l}`, [1, H, T, T], headsOf(l)]),
  { tokens: JSON.stringify(tokens) },
);
const headsLast = fileOf(
  [["attention", [T, T, H], numbersOf(T * T * H, (i) => weightAt(0, i % H, Math.floor(i / (T * H)), Math.floor(i / H) % T))]],
  { tokens: JSON.stringify(["one", "two"]) },
);
const bytes = fileOf([["weights", [H, T, T], numbersOf(H * T * T, (i) => i % 256)]], {}, "U8");

/** Weights that a note keeps in a file, and that can be written anew under the same header. */
const [side, block] = [600, 2];
const many = Float32Array.from({ length: side * side }, (_, i) => (1 + ((i * 7) % 13)) / (7 * side));
const beside = fileOf([["weights", [side, side], many]]);
const note = {
  ...makeNote({ weights: [[1]], normalised: false, title: "beside" }),
  axes: {
    rows: { name: "query", tokens: Array.from({ length: side }, (_, i) => `q${i}`) },
    columns: { name: "key", tokens: Array.from({ length: side }, (_, i) => `k${i}`) },
  },
  weights: describeExternal(
    { shape: [side, side], data: many },
    { file: "beside.safetensors", tensor: "weights", maxError: 0 },
  ),
};

let lab: Lab;
let browser: Browser;
beforeAll(async () => {
  [lab, browser] = await Promise.all([
    startLab({
      "per-layer.safetensors": perLayer,
      "heads-last.safetensors": headsLast,
      "bytes.safetensors": bytes,
      "beside.safetensors": beside,
      "beside.heed.json": writeDocument([note]),
    }),
    openBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
});

const open = (path: string): Promise<Visit> => openPage(browser, lab, path, { alone: true });
const choices = (page: Page): Promise<string[]> =>
  page.locator(".jp-HeedTensors-select").evaluateAll((selects) => selects.map((select) => (select as HTMLSelectElement).value));
const remarks = (page: Page): Promise<string[]> => page.locator(".jp-HeedTensors-remark").allTextContents();

test("one tensor a layer is one note of all layers, masked and special as it is, and called as the file", async () => {
  const visit = await open("per-layer.safetensors");
  const { page } = visit;
  const [figure] = await readFigures(page);
  expect(await choices(page)).toEqual(["attentions.0…1", "layers", "heads", "queries", "keys"]);
  expect(figure?.title).toBe("per-layer");
  expect(figure?.columns).toEqual(["<s>", "Tom", "␣ran", "⏎", "</s>"]);
  expect(figure?.values[2]).toEqual([...[0, 1, 2].map((k) => Math.fround(weightAt(0, 0, 2, k))), Number.NaN, Number.NaN]);
  expect(await remarks(page)).toEqual(["Cells that are 0 in every head are taken for masked."]);
  await page.getByRole("button", { name: "Hide special tokens" }).click();
  await expect.poll(async () => (await readFigures(page))[0]?.columns).toEqual(["Tom", "␣ran", "⏎"]);
  await page.getByRole("radio", { name: "All layers" }).click();
  await page.locator(".jp-HeedHeads-tile, .jp-HeedHead").first().waitFor();
  expect(visit.errors).toEqual([]);
  await visit.close();
});

test("where heads come last it is seen, said and can be chosen otherwise; tokens that do not fit are told", async () => {
  const visit = await open("heads-last.safetensors");
  const { page } = visit;
  const [figure] = await readFigures(page);
  expect(await choices(page)).toEqual(["attention", "queries", "keys", "heads"]);
  expect(figure?.values[4]).toEqual(Array.from({ length: T }, (_, k) => Math.fround(weightAt(0, 0, 4, k))));
  expect(await remarks(page)).toEqual([
    "The file names 2 tokens, but this axis has 5 places: its places are numbered instead.",
    "Queries and keys are not the last two axes here, as far as the numbers tell. Is that right? Choose above.",
    "Cells that are 0 in every head are taken for masked.",
  ]);
  await page.locator(".jp-HeedTensors-select").nth(1).selectOption("keys");
  await expect.poll(() => choices(page)).toEqual(["attention", "keys", "queries", "heads"]);
  await expect.poll(async () => (await readFigures(page))[0]?.values[0]?.[4]).toBeCloseTo(weightAt(0, 0, 4, 0), 6);
  expect(visit.errors).toEqual([]);
  await visit.close();
});

test("a type that is none of weights is named", async () => {
  const visit = await open("bytes.safetensors");
  await expect
    .poll(() => visit.page.locator(".jp-HeedTensors-status").textContent())
    .toBe("No tensor of this file can be attention. weights is of type U8; weights are F16, BF16, F32 or F64.");
  await visit.close();
});

test("numbers that changed under an unchanged header are not drawn as those of the note", async () => {
  expect(note.weights.overview.block).toEqual([block, block]);
  const path = join(lab.folder, "beside.safetensors");
  const before = await open("beside.heed.json");
  await expect.poll(() => figuresIn(before.page).locator(".jp-HeedMap").getAttribute("data-heed-block")).toBe("1×1");
  await before.close();

  const file = openSync(path, "r+");
  const [at] = [readFileSync(path).length - many.byteLength + 4 * (side * 300 + 17)];
  writeSync(file, new Uint8Array(Float32Array.of(0.5).buffer), 0, 4, at);
  closeSync(file);
  const after = await open("beside.heed.json");
  const figure = figuresIn(after.page);
  await expect.poll(() => figure.locator(".jp-HeedFigure-side").textContent()).toMatch(/has changed since.*Only the overview/);
  expect(await figure.locator(".jp-HeedMap").getAttribute("data-heed-block")).toBe("2×2");
  await after.close();
});
