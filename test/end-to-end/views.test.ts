/** One note seen in several ways: each view is chosen by hand, asked by pointer and keys, and says the note's own numbers. */
import axe from "axe-core";
import { makeNote } from "heed/note";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { figuresIn, openBrowser, openPage, readFigures, setTheme, type Visit } from "../support/browser.js";
import { makeNotebook, startLab, type Lab } from "../support/lab.js";

/** A text with a word of two pieces between special tokens. */
const text = {
  text: "cats sleeping",
  tokens: ["[CLS]", "cats", "sleep", "##ing", "[SEP]"],
  offsets: [
    [0, 0],
    [0, 4],
    [5, 10],
    [10, 13],
    [0, 0],
  ],
  words: [-1, 0, 1, 1, -1],
  special: [0, 4],
} as const;

const head = (first: number): number[][] => [
  [1, 0, 0, 0, 0],
  [0.1, 0.2, 0.3, 0.25, 0.15],
  [0.2, first, 0.1, 0.1, 0.6 - first],
  [0.4, 0.2, 0.1, 0.2, 0.1],
  [0, 0, 0, 0, 1],
];

const notes = {
  heads: makeNote({
    title: "two layers of two heads",
    weights: [
      [head(0.5), head(0.25)],
      [head(0.125), head(0.0625)],
    ],
    rows: text,
    columns: text,
  }),
  alignment: makeNote({
    kind: "alignment",
    title: "an alignment",
    weights: [
      [0.75, 0.25],
      [0.125, 0.875],
    ],
    rows: ["cats", "sleeping"],
    columns: ["猫", "睡觉"],
  }),
  summary: makeNote({
    kind: "summary",
    title: "three hops",
    weights: [
      [0.5, 0.5, 0],
      [0.5, 0.5, 0],
      [0, 0.25, 0.75],
    ],
    columns: ["good", "food", "slow"],
    output: [
      [1, 1],
      [1, 1],
      [0, 3],
    ],
  }),
};

/** For what a busy machine may take long to show. */

let lab: Lab;
let browser: Browser;
let visit: Visit;
let page: Page;
beforeAll(async () => {
  const notebook = makeNotebook(Object.values(notes).map((note) => ({ note })));
  [lab, browser] = await Promise.all([startLab({ "views.ipynb": notebook }), openBrowser()]);
  visit = await openPage(browser, lab, "views.ipynb", { kernel: false });
  page = visit.page;
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
});

/** The figure of a note, drawn and in sight. */
async function figureOf(name: keyof typeof notes): Promise<Locator> {
  const figure = figuresIn(page).nth(Object.keys(notes).indexOf(name));
  await figure.scrollIntoViewIfNeeded();
  await readFigures(figure.locator(".."), 1);
  return figure;
}

async function choose(figure: Locator, view: string): Promise<void> {
  await figure.getByRole("radiogroup", { name: "View" }).getByRole("radio", { name: view, exact: true }).click();
  await expect.poll(() => figure.locator(".jp-HeedFigure-stage").evaluate((stage) => stage.childElementCount)).toBe(1);
  await expect.poll(() => figure.getByRole("radio", { name: view, exact: true }).getAttribute("aria-checked")).toBe("true");
}

/** What a screen reader was told after keys, the last of them. */
async function announced(figure: Locator, ...keys: readonly string[]): Promise<string> {
  for (const key of keys) await page.keyboard.press(key);
  return (await figure.locator(".jp-HeedFigure-announcer").textContent()) ?? "";
}

const facts = (figure: Locator): Promise<string[]> =>
  figure.locator(".jp-HeedTooltip:visible").locator(":scope > div").allTextContents();

test("running text: a chosen token's weights are told by pointer and keys, and shade the others", async () => {
  const figure = await figureOf("heads");
  await choose(figure, "Text");
  const tokens = figure.locator(".jp-HeedText-token");
  expect(await tokens.allTextContents()).toEqual(["[CLS]", "cats", "sleep", "ing", "[SEP]"]);
  await tokens.nth(2).click();
  await tokens.nth(1).hover();
  expect(await facts(figure)).toEqual(["sleep (3) → cats (2)", "weight 0.5", "rank 1 of 5"]);
  // equal weights look alike, the largest does not look like them
  const alike = (): Promise<boolean[]> =>
    tokens.evaluateAll((all) => {
      const [, cats, sleep, ing] = all.map((token) => getComputedStyle(token).backgroundColor);
      return [sleep === ing, cats === ing];
    });
  await expect.poll(alike).toEqual([true, false]);
  await tokens.nth(2).click();
  await figure.getByRole("button", { name: "Attended by" }).click();
  await figure.locator(".jp-HeedText").focus();
  expect(await announced(figure, "Home", "ArrowRight", "Enter")).toBe("sleep (3) → cats (2): weight 0.5, rank 1 of 5");
  await page.keyboard.press("Escape");
  await figure.getByRole("button", { name: "Attended by" }).click();
});

