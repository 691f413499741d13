/** First light: notebooks draw their attention in real JupyterLab – computed, reopened without a kernel, typed, and hostile. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeMatrix, type InlineArray } from "heed/note";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { notebookFolder } from "../../scripts/setup/places.mjs";
import {
  figuresIn,
  hoverCell,
  openBrowser,
  openPage,
  readFigures,
  runCommand,
  whenIdle,
  type ShownFigure,
} from "../support/browser.js";
import { startLab, type Lab } from "../support/lab.js";
import { execute, notesOf } from "../support/notebooks.js";
import { hostileNotebook } from "../support/hostile.js";

const functionNotebook = "01-the-attention-function.ipynb";
const writtenNotebook = "00-notes-on-attention.ipynb";
const original = (name: string): string => readFileSync(join(notebookFolder, name), "utf8");

/** For what a busy machine may take long to show. */

let lab: Lab;
let browser: Browser;
beforeAll(async () => {
  [lab, browser] = await Promise.all([
    startLab({
      [functionNotebook]: original(functionNotebook),
      [writtenNotebook]: original(writtenNotebook),
      "hostile.ipynb": hostileNotebook(),
    }),
    openBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
});

/** Scrolls from top to bottom until every figure of the notebook was drawn, and reads each where it is. */
async function readAll(page: Page, count: number): Promise<ShownFigure[]> {
  const figures = figuresIn(page);
  await expect.poll(() => figures.count()).toBe(count);
  const shown: ShownFigure[] = [];
  for (let i = 0; i < count; i++) {
    await figures.nth(i).scrollIntoViewIfNeeded();
    const [figure] = await readFigures(figures.nth(i).locator(".."), 1);
    if (figure) shown.push(figure);
  }
  return shown;
}

/** How many code cells of the open notebook JupyterLab trusts. */
const trustedCells = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const { jupyterapp } = globalThis as unknown as {
      jupyterapp: { shell: { currentWidget: { content: { widgets: { model: { type: string; trusted: boolean } }[] } } } };
    };
    const { widgets } = jupyterapp.shell.currentWidget.content;
    return widgets.filter(({ model }) => model.type === "code" && model.trusted).length;
  });

/** What the notes of the executed notebook say, to be found again in the drawn pictures. */
async function expectedOf(name: string): Promise<{ title: string; first: number[] }[]> {
  const notes = (await execute(name)).flatMap(notesOf);
  return notes.map((note) => ({ title: note.title ?? "", first: [...decodeMatrix(note.weights as InlineArray, 0)] }));
}

const expectSame = (shown: readonly ShownFigure[], wanted: readonly { title: string; first: number[] }[]): void => {
  expect(shown.map(({ title }) => title)).toEqual(wanted.map(({ title }) => title));
  for (const [i, { first, title }] of wanted.entries()) {
    const values = shown[i]?.values.flat() ?? [];
    expect(values, title).toHaveLength(first.length);
    // a masked cell is drawn as absent, its weight is 0; the page gets the same float32 numbers
    for (const [cell, value] of values.entries())
      expect(Number.isNaN(value) ? 0 : value, title).toBeCloseTo(first[cell] ?? -1, 6);
  }
};

/** A server with no kernel at all: JupyterLab would otherwise start the one it has. */
const noKernels = ["--KernelSpecManager.allowed_kernelspecs=absent", "--KernelSpecManager.ensure_native_kernel=False"];

let executed: { title: string; first: number[] }[];

test("notebook 01 runs from a clean profile and draws the numbers it computed", async () => {
  executed = await expectedOf(functionNotebook);
  const visit = await openPage(browser, lab, functionNotebook);
  await runCommand(visit.page, "notebook:run-all-cells");
  await whenIdle(visit.page);
  expectSame(await readAll(visit.page, executed.length), executed);
  await runCommand(visit.page, "docmanager:save");

  const first = figuresIn(visit.page).first();
  await first.scrollIntoViewIfNeeded();
  const [tokens, ...rest] = await hoverCell(first, 0, 2, [1, 4]);
  expect(tokens).toMatch(/h1.*s3/);
  expect(rest.join(" ")).toMatch(/0\.6439/);
  expect(rest.join(" ")).toMatch(/\b4\b/);
  expect(visit.foreignRequests).toEqual([]);
  expect(visit.errors).toEqual([]);
  await visit.close();
});

