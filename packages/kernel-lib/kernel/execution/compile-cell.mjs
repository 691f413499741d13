/** A checked cell as JavaScript that runs in the shared scope. */
import { SourceMap } from "node:module";
import ts from "typescript";
import { cellName } from "./names.mjs";
import { rewrite } from "./rewrite.mjs";
import { applyEdits } from "./waits.mjs";

/**
 * @import { CheckedCell } from "../language/language.mjs"
 * @import { CellImport, CompiledCell } from "./run-cell.mjs"
 * @import { Kind } from "./scope.mjs"
 * @typedef {{ line: number, column: number }} Place from 0
 */

/** Whether V8 knows `using`; otherwise TypeScript compiles it away. */
const knowsUsing = Number.parseInt(process.versions.node, 10) >= 24;

/**
 * @param {CheckedCell} checked
 * @param {string} text
 * @param {ts.CompilerOptions} options
 * @param {(name: string) => boolean} isKnown whether an earlier cell has declared a name
 * @returns {Omit<CompiledCell, "name"> & { original: (place: Place) => Place | undefined }}
 */
export function compileCell(checked, text, options, isKnown) {
  const { file, declared, scriptKind } = checked.parsed;
  /** @type {Map<string, Kind>} */
  const kinds = new Map();
  const imported = new Set();
  for (const [name, { kind, hasValue, isAmbient }] of declared) {
    if (kind === "import") imported.add(name);
    if (kind !== "type" && hasValue && !isAmbient) kinds.set(name, kind);
  }
  const { code: captured, original: uncaptured } = captureValue(file, text);
  const isJsx = scriptKind === ts.ScriptKind.TSX;
  const { outputText, sourceMapText = "{}" } = ts.transpileModule(captured, {
    fileName: isJsx ? "cell.tsx" : "cell.ts",
    compilerOptions: {
      ...options,
      target: knowsUsing && !needsTypeScript(file) ? ts.ScriptTarget.ESNext : ts.ScriptTarget.ES2025,
      // Imports are the kernel's to judge: a later cell may use what this one does not.
      verbatimModuleSyntax: true,
      isolatedModules: true,
      declaration: false,
      inlineSourceMap: false,
      sourceMap: true,
    },
  });
  const javascript = outputText.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "");
  const rewritten = rewrite(javascript, new Set(kinds.keys()), isKnown, imported);
  /** @type {SourceMap | undefined} */
  let map;
  return {
    rewritten,
    kinds,
    imports: importsOf(checked),
    original: ({ line, column }) => {
      map ??= new SourceMap(JSON.parse(sourceMapText));
      const inJavascript = placeOf(javascript, rewritten.original(offsetOf(rewritten.code, { line, column })));
      const entry = map.findEntry(inJavascript.line, inJavascript.column);
      if (!("originalLine" in entry) || entry.generatedLine !== inJavascript.line) return undefined;
      return placeOf(text, uncaptured(offsetOf(captured, { line: entry.originalLine, column: entry.originalColumn })));
    },
  };
}

/** Keeps the value of the last expression.
 * @param {ts.SourceFile} file
 * @param {string} text
 */
function captureValue(file, text) {
  const last = file.statements.findLast((one) => !ts.isEmptyStatement(one));
  if (!last || !ts.isExpressionStatement(last)) return applyEdits(text, []);
  return applyEdits(text, [
    { at: last.expression.getStart(file), text: `${cellName}.value = (` },
    { at: last.expression.end, text: ")" },
  ]);
}

/** Whether there is in a cell what V8 does not know yet: decorators and `accessor`.
 * @param {ts.Node} node
 * @returns {boolean}
 */
const needsTypeScript = (node) =>
  ts.isDecorator(node) || node.kind === ts.SyntaxKind.AccessorKeyword || (ts.forEachChild(node, needsTypeScript) ?? false);

/**
 * The imports of a cell that there is something to load for.
 * @param {CheckedCell} checked
 * @returns {CellImport[]}
 */
function importsOf({ file, parsed, checker }) {
  /** @type {CellImport[]} */
  const imports = [];
  /** Whether a name that is imported may be a value.
   * @param {ts.Identifier} name
   */
  const isValue = (name) => {
    const symbol = checker.getSymbolAtLocation(name);
    if (symbol === undefined) return true;
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return checker.isUnknownSymbol(target) || (target.flags & ts.SymbolFlags.Value) !== 0;
  };
  for (const statement of file.statements) {
    // What follows the cell's own text is the kernel's.
    if (statement.getStart(file) >= parsed.file.text.length) break;
    if (ts.isExportDeclaration(statement) && statement.moduleSpecifier && !statement.isTypeOnly) {
      if (ts.isStringLiteral(statement.moduleSpecifier)) {
        imports.push({ module: statement.moduleSpecifier.text, attributes: undefined, names: [] });
      }
    }
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const { importClause: clause, attributes } = statement;
    /** @type {CellImport["names"]} */
    const names = [];
    if (clause) {
      if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) continue;
      const { name, namedBindings: bindings } = clause;
      if (name && isValue(name)) names.push({ local: name.text, exported: "default" });
      if (bindings && ts.isNamespaceImport(bindings)) names.push({ local: bindings.name.text, exported: undefined });
      else if (bindings) {
        for (const one of bindings.elements) {
          if (!one.isTypeOnly && isValue(one.name))
            names.push({ local: one.name.text, exported: (one.propertyName ?? one.name).text });
        }
      }
      if (names.length === 0) continue;
    }
    const entries = attributes?.elements.map((one) => [one.name.text, ts.isStringLiteral(one.value) ? one.value.text : ""]);
    imports.push({ module: statement.moduleSpecifier.text, attributes: entries && Object.fromEntries(entries), names });
  }
  return imports;
}

/** @param {string} text @param {Place} place */
function offsetOf(text, { line, column }) {
  let start = 0;
  for (let at = 0; at < line; at += 1) start = text.indexOf("\n", start) + 1;
  return start + column;
}

/** @param {string} text @param {number} offset @returns {Place} */
function placeOf(text, offset) {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length - 1, column: offset - start };
}
