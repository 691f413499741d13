/** Real JupyterLab and a real browser for end-to-end tests, each with a clean profile of its own. */
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { startServer } from "../../scripts/jupyter/server.mjs";
import { findBrowser } from "../../scripts/setup/browser.mjs";
import { root } from "../../scripts/setup/places.mjs";

/** A running server on a folder of its own. */
export interface Lab {
  /** Ends in a slash. */
  readonly url: string;
  readonly token: string;
  /** The folder the server shows; it lies inside the project so that notebooks can import `heed`. */
  readonly folder: string;
  /** What the server printed so far. */
  log(): string;
  /** Ends the server and its kernels and deletes the folder. */
  stop(): Promise<void>;
}

/** The cells of a notebook to write: `code` for code cells, `markdown` for Markdown cells. */
export type CellSource = { readonly code: string } | { readonly markdown: string };

/** A notebook as JSON with the Heed kernel. */
export function makeNotebook(cells: readonly CellSource[]): string {
  return JSON.stringify({
    cells: cells.map((cell, index) => ({
      id: `cell-${index}`,
      metadata: {},
      ...("code" in cell
        ? { cell_type: "code", source: cell.code, outputs: [], execution_count: null }
        : { cell_type: "markdown", source: cell.markdown }),
    })),
    metadata: {
      kernelspec: { name: "heed", display_name: "TypeScript (Heed)", language: "typescript" },
      language_info: { name: "typescript" },
    },
    nbformat: 4,
    nbformat_minor: 5,
  });
}

/**
 * Starts JupyterLab on a fresh folder that holds `files` (path → content), with fresh settings and workspaces.
 * `settings` overrides JupyterLab's (plugin id → values).
 */
export async function startLab(
  files: Readonly<Record<string, string | Uint8Array>> = {},
  { settings = {}, args = [] }: { settings?: Readonly<Record<string, object>>; args?: readonly string[] } = {},
): Promise<Lab> {
  const results = join(root, "test-results");
  mkdirSync(results, { recursive: true });
  const folder = mkdtempSync(join(results, "lab-"));
  const state = mkdtempSync(join(tmpdir(), "heed-lab-"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  for (const [plugin, values] of Object.entries(settings)) {
    const file = join(state, "settings", `${plugin.replace(":", "/")}.jupyterlab-settings`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(values));
  }
  let log = "";
  const clean = (): void => {
    rmSync(folder, { recursive: true, force: true });
    rmSync(state, { recursive: true, force: true });
  };
  try {
    const server = await startServer({
      folder,
      state,
      args: ["--LabApp.expose_app_in_browser=True", ...args],
      onLog: (text) => (log += text),
    });
    return {
      url: server.url,
      token: server.token,
      folder,
      log: () => log,
      stop: async () => {
        await server.stop();
        clean();
      },
    };
  } catch (error) {
    clean();
    throw error;
  }
}

/** Opens the browser that `npm test` found or installed. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error("openBrowser: no browser; run npm test once, it says how to get one");
  // Root in a container may not use Chromium's sandbox; /dev/shm is small there.
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb"] });
}

/** Opens a document of the lab in a page with a clean profile and waits until JupyterLab shows it. */
export async function openDocument(browser: Browser, lab: Lab, path: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 1000 }, deviceScaleFactor: 1 });
  const page = await context.newPage();
  await page.goto(`${lab.url}lab/tree/${encodeURI(path)}?token=${lab.token}`);
  await page.waitForSelector("#jupyterlab-splash", { state: "detached", timeout: 60_000 });
  await page.waitForSelector(".jp-MainAreaWidget:not(.lm-mod-hidden)", { timeout: 60_000 });
  return page;
}

/** Opens a notebook and waits until its kernel is idle: cells run earlier are dropped by JupyterLab. */
export async function openNotebook(browser: Browser, lab: Lab, path: string): Promise<Page> {
  const page = await openDocument(browser, lab, path);
  await page.waitForSelector(".jp-Notebook .jp-Cell", { timeout: 60_000 });
  await whenIdle(page);
  return page;
}

/** Waits until the status bar says that the kernel is idle. */
export async function whenIdle(page: Page, timeout = 120_000): Promise<void> {
  await page.locator("#jp-main-statusbar", { hasText: /\| (Idle|空闲)/ }).waitFor({ timeout });
}

/** Runs a JupyterLab command, for example `notebook:run-all-cells`. */
export async function runCommand(page: Page, command: string, args: object = {}): Promise<void> {
  await page.evaluate(
    async ([id, values]) => {
      const { jupyterapp } = globalThis as unknown as {
        jupyterapp: { commands: { execute(id: string, args: object): Promise<unknown> } };
      };
      await jupyterapp.commands.execute(id, values);
    },
    [command, args] as const,
  );
}

/** Runs every cell of the open notebook and waits for the kernel. */
export async function runAll(page: Page, timeout = 240_000): Promise<void> {
  await runCommand(page, "notebook:run-all-cells");
  await whenIdle(page, timeout);
}
