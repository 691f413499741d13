/**
 * A cell's JavaScript, made to live in the scope that all cells share.
 *
 * Declarations stay as they are, inside the cell's own function, and hand their value to the box of their name; every use of the name,
 * in this cell and in all others, goes to the box. So functions and classes keep their names, and lines stay where they are:
 *
 *     let rate = 0.1;                       let rate = 0.1; $cell.set("rate", rate);
 *     function step() { return rate; }      function step() { return $cell_rate.rate; }
 *     rate = 0.5;                           $cell_rate.rate = 0.5;
 *     step();                               (0, $cell_step.step)();
 */
import ts from "typescript";
import { bind, localsOf, parseModule } from "../language/parse.mjs";
import { boxName, cellName } from "./names.mjs";
import { applyEdits, waitEdits } from "./waits.mjs";

/** @import { Edit } from "./waits.mjs" */

/**
 * @typedef {object} Rewritten
 * @property {string} code a function of `$cell`, Node's module variables and the boxes, that returns the cell's function
 * @property {string[]} boxes the names whose boxes it takes
 * @property {{ module: string, names: [string, string][] }[]} added imports that TypeScript added, for JSX: exported and local names
 * @property {(place: number) => number} original where a place of `code` was in the JavaScript
 */

/** Node's module variables, as functions of CommonJS have them. */
export const moduleNames = ["require", "module", "exports", "__filename", "__dirname"];

/** @param {string[]} names */
const hand = (names) => names.map((name) => `${cellName}.set(${JSON.stringify(name)}, ${name})`);

/**
 * @param {string} javascript
 * @param {ReadonlySet<string>} shared the names that the cell declares for all cells
 * @param {(name: string) => boolean} isKnown whether an earlier cell has declared a name
 * @param {ReadonlySet<string>} imported the names that the cell's own imports declare
 * @returns {Rewritten}
 */
export function rewrite(javascript, shared, isKnown, imported) {
  const file = parseModule(javascript, ts.ScriptKind.JS);
  bind(file);
  /** @type {Set<string>} */
  const boxes = new Set();
  /** @type {Edit[]} */
  const edits = [];
  /** @type {Rewritten["added"]} */
  const added = [];
  let prologue = "";
  /** @param {number} at @param {string} text */
  const insert = (at, text) => void edits.push({ at, text });
  /** @param {number} at @param {number} end @param {string} [text] */
  const replace = (at, end, text = "") => void edits.push({ at, end, text });

  /** Takes a statement away, but not its lines.
   * @param {ts.Node} node
   */
  const blank = (node) =>
    replace(node.getStart(file), node.end, javascript.slice(node.getStart(file), node.end).replace(/[^\n]/g, ""));

  /** Whether a name, seen from a node, is one of the shared scope.
   * @param {ts.Node} node
   * @param {string} name
   */
  const isShared = (node, name) => (shared.has(name) || (isKnown(name) && !localsOf(file)?.has(name))) && !isLocal(node, name);
  /** @param {string} name */
  const use = (name) => {
    boxes.add(name);
    return `${boxName(name)}.${name}`;
  };

  /** @param {ts.Node} node */
  const visit = (node) => {
    edits.push(...waitEdits(node, file));
    if (ts.isIdentifier(node)) visitName(node);
    else if (ts.isVariableDeclarationList(node)) visitDeclarations(node);
    else if ((ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) && node.parent === file) visitNamed(node);
    else if (ts.isImportDeclaration(node)) return visitImport(node);
    else if (ts.isExportDeclaration(node)) return blank(node);
    else if (ts.isExportAssignment(node))
      replace(node.getStart(file), node.expression.getStart(file), `${cellName}.default = `);
    else if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) {
      replace(node.getStart(file), node.end, `${cellName}.meta`);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      replace(node.expression.getStart(file), node.expression.end, `${cellName}.import`);
    } else if (
      node.kind === ts.SyntaxKind.ExportKeyword ||
      (node.kind === ts.SyntaxKind.DefaultKeyword && ts.isModifier(node))
    ) {
      replace(node.getStart(file), node.end);
    }
    ts.forEachChild(node, visit);
  };

  /** @param {ts.Identifier} node */
  function visitName(node) {
    const name = node.text;
    const { parent } = node;
    if (!isUse(node) || !isShared(node, name) || isInOwnPattern(node, name)) return;
    if (ts.isShorthandPropertyAssignment(parent)) insert(node.end, `: ${use(name)}`);
    else replace(node.getStart(file), node.end, isCallee(node) ? `(0, ${use(name)})` : use(name));
  }

  /** @param {ts.VariableDeclarationList} list */
  function visitDeclarations(list) {
    const isVar = (list.flags & ts.NodeFlags.BlockScoped) === 0;
    const { parent } = list;
    if (!isVar && !(ts.isVariableStatement(parent) && parent.parent === file)) return;
    const handed = list.declarations.map((one) => {
      const names = namesIn(one.name).filter((name) => isShared(list, name));
      // Without a value: a hoisted `var`, which keeps what it has, or what TypeScript assigns later.
      if (isVar && !one.initializer && !ts.isForInStatement(parent) && !ts.isForOfStatement(parent)) {
        return names.map((name) => `${cellName}.hoist(${JSON.stringify(name)})`);
      }
      return hand(names);
    });
    if (handed.flat().length === 0) return;
    if (isVar) for (const name of list.declarations.flatMap((one) => namesIn(one.name))) hoist(name);
    if (ts.isForInStatement(parent) || ts.isForOfStatement(parent)) {
      insert(parent.statement.getStart(file), `{ ${handed.flat().join("; ")}; `);
      insert(parent.statement.end, " }");
    } else if (ts.isForStatement(parent)) {
      insert(list.end, `, $hand = (${handed.flat().join(", ")})`);
    } else {
      const keyword = javascript.slice(list.getStart(file), list.declarations[0]?.getStart(file));
      const isAlone = ts.isBlock(parent.parent) || ts.isSourceFile(parent.parent) || ts.isCaseOrDefaultClause(parent.parent);
      if (!isAlone) insert(parent.getStart(file), "{ ");
      for (const [index, one] of list.declarations.entries()) {
        const text = handed[index]?.map((call) => ` ${call};`).join("") ?? "";
        const next = list.declarations[index + 1];
        if (next) replace(one.end, next.getStart(file), `;${text} ${keyword}`);
        else insert(parent.end, text);
      }
      if (!isAlone) insert(parent.end, " }");
    }
  }

  /** A `var` is there from the cell's beginning.
   * @param {string} name
   */
  function hoist(name) {
    if (shared.has(name)) prologue += `${cellName}.hoist(${JSON.stringify(name)}); `;
  }

  /** @param {ts.FunctionDeclaration | ts.ClassDeclaration} node */
  function visitNamed(node) {
    if (node.name === undefined) {
      insert(node.getStart(file), `${cellName}.default = `);
      insert(node.end, ";");
    } else if (!shared.has(node.name.text)) return;
    else if (ts.isFunctionDeclaration(node)) prologue += `${hand([node.name.text]).join("")}; `;
    else insert(node.end, ` ${hand([node.name.text]).join("")};`);
  }

  /** @param {ts.ImportDeclaration} node */
  function visitImport(node) {
    blank(node);
    const bindings = node.importClause?.namedBindings;
    if (!bindings || !ts.isNamedImports(bindings) || !ts.isStringLiteral(node.moduleSpecifier)) return;
    const names = bindings.elements
      .filter(({ name }) => !imported.has(name.text))
      .map(({ name, propertyName }) => /** @type {[string, string]} */ ([(propertyName ?? name).text, name.text]));
    if (names.length > 0) added.push({ module: node.moduleSpecifier.text, names });
  }

  visit(file);
  for (const { names } of added) for (const [, name] of names) prologue += `const ${name} = ${cellName}.added.${name}; `;
  const parameters = [cellName, ...moduleNames, ...[...boxes].map(boxName)];
  const head = `(function (${parameters.join(", ")}) { "use strict"; return async () => { ${prologue}`;
  const { code, original } = applyEdits(javascript, edits);
  return {
    code: `${head}${code}\n}; })`,
    boxes: [...boxes],
    added,
    original: (place) => original(Math.max(0, place - head.length)),
  };
}

