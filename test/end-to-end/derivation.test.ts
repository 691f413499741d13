/** A weight is derived, guessed, changed, tabled and compared – by pointer and by keyboard, in real JupyterLab. */
import { displayBundle, makeNote } from "heed/note";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { figuresIn, hoverCell, openBrowser, openPage, readFigures, runCommand, type Visit } from "../support/browser.js";
import { findings } from "../support/findings.js";
import { makeNotebook, startLab, type Lab } from "../support/lab.js";

const fence = (...lines: string[]): { markdown: string } => ({ markdown: ["```attention", ...lines, "```"].join("\n") });

/** h1 looks at s1 … s4: m = (1, 2, 4, 3), as in the notes on attention. */
const text = [
  "title: by hand",
  "query: { h1: [1, 0, 2] } # one state of the decoder",
  "keys:  { s1: [1, 1, 0], s2: [0, 1, 1], s3: [2, 0, 1], s4: [1, 0, 1] }",
  "score: dot",
];
const scores = [1, 2, 4, 3];
const softmax = (values: readonly number[], temperature = 1): number[] => {
  const powers = values.map((value) => Math.exp(value / temperature));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
};

/** More rows and columns than fit on a page of a table. */
const large = makeNote({
  title: "large",
  weights: Array.from({ length: 97 }, (_, row) => Array.from({ length: 97 }, (__, column) => Number(row === column))),
});

function notebook(): string {
  const cells = [
    fence(...text),
    fence("title: words", "rows: [x]", "columns: [我, 是, 中国人]", "weights: [[0.25, 0.25, 0.5]]"),
    fence("title: pieces", "rows: [x]", "columns: [我, 是, 中国, 人]", "weights: [[0.5, 0.25, 0.25, 0]]"),
    { code: "large" },
  ];
  const made = JSON.parse(makeNotebook(cells)) as { cells: { outputs?: unknown[] }[] };
  made.cells[3]?.outputs?.push({ output_type: "display_data", data: displayBundle(large), metadata: {} });
  return JSON.stringify(made);
}

let lab: Lab;
let browser: Browser;
let visit: Visit;
let page: Page;
beforeAll(async () => {
  [lab, browser] = await Promise.all([startLab({ "derivation.ipynb": notebook() }), openBrowser()]);
  visit = await openPage(browser, lab, "derivation.ipynb", { kernel: false, alone: true });
  ({ page } = visit);
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
});

const cellAt = (index: number): Locator => page.locator(".jp-Notebook .jp-Cell").nth(index);
const figureIn = (index: number): Locator => figuresIn(cellAt(index)).first();

/** Runs in the page. */
function scrollTo(cell: Element): boolean {
  cell.scrollIntoView({ block: "nearest" });
  return cell.isConnected;
}

async function drawn(index: number): Promise<Locator> {
  // while JupyterLab lays the notebook out, it takes cells off the page and puts them back
  await expect.poll(() => cellAt(index).evaluate(scrollTo)).toBe(true);
  await readFigures(cellAt(index), 1);
  return figureIn(index);
}

const rowOf = (table: Locator, name: string): Promise<string[]> =>
  table
    .locator("tbody tr", { has: page.locator("th", { hasText: name }) })
    .locator("th, td")
    .allTextContents();

const sourceOf = (index: number): Promise<string> =>
  page.evaluate((at) => {
    const { jupyterapp } = globalThis as unknown as {
      jupyterapp: {
        shell: {
          widgets(area: string): Iterable<{ content: { widgets?: { model: { sharedModel: { getSource(): string } } }[] } }>;
        };
      };
    };
    for (const { content } of jupyterapp.shell.widgets("main")) {
      const cell = content.widgets?.[at];
      if (cell) return cell.model.sharedModel.getSource();
    }
    return "";
  }, index);

const firstRow = async (index: number): Promise<number[]> => [...((await readFigures(cellAt(index), 1))[0]?.values[0] ?? [])];

const expectRow = async (index: number, expected: readonly number[]): Promise<void> => {
  await expect
    .poll(async () => (await firstRow(index)).map((weight, i) => Math.abs(weight - (expected[i] ?? -1)) < 1e-5))
    .toEqual(expected.map(() => true));
};

test("a click on a cell shows how its weight was made, and a second one closes it again", async () => {
  const figure = await drawn(0);
  await hoverCell(figure, 0, 2, [1, 4]);
  await page.mouse.down();
  await page.mouse.up();
  const box = figure.locator(".jp-HeedDerivation");
  await box.waitFor();
  expect(await box.locator(".jp-HeedBox-title").textContent()).toBe("h1 → s3");
  const tables = box.locator("table");
  expect(await rowOf(tables.nth(0), "1")).toEqual(["1", "1", "2", "2", ""]);
  expect(await rowOf(tables.nth(1), "s3")).toEqual(["s3", "4", "54.5982", "0.6439", ""]);
  expect(await box.textContent()).toContain("a = 54.5982 ÷ 84.791 = 0.6439");
  expect(await box.locator(".jp-HeedDerivation-check").textContent()).toContain("The note stores 0.6439, as f32");
  // c = Σ a·s by hand
  const [a1 = 0, a2 = 0, a3 = 0, a4 = 0] = softmax(scores);
  const c = [a1 + 2 * a3 + a4, a1 + a2, a2 + a3 + a4].map((sum) => sum.toFixed(4));
  expect(await tables.nth(2).locator("tbody td:nth-child(4)").allTextContents()).toEqual(c);
  await page.mouse.down();
  await page.mouse.up();
  await box.waitFor({ state: "detached" });
});