test("words and hidden tokens: the numbers are those of the rule that is stated", async () => {
  const figure = await figureOf("heads");
  await choose(figure, "Matrix");
  await figure.getByRole("button", { name: "Whole words" }).click();
  await figure.getByRole("button", { name: "Hide special tokens" }).click();
  const read = async (): Promise<number[][]> => {
    const [shown] = await readFigures(figure.locator(".."), 1);
    return (shown?.values ?? []).map((row) => row.map((value) => Number(value.toFixed(4))));
  };
  // sum over sleep + ing as keys, mean over them as queries; what [CLS] and [SEP] hold is missing
  await expect.poll(read).toEqual([
    [0.2, 0.55],
    [0.35, 0.25],
  ]);
  const [shown] = await readFigures(figure.locator(".."), 1);
  expect(shown?.columns).toEqual(["cats", "sleeping"]);
  expect(shown?.facts).toContain("words: sum over the pieces looked at, mean over the pieces that look");
  expect(shown?.facts).toContain("hidden: tokens marked special ([CLS] [SEP]), with 32.5 % of an average row");
  await figure.getByRole("button", { name: "Whole words" }).click();
  await figure.getByRole("button", { name: "Hide special tokens" }).click();
  await expect.poll(async () => (await read()).length).toBe(5);
});

test("the meaning of colours is chosen, and the legend says which", async () => {
  const figure = await figureOf("heads");
  const scale = figure.getByRole("combobox", { name: "What colours mean" });
  await scale.selectOption("row");
  const coloured = async (): Promise<number | undefined> => (await readFigures(figure.locator(".."), 1))[0]?.coloured[1]?.[2];
  await expect.poll(coloured).toBe(1);
  expect(await figure.locator(".jp-HeedFigure-plot").textContent()).toContain("weight ÷ the largest of its row");
  await scale.selectOption("global");
  await expect.poll(coloured).toBeCloseTo(0.3, 5);
});

test("all layers × heads: arrows walk the heads, Enter opens one, and it stays open under another theme", async () => {
  const figure = await figureOf("heads");
  await choose(figure, "All layers");
  await figure.locator(".jp-HeedHeads-tiles").focus();
  expect(await announced(figure, "ArrowDown")).toMatch(/^layer 1, head 0: largest weight 1, mean entropy of a row \d/);
  expect(await announced(figure, "ArrowRight", "Enter")).toMatch(/^layer 1, head 1/);
  const value = async (): Promise<number | undefined> => (await readFigures(figure.locator(".."), 1))[0]?.values[2]?.[1];
  await expect.poll(value).toBe(0.0625);
  await setTheme(page, "dark");
  await expect.poll(value).toBe(0.0625);
  await setTheme(page, "light");
});

test("the heads of a layer: one cell in all of them, and a click opens it", async () => {
  const figure = await figureOf("heads");
  await choose(figure, "Heads");
  await figure.getByRole("radio", { name: "layer 0" }).click();
  const tile = figure.locator(".jp-HeedHeads-image").first();
  const box = await tile.boundingBox();
  if (!box) throw new Error("the first head is not on the page");
  await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.5);
  expect(await facts(figure)).toEqual(["sleep (3) → cats (2)", "layer 0, head 0", "weight 0.5", "rank 1 of 5"]);
  expect(await figure.locator(".jp-HeedHeads-frame:visible").count()).toBe(2);
  await page.mouse.click(box.x + box.width * 0.3, box.y + box.height * 0.5);
  await expect.poll(() => figure.getAttribute("data-heed-view")).toBe("matrix");
  await figure.locator(".jp-HeedCursor-chosen:visible").waitFor();
});

test("a chosen cell's tokens are highlighted in the notebook's other figures", async () => {
  const heads = await figureOf("heads");
  await heads.locator(".jp-HeedCursor-chosen:visible").waitFor();
  const alignment = await figureOf("alignment");
  await choose(alignment, "Matrix");
  // its rows are the same text, cut otherwise, and its columns are another
  await expect.poll(() => alignment.locator(".jp-HeedMarks-label").count()).toBe(2);
  await choose(alignment, "Text");
  const marked = alignment.locator(".jp-HeedText-token.jp-mod-marked");
  await expect.poll(() => marked.allTextContents()).toEqual(["cats", "sleeping"]);
});