/** Whether a scope between a node and the file declares a name.
 * @param {ts.Node} from
 * @param {string} name
 */
function isLocal(from, name) {
  for (let node = from.parent; !ts.isSourceFile(node); node = node.parent) {
    if (localsOf(node)?.has(name)) return true;
    if ((ts.isFunctionExpression(node) || ts.isClassLike(node)) && node.name?.text === name) return true;
  }
  return false;
}

/** Whether an identifier stands for a variable that is read or written there, and does not declare it or name a property.
 * @param {ts.Identifier} node
 */
function isUse(node) {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isPropertyDeclaration(parent)) return parent.initializer === node;
  if (ts.isBindingElement(parent) || ts.isVariableDeclaration(parent) || ts.isParameter(parent))
    return parent.initializer === node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isFunctionLike(parent)) return ts.isArrowFunction(parent) && parent.body === node;
  return !(
    ts.isClassLike(parent) ||
    (ts.isLabeledStatement(parent) && parent.label === node) ||
    ts.isBreakOrContinueStatement(parent) ||
    ts.isMetaProperty(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isExportSpecifier(parent)
  );
}

/** Whether what is called is the variable itself: then it must not become a method of its box.
 * @param {ts.Node} node
 * @returns {boolean}
 */
function isCallee(node) {
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent)) return isCallee(parent);
  return (
    (ts.isCallExpression(parent) && parent.expression === node) ||
    (ts.isTaggedTemplateExpression(parent) && parent.tag === node)
  );
}

/** Whether a name is used in the pattern that declares it: `const { a, b = a } = …`, before its box has it.
 * @param {ts.Node} from
 * @param {string} name
 */
function isInOwnPattern(from, name) {
  for (let node = from; !ts.isSourceFile(node); node = node.parent) {
    if (ts.isVariableDeclaration(node)) return false;
    if (ts.isVariableDeclaration(node.parent) && node.parent.name === node) return namesIn(node.parent.name).includes(name);
  }
  return false;
}

/** The names that a declaration declares.
 * @param {ts.BindingName} name
 * @returns {string[]}
 */
const namesIn = (name) =>
  ts.isIdentifier(name) ? [name.text] : name.elements.flatMap((one) => (ts.isBindingElement(one) ? namesIn(one.name) : []));