test("by keyboard a cell is walked to, derived and announced; Escape closes the derivation", async () => {
  const figure = await drawn(0);
  await figure.locator(".jp-HeedFigure-plot").focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  const box = figure.locator(".jp-HeedDerivation");
  await box.waitFor();
  expect(await box.locator(".jp-HeedBox-title").textContent()).toBe("h1 → s2");
  await expect.poll(() => figure.locator(".jp-HeedFigure-announcer").textContent()).toMatch(/h1 → s2.*below the picture/);
  await box.getByRole("switch").focus();
  await page.keyboard.press("Escape");
  await box.waitFor({ state: "detached" });
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Derivation");
});

test("while weights are to be predicted, no number of them is on the page or announced, until it was guessed", async () => {
  const figure = await drawn(0);
  await figure.getByRole("button", { name: "Derivation" }).click();
  const box = figure.locator(".jp-HeedDerivation");
  await box.getByRole("switch", { name: "Predict first" }).click();
  await hoverCell(figure, 0, 2, [1, 4]);
  await page.mouse.down();
  await page.mouse.up();
  const form = box.locator("form");
  await form.waitFor();
  // not in a cell, the legend, the box at the pointer or the sentence below
  const visible = await figure.evaluate((node) => (node as HTMLElement).innerText);
  expect(visible).not.toMatch(/0\.64|64\.?4? ?%/);
  expect(await figure.locator(".textpoint").first().isVisible()).toBe(false);
  await figure.locator(".jp-HeedFigure-plot").focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowRight");
  expect(await figure.locator(".jp-HeedFigure-announcer").textContent()).toBe("h1 (1) → s3 (3)");

  const field = form.getByRole("textbox");
  await field.fill("much");
  await page.keyboard.press("Enter");
  expect(await form.getByRole("status").textContent()).toContain("0.6, 60% or 3/5");
  await field.fill("60%");
  await page.keyboard.press("Enter");
  await expect.poll(() => box.locator(".jp-HeedGuess").textContent()).toContain("weight 0.6439");
  expect(await box.locator(".jp-HeedGuess").textContent()).toContain("difference −0.0439");
  expect(await box.textContent()).toContain("÷ 84.791 = 0.6439");
  // told of this cell now, and of no other
  await figure.getByRole("button", { name: "Table" }).click();
  const table = figure.locator(".jp-HeedTable td");
  await expect.poll(() => table.allTextContents()).toEqual(["query \\ key", "?", "?", "0.6439", "?"]);
  const facts = figure.locator(".jp-HeedTooltip-fact").first();
  await hoverCell(figure, 0, 2, [1, 4]);
  expect(await facts.isVisible()).toBe(true);
  await hoverCell(figure, 0, 1, [1, 4]);
  expect(await facts.isVisible()).toBe(false);
  await figure.locator(".jp-HeedFigure-plot").focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => figure.locator(".jp-HeedFigure-announcer").textContent()).toContain("0.6439");
  await figure.getByRole("button", { name: "Table" }).click();
  await box.getByRole("switch").click();
  await expect.poll(() => figure.locator(".jp-HeedFigure-caption").textContent()).toContain("64.4%");
  await box.getByRole("button", { name: "Close" }).click();
});

test("sliders recompute the picture without moving it, and leave the notebook alone until they are told to write", async () => {
  const figure = await drawn(0);
  const before = await sourceOf(0);
  await figure.getByRole("button", { name: "Try out" }).click();
  const box = figure.locator(".jp-HeedSliders");
  const temperature = box.getByRole("slider", { name: "Temperature" });
  await temperature.waitFor();
  const places = async (): Promise<unknown[]> => [
    await figure.locator(".jp-HeedFigure-plot").boundingBox(),
    await temperature.boundingBox(),
    await figure.locator(".heatmaplayer image").boundingBox(),
  ];
  const at = await places();
  await temperature.focus();
  // 20 steps of 0.05: 2¹
  for (let i = 0; i < 20; i++) await page.keyboard.press("ArrowRight");
  await expectRow(0, softmax(scores, 2));
  expect(await places()).toEqual(at);
  expect(await box.getByRole("status").first().textContent()).toBe("changed, not saved");

  // a number, by typing and by its slider
  const number = box.getByRole("spinbutton", { name: "k = v, s3, 1" });
  await number.fill("-1");
  await expectRow(0, softmax([1, 2, 1, 3], 2));
  await box.getByRole("slider", { name: "k = v, s3, 1" }).press("Home");
  await expectRow(0, softmax([1, 2, -2, 3], 2));
  await box.getByLabel("1 ÷ √D (scaled)").check();
  await expectRow(0, softmax([1, 2, -2, 3], 2 * Math.sqrt(3)));
  await box.getByRole("slider", { name: "Mask" }).press("ArrowLeft");
  await expect.poll(async () => (await firstRow(0)).map(Number.isNaN)).toEqual([false, false, false, true]);
  expect(await sourceOf(0)).toBe(before);

  await box.getByRole("button", { name: "Back to the saved note" }).click();
  await expectRow(0, softmax(scores));
  await number.fill("3");
  await expectRow(0, softmax([1, 2, 5, 3]));
  await box.getByRole("button", { name: "Write into the note" }).click();
  await expect.poll(() => sourceOf(0)).toBe(before.replace("s3: [2, 0, 1]", "s3: [3, 0, 1]"));
  await expectRow(0, softmax([1, 2, 5, 3]));
  await box.getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => sourceOf(0)).toBe(before);
  await expectRow(0, softmax(scores));
  await box.getByRole("button", { name: "Close" }).click();
});

