/** Weights that are too many for a notebook: written beside it by the kernel, read in ranges, panned; and the files cared for. */
import { closeSync, existsSync, openSync, readdirSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { encodeArray, encodeHeader, noteMimeType, writeDocument, type ExternalArray, type Note } from "heed/note";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { libraryFolder } from "../../scripts/setup/places.mjs";
import { figuresIn, openBrowser, openPage, runCommand, whenIdle } from "../support/browser.js";
import { makeNotebook, startLab, type Lab } from "../support/lab.js";

/** Weights [12, 512, 512] by a rule that the page's numbers are compared with; causal. */
const [H, T] = [12, 512];
const raw = (h: number, q: number, k: number): number => 1 / (1 + ((q * 7 + k * 3 + h * 11) % 61));
function weightAt(h: number, q: number, k: number): number {
  let sum = 0;
  for (let key = 0; key <= q; key++) sum += raw(h, q, key);
  return raw(h, q, k) / sum;
}
const code = `import { show } from "heed";
const [H, T] = [${H}, ${T}];
const data = new Float32Array(H * T * T);
for (let h = 0; h < H; h++) for (let q = 0; q < T; q++) {
  const row = data.subarray((h * T + q) * T, (h * T + q) * T + q + 1);
  let sum = 0;
  for (let k = 0; k <= q; k++) sum += row[k] = 1 / (1 + ((q * 7 + k * 3 + h * 11) % 61));
  for (let k = 0; k <= q; k++) row[k] /= sum;
}
const tokens = Array.from({ length: T }, (_, i) => "词" + i);
const mask = { shape: [T, T], data: Uint8Array.from({ length: T * T }, (_, i) => Number(i % T <= Math.floor(i / T))) };
show({ shape: [H, T, T], data }, { rows: tokens, columns: tokens, mask, title: "12 heads of 512 tokens" });`;

const notebook = "课/长文 1.ipynb";
const sideFile = "长文-1.cell-0-1.safetensors";

let lab: Lab;
let browser: Browser;
beforeAll(async () => {
  const python = readFileSync(join(libraryFolder, "test/golden/python-dump.safetensors"));
  [lab, browser] = await Promise.all([
    startLab({
      [notebook]: makeNotebook([{ code }, { code: 'import { show } from "heed";\nshow([[0.7, 0.3]], { title: "small" });' }]),
      "python-dump.safetensors": python,
      "model.safetensors": python,
    }),
    openBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
});

/** The ranges of files that the page asks for. */
function rangesOf(page: Page): string[] {
  const ranges: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/files/")) ranges.push(request.headers()["range"] ?? "all of it");
  });
  return ranges;
}

const bytesOf = (range: string): number => {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
  return Number(to) + 1 - Number(from);
};

const mapOf = (figure: Locator): Locator => figure.locator(".jp-HeedMap-over");
const blockOf = (figure: Locator): Promise<string | null> => figure.locator(".jp-HeedMap").getAttribute("data-heed-block");

/** What the box says at a place of the map, from 0 to 1 along its rows and columns. */
async function askAt(figure: Locator, down: number, across: number): Promise<string> {
  const cells = figure.locator(".jp-HeedMap-cells");
  await cells.scrollIntoViewIfNeeded();
  const box = await cells.boundingBox();
  if (!box) throw new Error("askAt: the map is not drawn");
  const page = figure.page();
  await page.mouse.move(box.x + 1, box.y + 1);
  await page.mouse.move(box.x + across * box.width, box.y + down * box.height);
  const tooltip = figure.locator(".jp-HeedTooltip:visible");
  await tooltip.waitFor();
  return (await tooltip.locator(":scope > div").allTextContents()).join(" | ");
}

/** Asks for a cell and compares what is said with the rule that made it. */
async function expectRightCell(figure: Locator, head: number, down: number, across: number): Promise<void> {
  const said = await askAt(figure, down, across);
  const [, q = "", k = "", weight = ""] = /\((\d+)\) → 词\d+ \((\d+)\) \| weight ([\d.e-]+)/.exec(said) ?? [];
  expect(weight, said).not.toBe("");
  const right = weightAt(head, Number(q) - 1, Number(k) - 1);
  // half precision, and four digits
  expect(Math.abs(Number(weight) - right), said).toBeLessThan(6e-5 + right / 2048);
}

test("the kernel writes a file beside the notebook, which is read head by head", async () => {
  const visit = await openPage(browser, lab, notebook);
  const { page } = visit;
  const ranges = rangesOf(page);
  await runCommand(page, "notebook:run-all-cells");
  await whenIdle(page);
  await runCommand(page, "docmanager:save");
  const saved = JSON.parse(readFileSync(join(lab.folder, notebook), "utf8")) as {
    cells: { outputs: { data: Record<string, Note> }[] }[];
  };
  const weights = saved.cells[0]?.outputs[0]?.data[noteMimeType]?.weights as ExternalArray;
  expect(weights).toMatchObject({ encoding: "external", file: sideFile, shape: [H, T, T] });
  expect(existsSync(join(lab.folder, "课", sideFile))).toBe(true);
  expect(readFileSync(join(lab.folder, notebook)).length).toBeLessThan(1_000_000);

  const figure = figuresIn(page).first();
  await figure.scrollIntoViewIfNeeded();
  await expect.poll(() => blockOf(figure)).toBe("1×1");
  // the header, then exactly one head of 512 × 512 numbers of two bytes
  expect(ranges.map(bytesOf)).toEqual([65_536, T * T * 2]);
  await expectRightCell(figure, 0, 0.71, 0.33);
  await expectRightCell(figure, 0, 0.98, 0.02);
  expect(await askAt(figure, 0.2, 0.9)).toContain("masked");

  await figure.locator(".jp-HeedPicker-choice").nth(7).click();
  await expect.poll(() => ranges.length).toBe(3);
  expect(bytesOf(ranges[2] ?? "")).toBe(T * T * 2);
  await expect.poll(() => blockOf(figure)).toBe("1×1");
  await expectRightCell(figure, 7, 0.83, 0.41);
  // a head that was read is not read again
  await figure.locator(".jp-HeedPicker-choice").nth(0).click();
  await expectRightCell(figure, 0, 0.5, 0.25);
  expect(ranges).toHaveLength(3);

  // weights alone have nothing that they could be derived from; what was read is saved
  expect(await figure.locator(".jp-HeedTools-button:visible").allTextContents()).toEqual(["Table"]);
  const [download] = await Promise.all([page.waitForEvent("download"), runCommand(page, "heed:save", { format: "csv" })]);
  const lines = readFileSync(await download.path(), "utf8").split("\r\n");
  expect(lines).toHaveLength(T + 1);
  const row = lines[301]?.split(",") ?? [];
  expect([row[0], row[302]]).toEqual(["词300", ""]);
  expect(Math.abs(Number(row[101]) - weightAt(0, 300, 100))).toBeLessThan(1e-5);
  expect(visit.foreignRequests).toEqual([]);
  expect(visit.errors).toEqual([]);
  await visit.close();
});

test("a missing file leaves the overview and says so, until it is back", async () => {
  const path = join(lab.folder, "课", sideFile);
  renameSync(path, `${path}.away`);
  const visit = await openPage(browser, lab, notebook, { kernel: false });
  const figure = figuresIn(visit.page).first();
  await figure.scrollIntoViewIfNeeded();
  const notice = figure.locator(".jp-HeedFigure-side");
  await expect.poll(() => notice.textContent()).toMatch(/is missing.*overview/);
  expect(await blockOf(figure)).toBe("4×4");
  expect(await askAt(figure, 0.7, 0.3)).toMatch(/… .*largest weight .*mean/);

  renameSync(`${path}.away`, path);
  await notice.getByRole("button", { name: "Try again" }).click();
  await expect.poll(() => blockOf(figure)).toBe("1×1");
  expect(await notice.isVisible()).toBe(false);
  await expectRightCell(figure, 0, 0.7, 0.3);

  // other numbers under the same name
  const bytes = readFileSync(path);
  const changed = Buffer.from(bytes);
  changed.write("f".repeat(64), bytes.indexOf('"sha256":"') + 10);
  const file = openSync(path, "r+");
  writeSync(file, changed, 0, 4_096, 0);
  closeSync(file);
  await visit.page.reload();
  await figure.scrollIntoViewIfNeeded();
  await expect.poll(() => notice.textContent()).toMatch(/has changed since/);
  const restored = openSync(path, "r+");
  writeSync(restored, bytes, 0, 4_096, 0);
  closeSync(restored);
  await visit.close();
});

/** A document of 12 heads of 4,096 tokens, all 2⁻¹² but for a cell of 0.9 in each head, and its file of 470 MB. */
function writeHuge(folder: string): { row: number; column: number } {
  const [heads, size] = [12, 4_096];
  const spike = { row: 2_048 + 3, column: 1_024 + 1 };
  const blocks = [1, 4, 8, 16];
  const shapeOf = (block: number): number[] => [heads, size / block, size / block];
  const parts = [
    { name: "weights", dtype: "F16" as const, shape: shapeOf(1) },
    ...blocks
      .slice(1)
      .flatMap((block) =>
        ["max", "mean"].map((name) => ({ name: `${name}/${block}`, dtype: "F16" as const, shape: shapeOf(block) })),
      ),
  ];
  const file = openSync(join(folder, "huge.safetensors"), "w");
  writeSync(file, encodeHeader(parts, { model: "synthetic" }));
  for (const { name, shape } of parts) {
    const side = shape[1] ?? 1;
    const block = size / side;
    // 2⁻¹² and 0.9 in half precision
    const codes = new Uint16Array(side * side).fill(0x0c00);
    if (!name.startsWith("mean")) codes[Math.floor(spike.row / block) * side + Math.floor(spike.column / block)] = 0x3b33;
    for (let head = 0; head < heads; head++) writeSync(file, new Uint8Array(codes.buffer));
  }
  closeSync(file);
  const side = size / 32;
  const max = new Float32Array(heads * side * side).fill(2 ** -12);
  const mean = max.slice();
  // 0.9 as half precision has it
  const largest = 0x733 / 2 ** 11;
  for (let head = 0; head < heads; head++) {
    const at = (head * side + Math.floor(spike.row / 32)) * side + Math.floor(spike.column / 32);
    max[at] = largest;
    mean[at] = (largest + (32 * 32 - 1) * 2 ** -12) / (32 * 32);
  }
  const tokens = Array.from({ length: size }, (_, i) => `token${i}`);
  const shape = [heads, side, side];
  const note: Note = {
    version: 1,
    kind: "attention",
    title: "12 heads of 4,096 tokens",
    axes: {
      rows: { name: "query", tokens },
      columns: { name: "key", tokens },
      heads: { name: "head", tokens: Array.from({ length: heads }, (_, i) => `${i}`) },
    },
    weights: {
      shape: [heads, size, size],
      encoding: "external",
      file: "huge.safetensors",
      tensor: "weights",
      overview: {
        block: [32, 32],
        max: encodeArray({ shape, data: max }),
        mean: encodeArray({ shape, data: mean }),
      },
      pyramid: blocks.slice(1).map((block) => ({ block: [block, block], max: `max/${block}`, mean: `mean/${block}` })),
      maxError: 0,
    },
    normalised: false,
    maxError: 0,
    source: { library: "test", version: "1" },
  };
  const document = openSync(join(folder, "huge.heed.json"), "w");
  writeSync(document, writeDocument([note]));
  closeSync(document);
  return spike;
}

/** The darkest pixel that the map paints: how much red, green and blue, and where, from 0 to 1. */
const darkest = (figure: Locator): Promise<{ sum: number; down: number; across: number }> =>
  figure.locator(".jp-HeedMap-cells").evaluate((node) => {
    const canvas = node as HTMLCanvasElement;
    const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    let found = { sum: 1_000, at: 0 };
    for (let i = 0; i < data.length; i += 4) {
      const sum = (data[i] ?? 0) + (data[i + 1] ?? 0) + (data[i + 2] ?? 0);
      if (sum < found.sum) found = { sum, at: i / 4 };
    }
    const [row, column] = [Math.floor(found.at / canvas.width), found.at % canvas.width];
    return { sum: found.sum, down: (row + 0.5) / canvas.height, across: (column + 0.5) / canvas.width };
  });

test("12 heads of 4,096 tokens are zoomed and panned, a cell of 0.9 is seen at every zoom, and only what is in sight is read", async () => {
  const spike = writeHuge(lab.folder);
  const visit = await openPage(browser, lab, "huge.heed.json", { alone: true });
  const { page } = visit;
  const ranges = rangesOf(page);
  const figure = figuresIn(page).first();
  await expect.poll(() => blockOf(figure)).toBe("4×4");
  const first = await darkest(figure);
  // the darkest blue of the scale
  expect(first.sum).toBeLessThan(200);
  expect(first.down).toBeCloseTo(spike.row / 4_096, 2);
  expect(await askAt(figure, first.down, first.across)).toMatch(/largest weight 0\.8999/);

  await page.keyboard.down("Control");
  const blocks = new Set<string | null>();
  for (let step = 0; step < 60; step++) {
    await page.mouse.wheel(0, -60);
    await page.waitForTimeout(60);
    blocks.add(await blockOf(figure));
    const seen = await darkest(figure);
    expect(seen.sum, `step ${step}`).toBeLessThan(200);
    const box = await figure.locator(".jp-HeedMap-cells").boundingBox();
    if (box) await page.mouse.move(box.x + seen.across * box.width, box.y + seen.down * box.height);
  }
  await page.keyboard.up("Control");
  await expect.poll(() => blockOf(figure)).toBe("1×1");
  expect(blocks).toContain("4×4");
  const near = await darkest(figure);
  expect(await askAt(figure, near.down, near.across)).toMatch(/token2051 \(2052\) → token1025 \(1026\) \| weight 0\.8999/);

  // by mouse and by keyboard
  const before = await darkest(figure);
  const box = await mapOf(figure).boundingBox();
  if (!box) throw new Error("no map");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 60, box.y + box.height / 2 - 40, { steps: 5 });
  await page.mouse.up();
  await expect.poll(async () => (await darkest(figure)).across).toBeGreaterThan(before.across + 0.05);
  await figure.locator(".jp-HeedMap-stage").focus();
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await expect.poll(async () => (await darkest(figure)).sum).toBeGreaterThan(400);
  await page.keyboard.press("0");
  await expect.poll(async () => (await darkest(figure)).sum).toBeLessThan(200);

  const read = ranges.reduce((sum, range) => sum + bytesOf(range), 0);
  expect(ranges.every((range) => range.startsWith("bytes="))).toBe(true);
  // of 470 MB
  expect(read).toBeLessThan(60_000_000);

  // as lines, the row of the token that is asked about and no other
  const before4096 = ranges.length;
  await figure.getByRole("radio", { name: "Lines" }).click();
  const tokens = await figure.locator(".jp-HeedLines-canvas").boundingBox();
  if (!tokens) throw new Error("no lines");
  await page.mouse.move(tokens.x + 20, tokens.y + 22 + 11 + 22 * 15);
  const tooltip = figure.locator(".jp-HeedTooltip:visible");
  await expect.poll(() => tooltip.textContent()).toMatch(/^token15 \(16\)looks at token0 \(1\) 2\.44e-4/);
  expect(ranges.slice(before4096).map(bytesOf)).toEqual([4_096 * 2]);
  // what looks at a token, once all rows have passed by
  const beforeColumn = ranges.length;
  await page.mouse.move(tokens.x + tokens.width - 20, tokens.y + 22 + 11 + 22 * 15);
  await expect.poll(() => tooltip.textContent()).toMatch(/^token15 \(16\)is looked at by token0 \(1\) 2\.44e-4/);
  const parts = ranges.slice(beforeColumn).map(bytesOf);
  expect(parts).toHaveLength(16);
  expect(parts.reduce((sum, part) => sum + part, 0)).toBe(4_096 * 4_096 * 2);
  const [refusal] = await Promise.all([
    page.locator(".jp-Dialog", { hasText: "4096 × 4096 weights, more than the 1048576" }).elementHandle(),
    page.evaluate(() => {
      const { jupyterapp } = globalThis as unknown as {
        jupyterapp: { commands: { execute(id: string, args: object): unknown } };
      };
      // it waits for the dialog
      void jupyterapp.commands.execute("heed:save", { format: "csv" });
    }),
  ]);
  expect(refusal).not.toBeNull();
  await page.locator(".jp-Dialog button").first().click();
  expect(visit.errors.filter((error) => !error.includes("more than the"))).toEqual([]);
  expect(visit.foreignRequests).toEqual([]);
  await visit.close();
});

