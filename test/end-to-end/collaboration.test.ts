/** Two people in one notebook, with jupyter-collaboration: what one writes the other sees drawn, and looking changes nothing for either. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeNote } from "heed/note";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { figuresIn, openBrowser, openPage, readFigures, runCommand, type Visit } from "../support/browser.js";
import { installAddition } from "../support/addition.js";
import { makeNotebook, startLab, type Lab } from "../support/lab.js";

const path = "shared.ipynb";
const fence = (title: string, query: string): string =>
  [
    "```attention",
    `title: ${title}`,
    `query: { h1: [${query}] }`,
    "keys: { s1: [1, 1], s2: [0, 1] }",
    "score: dot",
    "```",
  ].join("\n");
const softmax = (...scores: number[]): number[] => {
  const sum = scores.reduce((total, score) => total + Math.exp(score), 0);
  return scores.map((score) => Math.fround(Math.exp(score) / sum));
};
const computed = makeNote({
  title: "computed",
  weights: [
    [
      [0.25, 0.75],
      [1, 0],
    ],
    [
      [0.5, 0.5],
      [0.75, 0.25],
    ],
  ],
  rows: ["a", "b"],
  columns: ["x", "y"],
  heads: ["0", "1"],
});

let lab: Lab;
let browser: Browser;
let one: Visit;
let other: Visit;
beforeAll(async () => {
  const env = await installAddition("collaboration");
  const cells = [{ markdown: fence("written", "1, 0") }, { note: computed }, { markdown: "words" }];
  [lab, browser] = await Promise.all([startLab({ [path]: makeNotebook(cells) }, { env }), openBrowser()]);
  one = await openPage(browser, lab, path, { alone: true });
  other = await openPage(browser, lab, path, { alone: true });
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
});

/** JupyterLab's application in the page, as far as it is asked here. */
declare const jupyterapp: {
  readonly shell: {
    activateById(id: string): void;
    widgets(area: string): Iterable<{ readonly id: string; readonly context?: { readonly model: SharedModel } }>;
  };
};
interface SharedModel {
  readonly dirty: boolean;
  readonly collaborative: boolean;
  readonly sharedModel: { readonly ydoc: { on(name: "update", tell: () => void): void }; toJSON(): object };
  toJSON(): object;
}
declare global {
  /** Updates of the shared document, whoever made them. */
  var heedUpdates: number | undefined;
}

/** Runs in the page: what the notebook is, and how often it was changed since this was asked first. */
function readShared(): {
  readonly updates: number;
  readonly collaborative: boolean;
  readonly dirty: boolean;
  readonly text: string;
} {
  const model = [...jupyterapp.shell.widgets("main")].find(({ context }) => context)?.context?.model;
  if (!model) throw new Error("readShared: there is no notebook");
  if (globalThis.heedUpdates === undefined) {
    globalThis.heedUpdates = 0;
    model.sharedModel.ydoc.on("update", () => (globalThis.heedUpdates = (globalThis.heedUpdates ?? 0) + 1));
  }
  const { collaborative, dirty } = model;
  return {
    updates: globalThis.heedUpdates,
    collaborative,
    dirty,
    text: JSON.stringify([model.toJSON(), model.sharedModel.toJSON()]),
  };
}

const cellAt = ({ page }: Visit, index: number): Locator => page.locator(".jp-Notebook .jp-Cell").nth(index);
const rowIn = async (visit: Visit, index: number): Promise<readonly number[] | undefined> =>
  (await readFigures(cellAt(visit, index), 1))[0]?.values[0];
const onDisk = (): string => readFileSync(join(lab.folder, path), "utf8");
const states = (): Promise<unknown> => Promise.all([one, other].map(({ page }) => page.evaluate(readShared)));

