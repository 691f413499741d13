/** Parses cells and modules, and finds what each scope of them declares. */
import ts from "typescript";

/** @param {ts.SourceFile} file */
const asModule = (file) => {
  /** @type {any} */ (file).externalModuleIndicator = true;
};

/**
 * Parses code as a module, where `await` waits at the top level.
 * @param {string} text
 * @param {ts.ScriptKind} scriptKind
 */
export function parseModule(text, scriptKind) {
  const name = scriptKind === ts.ScriptKind.TSX ? "cell.tsx" : scriptKind === ts.ScriptKind.JS ? "cell.js" : "cell.ts";
  const options = { languageVersion: ts.ScriptTarget.Latest, setExternalModuleIndicator: asModule };
  return ts.createSourceFile(name, text, options, true, scriptKind);
}

/** What is wrong with the text alone.
 * @param {ts.SourceFile} file
 * @returns {readonly ts.Diagnostic[]}
 */
export const syntaxErrorsOf = (file) => /** @type {any} */ (file).parseDiagnostics;

/** Finds what every scope of a file declares; TypeScript's own binder, which its types do not show.
 * @param {ts.SourceFile} file
 */
export function bind(file) {
  /** @type {any} */ (ts).bindSourceFile(file, { target: ts.ScriptTarget.Latest });
}

/** What a scope declares, once its file is bound.
 * @param {ts.Node} node
 * @returns {ReadonlyMap<string, ts.Symbol & { exportSymbol?: ts.Symbol }> | undefined}
 */
export const localsOf = (node) => /** @type {any} */ (node).locals;

/** What a bound file exports.
 * @param {ts.SourceFile} file
 * @returns {ReadonlyMap<string, ts.Symbol> | undefined}
 */
export const exportsOf = (file) => /** @type {any} */ (file).symbol?.exports;