test("a file that Python wrote opens as attention, with its tokens and values", async () => {
  const visit = await openPage(browser, lab, "python-dump.safetensors");
  const figure = figuresIn(visit.page).first();
  await expect.poll(() => figure.getAttribute("data-heed-state")).toBe("drawn");
  expect(await visit.page.locator(".jp-HeedTensors-select").first().inputValue()).toBe("weights");
  expect(await figure.locator(".xtick text").allTextContents()).toEqual(["<s>", "我", "are", "<b>"]);
  expect(await figure.locator(".textpoint").first().textContent()).toBe("0.02");
  expect(visit.errors).toEqual([]);
  await visit.close();
});

test("the file of a deleted cell is listed and moved to the trash; a model's weights are not touched", async () => {
  const visit = await openPage(browser, lab, notebook, { kernel: false });
  const { page } = visit;
  const dialog = page.locator(".jp-Dialog");
  const run = (): Promise<void> =>
    page.evaluate(() => {
      const { jupyterapp } = globalThis as unknown as { jupyterapp: { commands: { execute(id: string): Promise<unknown> } } };
      // it waits for the dialog
      void jupyterapp.commands.execute("heed:remove-unused-files");
    });
  await run();
  await page.locator(".Toastify__toast", { hasText: "is unused" }).waitFor();
  await page.locator(".jp-CodeCell").first().locator(".jp-InputPrompt").click();
  await runCommand(page, "notebook:delete-cell");
  await runCommand(page, "docmanager:save");
  await run();
  await dialog.waitFor();
  expect(await dialog.locator(".jp-HeedUnused-name").allTextContents()).toEqual([sideFile]);
  await dialog.getByRole("button", { name: "Keep all" }).click();
  expect(existsSync(join(lab.folder, "课", sideFile))).toBe(true);
  await run();
  await dialog.getByRole("button", { name: "Move to trash" }).click();
  await page.locator(".Toastify__toast", { hasText: "To undo, restore" }).waitFor();
  expect(existsSync(join(lab.folder, "课", sideFile))).toBe(false);
  expect(readdirSync(lab.folder)).toContain("model.safetensors");
  await visit.close();
});
