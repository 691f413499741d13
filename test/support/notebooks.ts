/** The project's notebooks: read, executed by their own kernel as `jupyter nbconvert` does it, and their notes taken out. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { noteMimeType, parseNote, type Note } from "heed/note";
import { inEnvironment, notebookFolder, root } from "../../scripts/setup/places.mjs";
import { jupyterEnvironment } from "../../scripts/setup/settings.mjs";

/** A cell as it stands in the file, its text in one piece. */
export interface Cell {
  readonly cell_type: "markdown" | "code";
  readonly source: string;
  readonly outputs: readonly Output[];
}

/** What a code cell left behind. */
export interface Output {
  readonly output_type: "stream" | "display_data" | "execute_result" | "error";
  readonly name?: string;
  readonly text?: string | string[];
  readonly data?: Readonly<Record<string, unknown>>;
  readonly evalue?: string;
}

const joined = (text: string | string[] | undefined): string => (Array.isArray(text) ? text.join("") : (text ?? ""));

/** The cells of a notebook file. */
export function readCells(file: string): Cell[] {
  const { cells } = JSON.parse(readFileSync(file, "utf8")) as { cells: (Cell & { source: string | string[] })[] };
  return cells.map((cell) => ({ ...cell, source: joined(cell.source), outputs: cell.outputs ?? [] }));
}

/** The line with which a notebook trains, and with which it opens its stored checkpoint. */
const [trains, opens] = ["const fromNothing = true;", "const fromNothing = false;"];

/**
 * Runs a copy of a notebook of the project, as a user would; fails where a cell fails. A notebook that trains opens the checkpoint that its
 * own cells have made instead, which its first lines offer to anyone.
 */
export async function execute(name: string): Promise<Cell[]> {
  const results = mkdtempSync(join(root, "test-results", "notebook-"));
  try {
    const folder = join(results, "notebooks");
    mkdirSync(folder);
    // what the notebooks read
    symlinkSync(join(root, "models"), join(results, "models"), "junction");
    symlinkSync(join(notebookFolder, "checkpoints"), join(folder, "checkpoints"), "junction");
    const text = readFileSync(join(notebookFolder, name), "utf8");
    writeFileSync(join(folder, name), text.replaceAll(trains, opens));
    const args = ["nbconvert", "--to", "notebook", "--execute", "--output-dir", results, join(folder, name)];
    await promisify(execFile)(inEnvironment("jupyter"), args, { env: jupyterEnvironment(), maxBuffer: 2 ** 26 });
    return readCells(join(results, name));
  } finally {
    rmSync(results, { recursive: true, force: true });
  }
}

/** The text that a cell printed. */
export const printed = (cell: Cell): string =>
  cell.outputs
    .filter(({ output_type }) => output_type === "stream")
    .map(({ text }) => joined(text))
    .join("");

/** The notes among a cell's outputs. */
export function notesOf(cell: Cell): Note[] {
  const found = cell.outputs.map(({ data }) => data?.[noteMimeType]).filter((json) => json !== undefined);
  return found.map((json) => parseNote(json));
}

/** The fenced notes written in a cell. */
export const fencesOf = (cell: Cell): string[] =>
  [...cell.source.matchAll(/^```attention\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? "");
