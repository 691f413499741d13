/** Panels that JupyterLab zooms, and pages on finer screens: each view names the cell that is under the pointer, and is sharp. */
import { makeNote, type Note } from "heed/note";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { figuresIn, hoverCell, openBrowser, openPage, readFigures, runCommand, type Visit } from "../support/browser.js";
import { makeNotebook, startLab, type Lab } from "../support/lab.js";

const side = 10;
const words = Array.from({ length: side }, (_, i) => `w${i}`);
const rows = (heads: number): number[][][] =>
  Array.from({ length: heads }, (_, head) =>
    words.map((__, q) => {
      const raw = words.map((___, k) => 1 + ((q * 7 + k * 3 + head) % 11));
      return raw.map((weight) => weight / raw.reduce((sum, other) => sum + other, 0));
    }),
  );

/** More tokens than are drawn as a matrix: a map. */
const many = 600;
const band = Float32Array.from({ length: many * many }, (_, at) =>
  Math.exp(-Math.abs(Math.floor(at / many) - (at % many)) / 8),
);
const tokens = Array.from({ length: many }, (_, i) => `t${i}`);

const notes: readonly Note[] = [
  makeNote({ title: "heads", weights: rows(4), rows: words, columns: words }),
  makeNote({
    title: "map",
    weights: { shape: [many, many], data: band },
    normalised: false,
    rows: tokens,
    columns: tokens,
  }),
];

let lab: Lab;
let browser: Browser;
let visit: Visit;
let page: Page;
beforeAll(async () => {
  const settings = { "@jupyterlab/application-extension:shell": { zoomOnWheel: true } };
  const files = { "zoom.ipynb": makeNotebook(notes.map((note) => ({ note }))) };
  [lab, browser] = await Promise.all([startLab(files, { settings }), openBrowser()]);
  visit = await openPage(browser, lab, "zoom.ipynb", { kernel: false, alone: true, size: [2000, 1800] });
  ({ page } = visit);
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
});

const figureOf = async (index: number): Promise<Locator> => {
  const figure = figuresIn(page).nth(index);
  await figure.scrollIntoViewIfNeeded();
  await expect.poll(() => figure.getAttribute("data-heed-state")).toBe("drawn");
  return figure;
};

const choose = async (figure: Locator, view: string): Promise<void> => {
  await figure.getByRole("radio", { name: view, exact: true }).click();
  await expect.poll(() => figure.getAttribute("data-heed-view")).toBe(view.toLowerCase());
  await expect.poll(() => figure.getAttribute("data-heed-state")).toBe("drawn");
};

const said = async (figure: Locator): Promise<string> =>
  (await figure.locator(".jp-HeedTooltip:visible").locator(":scope > div").first().textContent()) ?? "";

/** The zoom of the panel that an element is in. */
const zoomOf = (figure: Locator): Promise<number> => figure.evaluate((node) => node.currentCSSZoom);

/** Zooms the notebook's panel, by steps of JupyterLab's own commands. */
async function zoomTo(zoom: number): Promise<void> {
  await runCommand(page, "application:reset-widget-zoom");
  const id = `application:zoom-${zoom > 1 ? "in" : "out"}-widget`;
  for (let i = 0; i < Math.round(Math.abs(zoom - 1) * 10); i++) await runCommand(page, id);
  await page.waitForFunction((wanted) => {
    const figure = document.querySelector(".jp-HeedFigure");
    return Math.abs((figure?.currentCSSZoom ?? 0) - wanted) < 1e-5;
  }, zoom);
}

async function boxOf(element: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  await element.scrollIntoViewIfNeeded();
  const box = await element.boundingBox();
  if (!box) throw new Error("the element is not on the page");
  return box;
}

/** Pixels of a canvas for each of the screen that it is shown on. */
const sharpness = (canvas: Locator): Promise<number> =>
  canvas.evaluate((node: HTMLCanvasElement) => node.width / (node.getBoundingClientRect().width * window.devicePixelRatio));