test("behind the picture is a table with headings, turned page by page where it is large", async () => {
  const figure = await drawn(3);
  await figure.getByRole("button", { name: "Table" }).click();
  const table = figure.locator(".jp-HeedTable table");
  await table.waitFor();
  expect(await table.locator("caption").textContent()).toContain("large");
  expect(await table.locator("thead th[scope=col]").count()).toBe(24);
  expect(await table.locator("tbody th[scope=row]").count()).toBe(40);
  const diagonal = (): Promise<string | null> => table.locator("tbody tr").nth(5).locator("td").nth(5).textContent();
  expect(await diagonal()).toBe("1.0000");
  const rows = figure.getByRole("group", { name: "query" });
  await rows.getByRole("button", { name: "Next page" }).click();
  expect(await rows.textContent()).toContain("query: 41–80 of 97");
  expect(await table.locator("tbody th").first().textContent()).toBe("41");
  expect(await diagonal()).toBe("0.0000");
  await figure.locator(".jp-HeedTable").getByRole("button", { name: "Close" }).click();
});

test("two notes are compared: A, B, A − B, and how far apart their rows are", async () => {
  const figure = await drawn(1);
  await figure.locator(".jp-HeedFigure-title").click();
  await runCommand(page, "heed:compare");
  const view = page.locator(".jp-HeedComparison");
  await view.locator(".jp-HeedComparison-panel .heatmaplayer image").nth(2).waitFor();
  const shown = await view.locator(".js-plotly-plot").evaluateAll((nodes) =>
    nodes.map((node) => {
      const { _fullData } = node as unknown as { _fullData: { customdata: ArrayLike<number>[]; zmin: number; zmax: number }[] };
      const [trace] = _fullData;
      return { values: trace?.customdata.map((row) => Array.from(row)), range: [trace?.zmin, trace?.zmax] };
    }),
  );
  // 中国 and 人 are one key beside 中国人
  expect(shown).toEqual([
    { values: [[0.25, 0.25, 0.5]], range: [0, 0.5] },
    { values: [[0.5, 0.25, 0.25]], range: [0, 0.5] },
    { values: [[-0.25, 0, 0.25]], range: [-0.25, 0.25] },
  ]);
  // m = (3/8, 1/4, 3/8): ½ (¼ log₂ ⅔ + ½ log₂ 4/3) twice
  const distance = Math.sqrt(0.25 * Math.log2(2 / 3) + 0.5 * Math.log2(4 / 3));
  expect(await rowOf(view.locator("table"), "x")).toEqual(["x 1", distance.toFixed(3), "中国人 +0.25", "我 −0.25"]);
  expect(await view.textContent()).toContain("those that cover the same text are joined");

  await view.getByRole("combobox", { name: "Note A" }).selectOption({ index: 0 });
  await expect.poll(() => view.getByRole("status").textContent()).toContain("cannot be compared: what looks");
  expect(await view.locator(".jp-HeedComparison-panels").isVisible()).toBe(false);
  expect(visit.errors).toEqual([]);
  expect(visit.foreignRequests).toEqual([]);
});

test.each(["light", "dark"] as const)("axe finds nothing serious in what was opened (%s)", async (theme) => {
  await visit.close();
  visit = await openPage(browser, lab, "derivation.ipynb", { kernel: false, alone: true, theme });
  ({ page } = visit);
  const figure = await drawn(0);
  await hoverCell(figure, 0, 2, [1, 4]);
  await page.mouse.down();
  await page.mouse.up();
  await figure.locator(".jp-HeedDerivation ol").waitFor();
  for (const name of ["Try out", "Table"]) await figure.getByRole("button", { name }).click();
  await figure.locator(".jp-HeedTable table").waitFor();
  await figure.getByRole("slider", { name: "Temperature" }).waitFor();
  expect(await findings(page, ".jp-HeedFigure")).toEqual([]);
  await (await drawn(1)).locator(".jp-HeedFigure-title").click();
  await runCommand(page, "heed:compare");
  await page.locator(".jp-HeedComparison .heatmaplayer image").nth(2).waitFor();
  expect(await findings(page, ".jp-HeedComparison")).toEqual([]);
});
