/** A long notebook, in each way that JupyterLab has to keep most of one off the page: nothing is lost, doubled or moved. */
import { makeNote } from "heed/note";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, openPage, readFigures } from "../support/browser.js";
import { makeNotebook, startLab, type CellSource, type Lab } from "../support/lab.js";

const count = 30;

/** Notes that tell by their weights which they are: computed ones, with thumbnails above them, and written ones in turn. */
function cell(i: number): CellSource {
  const title = `note ${i}`;
  const main = 0.5 + i / 1000;
  const rows = Array.from({ length: 7 }, (_, row) =>
    Array.from({ length: 7 }, (__, column) => (column === row ? main : (1 - main) / 6)),
  );
  if (i % 2 === 0) return { note: makeNote({ title, weights: [rows, rows.toReversed()], heads: ["1", "2"] }) };
  return { markdown: ["A note:", "```attention", `title: ${title}`, `weights: ${JSON.stringify(rows)}`, "```"].join("\n") };
}

let lab: Lab;
let browser: Browser;
beforeAll(async () => {
  const notebook = makeNotebook(Array.from({ length: count }, (_, i) => cell(i)));
  [lab, browser] = await Promise.all([startLab({ "long.ipynb": notebook }), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
});

/** What was seen of a note, frame by frame. */
interface Seen {
  /** Different heights, in pixels, once it had a picture or the place of one. */
  readonly heights: number[];
  /** How often it was drawn. */
  drawn: number;
  /** How many figures with its title there were at once, at most. */
  figures: number;
}

declare const seen: Record<string, Seen>;
declare const jupyterapp: {
  readonly shell: {
    readonly currentWidget: { readonly content: { scrollToItem(index: number, align: string): Promise<void> } };
  };
};

/** Runs in the page: watches all figures in every frame from now on. */
function watch(): void {
  const all: Record<string, Seen> = {};
  Object.assign(globalThis, { seen: all });
  // oxlint-disable-next-line unicorn/consistent-function-scoping -- the page knows nothing outside of this function
  const titleOf = (figure: Element): string => figure.querySelector(".jp-HeedFigure-title")?.textContent ?? "";
  const of = (title: string): Seen => (all[title] ??= { heights: [], drawn: 0, figures: 0 });
  // oxlint-disable-next-line unicorn/consistent-function-scoping -- the page knows nothing outside of this function
  const isDrawn = ({ dataset }: HTMLElement): boolean => dataset["heedState"] === "drawn";
  for (const figure of document.querySelectorAll<HTMLElement>(".jp-HeedFigure")) {
    if (isDrawn(figure)) of(titleOf(figure)).drawn++;
  }
  new MutationObserver((changes) => {
    for (const { target } of changes) if (target instanceof HTMLElement && isDrawn(target)) of(titleOf(target)).drawn++;
  }).observe(document.body, { attributes: true, attributeFilter: ["data-heed-state"], subtree: true });
  const look = (): void => {
    const figures = [...document.querySelectorAll<HTMLElement>(".jp-HeedFigure")];
    for (const figure of figures) {
      const title = titleOf(figure);
      const { heights } = of(title);
      if (figure.dataset["heedView"] && figure.offsetHeight > 0 && !heights.includes(figure.offsetHeight)) {
        heights.push(figure.offsetHeight);
      }
      of(title).figures = Math.max(of(title).figures, figures.filter((other) => titleOf(other) === title).length);
    }
    requestAnimationFrame(look);
  };
  look();
}

/** Runs in the page: what is in sight when nothing is left to be drawn there. */
async function whenDrawn(): Promise<{ title: string; top: number }[]> {
  // oxlint-disable-next-line unicorn/consistent-function-scoping -- the page knows nothing outside of this function
  const inSight = (): HTMLElement[] =>
    [...document.querySelectorAll<HTMLElement>(".jp-Notebook .jp-HeedFigure")].filter((figure) => {
      const { top, bottom, height } = figure.getBoundingClientRect();
      return height > 0 && bottom > 100 && top < innerHeight - 100;
    });
  let figures: HTMLElement[];
  do {
    await new Promise((resolve) => setTimeout(resolve, 50));
    figures = inSight();
  } while (figures.length === 0 || figures.some(({ dataset }) => dataset["heedState"] !== "drawn"));
  return figures.map((figure) => ({
    title: figure.querySelector(".jp-HeedFigure-title")?.textContent ?? "",
    top: figure.getBoundingClientRect().top,
  }));
}

/** Runs in the page: scrolls by most of a window. */
function scrollOn(): void {
  const scroller = document.querySelector(".jp-WindowedPanel-outer");
  scroller?.scrollBy({ top: scroller.clientHeight * 0.7, behavior: "instant" });
}

test.each(["full", "defer", "contentVisibility", "none"])("windowing mode %s", async (windowingMode) => {
  await lab.set("@jupyterlab/notebook-extension:tracker", { windowingMode });
  const visit = await openPage(browser, lab, "long.ipynb", { kernel: false, alone: true });
  const { page } = visit;
  await page.evaluate(watch);
  await readFigures(page, 1);
  // straight to the last, which was never near, and back
  for (const i of [count - 1, 0, 14]) {
    const title = `note ${i}`;
    await page.evaluate((index) => jupyterapp.shell.currentWidget.content.scrollToItem(index, "start"), i);
    await expect.poll(() => page.evaluate(whenDrawn).then((shown) => shown.map((one) => one.title))).toContain(title);
    const figure = page.locator(".jp-HeedFigure", { has: page.getByText(title, { exact: true }) });
    const [shown] = await readFigures(figure.locator(".."), 1);
    expect(shown?.values[0]?.[0]).toBeCloseTo(0.5 + i / 1000, 5);
  }
  // through all of them, from the first
  await page.evaluate(() => jupyterapp.shell.currentWidget.content.scrollToItem(0, "start"));
  const titles = new Set<string>();
  while (!titles.has(`note ${count - 1}`)) {
    for (const { title } of await page.evaluate(whenDrawn)) titles.add(title);
    await page.evaluate(scrollOn);
  }
  expect([...titles]).toHaveLength(count);

  const all = await page.evaluate(() => seen);
  for (let i = 0; i < count; i++) {
    const { heights = [], drawn, figures } = all[`note ${i}`] ?? {};
    // the place kept for a picture is as high as the picture
    expect(heights, `note ${i}`).toHaveLength(1);
    expect(figures, `note ${i}`).toBe(1);
    // what is drawn in the moment in which its cell is taken off the page is not seen from here
    expect(drawn, `note ${i}`).toBeLessThanOrEqual(1);
  }
  expect(visit.errors).toEqual([]);
  await visit.close();
});
