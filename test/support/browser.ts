/**
 * Real Chromium for end-to-end tests: a page of JupyterLab that can reach no host but this machine, and what its figures show.
 *
 *     const browser = await openBrowser();
 *     const visit = await openPage(browser, lab, "notebook.ipynb", { theme: "dark" });
 *     const [figure] = await readFigures(visit.page, 1);
 *     expect(figure?.values[0]?.[2]).toBeCloseTo(0.64);
 *     expect(visit.foreignRequests).toEqual([]);
 *
 * A figure is an element `.jp-HeedFigure`; its attribute `data-heed-state` is `waiting`, `sketched` (only its colours are shown while
 * it passes by), `drawn` or `failed`.
 */
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Locator,
  type Page,
} from "playwright-core";
import { findBrowser } from "../../scripts/setup/browser.mjs";
import { limits, patience } from "../../scripts/testing/limits.mjs";

/** Where a JupyterLab is and what opens it. */
export interface Address {
  /** Ends in a slash. */
  readonly url: string;
  readonly token: string;
}

export interface PageOptions {
  /** Width and height of the window in CSS pixels; 1400 × 1000 where absent. */
  readonly size?: readonly [number, number];
  readonly theme?: "light" | "dark";
  /** Waits for the kernel; false for documents and for notebooks whose kernel is not wanted. */
  readonly kernel?: boolean;
  /** Hides the side bars, so that the document has the width of the window. */
  readonly alone?: boolean;
}

/** A page of JupyterLab, and what went wrong on it. */
export interface Visit {
  readonly page: Page;
  /** Addresses on other machines that the page asked for; each was refused. */
  readonly foreignRequests: readonly string[];
  /** Uncaught errors, and errors written to the console. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

const quietFlags = [
  "--headless=new",
  // root in a container may not use Chromium's sandbox; /dev/shm is small there
  "--no-sandbox",
  "--disable-dev-shm-usage",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--force-color-profile=srgb",
];

/** Starts the browser that `npm test` found or installed. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error("openBrowser: no browser; run npm test once, it says how to get one");
  return chromium.launch({ executablePath, args: quietFlags });
}

/** A clean profile whose pages wait as long as the test itself may. */
export async function openContext(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(patience(limits.whole));
  return context;
}

const isLocal = ({ protocol, hostname }: URL): boolean =>
  !/^(https?|wss?|ftp):$/.test(protocol) || hostname === "127.0.0.1" || hostname === "localhost" || hostname === "[::1]";

/** Refuses and records every request to another machine, over HTTP or a web socket. */
async function refuseForeign(context: BrowserContext): Promise<string[]> {
  const refused: string[] = [];
  await context.route(
    (url) => !isLocal(url),
    async (route) => {
      refused.push(route.request().url());
      await route.abort();
    },
  );
  await context.routeWebSocket(
    (url) => !isLocal(url),
    (socket) => {
      refused.push(socket.url());
      void socket.close();
    },
  );
  return refused;
}

let visits = 0;

/** JupyterLab 4.6 asks for the debugger after every cell, also of kernels that have none, and complains. */
const isOurs = (text: string): boolean => !text.includes("No active debugger session");

/** Opens a document in a page with a clean profile and waits until JupyterLab shows it. */
export async function openPage(browser: Browser, lab: Address, path: string, options: PageOptions = {}): Promise<Visit> {
  const [width, height] = options.size ?? [1400, 1000];
  const context = await openContext(browser, { viewport: { width, height }, deviceScaleFactor: 1, serviceWorkers: "block" });
  const foreignRequests = await refuseForeign(context);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => {
    if (isOurs(error.message)) errors.push(error.stack ?? error.message);
  });
  page.on("console", (message) => {
    if (message.type() === "error" && isOurs(message.text())) errors.push(message.text());
  });
  // a workspace of its own: the server would restore the documents of an earlier page
  const workspace = `visit-${Date.now().toString(36)}-${++visits}`;
  await page.goto(`${lab.url}lab/workspaces/${workspace}/tree/${encodeURI(path)}?token=${lab.token}`);
  await page.waitForSelector("#jupyterlab-splash", { state: "detached" });
  await page.waitForSelector(".jp-MainAreaWidget:not(.lm-mod-hidden)");
  if (path.endsWith(".ipynb")) await page.waitForSelector(".jp-Notebook .jp-Cell");
  if (options.theme) await setTheme(page, options.theme);
  if (options.alone) await page.evaluate(collapseSides);
  if (options.kernel ?? path.endsWith(".ipynb")) await whenIdle(page);
  return { page, foreignRequests, errors, close: () => context.close() };
}

