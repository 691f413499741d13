/** Real JupyterLab for end-to-end tests, each with a folder and a clean profile of its own; the browser is in browser.ts. */
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { noteMimeType, type Note } from "heed/note";
import { startServer } from "../../scripts/jupyter/server.mjs";
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
  /** Changes JupyterLab's settings (plugin id → values) for pages that are opened later. */
  set(plugin: string, values: object): Promise<void>;
  /** Ends the server and its kernels and deletes the folder. */
  stop(): Promise<void>;
}

/** The cells of a notebook to write: `code` for code cells, `note` for one that computed a note, `markdown` for Markdown cells. */
export type CellSource = { readonly code: string } | { readonly note: Note } | { readonly markdown: string };

/** A notebook as JSON with the Heed kernel. */
export function makeNotebook(cells: readonly CellSource[]): string {
  return JSON.stringify({
    cells: cells.map((cell, index) => ({
      id: `cell-${index}`,
      metadata: {},
      ...("code" in cell
        ? { cell_type: "code", source: cell.code, outputs: [], execution_count: null }
        : "note" in cell
          ? { cell_type: "code", source: "", outputs: [outputOf(cell.note)], execution_count: 1 }
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

const outputOf = (note: Note): object => ({ output_type: "display_data", data: { [noteMimeType]: note }, metadata: {} });

/**
 * Starts JupyterLab on a fresh folder that holds `files` (path → content), with fresh settings and workspaces.
 * `settings` overrides JupyterLab's (plugin id → values); `env` holds further environment variables.
 */
export async function startLab(
  files: Readonly<Record<string, string | Uint8Array>> = {},
  {
    settings = {},
    args = [],
    env = {},
  }: {
    settings?: Readonly<Record<string, object>>;
    args?: readonly string[];
    env?: Readonly<Record<string, string>>;
  } = {},
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
      env,
      onLog: (text) => (log += text),
    });
    return {
      url: server.url,
      token: server.token,
      folder,
      log: () => log,
      set: async (plugin, values) => {
        const address = `${server.url}lab/api/settings/${plugin}?token=${server.token}`;
        const body = JSON.stringify({ raw: JSON.stringify(values) });
        const { ok, status } = await fetch(address, { method: "PUT", body, headers: { "content-type": "application/json" } });
        if (!ok) throw new Error(`set: expected the server to take settings for ${plugin}, got ${status}`);
      },
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
