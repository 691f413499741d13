/** Every control within reach: by keys that stay in the figure, under the cell's toolbar, by touch, and with a focus that is not lost. */
import { readdirSync } from "node:fs";
import { makeNote } from "heed/note";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  figuresIn,
  hoverCell,
  openBrowser,
  openContext,
  openPage,
  readFigures,
  runCommand,
  type Visit,
} from "../support/browser.js";
import { makeNotebook, startLab, type Lab } from "../support/lab.js";

const fence = (...lines: string[]): { markdown: string } => ({ markdown: ["```attention", ...lines, "```"].join("\n") });

const text = { text: "cats sleeping", tokens: ["[CLS]", "cats", "sleep", "##ing"], words: [-1, 0, 1, 1], special: [0] };
const even = { shape: [2, 3, 4, 4], data: new Float32Array(96).fill(0.25) };
const large = makeNote({
  title: "large",
  weights: { shape: [600, 600], data: new Float32Array(360_000).fill(1 / 600) },
  rows: Array.from({ length: 600 }, (_, i) => `t${i}`),
  columns: Array.from({ length: 600 }, (_, i) => `t${i}`),
});

function notebook(): string {
  const made = JSON.parse(
    makeNotebook([
      fence("query: { h1: [1, 0, 2] }", "keys:  { s1: [1, 1, 0], s2: [0, 1, 1], s3: [2, 0, 1] }", "score: dot"),
      { note: makeNote({ title: "heads", weights: even, rows: text, columns: text }) },
      { note: large },
      { markdown: "the end" },
    ]),
  ) as { cells: { outputs?: unknown[] }[] };
  return JSON.stringify(made);
}

let lab: Lab;
let browser: Browser;
let visit: Visit;
let page: Page;
beforeAll(async () => {
  [lab, browser] = await Promise.all([startLab({ "controls.ipynb": notebook() }), openBrowser()]);
  visit = await openPage(browser, lab, "controls.ipynb", { kernel: false, alone: true, size: [1200, 1400] });
  ({ page } = visit);
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
});

async function drawn(index: number, on: Page = page): Promise<Locator> {
  const figure = figuresIn(on).nth(index);
  await figure.scrollIntoViewIfNeeded();
  await expect.poll(() => figure.getAttribute("data-heed-state")).toBe("drawn");
  return figure;
}

/** What the notebook's own keys would change: its cells, which is active, how many are selected, and whether one is edited. */
const notebookState = (): Promise<string> =>
  page.evaluate(() => {
    const { jupyterapp } = globalThis as unknown as {
      jupyterapp: {
        shell: {
          currentWidget: {
            content: {
              widgets: { model: { type: string; sharedModel: { getSource(): string } } }[];
              selectedCells: unknown[];
              activeCellIndex: number;
              mode: string;
            };
          };
        };
      };
    };
    const { content } = jupyterapp.shell.currentWidget;
    const cells = content.widgets.map(({ model }) => `${model.type} ${model.sharedModel.getSource()}`);
    return JSON.stringify([cells, content.selectedCells.length, content.activeCellIndex, content.mode]);
  });

const documents = (): string[] => readdirSync(lab.folder).filter((name) => name.endsWith(".heed.json"));

const told = (figure: Locator): Promise<string> =>
  figure.locator(".jp-HeedTooltip:visible .jp-HeedTooltip-heading").innerText();

/** Keys that change cells in command mode, and none that activates a button or a box. */
const shortcuts = ["r", "m", "y", "a", "b", "x", "j", "k", "l", "z", "Shift+M", "Shift+J", "ArrowDown", "ArrowUp", "1"];

const controls = "button, select, input, [tabindex='0'], [role='switch'], [role='radio'], [contenteditable='true']";

/** Focuses every control of a figure that can have the focus, one after the other, and presses all keys on it. */
async function pressOnAll(figure: Locator): Promise<string[]> {
  const found = figure.locator(controls);
  const pressed: string[] = [];
  for (let i = 0; i < (await found.count()); i++) {
    const control = found.nth(i);
    if (!(await control.isVisible()) || (await control.isDisabled())) continue;
    await control.evaluate((node: HTMLElement) => node.focus({ preventScroll: true }));
    const name = await control.evaluate((node) =>
      document.activeElement === node
        ? ([...node.classList].findLast((name) => name.startsWith("jp-Heed")) ?? node.tagName)
        : "",
    );
    // a control that a key of the one before has taken away
    if (name === "") continue;
    // a control that is focused makes its cell the active one
    const before = await notebookState();
    for (const key of shortcuts) await page.keyboard.press(key);
    expect(await notebookState(), `${name} lets keys through`).toBe(before);
    pressed.push(name);
  }
  return [...new Set(pressed)];
}

