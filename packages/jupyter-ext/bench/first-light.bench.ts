/**
 * What a person waits for: the first picture of a notebook, and the pictures of large notes, in real JupyterLab and a real browser
 * with an empty cache. A time ends with the first frame in which the picture is there.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { displayBundle, makeNote, type DisplayBundle } from "heed/note";
import type { Browser, Page } from "playwright-core";
import { notebookFolder } from "../../../scripts/setup/places.mjs";
import { openBrowser } from "../../../test/support/browser.ts";
import { makeNotebook, startLab, type Lab } from "../../../test/support/lab.ts";
import type { Bench, Sample } from "../../kernel-lib/bench/harness.ts";

const lesson = "00-notes-on-attention.ipynb";
const computed = "computed.ipynb";
const empty = "empty.ipynb";

/** The display of a note of H × T × T weights: softmax of noise, where no two heads look alike. */
function display(heads: number, tokens: number): DisplayBundle {
  const data = new Float32Array(heads * tokens * tokens);
  for (let start = 0; start < data.length; start += tokens) {
    const row = data.subarray(start, start + tokens);
    for (let i = 0; i < tokens; i++) row[i] = Math.exp(3 * Math.sin((start + i) ** 2 % 977));
    const sum = row.reduce((total, value) => total + value, 0);
    for (let i = 0; i < tokens; i++) row[i] = (row[i] ?? 0) / sum;
  }
  const words = Array.from({ length: tokens }, (_, i) => ["the", "cat", "##ing", "我", "attention"][i % 5] ?? "");
  return displayBundle(makeNote({ weights: { shape: [heads, tokens, tokens], data }, rows: words, columns: words }));
}

/** A notebook that was run before: its first cell shows the display. */
function notebookWith(bundle: DisplayBundle): string {
  const notebook = JSON.parse(makeNotebook([{ code: "show(result)" }])) as { cells: { outputs: object[] }[] };
  notebook.cells[0]?.outputs.push({ output_type: "display_data", data: bundle, metadata: {} });
  return JSON.stringify(notebook);
}

/** When, in ms of the page's clock, the first cell was laid out and the first picture was drawn. */
interface Moments {
  visible?: number;
  drawn?: number;
}
declare const heedMoments: Moments;

/** Runs in the page before JupyterLab does: looks once a frame. */
function noteMoments(): void {
  const moments: Moments = {};
  Object.assign(globalThis, { heedMoments: moments });
  const look = (now: number): void => {
    if (moments.visible === undefined && (document.querySelector(".jp-Notebook .jp-Cell")?.getClientRects().length ?? 0) > 0) {
      moments.visible = now;
    }
    if (document.querySelector('.jp-HeedFigure[data-heed-state="drawn"]')) moments.drawn = now;
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** Opens a notebook in a browser that has seen nothing yet. */
async function open(browser: Browser, lab: Lab, path: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 1000 } });
  await context.addInitScript(noteMoments);
  const page = await context.newPage();
  await page.goto(`${lab.url}lab/tree/${path}?token=${lab.token}&reset`);
  return page;
}

/** From the notebook's first cell on the screen to its first picture, in ms. */
async function firstPicture(browser: Browser, lab: Lab, path: string): Promise<number> {
  const page = await open(browser, lab, path);
  await page.waitForFunction(() => heedMoments.drawn !== undefined, undefined, { timeout: 120_000 });
  const { visible = Number.NaN, drawn = Number.NaN } = await page.evaluate(() => heedMoments);
  await page.context().close();
  return drawn - visible;
}

/** An empty notebook whose kernel is there, so that nothing but the picture is at work. */
async function openEmpty(browser: Browser, lab: Lab): Promise<Page> {
  const page = await open(browser, lab, empty);
  await page.locator("#jp-main-statusbar", { hasText: "| Idle" }).waitFor({ timeout: 120_000 });
  return page;
}

/** What the bench uses of JupyterLab's application. */
interface App {
  readonly shell: {
    readonly currentWidget: {
      readonly content: {
        readonly widgets: readonly { readonly model: { readonly outputs: { add(output: object): void; clear(): void } } }[];
      };
    };
  };
}
declare const jupyterapp: App;

/** Runs in the page: from the arrival of a display at the first cell to its picture, in ms. */
async function arrive(data: DisplayBundle): Promise<number> {
  // oxlint-disable-next-line unicorn/consistent-function-scoping -- the page knows nothing outside of this function
  const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
  const outputs = jupyterapp.shell.currentWidget.content.widgets[0]?.model.outputs;
  outputs?.clear();
  while (document.querySelector(".jp-HeedFigure")) await frame();
  const start = performance.now();
  outputs?.add({ output_type: "display_data", data, metadata: {} });
  while (!document.querySelector('.jp-HeedFigure[data-heed-state="drawn"]')) await frame();
  return (await frame()) - start;
}

export default async function bench(bench: Bench): Promise<void> {
  const heads = display(12, 128);
  const large = display(1, 512);
  const files = {
    [lesson]: readFileSync(join(notebookFolder, lesson), "utf8"),
    [computed]: notebookWith(heads),
    [empty]: makeNotebook([{ code: "" }]),
  };
  const lab = await startLab(files);
  bench.onEnd(() => lab.stop());
  const browser = await openBrowser();
  bench.onEnd(() => browser.close());

  const rounds = { samples: 7, warmUp: 1 };
  const wait = (name: string, ours: Sample, limit: number): Promise<unknown> =>
    bench.compare({ name, unit: "ms", ours, limit, ...rounds });

  await wait("first picture, written notes", () => firstPicture(browser, lab, lesson), 1000);
  await wait("first picture, 12 heads × 128 computed earlier", () => firstPicture(browser, lab, computed), 1000);

  const first =
    (bundle: DisplayBundle): Sample =>
    async () => {
      const page = await openEmpty(browser, lab);
      const time = await page.evaluate(arrive, bundle);
      await page.context().close();
      return time;
    };
  await wait("12 heads × 128 drawn, Plotly not loaded yet", first(heads), 500);

  const page = await openEmpty(browser, lab);
  await wait("12 heads × 128 drawn", () => page.evaluate(arrive, heads), 500);
  await wait("1 head × 512 drawn", () => page.evaluate(arrive, large), 500);
}