test("an untrusted copy without a kernel shows the same pictures, offline", async () => {
  const saved = JSON.parse(readFileSync(join(lab.folder, functionNotebook), "utf8")) as { metadata: { kernelspec: object } };
  // a kernel that this server does not have, and a notebook that it never signed
  saved.metadata.kernelspec = { name: "absent", display_name: "Absent", language: "absent" };
  const elsewhere = await startLab({ "copy.ipynb": JSON.stringify(saved) }, { args: noKernels });
  try {
    const visit = await openPage(browser, elsewhere, "copy.ipynb", { kernel: false });
    const dialog = visit.page.locator(".jp-Dialog");
    await dialog.waitFor();
    await dialog.getByRole("button", { name: "No Kernel" }).click();
    expectSame(await readAll(visit.page, executed.length), executed);
    expect(await trustedCells(visit.page)).toBe(0);
    expect(visit.foreignRequests).toEqual([]);
    await visit.close();
  } finally {
    await elsewhere.stop();
  }
});

test("the picture of a written note follows what is typed", async () => {
  const visit = await openPage(browser, lab, writtenNotebook, { kernel: false });
  const { page } = visit;
  const cell = page.locator(".jp-MarkdownCell", { hasText: "h1 looks at s1…s4" });
  await cell.scrollIntoViewIfNeeded();
  const [before] = await readFigures(cell, 1);
  expect(before?.values[0]?.[2]).toBeCloseTo(0.6439, 4);

  await cell.locator(".jp-HeedFigure-title").dblclick();
  const line = cell.locator(".cm-line", { hasText: "s3: [2, 0, 1]" });
  await line.click();
  await page.keyboard.press("End");
  for (let i = 0; i < "[2, 0, 1]".length; i++) await page.keyboard.press("Backspace");
  const preview = cell.locator(".jp-HeedPreview");
  const figure = figuresIn(preview).first();

  // while the text is wrong the last picture stays, dimmed, and the place of the mistake is told
  await page.keyboard.type("[-2, 0");
  await expect.poll(() => preview.locator(".jp-HeedProblem-mistake").first().textContent()).toMatch(/Line \d+, column \d+/);
  await expect.poll(() => figure.getAttribute("class")).toContain("jp-mod-outdated");

  await page.keyboard.press("End");
  await page.keyboard.type(", 1]");
  // m = (1, 2, 0, 3): softmax by hand gives s4 exp(3) / (exp(1) + exp(2) + 1 + exp(3)) = 0.6439
  await expect.poll(async () => (await readFigures(figure.locator(".."), 1))[0]?.values[0]?.[3]).toBeCloseTo(0.6439, 3);
  expect(await figure.getAttribute("class")).not.toContain("jp-mod-outdated");
  expect(visit.errors).toEqual([]);
  await visit.close();
});

test("a hostile notebook breaks nothing and says what it refused", async () => {
  const visit = await openPage(browser, lab, "hostile.ipynb", { kernel: false });
  const { page } = visit;
  const problems = page.locator(".jp-HeedProblem:visible");
  await expect.poll(() => problems.count()).toBeGreaterThanOrEqual(6);

  // tokens that look like markup are shown as they are written
  const scripted = page.locator(".jp-Cell", { hasText: "script in tokens" });
  await scripted.scrollIntoViewIfNeeded();
  const [figure] = await readFigures(scripted, 1);
  expect(figure?.columns.join(" ")).toContain("<b>");
  expect(await page.evaluate(() => "hacked" in globalThis)).toBe(false);

  // ten thousand rows are told as such and shown as an overview
  const long = page.locator(".jp-Cell", { hasText: "ten thousand rows" });
  await long.scrollIntoViewIfNeeded();
  const [overview] = await readFigures(long, 1);
  expect(overview?.values.length).toBeLessThan(2_000);
  expect(`${overview?.caption} ${overview?.facts}`).toMatch(/10,?000/);

  // the page is still alive, and nothing left the machine
  await runCommand(page, "notebook:insert-cell-below");
  expect(visit.foreignRequests).toEqual([]);
  await visit.close();
});
