/** The list of notes: filter, pins that are remembered, cells that changed, what is known of a note, and notes in split views. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeNote, writeDocument } from "heed/note";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  figuresIn,
  openBrowser,
  openPage,
  readFigures,
  runCommand,
  storedWindows,
  storedWorkspace,
  whenIdle,
} from "../support/browser.js";
import { makeNotebook, startLab, type Lab } from "../support/lab.js";

const notebook = "notes.ipynb";
const small = (title: string, tokens: string): string =>
  `import { show } from "heed";\nshow([[0.7, 0.2, 0.1]], { rows: ["I"], columns: ${tokens}, title: "${title}" });`;

/** A notebook of notes with two heads each; each weight of head h of note n is told from all others. */
const saved = "课/saved.ipynb";
const several = "notes.heed.json";
const weightAt = (note: number, head: number): number => Math.fround((1 + note + 5 * head) / 16);
const notes = [0, 1, 2].map((i) =>
  makeNote({
    title: `note ${i}`,
    weights: [0, 1].map((head) => [[weightAt(i, head), 1 - weightAt(i, head)]]),
    rows: ["I"],
    columns: ["我", "是"],
    heads: ["0", "1"],
  }),
);
const savedNotebook = (count: number): string => makeNotebook(notes.slice(0, count).map((note) => ({ note })));