test("lines between two sentences: keys tell the weights, and only the chosen token's lines remain", async () => {
  const figure = await figureOf("alignment");
  await choose(figure, "Lines");
  const ink = (): Promise<number> =>
    figure.locator("canvas.jp-HeedLines-canvas").evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
      // between the two sentences there is nothing but lines
      const [from, to] = [Math.floor(canvas.height * 0.4), Math.floor(canvas.height * 0.6)].map(
        (row) => row * canvas.width * 4,
      );
      return Array.from(data.slice(from, to)).reduce((sum, value, i) => (i % 4 === 3 ? sum + value : sum), 0);
    });
  await expect.poll(ink).toBeGreaterThan(0);
  const all = await ink();
  await figure.locator(".jp-HeedLines").focus();
  expect(await announced(figure, "Home", "Enter")).toBe("cats (1) → 猫 (1): weight 0.75, rank 1 of 2");
  expect(await announced(figure, "ArrowRight")).toBe("cats (1) → 睡觉 (2): weight 0.25, rank 2 of 2");
  await expect.poll(ink).toBeLessThan(all);
  await page.keyboard.press("Escape");
});

test("heads as lines of one picture: chosen by keys, each in a colour, with numbers of its own", async () => {
  const figure = await figureOf("heads");
  await choose(figure, "Lines");
  const chips = figure.getByRole("group", { name: "Heads drawn together" });
  const pressed = (): Promise<string[]> => chips.locator("[aria-pressed=true]").allTextContents();
  const [alone = ""] = await pressed();
  await chips.getByRole("button").first().focus();
  if (alone === "0") await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect.poll(pressed).toEqual(["0", "1"]);
  const colours = (): Promise<number> =>
    figure.locator("canvas.jp-HeedLines-canvas").evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
      let [blue, orange] = [0, 0];
      for (let i = 0; i < data.length; i += 4) {
        const [red = 0, , sea = 0, opacity = 0] = data.slice(i, i + 4);
        if (opacity > 40 && sea > red + 40) blue++;
        if (opacity > 40 && red > sea + 40) orange++;
      }
      return Math.min(blue, orange);
    });
  await expect.poll(colours).toBeGreaterThan(50);
  await figure.locator(".jp-HeedLines").focus();
  expect(await announced(figure, "Home", "ArrowDown", "ArrowDown")).toMatch(
    /^sleep \(3\): head \d: looks at .*; head \d: looks at /,
  );
  await chips.getByRole("button", { name: `head ${alone === "0" ? 1 : 0}` }).click();
  await expect.poll(pressed).toEqual([alone]);
});

test("the hops of a summary: their overlap by keys, which are nearly the same, and what leaving one out does", async () => {
  const figure = await figureOf("summary");
  expect(await figure.getAttribute("data-heed-view")).toBe("hops");
  await figure.locator(".jp-HeedFigure-plot").focus();
  const overlap = await announced(figure, "End", "ArrowRight", "ArrowRight");
  expect(overlap).toBe("hop 1 → hop 2: overlap 0.5, cosine 1: nearly the same (from 0.95)");
  const cards = figure.locator(".jp-HeedHop");
  expect(await cards.count()).toBe(3);
  const first = await cards.first().textContent();
  expect(first).toContain("entropy 1 bits: as over 2 of 3 tokens");
  expect(first).toContain("nearly the same as hop 2");
  // 2 (0.5 − 1)² + (0.625 − 1)² + 2 · 0.5² + 4 · 0.125² with it, (0.5 − 1)² + (0.625 − 1)² + 2 · 0.125² without
  expect(first).toContain("penalty 1.2 → 0.42");
  expect(first).toContain("0 % of its vector in C");
});

test.each([
  ["heads", "Matrix"],
  ["heads", "Lines"],
  ["heads", "Text"],
  ["heads", "Heads"],
  ["heads", "All layers"],
  ["summary", "Hops"],
] as const)("axe finds nothing wrong with %s as %s", async (name, view) => {
  const figure = await figureOf(name);
  await choose(figure, view);
  await page.evaluate(axe.source);
  const found = await figure.evaluate(async (node) => {
    const { axe: tool } = globalThis as unknown as { axe: typeof axe };
    const { violations } = await tool.run(node, { resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
  });
  expect(found).toEqual([]);
});

test("nothing went wrong, and no other machine was asked", () => {
  expect(visit.errors).toEqual([]);
  expect(visit.foreignRequests).toEqual([]);
});