/** Waits until the status bar says that the kernel is idle: JupyterLab drops cells that are run before. */
export async function whenIdle(page: Page): Promise<void> {
  await page.locator("#jp-main-statusbar", { hasText: /\| (Idle|空闲)/ }).waitFor();
}

/** JupyterLab's application in the page, which `--LabApp.expose_app_in_browser=True` makes reachable. */
interface ExposedApp {
  readonly commands: { execute(id: string, args?: object): Promise<unknown> };
  readonly shell: { collapseLeft(): void; collapseRight(): void };
}
declare const jupyterapp: ExposedApp;

/** Runs a JupyterLab command, for example `notebook:run-all-cells`. */
export async function runCommand(page: Page, id: string, args: object = {}): Promise<void> {
  await page.evaluate(async ([command, values]) => void (await jupyterapp.commands.execute(command, values)), [
    id,
    args,
  ] as const);
}

export async function setTheme(page: Page, theme: "light" | "dark"): Promise<void> {
  await runCommand(page, "apputils:change-theme", { theme: theme === "dark" ? "JupyterLab Dark" : "JupyterLab Light" });
  await page.locator(`body[data-jp-theme-light="${theme === "light"}"]`).waitFor({ state: "attached" });
  // JupyterLab covers the change with its splash, and removes it twice where the next change begins before it has faded
  await page.waitForSelector("#jupyterlab-splash", { state: "detached" });
}

function collapseSides(): void {
  jupyterapp.shell.collapseLeft();
  jupyterapp.shell.collapseRight();
}

/** What a figure shows, read back from the page. */
export interface ShownFigure {
  readonly state: string;
  readonly title: string;
  readonly caption: string;
  /** Sizes, the error of the encoding, what was left out. */
  readonly facts: string;
  /** Labels as they are drawn; long ones are cut. */
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** Weights as given to Plotly; NaN where a cell is masked. */
  readonly values: readonly (readonly number[])[];
  /** What is coloured: the weights, or relative to their row, their logarithm, or their rank. */
  readonly coloured: readonly (readonly number[])[];
  /** [lowest, highest] of the colour scale. */
  readonly range: readonly [number, number];
  /** The numbers written in the cells; empty where none are. */
  readonly numbers: readonly string[];
  /** Width and height of the drawn cells in pixels. */
  readonly size: readonly [number, number];
}

/** The figures below an element or on the page. */
export const figuresIn = (scope: Page | Locator): Locator => scope.locator(".jp-HeedFigure");

/**
 * Waits until `count` figures are drawn and reads what each of them shows. Figures are drawn near the viewport only; a locator
 * of one of them reads that one.
 */
export async function readFigures(scope: Page | Locator, count = 1): Promise<ShownFigure[]> {
  const drawn = scope.locator('.jp-HeedFigure[data-heed-state="drawn"]');
  await drawn.nth(count - 1).waitFor();
  return drawn.evaluateAll(readShown);
}

/** A Plotly node's own record of what it drew. */
interface PlotlyNode extends HTMLElement {
  readonly _fullData: readonly {
    readonly name: string;
    readonly z: readonly ArrayLike<number>[];
    readonly customdata: readonly ArrayLike<number>[];
    readonly zmin: number;
    readonly zmax: number;
  }[];
}

