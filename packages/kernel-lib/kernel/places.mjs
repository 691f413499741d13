/** Finds the line of a cell that a line of its compiled code comes from. */
import { SourceMap } from "node:module";
import { ts } from "./tslab.mjs";

/** @typedef {{ name: string, count: number, source: string, code: string, output: string, lines?: (number | undefined)[] }} CompiledCell */

/** Older cells' errors are shown without their lines. */
const kept = 500;

export class Places {
  /** @type {Map<string, CompiledCell>} */
  #cells = new Map();
  #last = 0;

  /**
   * Keeps a cell and returns the name under which V8 shall know its code.
   * @param {string} source
   * @param {string} code the source as it was given to TypeScript, line by line
   * @param {string} output
   * @param {number} count the number shown beside the cell
   */
  add(source, code, output, count) {
    const name = `heed-cell-${(this.#last += 1)}`;
    this.#cells.set(name, { name, count, source, code, output });
    this.#cells.delete(`heed-cell-${this.#last - kept}`);
    return name;
  }

  /**
   * The cell and the line, from 1, of a line of compiled code. `isCall`: it is the line after the cell's code, which calls it.
   * @param {string} name
   * @param {number} line from 1
   * @returns {{ cell: number, line: number | undefined, source: string, isCall: boolean } | undefined}
   */
  find(name, line) {
    const cell = this.#cells.get(name);
    if (cell === undefined) return undefined;
    cell.lines ??= mapLines(cell.code, cell.output);
    return { cell: cell.count, line: cell.lines[line - 1], source: cell.source, isCall: line > cell.lines.length };
  }
}

/** What tslab adds to a line, taken away.
 * @param {string} line
 */
const plain = (line) =>
  line
    .replace(/\bexports\.\w+ = /g, "")
    .replace(/\bexports\./g, "")
    .replace(/\b(const|let|var) tsLastExpr\d* = /, "")
    .replace(/\s+/g, "");

/**
 * tslab compiles without a source map, so a cell whose error is shown is compiled once more with one; its lines are found again by
 * what they say.
 * @param {string} code
 * @param {string} output
 * @returns {(number | undefined)[]} for each line of the output its line of the source, from 1
 */
function mapLines(code, output) {
  const { outputText, sourceMapText } = ts.transpileModule(code, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, sourceMap: true, esModuleInterop: true },
  });
  const map = new SourceMap(JSON.parse(sourceMapText ?? "{}"));
  /** @type {Map<string, number[]>} lines of the source by what the compiled line says */
  const known = new Map();
  for (const [index, text] of outputText.split("\n").entries()) {
    const entry = map.findEntry(index, text.length);
    if (!("originalLine" in entry) || entry.generatedLine !== index) continue;
    known.set(plain(text), [...(known.get(plain(text)) ?? []), entry.originalLine + 1]);
  }
  let previous = 0;
  return output.split("\n").map((text) => {
    const candidates = known.get(plain(text)) ?? [];
    const line = candidates.find((candidate) => candidate >= previous) ?? candidates.at(-1);
    previous = line ?? previous;
    return line;
  });
}
