/** Titles and tokens are text wherever they stand: no formula, nothing that turns the line around it, nothing that is not seen. */
import { displayBundle, makeNote } from "heed/note";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, openPage, readFigures, runCommand } from "../support/browser.js";
import { makeNotebook, startLab, type Lab } from "../support/lab.js";

const dollars = `Formulas of the text are set: $x^2$.

\`\`\`attention
title: It costs $5, not $6
rows: ['$h_1$', '\\(x\\)']
columns: ['$s_1$', '$$s_2$$']
weights: [[0.2, 0.8], [0.8, 0.2]]
\`\`\``;
const wrong = "```attention\nweights: [[$0.5$, $x$]]\n```";
const turned = makeNote({
  title: "\u202etitle with an override",
  weights: [[0.25, 0.75, 0]],
  rows: ["שלום"],
  columns: ["\u00a0", "مرحبا (1)", "\u200b"],
});

/** An output that was saved as a kernel shows it, and collapsed. */
function withCollapsed(): string {
  const notebook = JSON.parse(
    makeNotebook([{ markdown: dollars }, { markdown: wrong }, { note: turned }, { note: turned }]),
  ) as {
    cells: { metadata: object; outputs: object[] }[];
  };
  const last = notebook.cells.at(-1);
  if (!last) throw new Error("no cells");
  last.metadata = { collapsed: true, jupyter: { outputs_hidden: true } };
  last.outputs = [{ output_type: "display_data", data: displayBundle(turned), metadata: {} }];
  return JSON.stringify(notebook);
}

let lab: Lab;
let browser: Browser;
beforeAll(async () => {
  [lab, browser] = await Promise.all([startLab({ "text.ipynb": withCollapsed() }), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
});

test("what is typeset is the text around a note and nothing of it", async () => {
  const visit = await openPage(browser, lab, "text.ipynb", { kernel: false });
  const { page } = visit;
  const cell = page.locator(".jp-MarkdownCell").first();
  await cell.locator("mjx-container").first().waitFor();
  const [figure] = await readFigures(cell);
  expect(figure?.title).toBe("It costs $5, not $6");
  expect(figure?.caption).toBe("“$h_1$” looks most at “$$s_2$$” (80%). “\\(x\\)” looks most at “$s_1$” (80%).");
  expect(figure?.columns).toEqual(["$s_1$", "$$s_2$$"]);
  expect(await cell.locator("mjx-container").count()).toBe(1);
  const message = page.locator(".jp-MarkdownCell").nth(1);
  await message.locator(".jp-HeedProblem").waitFor();
  expect(await message.locator("mjx-container").count()).toBe(0);
  expect(visit.errors).toEqual([]);
  await visit.close();
});

test("what is written from right to left or not seen at all keeps its place and has a name", async () => {
  const visit = await openPage(browser, lab, "text.ipynb", { kernel: false });
  const cell = visit.page.locator(".jp-CodeCell").first();
  await cell.scrollIntoViewIfNeeded();
  const [figure] = await readFigures(cell);
  expect(figure?.title).toBe("title with an override");
  expect(figure?.columns).toEqual(["⍽", "مرحبا (1)", "\\u200b"]);
  expect(figure?.caption).toBe("“\u2068שלום\u2069” looks most at “\u2068مرحبا (1)\u2069” (75%).");
  // the opening quotation mark of the first token stands left of it, its closing one right of it
  const order = await cell.locator(".jp-HeedFigure-caption").evaluate((caption) => {
    const text = caption.firstChild;
    const at = (index: number): number => {
      const range = document.createRange();
      if (text) range.setStart(text, index);
      if (text) range.setEnd(text, index + 1);
      return range.getBoundingClientRect().left;
    };
    const words = caption.textContent ?? "";
    return [words.indexOf("“"), words.indexOf("ש"), words.indexOf("”"), words.indexOf("looks")].map(at);
  });
  expect(order.toSorted((a, b) => a - b)).toEqual(order);
  await visit.close();
});

test("a collapsed output is told by its sentence", async () => {
  const visit = await openPage(browser, lab, "text.ipynb", { kernel: false });
  const { page } = visit;
  const cell = page.locator(".jp-CodeCell").last();
  await cell.scrollIntoViewIfNeeded();
  const shown = cell.locator(".jp-OutputPlaceholder");
  const sentence = "title with an override: “\u2068שלום\u2069” looks most at “\u2068مرحبا (1)\u2069” (75%).";
  await expect.poll(() => shown.textContent()).toContain(sentence);
  // and when a person collapses it
  await cell.locator(".jp-InputPrompt").click();
  await runCommand(page, "notebook:show-cell-outputs");
  await readFigures(cell);
  await runCommand(page, "notebook:hide-cell-outputs");
  await expect.poll(() => shown.textContent()).toContain(sentence);
  await visit.close();
});