/** Waits until the server has saved what was written, and nothing comes any more. */
async function quiet(): Promise<void> {
  for (let before = ""; ;) {
    const now = JSON.stringify([await states(), onDisk()]);
    if (now === before) return;
    before = now;
    await one.page.waitForTimeout(2_000);
  }
}

/** Brings the notebook's own tab back to the front. */
const toNotebook = (page: Page): Promise<void> =>
  page.evaluate(() => {
    for (const { id, context } of jupyterapp.shell.widgets("main")) if (context) jupyterapp.shell.activateById(id);
  });

test("what one person types the other sees drawn, and what the other changes comes back", async () => {
  await quiet();
  const before = await one.page.evaluate(readShared);
  expect(before.collaborative).toBe(true);
  await cellAt(one, 2).dblclick();
  await cellAt(one, 2).locator(".cm-content").click();
  await one.page.keyboard.press("ControlOrMeta+A");
  await one.page.keyboard.insertText(fence("typed", "0, 3"));
  await expect.poll(() => rowIn(other, 2)).toEqual(softmax(3, 3));
  await one.page.keyboard.press("Shift+Enter");

  // by the sliders of the other, into the first cell
  const figure = figuresIn(cellAt(other, 0)).first();
  await figure.getByRole("button", { name: "Try out" }).click();
  await figure.getByRole("spinbutton", { name: "k = v, s2, 1" }).fill("2");
  await expect.poll(() => rowIn(other, 0)).toEqual(softmax(1, 2));
  expect(await rowIn(one, 0)).toEqual(softmax(1, 0));
  await figure.getByRole("button", { name: "Write into the note" }).click();
  await expect.poll(() => rowIn(one, 0)).toEqual(softmax(1, 2));
  await figure.getByRole("button", { name: "Close" }).click();
  await expect.poll(onDisk).toContain("s2: [2, 1]");
  expect((await one.page.evaluate(readShared)).updates).toBeGreaterThan(before.updates);
});

test("looking writes nothing into the shared notebook or its file", async () => {
  await quiet();
  const before = [await states(), onDisk()];
  const { page } = one;
  for (const index of [0, 1, 2]) {
    const figure = figuresIn(cellAt(one, index)).first();
    await figure.scrollIntoViewIfNeeded();
    await figure.hover();
    await figure.locator('[role="application"]').first().focus();
    for (const key of ["ArrowRight", "ArrowDown", "Enter", "Escape"]) await page.keyboard.press(key);
    for (const name of ["Try out", "Table"]) {
      const tool = figure.getByRole("button", { name, exact: true });
      if (!(await tool.isVisible())) continue;
      await tool.click();
      if (name === "Try out") await figure.getByRole("slider", { name: "Temperature" }).press("ArrowRight");
      await tool.click();
    }
    for (const name of ["Lines", "Text", "Heads", "Matrix"]) {
      const view = figure.getByRole("radio", { name, exact: true });
      if (await view.isVisible()) await view.click();
    }
    for (const head of await figure.locator(".jp-HeedPicker-choice:visible").all()) await head.click();
  }
  await runCommand(page, "heed:show-panel");
  await page.locator(".jp-HeedPanel-button").nth(1).click();
  await page.keyboard.press("p");
  await page.getByRole("button", { name: "Open in a split view" }).click();
  await page.locator('.jp-HeedDocument .jp-HeedFigure[data-heed-state="drawn"]').waitFor();
  await toNotebook(page);
  await figuresIn(cellAt(one, 0)).first().locator(".jp-HeedFigure-title").click();
  await runCommand(page, "heed:compare");
  await page.locator(".jp-HeedComparison").getByRole("combobox", { name: "Note B", exact: true }).selectOption({ index: 2 });
  await page.locator(".jp-HeedComparison .heatmaplayer image").nth(2).waitFor();
  // the server would have saved a change by then
  await page.waitForTimeout(3_000);
  expect([await states(), onDisk()]).toEqual(before);
  expect([...one.errors, ...other.errors]).toEqual([]);
});