test("no key that is pressed on any control reaches the notebook", async () => {
  const written = await drawn(0);
  await hoverCell(written, 0, 1, [1, 3]);
  await page.mouse.down();
  await page.mouse.up();
  for (const tool of ["Try out", "Table"]) await written.getByRole("button", { name: tool }).click();
  await written.locator(".jp-HeedTable table").waitFor();
  await written.getByRole("slider", { name: "Temperature" }).waitFor();
  await written.locator(".jp-HeedDerivation ol").waitFor();
  const ofWritten = await pressOnAll(written);
  const heads = await drawn(1);
  const seen = new Set(ofWritten);
  for (const view of ["Matrix", "Lines", "Text", "Heads", "All layers"]) {
    await heads.getByRole("radio", { name: view, exact: true }).click();
    await expect.poll(() => heads.getAttribute("data-heed-state")).toBe("drawn");
    for (const name of await pressOnAll(heads)) seen.add(name);
  }
  for (const name of await pressOnAll(await drawn(2))) seen.add(name);
  // what was pressed on is what there is
  for (const name of [
    "jp-HeedMenuButton",
    "jp-HeedSwitch-choice",
    "jp-HeedToolbar-scale",
    "jp-HeedToolbar-toggle",
    "jp-HeedFigure-plot",
    "jp-HeedTools-button",
    "jp-HeedBox-close",
    "jp-HeedSlider",
    "jp-HeedNumbers-field",
    "jp-HeedTable-scroller",
    "jp-HeedPicker-choice",
    "jp-HeedChips-head",
    "jp-HeedLines",
    "jp-HeedText",
    "jp-HeedHeads-tiles",
    "jp-HeedMap-stage",
    "jp-HeedMap-button",
  ])
    expect([...seen]).toContain(name);
});

test("arrows choose among the colours, and keys with Ctrl are still the application's", async () => {
  const heads = await drawn(1);
  await heads.getByRole("radio", { name: "Matrix", exact: true }).click();
  const scale = heads.getByRole("combobox", { name: "What colours mean" });
  await scale.selectOption("global");
  await scale.focus();
  await page.keyboard.press("ArrowDown");
  expect(await scale.inputValue()).toBe("row");
  await page.keyboard.press("Control+Shift+C");
  await page.locator(".lm-CommandPalette-input").waitFor();
  await page.keyboard.press("Escape");
});

test("what is copied and saved is offered beside the views, where the cell's toolbar is not", async () => {
  const figure = await drawn(0);
  // without a title its controls are the first line of the cell, which has the toolbar in its corner
  const button = figure.locator(".jp-HeedMenuButton");
  await page.locator(".jp-Cell").first().locator(".jp-HeedFigure-caption").click();
  await page.locator(".jp-Cell").first().hover();
  await page.locator(".jp-Cell").first().locator(".jp-cell-toolbar").waitFor({ state: "visible" });
  for (const width of [1200, 700, 420]) {
    await page.setViewportSize({ width, height: 1400 });
    await figure.locator(".jp-HeedToolbar").scrollIntoViewIfNeeded();
    await expect
      .poll(() =>
        figure.locator(".jp-HeedToolbar").evaluate((toolbar) =>
          [...toolbar.querySelectorAll("button, select")]
            .filter((node) => node.checkVisibility())
            .flatMap((node) => {
              const { left, top, right, bottom } = node.getBoundingClientRect();
              const corners = [left + 2, right - 2].flatMap((x) => [top + 2, bottom - 2].map((y) => [x, y] as const));
              return corners.every(([x, y]) => node.contains(document.elementFromPoint(x, y))) ? [] : [node.className];
            }),
        ),
      )
      .toEqual([]);
  }
  await page.setViewportSize({ width: 1200, height: 1400 });
  await button.click({ position: { x: 3, y: 3 } });
  await page.locator(".lm-Menu", { hasText: "Copy as CSV" }).waitFor();
  await page.keyboard.press("Escape");
});

test("what is written into the note leaves the focus beside what was pressed, and so does what takes it back", async () => {
  const figure = await drawn(0);
  const box = figure.locator(".jp-HeedSliders");
  if (!(await box.isVisible())) await figure.getByRole("button", { name: "Try out" }).click();
  const temperature = box.getByRole("slider", { name: "Temperature" });
  await temperature.focus();
  await page.keyboard.press("ArrowRight");
  const write = box.getByRole("button", { name: "Write into the note" });
  await expect.poll(() => write.isEnabled()).toBe(true);
  await write.focus();
  await page.keyboard.press("Enter");
  const focused = (): Promise<string | null> => page.evaluate(() => document.activeElement?.textContent ?? null);
  await expect.poll(focused).toBe("Undo");
  await page.keyboard.press("Enter");
  await expect.poll(() => box.getByRole("button", { name: "Undo" }).isVisible()).toBe(false);
  await expect.poll(() => page.evaluate(() => document.activeElement?.closest(".jp-HeedSliders") !== null)).toBe(true);
  expect(await notebookState()).toContain('"command"');
});