/** Runs in the page. */
function readShown(figures: readonly Element[]): ShownFigure[] {
  return figures.map((figure) => {
    const text = (selector: string): string => figure.querySelector(selector)?.textContent ?? "";
    // an elided label carries its whole token as an SVG title, which is not part of what is drawn
    const labels = (axis: string): string[] =>
      [...figure.querySelectorAll(`.${axis} text`)].map((label) =>
        [...label.childNodes]
          .filter((node) => node.nodeName !== "title")
          .map((node) => node.textContent)
          .join(""),
      );
    const trace = figure.querySelector<PlotlyNode>(".js-plotly-plot")?._fullData.find(({ name }) => name === "weights");
    const cells = figure.querySelector(".heatmaplayer image")?.getBoundingClientRect();
    return {
      state: figure.getAttribute("data-heed-state") ?? "",
      title: text(".jp-HeedFigure-title"),
      caption: text(".jp-HeedFigure-caption"),
      facts: text(".jp-HeedFigure-facts"),
      rows: labels("ytick"),
      columns: labels("xtick"),
      values: (trace?.customdata ?? []).map((row) => Array.from(row)),
      coloured: (trace?.z ?? []).map((row) => Array.from(row)),
      range: [trace?.zmin ?? 0, trace?.zmax ?? 0],
      numbers: [...figure.querySelectorAll(".textpoint")].map((label) => label.textContent ?? ""),
      size: [cells?.width ?? 0, cells?.height ?? 0],
    };
  });
}

/** After how long a pointer that has met nothing is moved again, in ms. */
const moment = 2_000;

/** What the box at the pointer says, in lines; the first names the two tokens. */
export async function hoverCell(
  figure: Locator,
  row: number,
  column: number,
  size: readonly [number, number],
): Promise<string[]> {
  const cells = figure.locator(".heatmaplayer image").first();
  const [rows, columns] = size;
  const page = figure.page();
  const tooltip = figure.locator(".jp-HeedTooltip");
  // what is drawn above may still grow and move the cells away from where they were
  for (;;) {
    const box = await cells.boundingBox();
    if (!box) throw new Error("hoverCell: the figure has no drawn cells; wait for its state to be drawn");
    await page.mouse.move(0, 0);
    await page.mouse.move(box.x + ((column + 0.5) * box.width) / columns, box.y + ((row + 0.5) * box.height) / rows);
    const isShown = await tooltip.waitFor({ timeout: moment }).then(
      () => true,
      () => false,
    );
    if (isShown) return tooltip.locator(":scope > div").allTextContents();
  }
}

/** What JupyterLab's server keeps of a page: where its windows are, and what each part of JupyterLab stored by name. */
export interface StoredWorkspace {
  readonly "layout-restorer:data"?: { readonly main?: unknown };
  readonly [name: string]: unknown;
}

/** What the server has stored of a page so far: JupyterLab sends it a while after it has changed. */
export function storedWorkspace(page: Page): Promise<StoredWorkspace> {
  return page.evaluate(async () => {
    const name = /\/workspaces\/([^/?]+)/.exec(location.pathname)?.[1];
    const answer = await fetch(`/lab/api/workspaces/${name}`);
    if (!answer.ok) throw new Error(`workspace ${name}: ${answer.status}`);
    return ((await answer.json()) as { data: StoredWorkspace }).data;
  });
}

/** What the server has stored of Heed's windows that stand in the page, sorted by kind; of each what it shows. */
export async function storedWindows(page: Page): Promise<object[]> {
  const workspace = await storedWorkspace(page);
  const layout = JSON.stringify(workspace["layout-restorer:data"]?.main ?? null);
  return Object.keys(workspace)
    .filter((name) => name.startsWith("heed-") && layout.includes(JSON.stringify(name)))
    .toSorted()
    .map((name) => {
      const { data } = workspace[name] as { data: { window?: string } };
      const { window: _, ...shown } = data;
      return shown;
    });
}
