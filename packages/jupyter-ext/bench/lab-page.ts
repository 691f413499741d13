/** What the benchmarks of the extension share: attention to draw, notebooks that hold it, and pages that note when it is drawn. */
import type { DisplayBundle, PlainTensor } from "heed/note";
import type { Browser, Page } from "playwright-core";
import { makeNotebook, type Lab } from "../../../test/support/lab.ts";

/** Softmax of noise: no two rows look alike, and there is no structure that would make it smaller than real attention. */
export function noise(shape: readonly number[]): PlainTensor {
  const columns = shape.at(-1) ?? 1;
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let start = 0; start < data.length; start += columns) {
    const row = data.subarray(start, start + columns);
    let sum = 0;
    for (let i = 0; i < columns; i++) sum += row[i] = Math.exp(3 * Math.sin((start + i) ** 2 % 977));
    for (let i = 0; i < columns; i++) row[i] = (row[i] ?? 0) / sum;
  }
  return { shape, data };
}

/** Tokens as a tokenizer gives them. */
export const wordsOf = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => ["the", "cat", "##ing", "我", "attention"][i % 5] ?? "");

/** A notebook that was run before: each of its cells shows a display. */
export function notebookOf(bundles: readonly Readonly<Record<string, unknown>>[]): string {
  const notebook = JSON.parse(makeNotebook(bundles.map(() => ({ code: "show(result)" })))) as {
    cells: { outputs: object[] }[];
  };
  for (const [i, data] of bundles.entries()) {
    notebook.cells[i]?.outputs.push({ output_type: "display_data", data, metadata: {} });
  }
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

export const windowSize = { width: 1400, height: 1000 } as const;

/** Opens a notebook in a browser that has seen nothing yet. */
export async function openFresh(browser: Browser, lab: Lab, path: string): Promise<Page> {
  const context = await browser.newContext({ viewport: windowSize });
  await context.addInitScript(noteMoments);
  const page = await context.newPage();
  await page.goto(`${lab.url}lab/tree/${path}?token=${lab.token}&reset`);
  return page;
}

/** From the notebook's first cell on the screen to its first picture, in ms. */
export async function firstPicture(browser: Browser, lab: Lab, path: string): Promise<number> {
  const page = await openFresh(browser, lab, path);
  await page.waitForFunction(() => heedMoments.drawn !== undefined, undefined, { timeout: 120_000 });
  const { visible = Number.NaN, drawn = Number.NaN } = await page.evaluate(() => heedMoments);
  await page.context().close();
  return drawn - visible;
}

/** A notebook whose kernel is there, so that nothing but pictures is at work. */
export async function openIdle(browser: Browser, lab: Lab, path: string): Promise<Page> {
  const page = await openFresh(browser, lab, path);
  await page.locator("#jp-main-statusbar", { hasText: "| Idle" }).waitFor({ timeout: 120_000 });
  return page;
}

/** What the benchmarks use of JupyterLab's application. */
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

/**
 * Runs in the page: from the arrival of a display at the first cell to the frame in which the picture and the thumbnails on the
 * screen are there, in ms.
 */
export async function arrive(data: DisplayBundle): Promise<number> {
  // oxlint-disable-next-line unicorn/consistent-function-scoping -- the page knows nothing outside of this function
  const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
  // oxlint-disable-next-line unicorn/consistent-function-scoping -- as above
  const isWhole = (): boolean => {
    const figure = document.querySelector('.jp-HeedFigure[data-heed-state="drawn"]');
    if (!figure) return false;
    // a canvas that nothing was painted into has a browser's own size; an image without pixels has no address
    return [...figure.querySelectorAll("canvas, img")].every(
      (picture) =>
        (picture instanceof HTMLImageElement ? picture.src !== "" && picture.complete : picture.hasAttribute("width")) ||
        picture.getBoundingClientRect().top > innerHeight,
    );
  };
  const outputs = jupyterapp.shell.currentWidget.content.widgets[0]?.model.outputs;
  outputs?.clear();
  while (document.querySelector(".jp-HeedFigure")) await frame();
  const start = performance.now();
  outputs?.add({ output_type: "display_data", data, metadata: {} });
  while (!isWhole()) await frame();
  return (await frame()) - start;
}