test("a note is saved as a document when the reader says so, and opened again without a second file", async () => {
  const ask = async (): Promise<void> => {
    await (await drawn(1)).locator(".jp-HeedFigure-title").click();
    // it waits for the dialog
    await page.evaluate(() => {
      const { jupyterapp } = globalThis as unknown as { jupyterapp: { commands: { execute(id: string): unknown } } };
      void jupyterapp.commands.execute("heed:open-as-document");
    });
  };
  await ask();
  const dialog = page.locator(".jp-Dialog");
  expect(await dialog.locator("input").inputValue()).toBe("heads.heed.json");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await dialog.waitFor({ state: "detached" });
  expect(documents()).toEqual([]);
  await ask();
  await dialog.locator("input").fill("mine");
  await dialog.getByRole("button", { name: "Save and open" }).click();
  const opened = page.locator(".jp-HeedDocument .jp-HeedFigure");
  await opened.first().waitFor();
  expect(documents()).toEqual(["mine.heed.json"]);
  await runCommand(page, "application:close");
  await ask();
  // another name than the note's is not looked for; its own is
  await dialog.getByRole("button", { name: "Save and open" }).click();
  await opened.first().waitFor();
  await runCommand(page, "application:close");
  await ask();
  await opened.first().waitFor();
  expect(documents()).toEqual(["heads.heed.json", "mine.heed.json"]);
  await runCommand(page, "application:close");
});

test("a tap tells and chooses, in every view", async () => {
  const context = await openContext(browser, { viewport: { width: 1000, height: 1200 }, hasTouch: true, isMobile: false });
  const touched = await context.newPage();
  await touched.goto(`${lab.url}lab/workspaces/touch/tree/controls.ipynb?token=${lab.token}`);
  await touched.waitForSelector(".jp-Notebook .jp-HeedFigure");
  const tap = async (node: Locator, across: number, down: number): Promise<void> => {
    await node.scrollIntoViewIfNeeded();
    const box = await node.boundingBox();
    if (!box) throw new Error("nothing to tap");
    await touched.touchscreen.tap(box.x + box.width * across, box.y + box.height * down);
  };

  const written = await drawn(0, touched);
  await tap(written.locator(".heatmaplayer image").first(), 0.5, 0.5);
  expect(await told(written)).toBe("h1 (1) → s2 (2)");
  await written.locator(".jp-HeedDerivation ol").waitFor();
  await written.locator(".jp-HeedCursor-chosen:visible").waitFor();

  const heads = await drawn(1, touched);
  await readFigures(heads.locator(".."), 1);
  await heads.getByRole("radio", { name: "Text", exact: true }).tap();
  const words = heads.locator(".jp-HeedText-token");
  await words.nth(1).tap();
  expect(await told(heads)).toBe("cats (2)");
  await words.nth(2).tap();
  expect(await told(heads)).toBe("cats (2) → sleep (3)");
  await words.nth(1).tap();
  // a second time, and it is let go
  await expect.poll(() => heads.locator(".jp-HeedText-token.jp-mod-source").count()).toBe(0);
  await heads.getByRole("radio", { name: "Lines", exact: true }).tap();
  const lines = heads.locator(".jp-HeedLines-canvas");
  await lines.scrollIntoViewIfNeeded();
  const canvas = await lines.boundingBox();
  if (!canvas) throw new Error("no lines");
  await touched.touchscreen.tap(canvas.x + 10, canvas.y + 22 + 33);
  expect(await told(heads)).toBe("cats (2)");
  await touched.touchscreen.tap(canvas.x + canvas.width - 10, canvas.y + 22 + 77);
  expect(await told(heads)).toMatch(/^cats \(2\) → .*ing \(4\)$/);

  const map = await drawn(2, touched);
  await tap(map.locator(".jp-HeedMap-cells"), 0.5, 0.25);
  expect(await told(map)).toMatch(/^t\d+ \(\d+\).* → t\d+ \(\d+\)/);
  // elsewhere, and it is gone
  await map.locator(".jp-HeedFigure-caption").tap();
  await expect.poll(() => map.locator(".jp-HeedTooltip:visible").count()).toBe(0);
  await context.close();
});

test("nothing went wrong", () => {
  expect(visit.errors).toEqual([]);
});
