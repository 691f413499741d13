/** Notebook 7, which has one document and no place beside it: what opens in JupyterLab's split views opens below. */
import { makeNote, type Note } from "heed/note";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installAddition } from "../support/addition.js";
import { openBrowser, openContext } from "../support/browser.js";
import { makeNotebook, startLab, type Lab } from "../support/lab.js";

const note = (title: string, first: number): { note: Note } => ({
  note: makeNote({ title, weights: [[first, 1 - first]], rows: ["a"], columns: ["b", "c"] }),
});

let lab: Lab;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  const env = await installAddition("notebook");
  const files = { "two.ipynb": makeNotebook([note("one", 0.25), note("two", 0.5)]) };
  [lab, browser] = await Promise.all([startLab(files, { env }), openBrowser()]);
  const context = await openContext(browser, { viewport: { width: 1200, height: 1000 } });
  page = await context.newPage();
  await page.goto(`${lab.url}notebooks/two.ipynb?token=${lab.token}`);
  await page.locator('.jp-HeedFigure[data-heed-state="drawn"]').nth(1).waitFor();
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
});

const heightOf = (selector: string): Promise<number> =>
  page.locator(selector).evaluate((node) => node.getBoundingClientRect().height);

test("two notes are compared below the notebook, where there is room to see them", async () => {
  await page.locator(".jp-HeedFigure-title").first().click({ button: "right" });
  await page.locator('.lm-Menu [data-command="heed:compare"]').click();
  await page.locator(".jp-HeedComparison .heatmaplayer image").nth(2).waitFor();
  await expect.poll(() => heightOf(".jp-HeedComparison")).toBeGreaterThan(300);
});

test("a note opens below from the list of notes", async () => {
  await page.locator(".jp-HeedFigure-title").last().click({ button: "right" });
  await page.locator('.lm-Menu [data-command="heed:show-in-panel"]').click();
  await page.getByRole("button", { name: "Open in a split view" }).click();
  await page.locator('.jp-HeedDocument .jp-HeedFigure[data-heed-state="drawn"]').waitFor();
  await expect.poll(() => heightOf(".jp-HeedDocument")).toBeGreaterThan(300);
});
