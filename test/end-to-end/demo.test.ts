/** The static demo: JupyterLite with the extension draws written notes without any server behind it, as JupyterLab and as Notebook 7. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildDemo, serveDemo } from "../../scripts/demo.mjs";
import { root } from "../../scripts/setup/places.mjs";
import { figuresIn, openBrowser, openContext, readFigures } from "../support/browser.js";

const folder = join(root, "test-results/demo");
let server: { url: string; stop(): void } | undefined;
let browser: Browser | undefined;
beforeAll(async () => {
  await buildDemo(folder);
  [server, browser] = await Promise.all([serveDemo(folder), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test.each([
  ["JupyterLab", "lab/index.html"],
  ["Notebook 7", "notebooks/index.html"],
])("%s draws the notes of a lesson and asks no other machine for anything", async (_, path) => {
  const context = browser && (await openContext(browser, { viewport: { width: 1400, height: 1000 } }));
  const page = await context?.newPage();
  if (!page || !server) throw new Error("the demo was not opened");
  const foreign: string[] = [];
  page.on("request", (request) => {
    if (/^https?:/.test(request.url()) && !request.url().startsWith(server?.url ?? "-")) foreign.push(request.url());
  });
  await page.goto(`${server.url}${path}?path=00-notes-on-attention.ipynb`);
  const sharp = figuresIn(page).filter({ hasText: "聚焦" }).first();
  await sharp.scrollIntoViewIfNeeded();
  const [figure] = await readFigures(sharp.locator(".."), 1);
  expect(figure?.values[2]?.[2]).toBeCloseTo(0.95, 6);
  expect(foreign).toEqual([]);
  await context?.close();
});