let lab: Lab;
let browser: Browser;
beforeAll(async () => {
  const cells = [
    { code: small("first", '["a", "b", "c"]') },
    { code: small("second", '["我", "是", "中国人"]') },
    { markdown: "```attention\ntitle: third\nquery: { h1: [1, 0] }\nkeys: { s1: [1, 1], s2: [0, 1] }\n```" },
  ];
  [lab, browser] = await Promise.all([
    startLab({ [notebook]: makeNotebook(cells), [saved]: savedNotebook(3), [several]: writeDocument(notes) }),
    openBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
});

const titles = (page: Page): Promise<string[]> => page.locator(".jp-HeedPanel-title").allTextContents();
const property = (page: Page, name: string): Promise<string | null> =>
  page.locator(`.jp-HeedDetails dt:text-is("${name}") + dd`).textContent();

declare const jupyterapp: {
  readonly shell: { widgets(area: string): Iterable<{ readonly context?: object; dispose(): void }> };
};

test("notes are filtered, pinned, inspected, marked when their cell changes, and dragged into a view of their own", async () => {
  const visit = await openPage(browser, lab, notebook);
  const { page } = visit;
  await runCommand(page, "notebook:run-all-cells");
  await whenIdle(page);
  await runCommand(page, "heed:show-panel");
  await expect.poll(() => titles(page)).toEqual(["first", "second", "third"]);

  const filter = page.locator(".jp-HeedPanel-filter");
  await filter.fill("中国人");
  await expect.poll(() => titles(page)).toEqual(["second"]);
  await filter.fill("nothing has this");
  await page.locator(".jp-HeedPanel-hint", { hasText: "No note has all of these words" }).waitFor();
  await filter.press("Escape");
  await expect.poll(() => titles(page)).toEqual(["first", "second", "third"]);

  await page.locator(".jp-HeedPanel-button").nth(1).click();
  await expect.poll(() => property(page, "Title")).toBe("second");
  expect(await property(page, "Size")).toBe("1 × 3");
  expect(await property(page, "Stored")).toMatch(/inside: 3 numbers as f32/);
  expect(await property(page, "key")).toBe("3: 我 是 中国人");
  await page.keyboard.press("p");
  await expect.poll(() => titles(page)).toEqual(["second", "first", "third"]);
  // the note that has the focus keeps it
  expect(await page.evaluate(() => document.activeElement?.textContent ?? "")).toContain("second");

  await page.locator(".jp-CodeCell .cm-content").first().click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type(" // changed");
  const stale = page.locator(".jp-HeedPanel-item", { hasText: "first" }).locator(".jp-HeedPanel-stale");
  await stale.waitFor();
  expect(await page.locator(".jp-HeedPanel-stale:visible").count()).toBe(1);
  await page.keyboard.press("Control+Enter");
  await whenIdle(page);
  await stale.waitFor({ state: "hidden" });

  const from = await page.locator(".jp-HeedPanel-button").first().boundingBox();
  const into = await page.locator(".jp-NotebookPanel").boundingBox();
  if (!from || !into) throw new Error("nothing to drag, or nowhere to");
  await page.mouse.move(from.x + 40, from.y + 20);
  await page.mouse.down();
  await page.mouse.move(from.x - 20, from.y + 60, { steps: 4 });
  await page.mouse.move(into.x + into.width - 30, into.y + into.height / 2, { steps: 8 });
  await page.mouse.up();
  const window = page.locator(".jp-MainAreaWidget > .jp-HeedDocument");
  const [shown] = await readFigures(window, 1);
  expect(shown?.values[0]).toEqual([0.7, 0.2, 0.1].map(Math.fround));
  const beside = await window.boundingBox();
  expect(beside?.x).toBeGreaterThan(into.x + into.width / 3);

  // it follows its cell
  await page.locator(".jp-CodeCell .cm-content").nth(1).click();
  await page.keyboard.press("Control+A");
  await page.keyboard.type(small("second", '["x", "y", "z"]').replaceAll("0.7, 0.2, 0.1", "0.1, 0.2, 0.7"));
  await page.keyboard.press("Control+Enter");
  await expect.poll(async () => (await readFigures(window, 1))[0]?.values[0]?.[2]).toBeCloseTo(0.7, 6);
  await runCommand(page, "docmanager:save-all");
  expect(visit.errors).toEqual([]);

  // pins are remembered
  await expect.poll(async () => (await storedWorkspace(page))["jupyterlab-heed:pins"]).toEqual({ [notebook]: ["cell-1/0"] });
  await page.reload();
  await page.locator(".jp-Notebook .jp-Cell").first().waitFor();
  await runCommand(page, "heed:show-panel");
  await expect.poll(() => titles(page)).toEqual(["second", "first", "third"]);
  await figuresIn(page).first().waitFor();
  await visit.close();
});

/** What is chosen on both sides of a comparison: note, head, note, head. */
const chosenIn = (comparison: Locator): Promise<string[]> =>
  comparison.locator("select").evaluateAll((nodes) => nodes.map((node) => (node as HTMLSelectElement).value));
const left = async (locator: Locator): Promise<number> => Math.round((await locator.boundingBox())?.x ?? Number.NaN);

test("notes in places of their own and comparisons come back with the layout, and say what is gone since", async () => {
  const visit = await openPage(browser, lab, saved, { kernel: false });
  const { page } = visit;
  const window = page.locator(".jp-MainAreaWidget > .jp-HeedDocument");
  const comparison = page.locator(".jp-HeedComparison");
  const compared = { path: saved, a: { note: "cell-1/0", head: 0 }, b: { note: "cell-0/0", head: 1 } };
  const reload = async (view: string): Promise<void> => {
    // JupyterLab stores the layout a while after it has changed
    await expect.poll(() => storedWindows(page)).toEqual([compared, { path: saved, note: "cell-2/0", head: 1, view }]);
    await page.reload();
    await page.locator(".jp-Notebook .jp-Cell").first().waitFor();
  };

  await readFigures(page.locator(".jp-Notebook"), 1);
  await figuresIn(page).nth(1).locator(".jp-HeedFigure-title").click();
  await runCommand(page, "heed:compare");
  await comparison.getByRole("combobox", { name: "Note B", exact: true }).selectOption({ index: 0 });
  await comparison.getByRole("combobox", { name: "Head of note B", exact: true }).selectOption({ index: 1 });
  await runCommand(page, "heed:show-panel");
  await page.locator(".jp-HeedPanel-button").nth(2).click();
  await page.getByRole("button", { name: "Open in a split view" }).click();
  await window.locator(".jp-HeedPicker-choice").nth(1).click();
  await window.getByRole("radio", { name: "Text" }).click();
  await window.locator('.jp-HeedFigure[data-heed-view="text"][data-heed-state="drawn"]').waitFor();
  await window.getByRole("radio", { name: "Matrix" }).click();
  await expect.poll(async () => (await readFigures(window, 1))[0]?.values[0]?.[0]).toBe(weightAt(2, 1));
  await window.getByRole("radio", { name: "Text" }).click();
  const before = { chosen: await chosenIn(comparison), places: [await left(window), await left(comparison)] };
  expect(before.chosen).toEqual(["cell-1/0", "0", "cell-0/0", "1"]);

  await reload("text");
  await window.locator('.jp-HeedFigure[data-heed-view="text"][data-heed-state="drawn"]').waitFor();
  await comparison.locator(".heatmaplayer image").nth(2).waitFor();
  expect({ chosen: await chosenIn(comparison), places: [await left(window), await left(comparison)] }).toEqual(before);
  await window.getByRole("radio", { name: "Matrix" }).click();
  expect((await readFigures(window, 1))[0]?.values[0]?.[0]).toBe(weightAt(2, 1));
  expect(await page.locator(".lm-TabBar-tabLabel", { hasText: "note 2" }).count()).toBe(1);

  // from its own place, too, a note is compared with the others of its notebook
  await window.locator(".jp-HeedFigure-title").click();
  await runCommand(page, "heed:compare");
  const second = page.locator(".jp-MainAreaWidget", { has: comparison }).last();
  await expect.poll(() => chosenIn(second)).toEqual(["cell-2/0", "1", "cell-1/0", "1"]);
  await page
    .locator(".lm-TabBar-tab.lm-mod-current", { hasText: "Comparison" })
    .last()
    .locator(".lm-TabBar-tabCloseIcon")
    .click();
  await expect.poll(() => comparison.count()).toBe(1);

  // the two notes are gone meanwhile
  writeFileSync(join(lab.folder, saved), savedNotebook(1));
  await reload("matrix");
  await window.locator(".jp-HeedProblem", { hasText: `it is not in ${saved} any more` }).waitFor();
  expect(await figuresIn(window).count()).toBe(0);
  await expect.poll(() => comparison.getByRole("status").textContent()).toMatch(/^One of these notes is not there/);
  expect(await chosenIn(comparison)).toEqual(["cell-1/0", "", "cell-0/0", "1"]);
  await comparison.getByRole("combobox", { name: "Note A", exact: true }).selectOption({ label: "Cell 1 · note 0" });
  await comparison.locator(".heatmaplayer image").nth(2).waitFor();
  expect(visit.errors).toEqual([]);

  // where the notebook is closed, nothing comes back
  await page.evaluate(() => {
    // closed by hand, JupyterLab may first ask whether to save what the kernel told of itself
    for (const widget of jupyterapp.shell.widgets("main")) if (widget.context) widget.dispose();
  });
  await comparison.waitFor({ state: "detached" });
  // its note's window stays open, says that it is gone, and is stored; the comparison has closed itself
  await expect.poll(() => storedWindows(page)).toEqual([{ path: saved, note: "cell-2/0", head: 1, view: "matrix" }]);
  await expect
    .poll(async () => JSON.stringify((await storedWorkspace(page))["layout-restorer:data"]?.main))
    .not.toContain(`"notebook:`);
  await page.goto(page.url().replace(/\/tree\/.*$/, ""));
  await page.locator(".jp-Launcher").waitFor();
  expect(await window.count()).toBe(0);
  // JupyterLab's own toolbar may complain that its notebook is gone
  expect(visit.errors.filter((error) => error.includes("heed"))).toEqual([]);
  await visit.close();
});

test("a comparison of a document's notes comes back, and with it what was chosen", async () => {
  const visit = await openPage(browser, lab, several);
  const { page } = visit;
  const comparison = page.locator(".jp-HeedComparison");
  const drawn = comparison.locator(".heatmaplayer image").nth(2);
  await readFigures(page, 1);
  await figuresIn(page).nth(1).locator(".jp-HeedFigure-title").click();
  await runCommand(page, "heed:compare");
  await drawn.waitFor();
  await comparison.getByRole("button", { name: "Exchange A and B" }).click();
  await comparison.getByRole("combobox", { name: "Head of note A", exact: true }).selectOption({ index: 1 });
  await expect
    .poll(() => storedWindows(page))
    .toContainEqual({ path: several, a: { note: "2", head: 1 }, b: { note: "1", head: 0 } });
  await page.reload();
  await drawn.waitFor();
  expect(await chosenIn(comparison)).toEqual(["2", "1", "1", "0"]);
  expect(await comparison.getByRole("combobox", { name: "Note A", exact: true }).locator("option").allTextContents()).toEqual([
    "note 0",
    "note 1",
    "note 2",
  ]);
  expect(visit.errors).toEqual([]);
  await visit.close();
});
