/** What TypeScript finds wrong, as the kernel tells it: at the cell's own places, in its own words. */
import ts from "typescript";
import { cellStem } from "./cell-source.mjs";

/** @import { Diagnostic } from "../traceback.mjs" */

/** "Cannot find module". */
export const missing = new Set([2307, 2792, 2882]);

/** "Cannot find name". */
export const unknownName = new Set([2304, 2503, 2552]);

/** What to do about a package that is missing.
 * @param {string} message
 */
export function installHint(message) {
  const name = message.match(/'((?:@[\w.-]+\/)?[\w][\w.-]*)(?:\/[^']*)?'/)?.[1];
  return name && `Install it in the notebook's folder or one above it: npm install ${name}`;
}

/** The first lines of a long explanation say what is wrong, the last ones why; between them types are taken apart.
 * @param {string} text
 */
function fold(text) {
  const lines = text.split("\n");
  if (lines.length <= 6) return text;
  return [...lines.slice(0, 2), `    … ${lines.length - 4} lines …`, ...lines.slice(-2)].join("\n");
}

/** Errors that say nothing of whether a cell can run: a package without types. */
const forgiven = new Set([7016]);

/** @param {ts.Diagnostic} diagnostic */
export const isError = ({ category, code }) => category === ts.DiagnosticCategory.Error && !forgiven.has(code);

/** Names of earlier cells are no imports to whoever wrote them: TypeScript's own words for what they are. */
const assignedImport = 2632;
/** @type {Readonly<Record<string, { code: number, what: string }>>} */
const assigned = {
  function: { code: 2630, what: "a function" },
  class: { code: 2629, what: "a class" },
  enum: { code: 2628, what: "an enum" },
  namespace: { code: 2631, what: "a namespace" },
};

/**
 * @param {readonly ts.Diagnostic[]} diagnostics
 * @param {string} text of the cell
 * @param {ts.SourceFile} [cell] the file that stands for it
 * @param {{ kindOf: (name: string) => string | undefined, hintFor: (diagnostic: ts.Diagnostic) => string | undefined }} [about]
 *   how earlier cells declared a name, and what helps
 * @returns {Diagnostic[]}
 */
export function describeAll(diagnostics, text, cell, about) {
  return diagnostics.map((one) => {
    const file = one.file ?? cell;
    const isCell = file === undefined || cell === undefined || file === cell;
    const start = one.start ?? 0;
    const end = start + (one.length ?? 0);
    const position = (/** @type {number} */ offset) => {
      if (!isCell && file) return { offset, ...file.getLineAndCharacterOfPosition(offset) };
      const within = Math.min(offset, text.length);
      const before = text.slice(0, within).split(/\r\n|[\n\r\u2028\u2029]/);
      return { offset: within, line: before.length - 1, character: before.at(-1)?.length ?? 0 };
    };
    const message = plainTypes(fold(ts.flattenDiagnosticMessageText(one.messageText, "\n")));
    const kind = one.code === assignedImport ? assigned[about?.kindOf(message.match(/'(.*?)'/)?.[1] ?? "") ?? ""] : undefined;
    const hint = about?.hintFor(one);
    const said = kind ? message.replace("an import", kind.what) : message;
    return {
      code: kind?.code ?? one.code,
      messageText: hint === undefined ? said : `${said}\n${hint}`,
      start: position(start),
      end: position(end),
      ...(!isCell && file && { fileName: ts.sys.resolvePath(file.fileName) }),
    };
  });
}

const keptIn = new RegExp(`(typeof )?import\\("[^"]*${cellStem}[\\d_]*"\\)\\.`, "g");

/** A type's text without where the kernel keeps it.
 * @param {string} text
 */
export const plainTypes = (text) => text.replace(keptIn, "$1");