describe.each([0.7, 1.5, 2])("in a panel at %f", (zoom) => {
  beforeAll(() => zoomTo(zoom));

  test("the cell under the pointer is named, at every corner of a matrix", async () => {
    const figure = await figureOf(0);
    await choose(figure, "Matrix");
    for (const [row, column] of [
      [0, 0],
      [9, 9],
      [0, 9],
      [9, 0],
      [3, 7],
    ] as const) {
      const [first] = await hoverCell(figure, row, column, [side, side]);
      expect(first).toBe(`w${row} (${row + 1}) → w${column} (${column + 1})`);
    }
    // and what is outlined is what was pointed at
    const outline = await boxOf(figure.locator(".jp-HeedCursor-cell"));
    const cells = await boxOf(figure.locator(".heatmaplayer image").first());
    expect(outline.x - cells.x).toBeCloseTo((7 * cells.width) / side, 0);
    expect(outline.width).toBeCloseTo(cells.width / side, 0);
  });

  test("a token of lines and of a text is named where it is, with its box beside it", async () => {
    const figure = await figureOf(0);
    await choose(figure, "Lines");
    const canvas = figure.locator(".jp-HeedLines-canvas");
    const box = await boxOf(canvas);
    // a heading of 22 pixels, then 22 for each token
    for (const token of [0, 5, 9]) {
      await page.mouse.move(box.x + 10 * zoom, box.y + (22 + 22 * (token + 0.5)) * zoom);
      await expect.poll(() => said(figure)).toBe(`w${token} (${token + 1})`);
    }
    expect(await sharpness(canvas)).toBeCloseTo(1, 2);
    await choose(figure, "Text");
    const word = figure.locator(".jp-HeedText-token").nth(8);
    await word.hover();
    await expect.poll(() => said(figure)).toBe("w8 (9)");
    const [at, told] = [await boxOf(word), await boxOf(figure.locator(".jp-HeedTooltip:visible"))];
    expect(told.y - (at.y + at.height)).toBeGreaterThan(0);
    expect(told.y - (at.y + at.height)).toBeLessThan(20 * zoom);
    expect(Math.abs(told.x - at.x)).toBeLessThan(2);
  });

  test("heads side by side frame the cell under the pointer", async () => {
    const figure = await figureOf(0);
    await choose(figure, "Heads");
    const tile = await boxOf(figure.locator(".jp-HeedHeads-image").nth(1));
    await page.mouse.move(tile.x + tile.width * 0.75, tile.y + tile.height * 0.25);
    expect(await said(figure)).toBe("w2 (3) → w7 (8)");
    const frame = await boxOf(figure.locator(".jp-HeedHeads-frame").nth(1));
    expect(frame.x - tile.x).toBeCloseTo(0.7 * tile.width, 0);
    await choose(figure, "Matrix");
  });

  test("a map names what is under the pointer, moves with it and is sharp", async () => {
    const figure = await figureOf(1);
    const cells = figure.locator(".jp-HeedMap-cells");
    const askAt = async (down: number, across: number): Promise<string> => {
      const box = await boxOf(cells);
      await page.mouse.move(box.x + 1, box.y + 1);
      await page.mouse.move(box.x + box.width * across, box.y + box.height * down);
      return said(figure);
    };
    await expect.poll(() => sharpness(cells)).toBeCloseTo(1, 2);
    expect(await sharpness(figure.locator(".jp-HeedMap-over"))).toBeCloseTo(1, 2);
    expect(await askAt(300.5 / many, 150.5 / many)).toBe("t300 (301) → t150 (151)");
    // as close as it gets: a cell is 40 of the figure's own pixels
    await figure.locator(".jp-HeedMap-stage").focus();
    for (let i = 0; i < 16; i++) await page.keyboard.press("+");
    await expect.poll(() => figure.locator(".jp-HeedMap").getAttribute("data-heed-block")).toBe("1×1");
    const before = /→ t(\d+)/.exec(await askAt(0.5, 0.5))?.[1];
    const box = await boxOf(cells);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 60 * zoom, y, { steps: 4 });
    await page.mouse.move(x + 120 * zoom, y, { steps: 4 });
    await page.mouse.up();
    const after = (): Promise<string> => askAt(0.5, 0.5);
    await expect.poll(after).toContain(`→ t${Number(before) - 3} `);
    await figure.locator(".jp-HeedMap-stage").focus();
    await page.keyboard.press("0");
    await expect.poll(() => figure.locator(".jp-HeedMap").getAttribute("data-heed-zoom")).toBe("1.00");
  });
});

test("Ctrl and the wheel zoom the panel where JupyterLab is told so, and not the map at once", async () => {
  await zoomTo(1);
  const figure = await figureOf(1);
  const box = await boxOf(figure.locator(".jp-HeedMap-over"));
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -100);
  await page.keyboard.up("Control");
  await expect.poll(() => zoomOf(figure)).toBeGreaterThan(1);
  const map = figure.locator(".jp-HeedMap");
  expect(await map.getAttribute("data-heed-zoom")).toBe("1.00");
  // pinching is a wheel with Ctrl that nobody holds down: JupyterLab leaves it to what is under the pointer
  const zoomed = await zoomOf(figure);
  await map
    .locator(".jp-HeedMap-over")
    .evaluate((node) =>
      node.dispatchEvent(
        new WheelEvent("wheel", { deltaY: -100, ctrlKey: true, bubbles: true, cancelable: true, clientX: 300, clientY: 300 }),
      ),
    );
  await expect.poll(async () => Number(await map.getAttribute("data-heed-zoom"))).toBeGreaterThan(1);
  expect(await zoomOf(figure)).toBe(zoomed);
});

test("in a page that the browser has zoomed to twice its size, canvases have twice the pixels", async () => {
  await zoomTo(1.5);
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setDeviceMetricsOverride", { width: 1000, height: 900, deviceScaleFactor: 2, mobile: false });
  const figure = await figureOf(1);
  await expect.poll(() => page.evaluate(() => window.devicePixelRatio)).toBe(2);
  await expect.poll(() => sharpness(figure.locator(".jp-HeedMap-cells"))).toBeCloseTo(1, 2);
  await expect.poll(() => sharpness(figure.locator(".jp-HeedMap-over"))).toBeCloseTo(1, 2);
  // a matrix has a pixel for each cell, which is enlarged without blur
  const matrix = await figureOf(0);
  const image = matrix.locator(".heatmaplayer image").first();
  expect(await image.evaluate((node) => getComputedStyle(node).imageRendering)).toBe("pixelated");
  await readFigures(matrix.locator(".."), 1);
});

test("nothing went wrong", () => {
  expect(visit.errors).toEqual([]);
});
